"""The sheet Profiles: one market, chosen from a drop-down, against the others and its group."""

from __future__ import annotations

import numpy as np
from openpyxl import Workbook
from openpyxl.formatting.rule import DataBarRule, FormulaRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.bulk import Fill
from entryscore.language import ENGLISH, current, say
from entryscore.naming import text_width
from entryscore.report.live.layout import Layout
from entryscore.report.model import SCORE, SHARE, WHOLE, Report
from entryscore.report.profile_lists import DIFFERENCE, Rows, add_lists, lines_of
from entryscore.report.profile_ranking import (
    CHOICE,
    RANKED,
    ROW_OF_MARKET,
    Ranking,
    place_of_chosen,
)
from entryscore.report.profile_tree import HIDDEN, MarketTree
from entryscore.report.ranking import ranking_columns
from entryscore.spreadsheet import (
    BOLD,
    HEADING,
    QUIET,
    TITLE,
    aligned,
    for_print,
    formula,
    header,
    lines,
    put,
    quoted,
    styled,
)

_INPUT = PatternFill("solid", fgColor="FFF7DF")
_FAINT = Font(color="97A1AB")
_TABLES = 9  # first row of the tables
_NARROW, _WIDE = 30, 52  # columns of names
_LINE = 14.0  # height of a line, in points


def add_profiles(book: Workbook, report: Report, live: Layout | None, fill: Fill) -> None:
    """Looks everything up on Ranking and, live, on Weights, so that it follows these."""
    if not report.ranked:
        return
    sheet = book.create_sheet("Profiles")
    heads = [column.head for column in ranking_columns(report, live)]
    letters = {head: get_column_letter(i) for i, head in reversed(list(enumerate(heads, 1)))}
    tree = MarketTree(sheet, report, Ranking(letters, len(report.result.table.codes) + 1), live,
                      fill)  # fmt: skip
    parts, leaves = _nodes(report, live)
    names = [report.name(node) for node in (*parts, *leaves)]
    width = min(_WIDE, max(_NARROW, *map(text_width, names)) + 3)
    for column, wide in enumerate((width, 11, 11, 13, 13, 11, 11, 3, width, 8), 1):
        sheet.column_dimensions[get_column_letter(column)].width = wide
    _top(sheet, report, tree.ranking, fill)
    tree.write()
    row = _table(tree, _TABLES, parts, say("Parts"))
    rows = Rows(leaves, row + 2)
    row = _table(tree, row, leaves, say("Indicators"))
    end = add_lists(tree, rows, _TABLES)
    _heights(sheet, rows, end, names)
    for column in range(HIDDEN, sheet.max_column + 1):
        sheet.column_dimensions[get_column_letter(column)].hidden = True
    sheet.print_area = f"A1:J{max(row - 1, end) - 1}"
    for_print(sheet)


def _nodes(report: Report, live: Layout | None) -> tuple[list[int], list[int]]:
    """The children of the index, and the indicators: live, all that can get a weight."""
    result = report.result
    if live is None:
        return report.top_nodes, [int(n) for n in result.tree.leaves if result.weights[n] > 0]
    parts, leaves = result.tree.children[0], result.tree.leaves
    return [int(n) for n in parts if live.alive[n]], [int(n) for n in leaves if live.alive[n]]


def _top(sheet: Worksheet, report: Report, ranking: Ranking, fill: Fill) -> None:
    result, first = report.result, report.ranked[0]
    put(sheet, 1, 1, say("Profile of a market"), font=TITLE)
    put(sheet, 3, 1, say("market (choose its code)"), font=HEADING)
    choice = put(sheet, 3, 2, result.table.codes[first], font=BOLD)
    choice.fill = _INPUT
    choice.number_format = "@"  # a code like 100 stays text when typed
    codes = DataValidation(type="list", formula1=f"={ranking.cells('code')}")
    codes.add("B3")
    sheet.add_data_validation(codes)
    place = int(np.flatnonzero(result.order == first)[0]) + 1
    formula(sheet, 2, HIDDEN, place_of_chosen(ranking.cells("code"), 2), place, fill)
    unknown = quoted(say("no market has this code: choose one from the list"))
    name = f'IF({ranking.at("name")}="",{CHOICE},{ranking.at("name")}&"")'
    name = f"IF(ISNUMBER({ROW_OF_MARKET}),{name},{unknown})"
    formula(sheet, 3, 3, name, result.table.label(first), fill, font=TITLE)
    facts: list[tuple[str, str, object, str]] = [
        (say("group"), f'IFERROR({ranking.at("group")}&"","")', result.table.groups[first], ""),
        (say("rank"), ranking.number("rank"), report.rank(first), WHOLE),
        (say("ranked markets"), f"COUNT({ranking.cells('rank')})", len(report.ranked), WHOLE),
        (say("score"), ranking.number("score"), float(result.score[first]), SCORE),
        (say("rank from"), ranking.number("rank_low"), float(result.rank_low[first]), WHOLE),
        (say("rank to"), ranking.number("rank_high"), float(result.rank_high[first]), WHOLE),
        (say("observed"), ranking.number("coverage"), float(result.coverage[first]), SHARE),
        ("", '""', "", ""),
        (
            say("gates"),
            f'IFERROR({_gates(ranking.at("gate"))},"")',
            _unverified(result.gate_texts[first]),
            "",
        ),
    ]
    header(sheet, 5, [*(name for name, *_ in facts), "", ""][: len(facts) + 1], height=32)
    for column, (_, text, value, form) in enumerate(facts, 1):
        cell = formula(sheet, 6, column, text, value, fill, form=form, font=BOLD)
        side = "right" if form else "left"
        cell.alignment = Alignment(side, "top", wrap_text=column == len(facts))
        sheet.cell(5, column).alignment = Alignment(side, "center", wrap_text=True)
    sheet.merge_cells("I6:J6")
    width = sum(sheet.column_dimensions[letter].width for letter in "IJ")
    gates = max(lines_of(_unverified(text), width) for text in result.gate_texts)
    sheet.row_dimensions[6].height = max(2, gates) * _LINE
    notes = (
        say(
            "rank from, to: rank range under stated assumptions, as of the run (5 to 95 % of draws)"
        ),
        say(
            "Share of the score: of what this market has scores for. Points to gain: were it as "
            "good there as the best ranked market."
        ),
    )
    for row, note in enumerate(notes, 7):
        put(sheet, row, 1, note, font=QUIET)


def _gates(cell: str) -> str:
    """The formula of the gates: Ranking has them as the csv does."""
    if current() == ENGLISH:
        return f'{cell}&""'
    return f'SUBSTITUTE({cell},"unverified",{quoted(say("unverified"))})'


def _unverified(texts: str) -> str:
    return texts.replace("unverified", say("unverified"))


def _table(tree: MarketTree, row: int, nodes: list[int], title: str) -> int:
    """Title, header and a row per node; the row after the last, and a blank one."""
    sheet = tree.sheet
    put(sheet, row, 1, title, font=HEADING)
    heads = [
        "", say("share of the score"), say("score"), say("median of the ranked"),
        say("median of its group"), say("against median"), say("points to gain"),
    ]  # fmt: skip
    header(sheet, row + 1, heads, height=32)
    for line, node in enumerate(nodes, row + 2):
        _row(tree, line, node)
    last = row + 1 + len(nodes)
    lines(sheet, row + 2, last, 7)
    for line in range(row + 2, last + 1):
        for column in range(1, 8):
            left = column == 1
            look = aligned("left" if left else "right", "center", wrap=left, indent=int(left))
            styled(sheet.cell(line, column), alignment=look)
    bars = DataBarRule("num", 0, "num", 100, color="7FB3D5")  # type: ignore[no-untyped-call]  # its stub
    sheet.conditional_formatting.add(f"C{row + 2}:C{last}", bars)
    faint = FormulaRule(formula=[f"$B{row + 2}=0"], font=_FAINT)  # type: ignore[no-untyped-call]  # its stub
    sheet.conditional_formatting.add(f"A{row + 2}:G{last}", faint)
    return last + 2


def _row(tree: MarketTree, line: int, node: int) -> None:
    sheet, fill, ranking = tree.sheet, tree.fill, tree.ranking
    code = tree.result.tree.codes[node]
    put(sheet, line, 1, tree.report.name(node))
    formula(sheet, line, 2, tree.share(node), float(tree.weights[node]), fill, form=SHARE)
    score = float(tree.now[node])
    formula(sheet, line, 3, tree.score(node), score, fill, form=SCORE, font=BOLD)
    text = f'IF({RANKED}>0,IFERROR(MEDIAN({ranking.ranked(code)}),""),"")'
    formula(sheet, line, 4, text, float(tree.median[node]), fill, form=SCORE)
    _group_median(tree, line, node)
    text = f'IF(AND(ISNUMBER(C{line}),ISNUMBER(D{line})),C{line}-D{line},"")'
    formula(sheet, line, 6, text, float(tree.against[node]), fill, form=DIFFERENCE)
    formula(sheet, line, 7, tree.gain(node), float(tree.gains[node]), fill, form=SCORE)


def _group_median(tree: MarketTree, line: int, node: int) -> None:
    """An array formula: no other takes the median of chosen cells, in Excel and LibreOffice."""
    cells, ranks = tree.ranking.cells(tree.result.tree.codes[node]), tree.ranking.cells("rank")
    same = f"({tree.ranking.cells('group')}=$A$6)*ISNUMBER({ranks})*ISNUMBER({cells})"
    text = f'IF($A$6="","",IFERROR(MEDIAN(IF({same},{cells})),""))'
    value = float(tree.group_median[node])
    cell = formula(tree.sheet, line, 5, text, value, tree.fill, form=SCORE)
    cell.value = ArrayFormula(cell.coordinate, cell.value)


def _heights(sheet: Worksheet, rows: Rows, end: int, names: list[str]) -> None:
    """All rows are as high as the longest of the names needs: a list may show any of them."""
    need = max(lines_of(name, sheet.column_dimensions["A"].width - 2) for name in names)
    for row in range(_TABLES, max(end, rows.last + 1)):
        item, points = sheet.cell(row, 9), sheet.cell(row, 10)
        is_listed = points.data_type == "f"
        if is_listed:
            styled(item, alignment=aligned("left", "center", wrap=True))
            styled(points, alignment=aligned("right", "center"))
        if need > 1 and (is_listed or sheet.cell(row, 3).data_type == "f"):
            now = sheet.row_dimensions[row].height or 0
            sheet.row_dimensions[row].height = max(now, need * _LINE)
    sheet.row_dimensions[_TABLES].height = 24
