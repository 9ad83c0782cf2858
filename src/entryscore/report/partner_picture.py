"""From gap to partner as a picture: a native chart, so that it stays sharp and can be edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import numpy as np
from openpyxl.chart import Reference, ScatterChart, Series
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.worksheet.worksheet import Worksheet

from entryscore import output
from entryscore.briefing.brief import Brief
from entryscore.briefing.rows import capability_rows, gap_rows
from entryscore.language import say
from entryscore.naming import text_width
from entryscore.partners.answer import Answer
from entryscore.spreadsheet import HEADING, PALETTE, QUIET, put

_PER_NODE, _PER_LONG, _LEAST, _MOST = 3, 5, 12, 34  # rows of the sheet
_NODES = 10  # of a column of the picture, those with most points at stake
_AT = 17  # column of the chart's figures, right of the page
_LINE, _LINES = 20, 4  # letters of a label's line, and lines of a label
_FONT = CharacterProperties(sz=900)
_SIDES = ("l", "t", "r")  # where the labels of gaps, capabilities and types stand
_LEFT, _RIGHT = -0.95, 2.85

Node = tuple[int, str]  # its column of the picture, its code
Place = tuple[float, float]


def add_picture(sheet: Worksheet, row: int, brief: Brief, of: Answer) -> int:
    """The chart from this row on; the row after it. One chain is a line of text."""
    names, edges = _graph(brief, of)
    put(sheet, row, 1, say("From gap to partner: {market}", market=brief.label(of)), font=HEADING)
    if _is_chain(names):
        put(sheet, row + 1, 1, "  →  ".join(names[node] for node in sorted(names)))
        return row + 3
    places = _places(names, edges)
    chart = ScatterChart()
    chart.style, chart.scatterStyle, chart.legend = 13, "lineMarker", None
    line = row
    put(sheet, line, _AT, say("figures of the picture"), font=QUIET)
    for a, b in edges:
        chart.series.append(_edge(sheet, line + 1, places[a], places[b]))
        line += 2
    for node, name in names.items():
        chart.series.append(_node(sheet, line + 1, node[0], places[node], name))
        line += 1
    for axis, low, high in ((chart.x_axis, _LEFT, _RIGHT), (chart.y_axis, 0.0, 1.0)):
        axis.scaling.min, axis.scaling.max = low, high
        axis.delete, axis.majorGridlines = True, None
    chart.layout = Layout(ManualLayout(x=0.0, y=0.0, w=1.0, h=1.0, xMode="edge", yMode="edge"))
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(noFill=True))
    corner = AnchorMarker(col=14, row=row + _rows(names))
    anchor: Any = TwoCellAnchor(_from=AnchorMarker(col=0, row=row), to=corner)
    chart.anchor = anchor
    sheet.add_chart(chart)
    return row + _rows(names) + 2


def picture_rows(brief: Brief, of: Answer) -> int:
    names = _graph(brief, of)[0]
    return 3 if _is_chain(names) else _rows(names) + 2


def _is_chain(names: Mapping[Node, str]) -> bool:
    """No more than one gap, one capability and one type."""
    return len({column for column, _ in names}) == len(names)


def _rows(names: Mapping[Node, str]) -> int:
    tall = 0
    for column in range(3):
        labels = [_wrapped(name) for node, name in names.items() if node[0] == column]
        is_long = any(label.count("\n") > 1 for label in labels)
        tall = max(tall, (_PER_LONG if is_long else _PER_NODE) * len(labels))
    return min(max(tall, _LEAST), _MOST)


def _wrapped(name: str) -> str:
    """A label in short lines, broken between words; the points at stake stay at its end."""
    lines = wrap(name, _LINE, break_long_words=text_width(name) > len(name))
    if len(lines) <= _LINES:
        return "\n".join(lines)
    words, _, points = name.rpartition(", ")
    tail = f", {points}" if words and points.replace(".", "").isdigit() else ""
    kept = wrap(words if tail else name, _LINE)[:_LINES]
    return "\n".join([*kept[:-1], output.cut(f"{kept[-1]} …", _LINE) + tail])


def _graph(brief: Brief, of: Answer) -> tuple[dict[Node, str], list[tuple[Node, Node]]]:
    """The gaps behind the needed capabilities (or, with none, behind all at stake), the
    capabilities, the chosen types; and who closes and provides what."""
    case = of.instance
    rows = capability_rows(brief, of)
    used = ([r for r in rows if r.needed] or rows)[:_NODES]
    codes = {r.code for r in used}
    names: dict[Node, str] = {}
    edges: list[tuple[Node, Node]] = []
    for gap in gap_rows(brief, of):
        closing = [c for c in gap.capabilities if c in codes]
        if gap.points >= 0.005 and closing and len(names) < _NODES:
            names[0, gap.indicator] = f"{gap.name}, {gap.points:.2f}"
            edges += [((0, gap.indicator), (1, c)) for c in closing]
    for r in used:
        names[1, r.code] = r.name
    for m in of.members:
        names[2, m.partner_type] = brief.type_name(m.partner_type)
        supply = case.supply[case.types.index(m.partner_type)]
        edges += [
            ((1, code), (2, m.partner_type))
            for code, s in zip(case.capabilities, supply, strict=True) if s > 0 and code in codes
        ]  # fmt: skip
    return names, edges


def _places(names: Mapping[Node, str], edges: Sequence[tuple[Node, Node]]) -> dict[Node, Place]:
    """Columns evenly filled; each but the first in the order of its neighbours' mean height."""
    found: dict[Node, Place] = {}
    for column in range(3):
        nodes = [node for node in names if node[0] == column]

        def height(node: Node) -> float:
            near = [found[a][1] for a, b in edges if b == node and a in found]
            return float(np.mean(near)) if near else 0.0

        if column:
            nodes = sorted(nodes, key=lambda node: -height(node))
        for i, node in enumerate(nodes):
            found[node] = float(column), 1 - (i + 0.5) / len(nodes)
    return found


def _series(sheet: Worksheet, row: int, points: Sequence[Place]) -> Any:
    for i, (x, y) in enumerate(points):
        put(sheet, row + i, _AT, x, font=QUIET)
        put(sheet, row + i, _AT + 1, y, font=QUIET)
    last = row + len(points) - 1
    xs = Reference(sheet, min_col=_AT, min_row=row, max_row=last)
    ys = Reference(sheet, min_col=_AT + 1, min_row=row, max_row=last)
    return Series(ys, xs)


def _edge(sheet: Worksheet, row: int, a: Place, b: Place) -> Any:
    series = _series(sheet, row, (a, b))
    series.marker.symbol = "none"
    series.graphicalProperties.line.solidFill = "B8C4CE"
    series.graphicalProperties.line.width = 12700  # EMU, 1 pt
    series.smooth = False
    return series


def _node(sheet: Worksheet, row: int, column: int, place: Place, name: str) -> Any:
    series = _series(sheet, row, (place,))
    series.tx = SeriesLabel(v=_wrapped(name))
    series.marker.symbol, series.marker.size = "circle", 11
    series.marker.graphicalProperties = GraphicalProperties(solidFill=PALETTE[column])
    series.marker.graphicalProperties.line.solidFill = "FFFFFF"
    series.graphicalProperties.line.noFill = True
    series.dLbls = DataLabelList(
        showSerName=True, showVal=False, showCatName=False, showLegendKey=False,
        showPercent=False, dLblPos=_SIDES[column],
        txPr=RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=_FONT), endParaRPr=_FONT)]),
    )  # fmt: skip
    return series
