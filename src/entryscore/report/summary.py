"""The sheet Summary: what a board reads."""

from __future__ import annotations

from typing import Any

import numpy as np
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.report.method import sentences
from entryscore.report.model import SCORE, WHOLE, Report
from entryscore.spreadsheet import (
    BODY,
    BOLD,
    HEADING,
    PALETTE,
    QUIET,
    TITLE,
    for_print,
    header,
    lines,
    put,
)
from entryscore.tree import Floats

_SHOWN, _FEW = 10, 3
_TOP = 20
_CHART_ROWS = 17  # what is left of the first page
_MOST_NODES = 5
_FIRST = (8, 32, 12, 18)  # widths of the first columns
_PAGE = 138  # width of all columns, so that the page is full


def add_summary(book: Workbook, report: Report) -> None:
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Summary"
    rest = _columns(report) - len(_FIRST)
    widths = (*_FIRST, *[(_PAGE - sum(_FIRST)) / rest] * rest)
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    _sentence(sheet, 1, report.title, len(widths), TITLE)
    sheet.row_dimensions[1].height = 28 * (1 + len(report.title) // 85)
    row = _sentence(sheet, 2, _headline(report), len(widths), BOLD)
    if report.is_illustration:
        row = _sentence(sheet, row, "Illustration, not advice.", len(widths), QUIET)
    row += 1
    if report.ranked:
        row = _top_markets(sheet, row, report)
        row = _chart(sheet, row, report)
        row = _groups(sheet, row, report)
    put(sheet, row, 1, "How the score was made", font=HEADING)
    for sentence in sentences(report):
        row = _sentence(sheet, row + 1, sentence, len(widths)) - 1
    sheet.print_area = f"A1:{get_column_letter(len(widths))}{row}"
    for_print(sheet)
    sheet.page_margins.top = sheet.page_margins.bottom = 0.5


def _columns(report: Report) -> int:
    """Columns of the page: the groups' seven, or more where the parts need them."""
    return max(7, len(_FIRST) + len(report.top_nodes[:_MOST_NODES]))


def _sentence(sheet: Worksheet, row: int, text: str, columns: int, font: Font = BODY) -> int:
    """One merged, wrapped line; the next row."""
    put(sheet, row, 1, text, font=font).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=columns)
    sheet.row_dimensions[row].height = 15 * (1 + len(text) // 138)
    return row + 1


def _headline(report: Report) -> str:
    result, count = report.result, len(report.ranked)
    if not count:
        return "No market could be ranked."
    best = [result.table.label(i) for i in report.ranked[:_FEW]]
    left = len(result.table.codes) - count
    dropped = f"; {left} of {len(result.table.codes)} were not ranked (see Funnel)" if left else ""
    lead = best[0] if count == 1 else f"{best[0]} leads, ahead of {' and '.join(best[1:])}"
    return f"{lead}: {count} markets ranked{dropped}."


def _top_markets(sheet: Worksheet, row: int, report: Report) -> int:
    result = report.result
    put(sheet, row, 1, "Top markets", font=HEADING)
    nodes = report.top_nodes[:_MOST_NODES]
    header(sheet, row + 1, ["rank", "market", "code", "score", *map(report.name, nodes)], height=32)
    first = row + 2
    for row, i in enumerate(report.ranked[:_SHOWN], first):
        put(sheet, row, 1, report.rank(i), form=WHOLE)
        put(sheet, row, 2, result.table.label(i))
        put(sheet, row, 3, result.table.codes[i])
        put(sheet, row, 4, float(result.score[i]), form=SCORE, font=BOLD)
        for column, node in enumerate(nodes, 5):
            put(sheet, row, column, float(result.scores[i, node]), form=SCORE)
    lines(sheet, first, row, 4 + len(nodes))
    return row + 2


def _chart(sheet: Worksheet, row: int, report: Report) -> int:
    """Stacked contributions of the top markets; the figures stand beside the page, at K."""
    shown = report.ranked[:_SHOWN]
    parts = _parts(report, shown)
    if any(points.min() < 0 for _, points in parts):
        return row
    row, first = row + 1, 11
    put(sheet, row, first, "points each part brings", font=QUIET)
    for column, (name, _) in enumerate(parts, first + 1):
        put(sheet, row, column, name, font=QUIET)
    for place, i in enumerate(shown):
        line = row + 1 + place
        put(sheet, line, first, report.result.table.label(i), font=QUIET)
        for column, (_, points) in enumerate(parts, first + 1):
            put(sheet, line, column, float(points[place]), form=SCORE, font=QUIET)
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "stacked", 100, 45
    put(sheet, row - 1, 1, "What the score is made of (points)", font=HEADING)
    data = Reference(
        sheet, min_col=first + 1, max_col=first + len(parts), min_row=row, max_row=row + len(shown)
    )
    chart.add_data(data, titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=first, min_row=row + 1, max_row=row + len(shown)))
    for place, series in enumerate(chart.series):
        series.graphicalProperties.solidFill = PALETTE[place]
        series.graphicalProperties.line.solidFill = "FFFFFF"
    chart.y_axis.scaling.min = 0.0
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format = WHOLE
    chart.y_axis.majorGridlines = None
    chart.x_axis.tickLblSkip = 1  # every name
    chart.legend.position = "b"
    corner = AnchorMarker(col=_columns(report), row=row - 1 + _CHART_ROWS)
    place_on_page: Any = TwoCellAnchor(_from=AnchorMarker(col=0, row=row - 1), to=corner)
    chart.anchor = place_on_page
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(noFill=True))
    sheet.add_chart(chart)
    sheet.row_breaks.append(Break(id=row + _CHART_ROWS))
    return row + _CHART_ROWS + 1


def _parts(report: Report, markets: list[int]) -> list[tuple[str, Floats]]:
    """Name and points (markets) of each part; no more than there are colours."""
    parts = [(report.name(n), report.points[markets, n]) for n in report.top_nodes]
    if len(parts) <= len(PALETTE):
        return parts
    keep = len(PALETTE) - 1
    rest = np.sum([points for _, points in parts[keep:]], axis=0)
    return [*parts[:keep], (f"{len(parts) - keep} other parts", rest)]


def _groups(sheet: Worksheet, row: int, report: Report) -> int:
    table = report.result.table
    groups = [g for g in dict.fromkeys(table.groups) if g]
    if len(groups) < 2:
        return row
    put(sheet, row, 1, "Groups", font=HEADING)
    names = [
        "place",
        "group",
        "ranked",
        "best market",
        "its rank",
        "mean of top 3",
        f"in the top {_TOP}",
    ]
    header(sheet, row + 1, names, height=32)
    found = []
    for group in groups:
        members = [i for i in report.ranked if table.groups[i] == group]
        if members:
            found.append((float(np.mean(report.result.score[members[:_FEW]])), group, members))
    first = row + 2
    for row, (mean, group, members) in enumerate(sorted(found, key=lambda f: -f[0]), first):
        put(sheet, row, 1, row - first + 1, form=WHOLE)
        top = sum((report.rank(i) or _TOP + 1) <= _TOP for i in members)
        put(sheet, row, 2, group)
        put(sheet, row, 3, len(members), form=WHOLE)
        put(sheet, row, 4, table.label(members[0])).alignment = Alignment(shrink_to_fit=True)
        put(sheet, row, 5, report.rank(members[0]), form=WHOLE)
        put(sheet, row, 6, mean, form=SCORE)
        put(sheet, row, 7, top, form=WHOLE)
    lines(sheet, first, row, 7)
    return row + 2
