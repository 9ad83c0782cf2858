"""The chart of Summary: what the scores of the top markets are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.bulk import Fill
from entryscore.language import say
from entryscore.report.live.layout import Layout
from entryscore.report.model import SCORE, WHOLE, Report
from entryscore.report.ranking import ranking_columns
from entryscore.spreadsheet import HEADING, PALETTE, QUIET, formula, put
from entryscore.tree import Floats

COLOURS = (*PALETTE, "9CC3DF", "3B3B3B")  # of the parts
_ROWS = 17  # what is left of the first page


def add_chart(
    sheet: Worksheet, row: int, report: Report, live: Layout | None, fill: Fill,
    shown: list[int], columns: int,
) -> int:  # fmt: skip
    """Stacked contributions of the markets `shown`, in rank order, `columns` wide; the figures
    stand beside the page. None where points are negative. The next free row."""
    parts = _parts(report, shown)
    if any(points.min() < 0 for _, points in parts):
        return row
    row, first = row + 1, columns + 4
    put(sheet, row, first, say("points each part brings"), font=QUIET)
    for column, (name, _) in enumerate(parts, first + 1):
        put(sheet, row, column, name, font=QUIET)
    for place, i in enumerate(shown):
        line = row + 1 + place
        label, texts = report.result.table.label(i), _live_parts(report, live, place + 2)
        if live is None:
            put(sheet, line, first, label, font=QUIET)
        else:
            name = f'IF(Ranking!C{place + 2}="",Ranking!B{place + 2},Ranking!C{place + 2})'
            formula(sheet, line, first, if_ranked(place + 2, name), label, fill, font=QUIET)
        for k, (_, points) in enumerate(parts):
            value = float(points[place])
            if live is None:
                put(sheet, line, first + 1 + k, value, form=SCORE, font=QUIET)
            else:
                formula(sheet, line, first + 1 + k, texts[k], value, fill, form=SCORE, font=QUIET)
    put(sheet, row - 1, 1, say("What the score is made of (points)"), font=HEADING)
    sheet.add_chart(_chart(sheet, row, first, len(parts), len(shown), columns))
    sheet.row_breaks.append(Break(id=row + _ROWS))
    return row + _ROWS + 1


def if_ranked(row: int, text: str) -> str:
    """The formula, blank where the market in this row of Ranking has no rank."""
    return f'IF(ISNUMBER(Ranking!A{row}),{text},"")'


def _chart(
    sheet: Worksheet, row: int, first: int, parts: int, markets: int, columns: int
) -> BarChart:
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "stacked", 100, 45
    data = Reference(
        sheet, min_col=first + 1, max_col=first + parts, min_row=row, max_row=row + markets
    )
    chart.add_data(data, titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=first, min_row=row + 1, max_row=row + markets))
    for place, series in enumerate(chart.series):
        series.graphicalProperties.solidFill = COLOURS[place]
        series.graphicalProperties.line.solidFill = "FFFFFF"
    chart.y_axis.scaling.min = 0.0
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format = WHOLE
    chart.y_axis.majorGridlines = None
    chart.x_axis.tickLblSkip = 1  # every name
    chart.legend.position = "b"
    corner = AnchorMarker(col=columns, row=row - 1 + _ROWS)
    place_on_page: Any = TwoCellAnchor(_from=AnchorMarker(col=0, row=row - 1), to=corner)
    chart.anchor = place_on_page
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(noFill=True))
    return chart


def _live_parts(report: Report, live: Layout | None, row: int) -> list[str]:
    """The formula of each part's points for the market in a row of Ranking: its score in
    proportion to weight times score, which under a weighted mean are the points."""
    if live is None:
        return []
    heads = [column.head for column in ranking_columns(report, live)]
    products = []
    for node in report.top_nodes:
        cell = f"Ranking!{get_column_letter(heads.index(report.result.tree.codes[node]) + 1)}{row}"
        products.append(f"N({cell})*Weights!$H${live.weight_row(node)}")
    whole, keep = "+".join(products), _kept(len(products))
    parts = products[:keep]
    if products[keep:]:
        parts.append("(" + "+".join(products[keep:]) + ")")
    return [
        if_ranked(row, f"IF(N({whole})>0,N(Ranking!E{row})*{part}/({whole}),0)") for part in parts
    ]


def _kept(parts: int) -> int:
    """How many parts have a colour of their own; the others share the last one."""
    return parts if parts <= len(COLOURS) else len(COLOURS) - 1


def _parts(report: Report, markets: list[int]) -> list[tuple[str, Floats]]:
    """Name and points (markets) of each part; no more than there are colours."""
    parts = [(report.name(n), report.points[markets, n]) for n in report.top_nodes]
    keep = _kept(len(parts))
    if keep == len(parts):
        return parts
    rest = np.sum([points for _, points in parts[keep:]], axis=0)
    return [*parts[:keep], (say("{count} other parts", count=len(parts) - keep), rest)]
