"""One market's block in the sheet Partners."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import zip_longest

from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.briefing.block import (
    engaged,
    firm_word,
    losses,
    title_of,
    top_gaps,
    unseen,
    ways_of,
)
from entryscore.briefing.brief import Brief
from entryscore.briefing.rows import CapabilityRow, GapRow, capability_rows, gap_rows
from entryscore.briefing.words import dependence
from entryscore.language import say
from entryscore.naming import text_width
from entryscore.partners.answer import Answer
from entryscore.partners.instance import CLOSE
from entryscore.report.model import SCORE, SHARE, WHOLE
from entryscore.spreadsheet import HEADING, header, lines, put

Sentence = Callable[[Worksheet, int, str], int]
_AMOUNT = "0.##"
_LETTERS = 155  # of a line over the page


def text_lines(text: str) -> int:
    """Lines of a sentence over the width of the page."""
    return 1 + text_width(text) // _LETTERS


def block_rows(brief: Brief, of: Answer, common: Collection[str]) -> int:
    """How many lines the block takes."""
    tables = (max(len(_shown_gaps(brief, of)), len(_needed(brief, of))), len(of.members))
    said = sum(text_lines(text) for text in _said(brief, of, common))
    return 2 + sum(rows + 2 for rows in tables if rows) + said


def add_block(
    sheet: Worksheet, row: int, brief: Brief, of: Answer, common: Collection[str],
    sentence: Sentence,
) -> int:  # fmt: skip
    """`common`: what cannot be assessed in any market, which is said elsewhere. The next row."""
    put(sheet, row, 1, title_of(brief, of), font=HEADING)
    row += 1
    row = _gaps_and_needs(sheet, row, _shown_gaps(brief, of), _needed(brief, of))
    if of.members:
        row = _table(
            sheet, row,
            [say("step"), say("partner type"), say("how"), say("cost"), say("months"), say("ready"),
             say("credit"), say("share"), say("firm")],
            [[m.generation + 1, brief.type_name(m.partner_type),
              engaged(brief.types[m.partner_type].engagement), m.cost, m.months, m.ready, m.credit,
              m.share,
              None if m.share is None else firm_word(m.share)] for m in of.members],
            [WHOLE, "", "", _AMOUNT, _AMOUNT, _AMOUNT, "+0.00;-0.00;0.00", SHARE, ""],
        )  # fmt: skip
    for said in _said(brief, of, common):
        row = sentence(sheet, row, said)
    return row + 1


def _gaps_and_needs(
    sheet: Worksheet, row: int, gaps: Sequence[GapRow], needed: Sequence[CapabilityRow]
) -> int:
    """Beside each other; the row after."""
    if not gaps and not needed:
        return row
    left = [[g.name, None, g.score, g.target, g.gap, g.kappa, g.points] for g in gaps]
    right = [
        [c.name, None, None, c.points, c.level, c.coverage, c.shortfall if _falls(c) else None]
        for c in needed
    ]
    blank: list[object] = [None] * 7
    first = row + 1
    row = _table(
        sheet, row,
        [say("gap partners can narrow"), "", say("score"), say("target"), say("gap"),
         say("of it (κ)"), say("points"), say("capability needed"), "", "", say("points"),
         say("aimed at"), say("covered"), say("short")],
        [[*a, *b] for a, b in zip_longest(left, right, fillvalue=blank)],
        ["", "", SCORE, SCORE, SCORE, SHARE, "0.00", "", "", "", "0.00", SHARE, SHARE, SHARE],
    )  # fmt: skip
    for line in range(first - 1, row - 1):
        sheet.merge_cells(start_row=line, end_row=line, start_column=8, end_column=10)
    return row


def _falls(row: CapabilityRow) -> bool:
    return row.shortfall > CLOSE


def _shown_gaps(brief: Brief, of: Answer) -> list[GapRow]:
    return top_gaps(gap_rows(brief, of))[0]


def _needed(brief: Brief, of: Answer) -> list[CapabilityRow]:
    return [r for r in capability_rows(brief, of) if r.needed]


def _said(brief: Brief, of: Answer, common: Collection[str]) -> list[str]:
    rest = top_gaps(gap_rows(brief, of))[1]
    found = [say("Gaps: {rest}", rest=f"{rest[:1].lower()}{rest[1:]}")] if rest else []
    found += losses(brief, of)
    if of.options:
        listed = say(", ").join(
            f"{brief.type_name(code)} {share:.0%}" for code, share in of.options
        )
        found.append(say("Options, not chosen but often optimal: {names}.", names=listed))
    if of.members:
        found.append(dependence(of.concentration, len(of.members)))
    ways = ways_of(brief, of)
    if ways:
        found.append(say("Ways of working together. {ways}.", ways=say(". ").join(ways)))
    kpis = [say("{name}: {text}", name=r.name, text=r.kpi) for r in _needed(brief, of) if r.kpi]
    if kpis:
        found.append(say("How we will know it works. {kpis}.", kpis=say(". ").join(kpis)))
    return [*found, *unseen(brief, of, common)]


def name_columns(sheet: Worksheet, head: int, last: int) -> None:
    """Names that stand over the first two columns; too long ones shrink."""
    for row in range(head, last + 1):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=2)
        sheet.cell(row, 1).alignment = Alignment("left", "center", indent=1, shrink_to_fit=True)


def _table(
    sheet: Worksheet, row: int, heads: Sequence[str], rows: Sequence[Sequence[object]],
    forms: Sequence[str],
) -> int:  # fmt: skip
    """A header, its rows and a little room; the row after."""
    header(sheet, row, heads, height=18)
    first = row + 1
    for row, values in enumerate(rows, first):
        for column, (value, form) in enumerate(zip(values, forms, strict=True), 1):
            cell = put(sheet, row, column, value, form=form)
            if isinstance(value, str):
                cell.alignment = Alignment("left", indent=1, shrink_to_fit=True)
    lines(sheet, first, row, len(heads))
    if not heads[1]:
        name_columns(sheet, first - 1, row)
    sheet.row_dimensions[row + 1].height = 5
    return row + 2
