"""The sheet Partners: the shortlist's portfolios side by side, then a block per market."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.briefing.brief import Brief
from entryscore.briefing.text import mark
from entryscore.briefing.words import COUNTRY, not_assessed, notes, programme_rule
from entryscore.language import say
from entryscore.partners.answer import Answer
from entryscore.partners.assumptions import CORE, OPTION
from entryscore.report.model import SCORE, SHARE, WHOLE, Report
from entryscore.report.partner_block import add_block, block_rows, name_columns, text_lines
from entryscore.report.partner_picture import add_picture, picture_rows
from entryscore.spreadsheet import (
    ACCENT,
    BODY,
    BOLD,
    HEADING,
    TITLE,
    for_print,
    header,
    lines,
    put,
)

WIDTHS = (8, 36, *[8] * 12)  # the page: rank, names, then twelve narrow columns
COLUMNS, _ACROSS = len(WIDTHS), len(WIDTHS) - 2
_PAGE_ROWS = 40
_FILLS = {"C": ACCENT, "x": "7FB3D5", "o": "FBE3C0"}
_AMOUNT = "0.##"


class _Pages:
    """Where pages end: at a break before whatever would not fit what is left of one."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet, self.used = sheet, 0

    def room(self, row: int, lines_needed: int) -> int:
        """The row to begin at, after a break if so many lines do not fit."""
        if self.used and self.used + lines_needed > _PAGE_ROWS:
            self.sheet.row_breaks.append(Break(id=row - 1))
            self.used = 0
        self.used += lines_needed
        return row


def add_partners(book: Workbook, report: Report) -> None:
    brief = report.partners
    assert brief is not None, "the caller asks only with a brief"
    sheet = book.create_sheet("Partners")
    for column, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    pages = _Pages(sheet)
    put(sheet, pages.room(1, 4), 1, say("Local partners"), font=TITLE)
    sheet.row_dimensions[1].height = 28
    row = sentence(sheet, 2, say(COUNTRY), BOLD)
    row = sentence(sheet, row, _as_of(brief))
    row = _overview(sheet, pages.room(row + 1, len(brief.answers) + 6), brief)
    for first in range(0, len(brief.answers), _ACROSS):
        row = _matrix(sheet, row, brief, brief.answers[first : first + _ACROSS], pages)
    row = _programme(sheet, row, brief, pages)
    row = _picture(sheet, row, brief, pages)
    row = _blocks(sheet, row, brief, pages)
    said = notes(brief)
    row = pages.room(row, 1 + sum(map(text_lines, said)))
    put(sheet, row, 1, say("Assumptions, and what these numbers are not"), font=HEADING)
    row += 1
    for note in said:
        row = sentence(sheet, row, note)
    sheet.print_area = f"A1:{get_column_letter(COLUMNS)}{row - 1}"
    for_print(sheet)


def sentence(sheet: Worksheet, row: int, text: str, font: Font = BODY) -> int:
    """One merged, wrapped line over the page; the next row."""
    put(sheet, row, 1, text, font=font).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=COLUMNS)
    sheet.row_dimensions[row].height = 14 * text_lines(text)
    return row + 1


def _as_of(brief: Brief) -> str:
    what = say(
        "As of the run; the {count} highest ranked markets (setting shortlist).",
        count=len(brief.answers),
    )
    if brief.question.draws:
        return what
    return what + say(" How firm the portfolios are was not tested: score --partners does.")


def _overview(sheet: Worksheet, row: int, brief: Brief) -> int:
    heads = [
        say("rank"), say("market"), say("code"), say("score"), say("with partners"), say("at most"),
        say("needed"), say("partner types"), say("cost"), say("levels by month"), say("all ready"),
        say("share observed"),
    ]  # fmt: skip
    header(sheet, row, heads, height=32)
    first = row + 1
    for row, of in enumerate(brief.answers, first):
        values = [
            (brief.rank(of), WHOLE), (brief.label(of), ""), (brief.code(of), ""),
            (of.base_score, SCORE), *_found(brief, of), (of.kappa_observed, SHARE),
        ]  # fmt: skip
        for column, (value, form) in enumerate(values, 1):
            put(sheet, row, column, value, form=form, font=BOLD if column == 5 else BODY)
    lines(sheet, first, row, len(heads))
    row = sentence(
        sheet, row + 1,
        say(
            "Needed: capabilities with enough points at stake. Share observed: of what partners "
            "could act on, the part this workbook has values for; where it is small, the "
            "portfolios of many markets look alike."
        ),
    )  # fmt: skip
    unseen = say(", ").join(map(brief.capability_name, _never_assessable(brief)))
    if unseen:
        said = say(
            "Not assessable in any of them, as no indicator has a value: {names}.", names=unseen
        )
        row = sentence(sheet, row, said)
    return row + 1


def _found(brief: Brief, of: Answer) -> list[tuple[object, str]]:
    """Values and formats from the score with partners on; blank where nothing is known."""
    if not of.assessed:
        return [(None, "")] * 7
    return [
        (of.adjusted_score, SCORE), (of.ceiling, SCORE),
        (int(of.instance.needed.sum()), WHOLE), (len(of.members), WHOLE), (of.cost, _AMOUNT),
        (brief.months(of), _AMOUNT), (brief.all_ready(of), _AMOUNT),
    ]  # fmt: skip


def _never_assessable(brief: Brief) -> tuple[str, ...]:
    first, *others = [of.not_assessable for of in brief.answers]
    return tuple(code for code in first if all(code in other for other in others))


def _matrix(sheet: Worksheet, row: int, brief: Brief, part: Sequence[Answer], pages: _Pages) -> int:
    """Points at stake by needed capability, then the partner types, against these markets."""

    def points(of: Answer, code: str) -> float | None:
        c = of.instance.capabilities.index(code)
        return float(of.instance.points[c]) if of.instance.needed[c] else None

    row = _marks(
        sheet, row, say("Needed capabilities: points at stake"), part, brief,
        [(code, brief.capability_name(code)) for code in brief.capabilities], points,
        pages,
    )  # fmt: skip
    row = _marks(
        sheet, row, say("Partner types"), part, brief,
        [(code, brief.type_name(code)) for code in brief.types],
        lambda of, code: mark(of, code) or None, pages,
    )  # fmt: skip
    if not any(of.members or of.options for of in part):
        return row
    said = say("x: in the portfolio.")
    if brief.question.draws:
        said = say(
            "C: in the portfolio and in at least {core:.0%} of the optimal ones over the draws "
            "(core). x: in the portfolio. o: not in it, but in at least {option:.0%} of the "
            "optimal ones (option).", core=CORE, option=OPTION,
        )  # fmt: skip
    return sentence(sheet, row - 1, said) + 1


def _marks(
    sheet: Worksheet, row: int, title: str, part: Sequence[Answer], brief: Brief,
    names: Sequence[tuple[str, str]], cell_of: Callable[[Answer, str], object], pages: _Pages,
) -> int:  # fmt: skip
    shown = [(code, name) for code, name in names if any(cell_of(a, code) for a in part)]
    if not shown:
        return row
    row = pages.room(row, len(shown) + 3)
    header(sheet, row, [title, "", *(brief.code(a) for a in part)], height=18)
    first = row + 1
    for row, (code, name) in enumerate(shown, first):
        put(sheet, row, 1, name)
        for column, of in enumerate(part, 3):
            value = cell_of(of, code)
            cell = put(sheet, row, column, value, form="0.00")
            if isinstance(value, str):
                cell.alignment = Alignment(horizontal="center")
                cell.fill = PatternFill("solid", fgColor=_FILLS[value])
                if value == "C":
                    cell.font = Font(name="Calibri", size=10, bold=True, color="FFFFFF")
    lines(sheet, first, row, 2 + len(part))
    name_columns(sheet, first - 1, row)
    for column in range(3, 3 + len(part)):
        sheet.cell(first - 1, column).alignment = Alignment("center", "center")
    return row + 2


def _programme(sheet: Worksheet, row: int, brief: Brief, pages: _Pages) -> int:
    programme = brief.programme
    if programme is None:
        return row
    row = pages.room(row, len(brief.leverage) + 6)
    put(
        sheet,
        row,
        1,
        say("One programme for these {count} markets", count=len(brief.answers)),
        font=HEADING,
    )
    alone = sum(a.cost for a in brief.answers)
    row = sentence(
        sheet, row + 1,
        say(
            "{rule} Each market by itself: cost {alone:g}. The same portfolios with shared "
            "agreements: {separate:g}. Chosen together: {cost:g} (solver's bound {bound:g}). Extra "
            "cost: what the markets would pay more in all without the type.",
            rule=programme_rule(), alone=alone, separate=programme.separate, cost=programme.cost,
            bound=programme.bound,
        ),
    )  # fmt: skip
    header(sheet, row, [say("partner type"), "", say("markets"), say("extra cost")], height=32)
    first = row + 1
    for row, x in enumerate(brief.leverage, first):
        put(sheet, row, 1, brief.type_name(x.partner_type))
        put(sheet, row, 3, x.markets, form=WHOLE)
        put(sheet, row, 4, x.regret, form=_AMOUNT)
        lost = say(", ").join(brief.code(brief.answers[i]) for i in x.stranded)
        if lost:
            cell = put(sheet, row, 5, say("out of reach: {codes}", codes=lost))
            cell.alignment = Alignment(indent=1)
    lines(sheet, first, row, 4)
    name_columns(sheet, first - 1, row)
    return row + 2


def _picture(sheet: Worksheet, row: int, brief: Brief, pages: _Pages) -> int:
    """Of the market that needs most, the highest ranked of those."""
    most = max(brief.answers, key=lambda of: int(of.instance.needed.sum()) * bool(of.members))
    if not most.members:
        return row
    return add_picture(sheet, pages.room(row, picture_rows(brief, most)), brief, most)


def _blocks(sheet: Worksheet, row: int, brief: Brief, pages: _Pages) -> int:
    """A block per market with anything to say."""
    quiet: list[str] = []
    unknown: list[str] = []
    common = _never_assessable(brief)
    for of in brief.answers:
        if of.instance.needed.any() or of.members:
            row = pages.room(row, block_rows(brief, of, common))
            row = add_block(sheet, row, brief, of, common, sentence)
        else:
            (quiet if of.assessed else unknown).append(brief.label(of))
    said = []
    if quiet:
        said.append(say("No partner is needed in {markets}.", markets=say(", ").join(quiet)))
    if unknown:
        said.append(not_assessed(unknown))
    for text in said:
        row = sentence(sheet, pages.room(row, 1 + text_lines(text)), text) + 1
    return row
