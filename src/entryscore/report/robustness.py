"""The sheet Robustness: how sure the ranks are, as of the run.

Sobol' indices are left to the command `robustness`: they take a second to import and thousands of
runs. Here each assumption is drawn alone.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from entryscore import output
from entryscore.language import say
from entryscore.naming import text_width
from entryscore.report.model import SCORE, WHOLE, Report
from entryscore.robustness.ranges import Ranges
from entryscore.robustness.run import Outcome
from entryscore.robustness.summary import (
    TOPS,
    acceptability,
    ranks_table,
    shifts_alone,
    verdicts,
)
from entryscore.robustness.words import RANGE, spoken
from entryscore.spreadsheet import (
    BODY,
    BOLD,
    HEADING,
    PALETTE,
    QUIET,
    TITLE,
    aligned,
    for_print,
    header,
    lines,
    put,
    styled,
)
from entryscore.standing.words import VERDICTS, drawn, placed
from entryscore.standing.words import verdict as spoken_verdict

SHOWN = 20  # markets in the pictures, and ranks in the heat map
MOST_ROWS = 500  # markets in the table
_ALONE = 500  # draws of each assumption alone
_FIRST, _CELL = (6, 30, 9), 6.3  # widths: rank, market, code; every other column
_COLUMNS = len(_FIRST) + SHOWN
_LINE = 210  # characters of a sentence in one line
_FIGURES = _COLUMNS + 3  # column of the chart's figures, right of the page
_PAGE_ROWS, _LEAST_ROWS = 44, 24  # of the first page, and of a full chart on it
_AXIS_ROWS = 5  # of a chart, beside those of its bars
_PAGE, _ROW, _HEAT_ROW = 640.0, 15.0, 22.0  # points of a page and of rows
_NAME = 34  # letters of a market in sentences and in the chart
_NAMED, _CODED = (
    aligned("left", "center", True, 1),
    aligned("left", "center", indent=1, shrink=True),
)
_LONGEST_CODE = 18
_UNSURE, _GRID = "9DBFD9", "DDE3E8"  # a range above its median; lines of the chart
_CHANCE = '[=0]"0%";[<0.005]"<1%";0%'


def add_robustness(book: Workbook, report: Report, ranges: Ranges) -> None:
    """Adds nothing where there are no ranges."""
    outcome = ranges.outcome
    if outcome is None or not outcome.draws:
        return
    sheet = book.create_sheet("Robustness")
    for place in range(1, _COLUMNS + 1):
        width = _FIRST[place - 1] if place <= len(_FIRST) else _CELL
        sheet.column_dimensions[get_column_letter(place)].width = width
    longest = max(map(text_width, report.result.table.codes))
    sheet.column_dimensions["C"].width = max(_FIRST[2], min(longest + 2, _LONGEST_CODE))
    put(sheet, 1, 1, say("Robustness: {range}", range=say(RANGE)), font=TITLE)
    sheet.row_dimensions[1].height = 28
    row = _sentence(
        sheet, 2, say("As of the run: these figures do not follow the sheet Weights."), QUIET
    )
    first, *assumptions = drawn(ranges)
    row = _sentence(sheet, row, first, BOLD)
    for said in assumptions:
        row = _sentence(sheet, row, f"– {said}")
    for said in placed(ranges, lambda code: _short(report, code)):
        row = _sentence(sheet, row, said)
    if said := _which_matters(ranges):
        row = _sentence(sheet, row, said, BOLD)
    table = ranks_table(report.result, outcome)
    row = _chart(sheet, row + 1, table, report)
    pages = _Pages(sheet)
    pages.begin(1, sum(sheet.row_dimensions[k].height or _ROW for k in range(1, row)))
    row = _heat(sheet, row, report, outcome, pages)
    last = _table(sheet, row, table, verdicts(report.result, outcome), report, pages)
    sheet.print_area = f"A1:{get_column_letter(_COLUMNS)}{last}"
    for_print(sheet)
    sheet.page_margins.top = sheet.page_margins.bottom = 0.5


def _which_matters(ranges: Ranges) -> str:
    """How far ranks move with each assumption drawn alone."""
    if len(ranges.plan.assumptions) < 2 or "data" in ranges.plan.assumptions:
        return ""
    shifts = shifts_alone(ranges.plan, min(ranges.asked, _ALONE))
    if any(shift != shift for shift in shifts.values()):
        return ""
    parts = say(", ").join(f"{spoken(name)} {shift:.1f}" for name, shift in shifts.items())
    return say(
        "Which assumption matters: drawn alone, each moves a market by so many ranks on average: "
        "{parts} (Sobol' indices: entryscore robustness).",
        parts=parts,
    )


def _sentence(sheet: Worksheet, row: int, text: str, font: Font = BODY) -> int:
    """One merged, wrapped line; the next row."""
    put(sheet, row, 1, text, font=font).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=_COLUMNS)
    sheet.row_dimensions[row].height = 15 * (1 + text_width(text) // _LINE)
    return row + 1


def _label(report: Report, code: object) -> str:
    return report.result.table.label(report.result.table.codes.index(str(code)))


def _short(report: Report, code: object) -> str:
    """For sentences and the chart."""
    return output.cut(_label(report, code), _NAME)


def _named(sheet: Worksheet, row: int, report: Report, code: object) -> float:
    """Name and code of a market; the height its name takes."""
    name = _label(report, code)
    styled(put(sheet, row, 2, name), alignment=_NAMED)
    styled(put(sheet, row, 3, str(code)), alignment=_CODED)
    return _ROW + 12 * min(text_width(name) // (_FIRST[1] - 2), 3)


class _Pages:
    """Where pages end: before a block that does not fit on what is left of one."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet, self.used = sheet, 0.0

    def begin(self, row: int, height: float) -> None:
        """A block of so many points begins at this row."""
        if self.used and self.used + height > _PAGE:
            self.sheet.row_breaks.append(Break(id=row - 1))
            self.used = 0.0
        self.used += height


def _chart(sheet: Worksheet, row: int, table: pd.DataFrame, report: Report) -> int:
    """Ranges as floating bars, from half a place below to half a place above, in two halves that
    meet at the median; the figures stand right of the page."""
    shown = table.head(SHOWN)
    said = say(
        "Ranges of the top {count}: dark up to the median rank, light from it on", count=len(shown)
    )
    put(sheet, row, 1, said, font=HEADING)
    low = shown["rank_low"].to_numpy(dtype=float) - 0.5
    median = shown["rank_median"].to_numpy(dtype=float)
    high = shown["rank_high"].to_numpy(dtype=float) + 0.5
    names = [f"{rank}  {_short(report, code)}" for rank, code in zip(
        shown["rank"], shown["code"], strict=True
    )]  # fmt: skip
    first = row + 1
    heads = (
        say("figures of the chart"), say("before"), say("to the median"), say("from it on"),
    )  # fmt: skip
    for place, head in enumerate(heads):
        put(sheet, first, _FIGURES + place, head, font=QUIET)
    for line, values in enumerate(zip(names, low, median - low, high - median, strict=True), 1):
        put(sheet, first + line, _FIGURES, values[0], font=QUIET)
        for place, value in enumerate(values[1:], 1):
            put(sheet, first + line, _FIGURES + place, float(value), font=QUIET)
    rows = min(_AXIS_ROWS + 3 * len(shown) // 2, max(_LEAST_ROWS, _PAGE_ROWS - row))
    sheet.add_chart(_bars(sheet, first, len(shown), rows))
    return row + rows + 1


def _bars(sheet: Worksheet, row: int, count: int, rows: int) -> BarChart:
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "stacked", 100, 40
    figures = Reference(
        sheet, min_col=_FIGURES + 1, max_col=_FIGURES + 3, min_row=row, max_row=row + count
    )
    chart.add_data(figures, titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=_FIGURES, min_row=row + 1, max_row=row + count))
    before, *halves = chart.series
    before.graphicalProperties.noFill = True
    before.graphicalProperties.line.noFill = True
    for series, colour in zip(halves, (PALETTE[0], _UNSURE), strict=True):
        series.graphicalProperties.solidFill = colour
        series.graphicalProperties.line.solidFill = colour
    chart.x_axis.scaling.orientation = "maxMin"  # the first on top
    chart.x_axis.tickLblSkip = 1
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.scaling.min = 0.0
    chart.y_axis.number_format = WHOLE
    chart.y_axis.title = say("rank")
    chart.y_axis.crosses = "max"
    faint = GraphicalProperties(ln=LineProperties(solidFill=_GRID))
    chart.y_axis.majorGridlines = ChartLines(spPr=faint)
    chart.legend = None
    corner = AnchorMarker(col=_COLUMNS, row=row + rows - 3)
    anchor: Any = TwoCellAnchor(_from=AnchorMarker(col=0, row=row - 1), to=corner)
    chart.anchor = anchor
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(noFill=True))
    return chart


def _heat(
    sheet: Worksheet, row: int, report: Report, outcome: Outcome, pages: _Pages
) -> int:  # fmt: skip
    """Rank acceptabilities of the top markets; the row after."""
    if len(outcome.markets) > MOST_ROWS:
        return row
    shares = acceptability(report.result, outcome)
    if shares is None:
        return row
    part = shares.iloc[:SHOWN, :SHOWN]
    pages.begin(row, 4 * _ROW + _HEAT_ROW * len(part))
    put(sheet, row, 1, say("How often each of them has each rank"), font=HEADING)
    told = say(
        "Share of the draws (rank acceptability), ranks 1 to {last}; blank: in fewer than one of "
        "200.", last=part.shape[1],
    )  # fmt: skip
    _sentence(sheet, row + 1, told, QUIET)
    heads = [say("rank"), say("market"), say("code"), *map(str, part.columns)]
    header(sheet, row + 2, heads, height=18)
    first = row + 3
    for line, (code, values) in enumerate(zip(part.index, part.to_numpy(), strict=True), first):
        market = report.result.table.codes.index(str(code))
        put(sheet, line, 1, report.rank(market), form=WHOLE)
        height = max(_HEAT_ROW, _named(sheet, line, report, code))
        for column, value in enumerate(values, len(_FIRST) + 1):
            cell = put(sheet, line, column, float(value), form='[<0.005]"";0%')
            cell.alignment = Alignment("center", "center")
        sheet.row_dimensions[line].height = height
        sheet.cell(line, 1).alignment = Alignment(vertical="center")
    last = first + len(part) - 1
    lines(sheet, first, last, len(_FIRST))
    for column in range(len(_FIRST) + 1, len(_FIRST) + 1 + part.shape[1]):
        sheet.cell(row + 2, column).alignment = Alignment("center", "center")
    corner = f"{get_column_letter(len(_FIRST) + part.shape[1])}{last}"
    sheet.conditional_formatting.add(f"D{first}:{corner}", _scale())
    return last + 2


def _scale() -> Any:
    """White to blue: one hue, so that every eye sees the order, and dark figures stay legible."""
    return ColorScaleRule(  # type: ignore[no-untyped-call]  # its stub has no types
        start_type="num", start_value=0, start_color="FFFFFF", mid_type="num", mid_value=0.3,
        mid_color="B5D3E8", end_type="num", end_value=1, end_color="5B9CCB",
    )  # fmt: skip


def _table(
    sheet: Worksheet, row: int, table: pd.DataFrame, verdict: pd.DataFrame, report: Report,
    pages: _Pages,
) -> int:  # fmt: skip
    """A row per ranked market, the header on each page of them; the last row used."""
    shown = table.head(MOST_ROWS)
    pages.begin(row, 6 * _ROW + _ROW * len(shown))
    left = len(table) - len(shown)
    title = say("Ranked markets")
    if left:
        title = say("Ranked markets; {count} further ones in the sheet Ranking", count=left)
    put(sheet, row, 1, title, font=HEADING)
    row = _sentence(sheet, row + 1, say(VERDICTS), QUIET)
    heads = [
        say("rank"), say("market"), say("code"), say("score"), say("median"), say("low"),
        say("high"), *(say("top {n}", n=n) for n in TOPS), say("ahead of next"), say("verdict"), "",
    ]  # fmt: skip
    header(sheet, row, heads, height=30)
    sheet.print_title_rows = f"{row}:{row}"
    forms = [SCORE, "0.0", "0.0", "0.0", *[_CHANCE] * len(TOPS)]
    first = row + 1
    said = zip(verdict["p_ahead"], verdict["verdict"], strict=True)
    for row, (values, (ahead, word)) in enumerate(
        zip(shown.itertuples(index=False), said, strict=False), first
    ):
        rank, code, _, *numbers = values
        put(sheet, row, 1, int(rank), form=WHOLE)
        sheet.row_dimensions[row].height = _named(sheet, row, report, code)
        for column, (number, form) in enumerate(zip(numbers, forms, strict=True), 4):
            put(sheet, row, column, float(number), form=form, font=BOLD if column == 4 else BODY)
        put(sheet, row, 4 + len(forms), float(ahead), form=_CHANCE)
        put(sheet, row, 5 + len(forms), spoken_verdict(word))
    lines(sheet, first, row, len(heads))
    sheet.cell(first - 1, len(heads) - 1).alignment = Alignment("left", "center", indent=1)
    sheet.merge_cells(None, first - 1, len(heads) - 1, first - 1, len(heads))  # the word is wide
    return row
