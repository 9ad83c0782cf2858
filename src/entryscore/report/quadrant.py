"""The sheet Quadrant: attractiveness against ease of entry, a labelled bubble for each market."""

from __future__ import annotations

import numpy as np
from openpyxl import Workbook
from openpyxl.chart import BubbleChart, Reference, Series
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import SeriesLabel, XYSeries
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.bulk import Fill
from entryscore.language import say
from entryscore.report.live.layout import Layout
from entryscore.report.model import SCORE, WHOLE, Report
from entryscore.report.ranking import ranking_columns
from entryscore.spreadsheet import (
    PALETTE,
    QUIET,
    TITLE,
    for_print,
    formula,
    header,
    lines,
    put,
)
from entryscore.tree import Floats

_SHOWN = 15
_TABLE = 36  # first row of the figures, below the chart
_ROOM, _STEP = 5.0, 10.0  # around the bubbles, between ticks
_TIMES = 14
_UNSEEN = Font(size=1, color="FFFFFF")


def add_quadrant(book: Workbook, report: Report, live: Layout | None, fill: Fill) -> None:
    """Only where pillars say which axis they are: `attractiveness` and `ease`."""
    axes = _axes(report)
    if not {"attractiveness", "ease"} <= axes.keys() or not report.ranked:
        return
    sheet = book.create_sheet("Quadrant")
    put(sheet, 1, 1, say("Attractiveness and ease of entry"), font=TITLE)
    size = "risk" if "risk" in axes else ""
    told = say("The {count} highest ranked markets.", count=min(_SHOWN, len(report.ranked)))
    if size:
        told += say(" The larger the bubble, the higher {name}.", name=report.name(axes["risk"]))
    put(sheet, 2, 1, told, font=QUIET)
    nodes = [axes["ease"], axes["attractiveness"], *([axes["risk"]] if size else [])]
    last = _figures(sheet, report, live, nodes, fill)
    _add_measure(sheet, report, live, nodes, last, fill)
    _chart(sheet, report, nodes, last)
    for column, width in enumerate((8, 34, 12, 24, 24, 24), 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.print_area = f"A1:F{last}"
    for_print(sheet)


def _axes(report: Report) -> dict[str, int]:
    """The first pillar with a weight of each axis."""
    found: dict[str, int] = {}
    for node, code in enumerate(report.result.tree.codes):
        axis = getattr(report.result.catalogue.node(code), "axis", None)
        if axis and report.result.weights[node] > 0:
            found.setdefault(axis, node)
    return found


def _figures(
    sheet: Worksheet, report: Report, live: Layout | None, nodes: list[int], fill: Fill
) -> int:
    result = report.result
    names = [say("rank"), say("market"), say("code"), *map(report.name, nodes)]
    header(sheet, _TABLE, names, height=32)
    heads = [column.head for column in ranking_columns(report, live)] if live else []
    for place, market in enumerate(report.ranked[:_SHOWN]):
        row = _TABLE + 1 + place
        cells: list[tuple[object, str, str]] = [
            (report.rank(market), "rank", WHOLE),
            (result.table.label(market), "name", ""),
            (result.table.codes[market], "code", ""),
            *((float(result.scores[market, n]), result.tree.codes[n], SCORE) for n in nodes),
        ]
        for column, (value, head, form) in enumerate(cells, 1):
            if live is None:
                put(sheet, row, column, value, form=form)
                continue
            cell = f"Ranking!{get_column_letter(heads.index(head) + 1)}{place + 2}"
            text = cell if head != "name" else f'IF({cell}="",Ranking!B{place + 2},{cell})'
            formula(sheet, row, column, text, value, fill, form=form)
    last = _TABLE + min(_SHOWN, len(report.ranked))
    lines(sheet, _TABLE + 1, last, 3 + len(nodes))
    return last


def _chart(sheet: Worksheet, report: Report, nodes: list[int], last: int) -> None:
    chart = BubbleChart()
    chart.style, chart.legend, chart.bubbleScale = 18, None, 100
    chart.width, chart.height = 26, 15.5
    chart.x_axis.title, chart.y_axis.title = report.name(nodes[0]), report.name(nodes[1])
    size = 6 if len(nodes) > 2 else 4
    points = report.result.scores[report.ranked[:_SHOWN]][:, nodes[:2]]
    for row, side in zip(range(_TABLE + 1, last + 1), _sides(points), strict=True):
        series = _bubble(sheet, row, size)
        series.tx = SeriesLabel(strRef=StrRef(f"'{sheet.title}'!$C${row}"))
        series.graphicalProperties = GraphicalProperties(
            solidFill=PALETTE[0], ln=LineProperties(solidFill="FFFFFF")
        )
        series.dLbls = DataLabelList()
        series.dLbls.showSerName, series.dLbls.position = True, side
        series.dLbls.showVal = series.dLbls.showLegendKey = series.dLbls.showCatName = False
        series.dLbls.showBubbleSize = series.dLbls.showPercent = False
        chart.series.append(series)
    chart.series.append(_measure(sheet, last, size))
    shown = report.result.scores[report.ranked[:_SHOWN]]
    for axis, node in ((chart.x_axis, nodes[0]), (chart.y_axis, nodes[1])):
        low, high = np.nanmin(shown[:, node]) - _ROOM, np.nanmax(shown[:, node]) + _ROOM
        axis.scaling.min = float(_STEP * np.floor(low / _STEP))
        axis.scaling.max, axis.majorUnit = float(_STEP * np.ceil(high / _STEP)), _STEP
        axis.number_format, axis.delete, axis.majorGridlines = WHOLE, False, None
    sheet.add_chart(chart, "A3")


def _sides(points: Floats) -> list[str]:
    """Where each label stands (top, bottom, right, left): where most room is left by the bubbles
    and by the labels before it."""
    span = np.maximum(np.ptp(points, axis=0) + 2 * _ROOM, 1.0)
    at = points / span
    steps = {"t": (0.0, 0.05), "b": (0.0, -0.05), "r": (0.045, 0.0), "l": (-0.045, 0.0)}
    taken, sides = [*at], []
    for own in at:
        others = np.array([x for x in taken if x is not own and np.any(x != own)] or [own + 9.0])

        def room(side: str, own: Floats = own, others: Floats = others) -> float:
            gap = (others - own - steps[side]) / (0.05, 0.04)  # a label is wider than high
            return float(np.sqrt((gap**2).sum(axis=1)).min())

        sides.append(max(steps, key=room))
        taken.append(own + steps[sides[-1]])
    return sides


def _bubble(sheet: Worksheet, row: int, size: int) -> XYSeries:
    x, y = (Reference(sheet, min_col=column, min_row=row) for column in (4, 5))
    series: XYSeries = Series(y, x, Reference(sheet, min_col=size, min_row=row))
    return series


def _measure(sheet: Worksheet, last: int, size: int) -> XYSeries:
    """An invisible bubble many times as large: the largest one takes a quarter of a chart, and
    not every program heeds a scale."""
    series = _bubble(sheet, last + 2, size)
    series.graphicalProperties = GraphicalProperties(noFill=True, ln=LineProperties(noFill=True))
    return series


def _add_measure(
    sheet: Worksheet, report: Report, live: Layout | None, nodes: list[int], last: int, fill: Fill
) -> None:
    """Its figures, below the table: at the first market, by the largest size."""
    shown = report.result.scores[report.ranked[:_SHOWN]][:, nodes]
    sizes = shown[:, 2] if len(nodes) > 2 else np.ones(1)
    values = (float(shown[0, 0]), float(shown[0, 1]), float(np.nanmax(sizes)) * _TIMES)
    column = get_column_letter(3 + len(nodes))
    largest = f"{_TIMES}*MAX({column}{_TABLE + 1}:{column}{last})"
    texts = (f"D{_TABLE + 1}", f"E{_TABLE + 1}", largest)
    for place, (text, value) in enumerate(zip(texts, values, strict=True), 4):
        if live is None:
            put(sheet, last + 2, place, value, font=_UNSEEN)
        else:
            formula(sheet, last + 2, place, text, value, fill, font=_UNSEEN)
