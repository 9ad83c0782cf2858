"""The sheet Profiles: one market, chosen from a drop-down, against the others and its group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from openpyxl import Workbook
from openpyxl.formatting.rule import DataBarRule
from openpyxl.styles import Alignment, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.briefing.brief import Brief
from entryscore.briefing.words import not_assessed
from entryscore.bulk import Fill
from entryscore.language import ENGLISH, current, say
from entryscore.partners.answer import Answer
from entryscore.report.live.layout import Layout
from entryscore.report.model import SCORE, SHARE, WHOLE, Report
from entryscore.report.ranking import ranking_columns
from entryscore.spreadsheet import (
    BOLD,
    HEADING,
    QUIET,
    TITLE,
    for_print,
    formula,
    header,
    lines,
    put,
    quoted,
)

_INPUT = PatternFill("solid", fgColor="FFF7DF")
_FEW = 5
_HIDDEN = 14  # first of the hidden columns that hold texts by market and the order of strengths
_CHOICE, _AT = "$B$3", "$N$2"  # the market chosen, and its row on Ranking


@dataclass(frozen=True)
class _Ranking:
    """The sheet Ranking as formulas see it."""

    letters: dict[str, str]
    last: int

    def at(self, head: str) -> str:
        letter = self.letters[head]
        return f"INDEX(Ranking!${letter}$2:${letter}${self.last},{_AT})"

    def cells(self, head: str) -> str:
        letter = self.letters[head]
        return f"Ranking!${letter}$2:${letter}${self.last}"


def add_profiles(book: Workbook, report: Report, live: Layout | None, fill: Fill) -> None:
    """Looks everything up on Ranking, so that it follows what is live there."""
    if not report.ranked:
        return
    sheet = book.create_sheet("Profiles")
    heads = [column.head for column in ranking_columns(report, live)]
    letters = {head: get_column_letter(i) for i, head in reversed(list(enumerate(heads, 1)))}
    ranking = _Ranking(letters, len(report.result.table.codes) + 1)
    _top(sheet, report, ranking, fill)
    row = _table(sheet, 9, report, ranking, report.top_nodes, say("Parts"), fill)
    leaves = [int(n) for n in report.result.tree.leaves if report.result.weights[n] > 0]
    first = row + 2
    row = _table(sheet, row, report, ranking, leaves, say("Indicators"), fill)
    _best(sheet, first, first + len(leaves) - 1, fill, report, leaves)
    for column, width in enumerate((50, *[11] * 6, 3, 50, 8), 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for column in range(_HIDDEN, _HIDDEN + 6):
        sheet.column_dimensions[get_column_letter(column)].hidden = True
    sheet.print_area = f"A1:J{row}"
    for_print(sheet)


def _top(sheet: Worksheet, report: Report, ranking: _Ranking, fill: Fill) -> None:
    result, first = report.result, report.ranked[0]
    put(sheet, 1, 1, say("Profile of a market"), font=TITLE)
    put(sheet, 3, 1, say("market (choose its code)"), font=HEADING)
    choice = put(sheet, 3, 2, result.table.codes[first], font=BOLD)
    choice.fill = _INPUT
    codes = DataValidation(type="list", formula1=f"={ranking.cells('code')}")
    codes.add("B3")
    sheet.add_data_validation(codes)
    place = int(np.flatnonzero(result.order == first)[0]) + 1
    formula(sheet, 2, _HIDDEN, f"MATCH({_CHOICE},{ranking.cells('code')},0)", place, fill)
    name = f'IF({ranking.at("name")}="",{_CHOICE},{ranking.at("name")}&"")'
    formula(sheet, 3, 3, name, result.table.label(first), fill, font=TITLE)
    facts: list[tuple[str, str, object, str]] = [
        (say("group"), f'{ranking.at("group")}&""', result.table.groups[first], ""),
        (say("rank"), ranking.at("rank"), report.rank(first), WHOLE),
        (say("ranked markets"), f"COUNT({ranking.cells('rank')})", len(report.ranked), WHOLE),
        (say("score"), ranking.at("score"), float(result.score[first]), SCORE),
        (say("rank from"), ranking.at("rank_low"), float(result.rank_low[first]), WHOLE),
        (say("rank to"), ranking.at("rank_high"), float(result.rank_high[first]), WHOLE),
        (say("observed"), ranking.at("coverage"), float(result.coverage[first]), SHARE),
        ("", '""', "", ""),
        (say("gates"), _gates(ranking.at("gate")), _unverified(result.gate_texts[first]), ""),
    ]
    header(sheet, 5, [*(name for name, *_ in facts), "", ""][: len(facts) + 1], height=32)
    for column, (_, text, value, form) in enumerate(facts, 1):
        cell = formula(sheet, 6, column, text, value, fill, form=form, font=BOLD)
        side = "right" if form else "left"
        cell.alignment = Alignment(side, "top", wrap_text=column == len(facts))
        sheet.cell(5, column).alignment = Alignment(side, "center", wrap_text=True)
    sheet.merge_cells("I6:J6")
    sheet.row_dimensions[6].height = 30
    note = say(
        "rank from, to: rank range under stated assumptions, as of the run (5 to 95 % of draws)"
    )
    put(sheet, 7, 1, note, font=QUIET)


def _gates(cell: str) -> str:
    """The formula of the gates: Ranking has them as the csv does."""
    if current() == ENGLISH:
        return f'{cell}&""'
    return f'SUBSTITUTE({cell},"unverified",{quoted(say("unverified"))})'


def _unverified(texts: str) -> str:
    return texts.replace("unverified", say("unverified"))


def _table(
    sheet: Worksheet, row: int, report: Report, ranking: _Ranking, nodes: list[int], title: str,
    fill: Fill,
) -> int:  # fmt: skip
    result, here = report.result, report.ranked[0]
    put(sheet, row, 1, title, font=HEADING)
    heads = [
        "", say("share of the score"), say("score"), say("median"), say("mean of its group"),
        say("against median"), say("points to gain"),
    ]  # fmt: skip
    header(sheet, row + 1, heads, height=32)
    group = result.table.groups[here]
    members = [i for i, g in enumerate(result.table.groups) if g == group]
    for line, node in enumerate(nodes, row + 2):
        code, scores = result.tree.codes[node], result.scores[:, node]
        score, share = float(scores[here]), float(result.effective[node])
        middle = float(np.nanmedian(scores)) if not np.isnan(scores).all() else float("nan")
        own = scores[members][~np.isnan(scores[members])]
        put(sheet, line, 1, report.name(node))
        put(sheet, line, 2, share, form=SHARE)
        formula(sheet, line, 3, ranking.at(code), score, fill, form=SCORE, font=BOLD)
        cells = ranking.cells(code)
        formula(
            sheet, line, 4, f'IF(COUNT({cells})>0,MEDIAN({cells}),"")', middle, fill, form=SCORE
        )
        same = f"--({ranking.cells('group')}=$A$6)"
        mean = f"SUMPRODUCT({same},{cells})/SUMPRODUCT({same},--ISNUMBER({cells}))"
        text = f'IF($A$6="","",IFERROR({mean},""))'
        value = float(own.mean()) if own.size and group else ""
        formula(sheet, line, 5, text, value, fill, form=SCORE)
        text = f'IF(AND(ISNUMBER(C{line}),ISNUMBER(D{line})),C{line}-D{line},"")'
        formula(sheet, line, 6, text, score - middle, fill, form="+0.0;-0.0;0.0")
        text = f'IF(ISNUMBER(C{line}),B{line}*MAX(0,MAX({cells})-C{line}),"")'
        gain = share * max(0.0, float(np.nanmax(scores)) - score) if score == score else ""
        formula(sheet, line, 7, text, gain, fill, form=SCORE)
    last = row + 1 + len(nodes)
    lines(sheet, row + 2, last, 7)
    bars = DataBarRule("num", 0, "num", 100, color="7FB3D5")  # type: ignore[no-untyped-call]  # its stub
    sheet.conditional_formatting.add(f"C{row + 2}:C{last}", bars)
    return last + 2


def _best(
    sheet: Worksheet, first: int, last: int, fill: Fill, report: Report, leaves: list[int]
) -> None:
    """Strengths, weaknesses and what would raise the score most, beside the tables."""
    result, here = report.result, report.ranked[0]
    middle = np.array([np.nanmedian(result.scores[:, n]) for n in leaves])
    against = result.scores[here, leaves] - middle
    gain = result.effective[leaves] * (np.nanmax(result.scores[:, leaves], axis=0) -
                                       result.scores[here, leaves])  # fmt: skip
    count = min(_FEW, len(leaves))
    blocks = (
        (say("Strengths, against the median"), "F", _HIDDEN, 1, against, "LARGE"),
        (say("Weaknesses, against the median"), "F", _HIDDEN + 1, -1, against, "SMALL"),
        (say("Most points to gain, up to the best market"), "G", _HIDDEN + 2, 1, gain, "LARGE"),
    )
    for k, row in enumerate(range(first, last + 1)):
        for _, source, column, sign, values, _ in blocks:
            tie = (k + 1) * 1e-9 * sign
            text = f'IF(ISNUMBER({source}{row}),{source}{row}-{sign}*{k + 1}*0.000000001,"")'
            value = float(values[k] - tie) if values[k] == values[k] else ""
            formula(sheet, row, column, text, value, fill)
    line = 9
    for title, source, column, _, values, function in blocks:
        letter = get_column_letter(column)
        keys = f"${letter}${first}:${letter}${last}"
        put(sheet, line, 9, title, font=HEADING)
        ascending = -values if function == "LARGE" else values
        order = [int(i) for i in np.argsort(ascending, kind="stable") if values[i] == values[i]]
        for k in range(count):
            match = f"MATCH({function}({keys},{k + 1}),{keys},0)"
            name = f'IFERROR(INDEX($A${first}:$A${last},{match}),"")'
            known = k < len(order)
            label = report.name(leaves[order[k]]) if known else ""
            formula(sheet, line + 1 + k, 9, name, label, fill)
            points = f'IFERROR(INDEX(${source}${first}:${source}${last},{match}),"")'
            value = float(values[order[k]]) if known else ""
            form = "+0.0;-0.0;0.0" if source == "F" else SCORE
            formula(sheet, line + 1 + k, 10, points, value, fill, form=form)
        line += count + 2
    _partners(sheet, line, report, fill)


def _partners(sheet: Worksheet, line: int, report: Report, fill: Fill) -> None:
    """What the sheet Partners says of the market, as of the run."""
    brief = report.partners
    if brief is None:
        return
    put(sheet, line, 9, say("Local partners, as of the run"), font=HEADING)
    codes, texts = (get_column_letter(_HIDDEN + k) for k in (3, 4))
    said = {brief.code(answer): _said(brief, answer) for answer in brief.answers}
    for row, (code, text) in enumerate(said.items(), 9):
        put(sheet, row, _HIDDEN + 3, code)
        put(sheet, row, _HIDDEN + 4, text)
    rows = f"$9:${{}}${8 + len(said)}"
    found = f"MATCH({_CHOICE},${codes}{rows.format(codes)},0)"
    other = say("Not on the shortlist of the sheet Partners.")
    text = f"IFERROR(INDEX(${texts}{rows.format(texts)},{found}),{quoted(other)})"
    here = report.result.table.codes[report.ranked[0]]
    cell = formula(sheet, line + 1, 9, text, said.get(here, other), fill)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.merge_cells(start_row=line + 1, end_row=line + 4, start_column=9, end_column=10)


def _said(brief: Brief, answer: Answer) -> str:
    if not answer.assessed:
        return not_assessed([brief.label(answer)])
    if not answer.members:
        return say("No capability has enough points at stake to need partners.")
    names = say(", ").join(brief.type_name(m.partner_type) for m in answer.members)
    return say(
        "{names}: cost {cost:g}, score {score:.1f} with them {adjusted:.1f}.", names=names,
        cost=answer.cost, score=answer.base_score, adjusted=answer.adjusted_score,
    )  # fmt: skip
