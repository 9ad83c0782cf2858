"""The sheet Ranking, in order of the live scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.report.live.layout import FIRST, Layout
from entryscore.spreadsheet import BODY, BOLD, TITLE, Computed, formula, header, put


@dataclass(frozen=True)
class Column:
    """A column of Ranking: its header, values by market, number format.

    `source`: the live column of Scores; `text`: a formula of its own, # for the row; neither: as
    of the run, or under `hidden` on demand only.
    """

    head: str
    values: Sequence[object]
    form: str = ""
    source: str = ""
    text: str = ""
    hidden: bool = False


def write_live(
    sheet: Worksheet, layout: Layout, columns: Sequence[Column], computed: Computed
) -> None:
    """Rows 2 on: the market at each place is looked up once, in a hidden last column, and what is
    not live is kept by market on the sheet Run."""
    helper = get_column_letter(len(columns) + 1)
    places = layout.column_range(layout.after(5))
    row_of = {market: place for place, market in enumerate(layout.markets, 1)}
    for row, market in enumerate(map(int, layout.result.order), 2):
        place_of_market = f"MATCH({row - 1},{places},0)"
        formula(sheet, row, len(columns) + 1, place_of_market, row_of[market], computed)
        for place, column in enumerate(columns, 1):
            text = column.text.replace("#", str(row)) or _lookup(layout, column, place)
            formula(
                sheet, row, place, text.replace("@", f"${helper}{row}"), column.values[market],
                computed, font=BOLD if column.head == "score" else BODY, form=column.form,
            )  # fmt: skip
    sheet.column_dimensions[helper].hidden = True


def _lookup(layout: Layout, column: Column, place: int) -> str:
    if column.source:
        return f"INDEX({layout.column_range(column.source)},@)"
    letter = get_column_letter(place)
    return f"INDEX(Run!${letter}${FIRST}:${letter}${layout.last},@)"


def add_run(book: Workbook, layout: Layout, columns: Sequence[Column], computed: Computed) -> None:
    """What stays as of the run, by market, in the columns it has on Ranking. A blank is a formula
    for an empty text, so that a lookup finds no 0."""
    sheet = book.create_sheet("Run")
    put(sheet, 1, 1, "As of the run", font=TITLE)
    fixed = {p: c for p, c in enumerate(columns, 1) if not (c.source or c.text)}
    header(sheet, FIRST - 1, [c.head if p in fixed else "" for p, c in enumerate(columns, 1)])
    for row, market in enumerate(layout.markets, FIRST):
        for place, column in fixed.items():
            value = column.values[market]
            if value is None or value == "" or value != value:
                formula(sheet, row, place, '""', "", computed)
            else:
                put(sheet, row, place, value)
