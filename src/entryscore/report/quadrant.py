"""The sheet Quadrant: attractiveness against ease of entry, a labelled bubble for each market."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from entryscore import output
from entryscore.bulk import Fill
from entryscore.language import phrase, say
from entryscore.naming import text_width
from entryscore.report.live.layout import Layout
from entryscore.report.model import SCORE, WHOLE, Report
from entryscore.report.quadrant_chart import (
    EQUAL,
    FIGURES,
    LARGEST,
    Scale,
    add_chart,
    scale_of,
)
from entryscore.report.ranking import ranking_columns
from entryscore.spreadsheet import (
    BODY,
    QUIET,
    TITLE,
    aligned,
    for_print,
    formula,
    header,
    joined,
    lines,
    put,
    quoted,
    styled,
)
from entryscore.tree import Floats

_SHOWN = 15
_CHART, _TABLE = 5, 37  # first rows of the chart, and of the figures below it
_NARROW, _WIDEST, _CODE = 10, 44, 20
_LONGEST, _SHORT, _CUT = 18, 8, 24  # letters of a name and of the code, if the name is longer
_LONGEST_NAME = 60  # letters of a pillar's name in a sentence
_LEFT_OUT = FIGURES + 4  # column of who is not drawn


@dataclass(frozen=True, eq=False)
class _View:
    """What is shown, as of the run."""

    report: Report
    live: Layout | None
    nodes: list[int]  # across, up and, where there is one, size

    @property
    def markets(self) -> list[int]:
        return self.report.ranked[:_SHOWN]

    @property
    def is_sized(self) -> bool:
        return len(self.nodes) > 2

    @cached_property
    def scores(self) -> Floats:
        """(markets × axes)"""
        return self.report.result.scores[np.ix_(self.markets, self.nodes)]

    @cached_property
    def whys(self) -> list[str]:
        """Why a market is not drawn; blank where it is."""
        return [self.why(*map(bool, np.isnan(row[:2]))) for row in self.scores]

    def why(self, lacks_x: bool, lacks_y: bool) -> str:
        lacking = [self.name(k) for k, lacks in enumerate((lacks_x, lacks_y)) if lacks]
        return say("no score: {names}", names=say(", ").join(lacking)) if lacking else ""

    @cached_property
    def scales(self) -> list[Scale]:
        """Of the axes across and up, divided at the medians of the ranked markets."""
        drawn = [k for k, why in enumerate(self.whys) if not why]
        settings = self.report.result.methodology
        everyone = self.report.result.scores[self.report.ranked]
        ends = settings.scale_low, settings.scale_high
        return [
            scale_of(self.scores[drawn, k], float(np.nanmedian(everyone[:, node])), ends)
            for k, node in enumerate(self.nodes[:2])
        ]

    @cached_property
    def points(self) -> Floats:
        """(markets × across, up, size), of those not drawn off the chart."""
        found = np.full((len(self.markets), 3), EQUAL)
        found[:, :2] = self.scores[:, :2]
        found[[bool(why) for why in self.whys], :2] = [self.off(0), self.off(1)]
        if self.is_sized:
            risk = self.scores[:, 2]
            low, high = np.nanmin(risk), np.nanmax(risk)
            if high > low:
                sizes = 1 + (LARGEST - 1) * (risk - low) / (high - low)
                found[:, 2] = np.where(np.isnan(risk), EQUAL, sizes)
        return found

    def off(self, axis: int) -> float:
        """Beyond the axis, where nothing is drawn."""
        return 10 * self.scales[axis].low - 10 * self.scales[axis].high - 1

    def name(self, axis: int) -> str:
        return output.cut(self.report.name(self.nodes[axis]), _LONGEST_NAME)

    def label(self, market: int) -> str:
        """The name, or where it is long the code, or where that is long too the name's begin."""
        table = self.report.result.table
        name, code = table.label(market), table.codes[market]
        if len(name) <= _LONGEST:
            return name
        return code if len(code) <= _SHORT else f"{name[: _CUT - 1]}…"


def add_quadrant(book: Workbook, report: Report, live: Layout | None, fill: Fill) -> None:
    """Only where pillars say which axis they are, `attractiveness` and `ease`, and a market has
    both."""
    axes = _axes(report)
    if not {"attractiveness", "ease"} <= axes.keys() or not report.ranked:
        return
    names = ("ease", "attractiveness", "risk")
    view = _View(report, live, [axes[name] for name in names if name in axes])
    if all(view.whys) or (view.is_sized and np.isnan(view.scores[:, 2]).all()):
        return
    sheet = book.create_sheet("Quadrant")
    put(sheet, 1, 1, say("Attractiveness and ease of entry"), font=TITLE)
    last = _table(sheet, view, fill)
    _figures(sheet, view, fill)
    _sentences(sheet, view, fill)
    rows = [
        row for row, why in enumerate(view.whys, _TABLE + 1) if live is not None or not why
    ]  # fmt: skip
    chosen = [row - _TABLE - 1 for row in rows]
    add_chart(
        sheet, f"A{_CHART}", [report.name(node) for node in view.nodes], view.scales, rows,
        view.points[chosen], [view.label(view.markets[k]) for k in chosen],
    )  # fmt: skip
    _widths(sheet, view)
    sheet.print_area = f"A1:{get_column_letter(4 + len(view.nodes))}{last}"
    for_print(sheet)


def _axes(report: Report) -> dict[str, int]:
    """The first pillar with a weight of each axis."""
    found: dict[str, int] = {}
    for node, code in enumerate(report.result.tree.codes):
        axis = getattr(report.result.catalogue.node(code), "axis", None)
        if axis and report.result.weights[node] > 0:
            found.setdefault(axis, node)
    return found


def _table(sheet: Worksheet, view: _View, fill: Fill) -> int:
    """The markets, the best first; the last row used."""
    report, result = view.report, view.report.result
    names = [say("rank"), say("market"), say("code"), *map(report.name, view.nodes), say("note")]
    header(sheet, _TABLE, names, height=32)
    heads = [column.head for column in ranking_columns(report, view.live)] if view.live else []
    for place, market in enumerate(view.markets):
        row = _TABLE + 1 + place
        cells: list[tuple[object, str, str]] = [
            (report.rank(market), "rank", WHOLE),
            (result.table.label(market), "name", ""),
            (result.table.codes[market], "code", ""),
            *((float(result.scores[market, n]), result.tree.codes[n], SCORE) for n in view.nodes),
        ]
        for column, (value, head, form) in enumerate(cells, 1):
            if view.live is None:
                cell = put(sheet, row, column, value, form=form)
            else:
                there = f"Ranking!{get_column_letter(heads.index(head) + 1)}{place + 2}"
                text = there if head != "name" else f'IF({there}="",Ranking!B{place + 2},{there})'
                cell = formula(sheet, row, column, text, value, fill, form=form)
            if not form:
                styled(cell, alignment=aligned("left", "center", True, 1))
        _why(sheet, row, view, view.whys[place], fill)
    last = _TABLE + len(view.markets)
    lines(sheet, _TABLE + 1, last, len(names))
    for column in (2, 3, len(names)):
        styled(sheet.cell(_TABLE, column), alignment=aligned("left", "center", True, 1))
    return last


def _why(sheet: Worksheet, row: int, view: _View, why: str, fill: Fill) -> None:
    """Why the market of the row is not drawn: live, it may also leave the axes or the ranking."""
    column = 4 + len(view.nodes)
    if view.live is None:
        put(sheet, row, column, why).alignment = aligned("left", "center", True, 1)
        return
    x, y, (across, up) = f"D{row}", f"E{row}", view.scales
    lacks = [quoted(view.why(*which)) for which in ((True, True), (True, False), (False, True))]
    outside = (
        f"OR({x}<{across.low!r},{x}>{across.high!r},{y}<{up.low!r},{y}>{up.high!r})"
    )  # fmt: skip
    text = (
        f'IF(A{row}="",{quoted(say("not ranked"))},'
        f"IF(NOT(ISNUMBER({x})),IF(NOT(ISNUMBER({y})),{lacks[0]},{lacks[1]}),"
        f"IF(NOT(ISNUMBER({y})),{lacks[2]},"
        f'IF({outside},{quoted(say("outside the axes"))},""))))'
    )
    cell = formula(sheet, row, column, text, why, fill)
    styled(cell, alignment=aligned("left", "center", True, 1))


def _figures(sheet: Worksheet, view: _View, fill: Fill) -> None:
    """Of the chart, right of the page: label, across, up, size; and who is not drawn."""
    put(sheet, _TABLE, FIGURES, say("figures of the chart"), font=QUIET)
    why, last = get_column_letter(4 + len(view.nodes)), _TABLE + len(view.markets)
    risk = f"$F${_TABLE + 1}:$F${last}"
    for place, market in enumerate(view.markets):
        row, point = _TABLE + 1 + place, view.points[place].tolist()
        values = [view.label(market), *point, _left_out(view.label(market), view.whys[place])]
        name, own = f"B{row}", f"{why}{row}"
        size = repr(EQUAL)
        if view.is_sized:
            grown = f"1+{LARGEST - 1!r}*(F{row}-MIN({risk}))/(MAX({risk})-MIN({risk}))"
            there = f"ISNUMBER(F{row}),MAX({risk})>MIN({risk})"
            size = f"IF(AND({there}),{grown},{EQUAL!r})"
        texts = [
            f"IF(LEN({name})<={_LONGEST},{name},IF(LEN(C{row})<={_SHORT},C{row},"
            f'LEFT({name},{_CUT - 1})&"…"))',
            f'IF({own}="",D{row},{view.off(0)!r})', f'IF({own}="",E{row},{view.off(1)!r})', size,
            f'IF({own}="","","; "&{get_column_letter(FIGURES)}{row}&" ("&{own}&")")',
        ]  # fmt: skip
        for column, (text, value) in enumerate(zip(texts, values, strict=True), FIGURES):
            if view.live is None:
                put(sheet, row, column, value, font=QUIET)
            else:
                formula(sheet, row, column, text, value, fill, font=QUIET)


def _left_out(label: str, why: str) -> str:
    return f"; {label} ({why})" if why else ""


def _sentences(sheet: Worksheet, view: _View, fill: Fill) -> None:
    """Who is drawn and who is not; what lines and sizes say."""
    count = len(view.markets)
    left = "".join(
        _left_out(view.label(m), why) for m, why in zip(view.markets, view.whys, strict=True)
    )
    whole = say("The {count} highest ranked markets.", count=count)
    template = phrase("{drawn} of the {count} highest ranked markets; not drawn: {names}.")
    part = say(template, drawn=view.whys.count(""), count=count, names=left[2:])
    told = part if left else whole
    if view.live is None:
        put(sheet, 2, 1, told, font=BODY)
    else:
        names = get_column_letter(_LEFT_OUT)
        cells = [f"{names}{_TABLE + 1 + k}" for k in range(count)]
        formula(sheet, _CHART, _LEFT_OUT, "&".join(cells), left, fill, font=QUIET)
        why = get_column_letter(4 + len(view.nodes))
        drawn = f'COUNTIF({why}{_TABLE + 1}:{why}{_TABLE + count},"")'
        here = f"{names}{_CHART}"
        some = joined(template, drawn=drawn, count=count, names=f"MID({here},3,9999)")
        formula(sheet, 2, 1, f'IF({here}="",{quoted(whole)},{some})', told, fill)
    said = say("The lines between the quadrants are the medians of the ranked markets.")
    if view.live is not None:
        said = say("The lines between the quadrants: medians of the ranked markets at the run.")
    put(sheet, 3, 1, said, font=QUIET)
    _sizes(sheet, view, fill)
    for row in (2, 3, 4):
        columns = 4 + len(view.nodes)
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=columns)
        styled(sheet.cell(row, 1), alignment=aligned("left", "top", True))
    sheet.row_dimensions[2].height = 2 + 14 * (1 + text_width(told) // 140)


def _sizes(sheet: Worksheet, view: _View, fill: Fill) -> None:
    if not view.is_sized:
        told = say("All bubbles have one size, as no pillar has the axis risk.")
        put(sheet, 4, 1, told, font=QUIET)
        return
    risk = view.scores[:, 2]
    low, high = float(np.nanmin(risk)), float(np.nanmax(risk))
    template = phrase(
        "Size of the bubbles: score of {name}, from {low} (smallest) to {high} (largest)."
    )
    told = say(template, name=view.name(2), low=f"{low:.1f}", high=f"{high:.1f}")
    if view.live is None:
        put(sheet, 4, 1, told, font=QUIET)
        return
    cells = f"F{_TABLE + 1}:F{_TABLE + len(view.markets)}"
    text = joined(
        template, name=quoted(view.name(2)), low=f"FIXED(MIN({cells}),1)",
        high=f"FIXED(MAX({cells}),1)",
    )  # fmt: skip
    formula(sheet, 4, 1, text, told, fill, font=QUIET)


def _widths(sheet: Worksheet, view: _View) -> None:
    """By the names of all markets, as any may be ranked here; longer ones wrap."""
    table = view.report.result.table
    texts = [table.label(i) for i in range(len(table.codes))]
    name, code = (
        min(max(_NARROW, *map(text_width, found)) + 3, _WIDEST) for found in (texts, table.codes)
    )
    widths = (8, max(name, 24), min(code, _CODE), *[18] * len(view.nodes), 30)
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    everyone = range(len(table.codes))
    for row, market in enumerate(view.markets, _TABLE + 1):
        found = everyone if view.live else [market]
        tall = max(
            *(1 + (text_width(texts[i]) + 2) // widths[1] for i in found),
            *(1 + (text_width(table.codes[i]) + 2) // widths[2] for i in found),
            *(1 + (text_width(why) + 2) // widths[-1] for why in view.whys),
        )
        sheet.row_dimensions[row].height = 1 + 14 * min(tall, 3)
