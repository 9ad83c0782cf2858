"""The chart of the sheet Quadrant, from figures that stand right of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from openpyxl.chart import BubbleChart, Reference, Series
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import SeriesLabel, XYSeries
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.language import phrase, say
from entryscore.naming import text_width
from entryscore.report.quadrant_labels import Box, Bubble, sides
from entryscore.spreadsheet import PALETTE, QUIET, put
from entryscore.tree import Floats

FIGURES = 12  # first column: label, across, up, size
LARGEST, EQUAL = 5.0, 3.0  # areas of bubbles, the smallest being 1
_WIDE, _HIGH = 26.0, 15.5  # cm, the chart
_PLOT = (22.5, 13.0)  # cm, of it between the axes
_RADIUS = 0.55  # cm, of the largest bubble
_LETTER, _LINE = 0.17, 0.42  # cm, of a label's letter and line
_TIMES = 10  # the invisible bubble that sets the scale, by area
_TICKS = (1.0, 2.0, 5.0, 10.0)
_MOST_TICKS = 8
_HALF = 0.2  # of the range shown, at least, on either side of the middle: room for corner names
_CORNERS = (
    phrase("less attractive, hard to enter"), phrase("attractive, hard to enter"),
    phrase("less attractive, easy to enter"), phrase("attractive, easy to enter"),
)  # fmt: skip
_INK, _FAINT = "1F2A37", "7F8C8D"


@dataclass(frozen=True)
class Scale:
    """An axis: its ends, the distance of its ticks, and where the line between halves stands."""

    low: float
    high: float
    step: float
    middle: float

    def at(self, value: float, length: float) -> float:
        """Where a value stands on an axis of this length."""
        return length * (value - self.low) / (self.high - self.low)


def scale_of(shown: Floats, middle: float, ends: tuple[float, float]) -> Scale:
    """An axis over the values shown and both sides of the middle, with a little room, on round
    numbers; never beyond `ends` where no value is."""
    span = (max(shown.max(), middle) - min(shown.min(), middle)) or 1.0
    least = float(min(shown.min(), max(middle - _HALF * span, min(ends[0], middle))))
    most = float(max(shown.max(), min(middle + _HALF * span, max(ends[1], middle))))
    span = most - least
    unit = 10.0 ** float(np.floor(np.log10(1.1 * span / _MOST_TICKS)))
    step = float(next(t * unit for t in _TICKS if 1.1 * span / (t * unit) <= _MOST_TICKS))
    room = 0.05 * span
    low = step * float(np.floor((least - room) / step))
    high = step * float(np.ceil((most + room) / step))
    if least >= ends[0]:
        low = max(low, ends[0])
    if most <= ends[1]:
        high = min(high, ends[1])
    return Scale(low, high, step, middle)


def add_chart(
    sheet: Worksheet, anchor: str, names: Sequence[str], scales: Sequence[Scale],
    rows: Sequence[int], points: Floats, labels: Sequence[str],
) -> None:  # fmt: skip
    """`names` and `scales` of the axes across and up; `rows` of the figures; `points` (markets ×
    across, up, size) and `labels` as of the run, by which sides are chosen."""
    across, up = scales
    chart = BubbleChart()
    chart.style, chart.legend, chart.bubbleScale = 18, None, 100
    size: Any = (_WIDE, _HIGH)  # its stub wants whole centimetres
    chart.width, chart.height = size
    chart.x_axis.title, chart.y_axis.title = names[0], names[1]
    corners = [_corner_box(k) for k in range(len(_CORNERS))]
    bubbles = [_bubble_of(p, label, scales) for p, label in zip(points, labels, strict=True)]
    chosen = sides(bubbles, Box(0.0, 0.0, *_PLOT), corners)
    for row, side in zip(rows, chosen, strict=True):
        chart.series.append(_market(sheet, row, side))
    last = max(rows) + 2
    for corner, words in enumerate(map(say, _CORNERS)):
        x, y = _corner(corner)
        place = across.low + x * (across.high - across.low), up.low + y * (up.high - up.low)
        chart.series.append(_words(sheet, last + corner, words, place, "l" if x > 0.5 else "r"))
    chart.series.append(_measure(sheet, last + len(_CORNERS), scales))
    for axis, own, other in ((chart.x_axis, across, up), (chart.y_axis, up, across)):
        axis.scaling.min, axis.scaling.max, axis.majorUnit = own.low, own.high, own.step
        axis.number_format = "0" if own.step >= 1 else "0.0##"
        axis.delete, axis.majorGridlines = False, None
        # each axis is the line between the halves of the other; its figures stay at the edge
        axis.crosses, axis.crossesAt, axis.tickLblPos = None, other.middle, "low"
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=_FAINT))
    sheet.add_chart(chart, anchor)


def _bubble_of(point: Floats, label: str, scales: Sequence[Scale]) -> Bubble:
    x, y = (s.at(float(v), length) for s, v, length in zip(scales, point, _PLOT, strict=False))
    radius = _RADIUS * float(np.sqrt(point[2] / LARGEST))
    return Bubble(x, y, radius, _LETTER * (1 + text_width(label)), _LINE)


def _corner(corner: int) -> tuple[float, float]:
    """Where its words begin, as shares of the axes."""
    return (0.99 if corner > 1 else 0.01), (0.97 if corner % 2 else 0.03)


def _corner_box(corner: int) -> Box:
    x, y = _corner(corner)
    x, y = x * _PLOT[0], y * _PLOT[1]
    wide = _LETTER * text_width(say(_CORNERS[corner]))
    left = x - wide if corner > 1 else x
    return Box(left, y - _LINE / 2, left + wide, y + _LINE / 2)


def _series(sheet: Worksheet, row: int) -> XYSeries:
    x, y, size = (Reference(sheet, min_col=FIGURES + k, min_row=row) for k in (1, 2, 3))
    series: XYSeries = Series(y, x, size)
    return series


def _market(sheet: Worksheet, row: int, side: str) -> XYSeries:
    series = _series(sheet, row)
    series.graphicalProperties = GraphicalProperties(
        solidFill=PALETTE[0], ln=LineProperties(solidFill="FFFFFF")
    )
    _label(sheet, series, row, side, _INK)
    return series


def _words(
    sheet: Worksheet, row: int, words: str, place: tuple[float, float], side: str
) -> XYSeries:
    """The name of a corner: the label of an invisible bubble."""
    for column, value in enumerate((words, *place, 0.01), FIGURES):
        put(sheet, row, column, value, font=QUIET)
    series = _unseen(sheet, row)
    _label(sheet, series, row, side, _FAINT, is_italic=True)
    return series


def _measure(sheet: Worksheet, row: int, scales: Sequence[Scale]) -> XYSeries:
    """An invisible bubble many times as large: the largest one takes a quarter of a chart, and
    not every program heeds a scale."""
    put(sheet, row, FIGURES, say("size of the largest bubble"), font=QUIET)
    for column, value in enumerate(
        (*((s.low + s.high) / 2 for s in scales), _TIMES * LARGEST), FIGURES + 1
    ):
        put(sheet, row, column, value, font=QUIET)
    return _unseen(sheet, row)


def _unseen(sheet: Worksheet, row: int) -> XYSeries:
    series = _series(sheet, row)
    series.graphicalProperties = GraphicalProperties(noFill=True, ln=LineProperties(noFill=True))
    return series


def _label(
    sheet: Worksheet, series: Any, row: int, side: str, colour: str, *, is_italic: bool = False
) -> None:
    cell = Reference(sheet, min_col=FIGURES, min_row=row)
    series.tx = SeriesLabel(strRef=StrRef(str(cell)))
    font = CharacterProperties(sz=900, i=is_italic, solidFill=colour)
    series.dLbls = DataLabelList(
        showSerName=True, showVal=False, showLegendKey=False, showCatName=False,
        showBubbleSize=False, showPercent=False, dLblPos=side,
        txPr=RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=font), endParaRPr=font)]),
    )  # fmt: skip
