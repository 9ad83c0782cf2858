"""The sheet Ranking, in order of the live scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.bulk import Fill, Look, computed, constant
from entryscore.language import say
from entryscore.naming import text_width
from entryscore.report.live.engine import open_engine
from entryscore.report.live.layout import FIRST, Layout
from entryscore.spreadsheet import aligned, looks

WIDEST = 40  # letters of a text; longer ones are shown smaller
GATE = 24  # letters of a line of gate, which is shown smaller up to WIDEST and wraps beyond
_LINE = 13  # points


@dataclass(frozen=True)
class Column:
    """A column of Ranking: its header, values by market, number format.

    `source`: the live column of Scores; `text`: a formula of its own, # for the row; neither: as
    of the run. `told`: what its header's note says. `hidden`: opened on demand; `is_kept`: shown
    though it is empty as of the run.
    """

    head: str
    values: Sequence[object]
    form: str = ""
    source: str = ""
    text: str = ""
    hidden: bool = False
    told: str = ""
    is_kept: bool = False

    @property
    def has_numbers(self) -> bool:
        return any(isinstance(v, (int, float)) for v in self.values)

    def look(self, look: Callable[..., Look]) -> Look:
        font = "bold" if self.head == "score" else ""
        texts = [v for v in self.values if isinstance(v, str)]
        if self.has_numbers:  # a dash stands right with them
            return look(self.form, font, align=aligned("right") if any(texts) else None)
        if self.is_kept:
            return look(self.form, font, right=False, wrap=True)
        is_wide = self.head == "gate" or max(map(text_width, texts), default=0) > WIDEST
        align = aligned("left", indent=1, shrink=True) if is_wide else None
        return look(self.form, font, right=False, align=align)

    @property
    def is_empty(self) -> bool:
        """Nothing in any row, now and later."""
        blank = all(v is None or v == "" or v != v for v in self.values)
        return blank and not self.is_kept


def dressed(
    columns: Sequence[Column], styles: list[Look], tall: Look, market: int
) -> tuple[list[Look], float | None]:
    """The styles of a market's row and its height: a gate's long text wraps. (With other weights
    other markets stand here, but those that fail a gate stay below.)"""
    place = next(k for k, column in enumerate(columns) if column.head == "gate")
    wide = text_width(str(columns[place].values[market]))
    if wide <= WIDEST:
        return styles, None
    height = float(_LINE * -(-wide // (GATE - 2)) + 2)
    return [*styles[:place], tall, *styles[place + 1 :]], height


def tall_look(look: Callable[..., Look]) -> Look:
    """Of a text that wraps."""
    return look(align=aligned("left", wrap=True, indent=1))


def write_live(sheet: Worksheet, layout: Layout, columns: Sequence[Column], fill: Fill) -> None:
    """Rows 2 on: the market at each place is looked up once, in a hidden last column, and what is
    not live is kept by market on the sheet Run."""
    helper = get_column_letter(len(columns) + 1)
    places = layout.column_range(layout.after(5))
    row_of = {market: place for place, market in enumerate(layout.markets, 1)}
    look = looks(sheet)
    usual, tall = [column.look(look) for column in columns], tall_look(look)
    texts = [
        escape(c.text or _lookup(layout, c, p)).replace("@", f"${helper}#")
        for p, c in enumerate(columns, 1)
    ]
    for row, market in enumerate(map(int, layout.result.order), 2):
        styles, height = dressed(columns, usual, tall, market)
        cells = [
            computed(row, place, text.replace("#", str(row)), column.values[market], style)
            for place, (column, text, style) in enumerate(
                zip(columns, texts, styles, strict=True), 1
            )
        ]
        match = f"MATCH({row - 1},{places},0)"
        cells.append(computed(row, len(columns) + 1, match, row_of[market], look("")))
        fill.row(sheet, row, cells, height)
    sheet.column_dimensions[helper].hidden = True


def _lookup(layout: Layout, column: Column, place: int) -> str:
    if column.source:
        return f"INDEX({layout.column_range(column.source)},@)"
    letter = get_column_letter(place)
    return f"INDEX(Run!${letter}${FIRST}:${letter}${layout.last},@)"


def add_run(book: Workbook, layout: Layout, columns: Sequence[Column], fill: Fill) -> None:
    """What stays as of the run, by market, in the columns it has on Ranking. A blank is a formula
    for an empty text, so that a lookup finds no 0."""
    sheet = book.create_sheet("Run")
    fixed = {p: c for p, c in enumerate(columns, 1) if not (c.source or c.text)}
    heads = [c.head if p in fixed else "" for p, c in enumerate(columns, 1)]
    open_engine(sheet, say("As of the run"), FIRST - 1, heads)
    look = looks(sheet)("", ruled=False)
    for row, market in enumerate(layout.markets, FIRST):
        cells = []
        for place, column in fixed.items():
            value = column.values[market]
            if value is None or value == "" or value != value:
                cells.append(computed(row, place, '""', "", look))
            else:
                cells.append(constant(row, place, value, look))
        fill.row(sheet, row, cells)
