"""The sheet Summary: what a board reads."""

from __future__ import annotations

from collections.abc import Sequence
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

from entryscore.bulk import Fill
from entryscore.language import phrase, say
from entryscore.naming import text_width
from entryscore.report.live.layout import Layout
from entryscore.report.method import sentences
from entryscore.report.model import SCORE, WHOLE, Report
from entryscore.report.ranking import ranking_columns
from entryscore.robustness.words import RANGE, span
from entryscore.spreadsheet import (
    BODY,
    BOLD,
    HEADING,
    PALETTE,
    QUIET,
    TITLE,
    for_print,
    formula,
    header,
    joined,
    lines,
    put,
    quoted,
)
from entryscore.tree import Floats

_SHOWN, _FEW = 10, 3
_TOP = 20
_CHART_ROWS = 17  # what is left of the first page
_MOST_NODES = 5
_FIRST = (8, 32, 12, 18)  # widths of the first columns
_DROPPED = phrase("; {left} of {markets} were not ranked (see Funnel)")
_PAGE = 138  # width of all columns, so that the page is full


def add_summary(book: Workbook, report: Report, live: Layout | None, fill: Fill) -> None:
    """Live, the headline, the top table and the chart read the sheet Ranking."""
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Summary"
    rest = _columns(report) - len(_FIRST)
    widths = (*_FIRST, *[(_PAGE - sum(_FIRST)) / rest] * rest)
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    _sentence(sheet, 1, report.title, len(widths), TITLE)
    sheet.row_dimensions[1].height = 28 * (1 + text_width(report.title) // 85)
    row = _sentence(sheet, 2, _headline(report), len(widths), BOLD)
    if live is not None:
        formula(sheet, 2, 1, _live_headline(report), _headline(report), fill, font=BOLD)
    if report.is_illustration:
        row = _sentence(sheet, row, say("Illustration, not advice."), len(widths), QUIET)
    row += 1
    if report.ranked:
        row = _top_markets(sheet, row, report, live, fill)
        row = _chart(sheet, row, report, live, fill)
        row = _groups(sheet, row, report, live)
    put(sheet, row, 1, say("How the score was made"), font=HEADING)
    for sentence in sentences(report):
        row = _sentence(sheet, row + 1, sentence, len(widths)) - 1
    sheet.print_area = f"A1:{get_column_letter(len(widths))}{row}"
    for_print(sheet)
    sheet.page_margins.top = sheet.page_margins.bottom = 0.5


def _columns(report: Report) -> int:
    """Columns of the page: the groups' seven, or more where the parts need them."""
    has_range = not np.isnan(report.result.rank_low).all()
    return max(7, len(_FIRST) + has_range + len(report.top_nodes[:_MOST_NODES]))


def _sentence(sheet: Worksheet, row: int, text: str, columns: int, font: Font = BODY) -> int:
    """One merged, wrapped line; the next row."""
    put(sheet, row, 1, text, font=font).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=columns)
    sheet.row_dimensions[row].height = 15 * (1 + text_width(text) // 138)
    return row + 1


def _headline(report: Report) -> str:
    result, count = report.result, len(report.ranked)
    if not count:
        return say("No market could be ranked.")
    best = [result.table.label(i) for i in report.ranked[:_FEW]]
    everyone = len(result.table.codes)
    told = best[0]
    if count > 1:
        told += say(" leads, ahead of ") + say(" and ").join(best[1:])
    told += say(": {count} markets ranked", count=count)
    if everyone > count:
        told += say(_DROPPED, left=everyone - count, markets=everyone)
    return told + say(".")


def _live_headline(report: Report) -> str:
    """The headline by formulas."""
    everyone = len(report.result.table.codes)
    names = [
        f'IF(Ranking!C{row}="",Ranking!B{row},Ranking!C{row})'
        for row in range(2, 2 + min(_FEW, everyone))
    ]
    count = f"COUNT(Ranking!A2:A{everyone + 1})"
    behind = [f'IF({count}>{place},{quoted(word)}&{name},"")' for place, word, name in zip(
        range(1, _FEW), (say(" leads, ahead of "), say(" and ")), names[1:], strict=False
    )]  # fmt: skip
    lead = "&".join([names[0], f'IF({count}=1,{quoted(say(" leads"))},"")', *behind])
    left = joined(_DROPPED, left=f"{everyone}-{count}", markets=everyone)
    left = f'IF({count}<{everyone},{left},"")'
    ranked = joined(": {count} markets ranked", count=count)
    whole = f"{lead}&{ranked}&{left}&{quoted(say('.'))}"
    none = f"IF({count}=0,{quoted(say('No market could be ranked.'))},{whole})"
    return f"IF(Weights!$B$4>0,Weights!$A$3,{none})"


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
    header(sheet, row + 1, heads, height=45 if ranges else 32)
    first = row + 2
    columns = [column.head for column in ranking_columns(report, live)] if live else []
    for row, i in enumerate(report.ranked[:_SHOWN], first):
        from_ranking = row - first + 2
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
                put(sheet, row, column, value, form=form, font=font)
                continue
            text = _from_ranking(columns, head, from_ranking)
            formula(sheet, row, column, text, value, fill, form=form, font=font)
    lines(sheet, first, row, len(heads))
    return row + 2


def _from_ranking(columns: Sequence[str], head: str, row: int) -> str:
    """The formula that takes a column's value from a row of the sheet Ranking."""

    def cell(name: str) -> str:
        return f"Ranking!{get_column_letter(columns.index(name) + 1)}{row}"

    if head == "name":
        return f'IF({cell("name")}="",{cell("code")},{cell("name")})'
    if head != RANGE:
        return cell(head)
    low, high = f"INT({cell('rank_low')}+1E-9)", f"-INT(1E-9-{cell('rank_high')})"
    text = f'IF({low}={high},{low}&"",{low}&"–"&{high})'
    return f'IF(ISNUMBER({cell("rank_low")}),{text},"")'


def _chart(sheet: Worksheet, row: int, report: Report, live: Layout | None, fill: Fill) -> int:
    """Stacked contributions of the top markets; the figures stand beside the page, at K."""
    shown = report.ranked[:_SHOWN]
    parts = _parts(report, shown)
    if any(points.min() < 0 for _, points in parts):
        return row
    row, first = row + 1, 11
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
            formula(sheet, line, first, name, label, fill, font=QUIET)
        for k, (_, points) in enumerate(parts):
            value = float(points[place])
            if live is None:
                put(sheet, line, first + 1 + k, value, form=SCORE, font=QUIET)
            else:
                formula(sheet, line, first + 1 + k, texts[k], value, fill, form=SCORE, font=QUIET)
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "stacked", 100, 45
    put(sheet, row - 1, 1, say("What the score is made of (points)"), font=HEADING)
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
    whole = "+".join(products)
    keep = len(products) if len(products) <= len(PALETTE) else len(PALETTE) - 1
    parts = [
        *products[:keep],
        *(["(" + "+".join(products[keep:]) + ")"] if products[keep:] else []),
    ]
    return [f"IF(N({whole})>0,N(Ranking!E{row})*{part}/({whole}),0)" for part in parts]


def _parts(report: Report, markets: list[int]) -> list[tuple[str, Floats]]:
    """Name and points (markets) of each part; no more than there are colours."""
    parts = [(report.name(n), report.points[markets, n]) for n in report.top_nodes]
    if len(parts) <= len(PALETTE):
        return parts
    keep = len(PALETTE) - 1
    rest = np.sum([points for _, points in parts[keep:]], axis=0)
    return [*parts[:keep], (say("{count} other parts", count=len(parts) - keep), rest)]


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
