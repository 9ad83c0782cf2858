"""The sheet Summary: what a board reads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.bulk import Fill
from entryscore.language import say
from entryscore.naming import text_width
from entryscore.report.headline import caution, headline, live_headline, scenario_line
from entryscore.report.live.layout import Layout
from entryscore.report.live.weights import CHANGED
from entryscore.report.method import sentences
from entryscore.report.model import SCORE, WHOLE, Report
from entryscore.report.ranking import ranking_columns
from entryscore.report.summary_chart import COLOURS, add_chart, if_ranked
from entryscore.robustness.ranges import Ranges
from entryscore.robustness.words import RANGE, span
from entryscore.spreadsheet import (
    BODY,
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
)
from entryscore.wording import wrapped

_SHOWN, _BEST = 10, 3
_TOP = 20
_MOST_NODES = len(COLOURS)
_FIRST = (7, 34, 12, 18)  # least widths of the first columns
_WIDEST = (7, 54, 22, 18)
_RANGE, _LEAST = 19, 11.0  # width of the range; the least of a part
_PAGE = 138  # width of all columns, so that the page is full
_LINE = 150  # characters of a sentence in one line
_NAME = Alignment("left", shrink_to_fit=True, indent=1)
_ALIGNMENTS = {
    "rank": aligned("center"), "name": _NAME, "code": _NAME, RANGE: aligned("center"),
}  # fmt: skip


def add_summary(
    book: Workbook, report: Report, live: Layout | None, fill: Fill, ranges: Ranges | None = None
) -> None:
    """Live, the headline, the top table and the chart read the sheet Ranking. `ranges`: with
    draws, for how firm the first place is."""
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Summary"
    widths = _widths(report)
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    row = 1 + _top_lines(sheet, report, live, fill, ranges)
    if report.ranked:
        row = _top_markets(sheet, row, report, live, fill)
        row = add_chart(sheet, row, report, live, fill, report.ranked[:_SHOWN], len(widths))
        row = _groups(sheet, row, report, live)
    title = say("How the score was made")
    if live is not None:
        title = say("How the score was made, as of the run")
    put(sheet, row, 1, title, font=HEADING)
    for sentence in sentences(report):
        row = _sentence(sheet, row + 1, sentence, len(widths)) - 1
    sheet.print_area = f"A1:{get_column_letter(len(widths))}{row}"
    for_print(sheet)
    sheet.page_margins.top = sheet.page_margins.bottom = 0.5


def _top_lines(
    sheet: Worksheet, report: Report, live: Layout | None, fill: Fill, ranges: Ranges | None
) -> int:
    """Title, headline, and what to hold against it; the next row."""
    columns = len(_widths(report))
    _sentence(sheet, 1, report.title, columns, TITLE)
    sheet.row_dimensions[1].height = 28 * (1 + text_width(report.title) // 85)
    row = _sentence(sheet, 2, headline(report), columns, BOLD)
    if live is not None:
        formula(sheet, 2, 1, live_headline(report), headline(report), fill, font=BOLD)
    illustration = say("Illustration, not advice.") if report.is_illustration else ""
    for said, font in (
        (caution(report, ranges), BODY), (scenario_line(report), BODY), (illustration, QUIET),
    ):  # fmt: skip
        row = _sentence(sheet, row, said, columns, font) if said else row
    return row


def _widths(report: Report) -> list[float]:
    """Of the page's columns: the groups' seven, or more where the parts need them."""
    table = report.result.table
    widths: list[float] = [*_FIRST]
    for place, texts in ((1, map(table.label, range(len(table.codes)))), (2, table.codes)):
        longest = max(map(text_width, texts), default=0) + 3
        widths[place] = min(max(_FIRST[place], longest), _WIDEST[place])
    if not np.isnan(report.result.rank_low).all():
        widths.append(_RANGE)
    rest = max(7 - len(widths), len(report.top_nodes[:_MOST_NODES]))
    return widths + [max(_LEAST, (_PAGE - sum(widths)) / rest)] * rest


def _sentence(sheet: Worksheet, row: int, text: str, columns: int, font: Font = BODY) -> int:
    """One merged, wrapped line; the next row."""
    put(sheet, row, 1, text, font=font).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=columns)
    sheet.row_dimensions[row].height = 15 * (1 + text_width(text) // _LINE)
    return row + 1


def _header(sheet: Worksheet, row: int, names: Sequence[str]) -> None:
    """A header row as high as its longest name needs."""
    needed = [
        len(wrapped(name, int(sheet.column_dimensions[get_column_letter(k)].width) - 3))
        for k, name in enumerate(names, 1)
    ]
    header(sheet, row, names, height=max(32, 6 + 14 * max(needed)))


def _top_markets(
    sheet: Worksheet, row: int, report: Report, live: Layout | None, fill: Fill
) -> int:
    result = report.result
    put(sheet, row, 1, say("Top markets"), font=HEADING)
    nodes = report.top_nodes[:_MOST_NODES]
    ranges = [] if np.isnan(result.rank_low).all() else [say(RANGE)]
    heads = [
        say("rank"), say("market"), say("code"), say("score"), *ranges, *map(report.name, nodes),
    ]  # fmt: skip
    _header(sheet, row + 1, heads)
    first = row + 2
    columns = [column.head for column in ranking_columns(report, live)] if live else []
    for row, i in enumerate(report.ranked[:_SHOWN], first):
        cells: list[tuple[object, str, str, Font]] = [
            (report.rank(i), "rank", WHOLE, BODY),
            (result.table.label(i), "name", "", BODY),
            (result.table.codes[i], "code", "", BODY),
            (float(result.score[i]), "score", SCORE, BOLD),
            *((span(result.rank_low[i], result.rank_high[i]), RANGE, "", BODY) for _ in ranges),
            *((float(result.scores[i, n]), result.tree.codes[n], SCORE, BODY) for n in nodes),
        ]
        for column, (value, head, form, font) in enumerate(cells, 1):
            if live is None:
                cell = put(sheet, row, column, value, form=form, font=font)
            else:
                text = _from_ranking(columns, head, row - first + 2)
                cell = formula(sheet, row, column, text, value, fill, form=form, font=font)
            if column <= len(_FIRST) + len(ranges) and head in _ALIGNMENTS:
                cell.alignment = _ALIGNMENTS[head]
    lines(sheet, first, row, len(heads))
    for column in (1, *(len(_FIRST) + 1 for _ in ranges)):
        sheet.cell(first - 1, column).alignment = aligned("center", "center", True)
    if ranges and live is not None:
        _head_of_ranges(sheet, first - 1, len(_FIRST) + 1, fill)
    return row + 2


def _head_of_ranges(sheet: Worksheet, row: int, column: int, fill: Fill) -> None:
    """The header of the ranges says that they do not follow, once a weight differs."""
    cell, head = sheet.cell(row, column), say(RANGE)
    text = f"IF({CHANGED},{quoted(say('rank range as of the run'))},{quoted(head)})"
    cell.value = f"={text}"  # looks as it did
    fill.values[sheet.title][cell.coordinate] = head


def _from_ranking(columns: Sequence[str], head: str, row: int) -> str:
    """The formula that takes a column's value from a row of the sheet Ranking, if it is ranked."""

    def cell(name: str) -> str:
        return f"Ranking!{get_column_letter(columns.index(name) + 1)}{row}"

    if head == "name":
        return if_ranked(row, f'IF({cell("name")}="",{cell("code")},{cell("name")})')
    if head != RANGE:
        return if_ranked(row, cell(head))
    low, high = f"INT({cell('rank_low')}+1E-9)", f"-INT(1E-9-{cell('rank_high')})"
    text = f'IF({low}={high},{low}&"",{low}&"–"&{high})'
    return if_ranked(row, f'IF(ISNUMBER({cell("rank_low")}),{text},"")')


def _groups(sheet: Worksheet, row: int, report: Report, live: Layout | None) -> int:
    table = report.result.table
    groups = [g for g in dict.fromkeys(table.groups) if g]
    if len(groups) < 2:
        return row
    title = say("Groups") if live is None else say("Groups, as of the run")
    put(sheet, row, 1, title, font=HEADING)
    names = [
        say("place"),
        say("group"),
        say("ranked"),
        say("best market"),
        say("its rank"),
        say("mean of top 3"),
        say("in the top {top}", top=_TOP),
    ]
    _header(sheet, row + 1, names)
    found = []
    for group in groups:
        members = [i for i in report.ranked if table.groups[i] == group]
        if members:
            found.append((float(np.mean(report.result.score[members[:_BEST]])), group, members))
    first = row + 2
    for row, (mean, group, members) in enumerate(sorted(found, key=lambda f: -f[0]), first):
        put(sheet, row, 1, row - first + 1, form=WHOLE)
        top = sum((report.rank(i) or _TOP + 1) <= _TOP for i in members)
        put(sheet, row, 2, group).alignment = _NAME
        put(sheet, row, 3, len(members), form=WHOLE)
        put(sheet, row, 4, table.label(members[0])).alignment = _NAME
        put(sheet, row, 5, report.rank(members[0]), form=WHOLE)
        put(sheet, row, 6, mean, form=SCORE)
        put(sheet, row, 7, top, form=WHOLE)
    lines(sheet, first, row, 7)
    return row + 2
