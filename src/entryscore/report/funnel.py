"""The sheet Funnel: from included to ranked markets, and why the others are not."""

from __future__ import annotations

from typing import Any

import numpy as np
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.catalogue import Gate
from entryscore.language import own_name, say
from entryscore.naming import text_width
from entryscore.report.as_of_run import say_as_of_run
from entryscore.report.model import WHOLE, Report
from entryscore.result import GateOutcome
from entryscore.spreadsheet import (
    HEADING,
    PALETTE,
    QUIET,
    TITLE,
    aligned,
    for_print,
    header,
    lines,
    put,
)

_WIDTHS = (60, 12, 70)
_SHRUNK = Alignment("left", "center", shrink_to_fit=True, indent=1)
_FIGURES = 5  # column of the bars' figures, right of the page
_GROUPED = 1000  # from here on digits are grouped


def add_funnel(book: Workbook, report: Report) -> None:
    sheet = book.create_sheet("Funnel")
    result, table = report.result, report.result.table
    put(sheet, 1, 1, say("Funnel: from included to ranked markets"), font=TITLE)
    say_as_of_run(sheet, 2, report)
    header(sheet, 3, (say("step"), say("markets"), say("how many")))
    reasons = {i: _reason(report, i) for i in map(int, result.order) if not result.ranked[i]}
    counts: dict[str, int] = {}
    for reason in reasons.values():
        counts[reason] = counts.get(reason, 0) + 1
    steps = [(say("included"), len(table.codes))]
    steps += [(say("dropped: {reason}", reason=reason), -n) for reason, n in counts.items()]
    steps += [(say("ranked"), len(report.ranked))]
    for row, (step, count) in enumerate(steps, 4):
        put(sheet, row, 1, step).alignment = _SHRUNK
        put(sheet, row, 2, count, form=WHOLE)
        put(sheet, row, _FIGURES, abs(count), form=WHOLE, font=QUIET)
        sheet.row_dimensions[row].height = 17
    lines(sheet, 4, row, 3)
    sheet.add_chart(_bars(sheet, 4, row, len(table.codes)))
    row = _unverified(sheet, row + 2, report)
    if reasons:
        _left_out(sheet, row, report, reasons)
    for letter, width in zip("ABC", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.print_area = f"A1:C{sheet.max_row}"
    for_print(sheet, freeze="A2")


def _bars(sheet: Worksheet, first: int, last: int, most: int) -> BarChart:
    """A bar in the third column of each row, as long as the share of all markets: data bars fade
    to white in Excel, and blocks of text show seams."""
    chart = BarChart()
    chart.type, chart.gapWidth, chart.legend = "bar", 60, None
    chart.add_data(Reference(sheet, min_col=_FIGURES, min_row=first, max_row=last))
    chart.series[0].graphicalProperties.solidFill = PALETTE[0]
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0.0, float(most)
    chart.x_axis.delete = chart.y_axis.delete = True
    chart.y_axis.majorGridlines = None
    whole = ManualLayout("inner", "edge", "edge", x=0.02, y=0.0, w=0.97, h=1.0)
    chart.layout = Layout(manualLayout=whole)
    chart.graphical_properties = GraphicalProperties(noFill=True, ln=LineProperties(noFill=True))
    corner = AnchorMarker(col=3, row=last)
    place: Any = TwoCellAnchor(_from=AnchorMarker(col=2, row=first - 1), to=corner)
    chart.anchor = place
    return chart


def _text(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """A text in as many lines as its column needs; the row is at least as high."""
    put(sheet, row, column, text).alignment = aligned("left", "center", True, 1)
    height = 15 * (1 + int(text_width(text) / (1.2 * _WIDTHS[column - 1])))
    sheet.row_dimensions[row].height = max(height, sheet.row_dimensions[row].height or 15)


def _left_out(sheet: Worksheet, row: int, report: Report, reasons: dict[int, str]) -> None:
    table = report.result.table
    put(sheet, row, 1, say("Markets that were not ranked"), font=HEADING)
    header(sheet, row + 1, (say("market"), say("code"), say("why")))
    first = row + 2
    for row, (i, reason) in enumerate(reasons.items(), first):
        _text(sheet, row, 1, table.label(i))
        put(sheet, row, 2, table.codes[i]).alignment = _SHRUNK
        _text(sheet, row, 3, reason)
    lines(sheet, first, row, 3)


def _reason(report: Report, market: int) -> str:
    result = report.result
    gates = [g for g in result.gates if g.market == market and g.drops]
    if gates:
        return "; ".join(
            say("{gate} is not met", gate=_told(report, g))
            if g.state == "failed"
            else f"{_told(report, g)} ({say('unverified')})"
            for g in gates
        )
    if np.isnan(result.score[market]):
        return say("no score: too few values in a part that counts")
    share = result.methodology.min_total_coverage
    return say("less than {share:.0%} of the weight is observed", share=share)


def _told(report: Report, gate: GateOutcome) -> str:
    """The condition with the indicator's name and digits grouped."""
    name = own_name(report.result.catalogue.node(gate.indicator)) or gate.indicator
    parsed = Gate.parse(gate.condition)
    if isinstance(parsed.operand, float) and abs(parsed.operand) >= _GROUPED:
        return f"{name} {parsed.sign} {parsed.operand:,.12g}"
    return f"{name} {gate.condition}"


def _unverified(sheet: Worksheet, row: int, report: Report) -> int:
    """How many ranked markets each gate could not be verified for."""
    result = report.result
    counts: dict[str, int] = {}
    for gate in result.gates:
        if gate.state == "unverified" and not gate.drops and result.ranked[gate.market]:
            name = _told(report, gate)
            counts[name] = counts.get(name, 0) + 1
    if not counts:
        return row
    put(sheet, row, 1, say("Ranked, but still to be verified"), font=HEADING)
    header(sheet, row + 1, (say("gate"), say("markets"), ""))
    for line, (name, count) in enumerate(counts.items(), row + 2):
        _text(sheet, line, 1, name)
        put(sheet, line, 2, count, form=WHOLE).alignment = aligned("right", "center")
    lines(sheet, row + 2, row + 1 + len(counts), 3)
    return row + 3 + len(counts)
