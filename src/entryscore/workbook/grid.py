"""The workbook's sheets as sparse grids of cells."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import get_column_letter

from entryscore.workbook.archive import refusal
from entryscore.workbook.cells import Cell
from entryscore.workbook.cells_xml import Area, CellStream, Looks, Place

_LARGEST_MERGED = 10**6


@dataclass(frozen=True)
class Sheet:
    """Cells that are not blank; `merged` gives every covered cell its range's first cell."""

    title: str
    cells: dict[Place, Cell] = field(default_factory=dict)
    merged: dict[Place, Place] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()

    def where(self, row: int, column: int) -> str:
        return f"{self.title}!{get_column_letter(column)}{row}"

    def cell(self, row: int, column: int) -> Cell:
        return self.cells.get((row, column)) or Cell(self.where(row, column))

    @cached_property
    def rows(self) -> dict[int, list[int]]:
        """The filled columns of every row that is not blank, in order."""
        found: dict[int, list[int]] = {}
        for row, column in sorted(self.cells):
            found.setdefault(row, []).append(column)
        return found


def load_sheets(path: Path, data: bytes) -> dict[str, Sheet]:
    """Every worksheet by its title: openpyxl reads the package, strings and styles, not cells."""
    try:
        return _load(data)
    except Exception as error:  # openpyxl raises anything on a malformed part
        raise refusal(
            path, "the workbook cannot be read: {reason}",
            "open and save it in Excel, then try again",
            reason=f"{type(error).__name__}: {error}".splitlines()[0][:200],
        ) from error  # fmt: skip


def _load(data: bytes) -> dict[str, Sheet]:
    book = ExcelReader(io.BytesIO(data), read_only=True, keep_links=False)
    book.read_manifest()
    book.read_strings()
    book.read_workbook()
    apply_stylesheet(book.archive, book.wb)
    looks = _looks(book)
    sheets = {}
    for sheet, relation in book.parser.find_sheets():
        if relation.target in book.valid_files and "chartsheet" not in relation.Type:
            with book.archive.open(relation.target) as part:
                sheets[sheet.name] = as_sheet(CellStream(sheet.name, part, looks))
    return sheets


def _looks(book: ExcelReader) -> Looks:
    workbook: Any = book.wb  # its stub knows no styles
    own = workbook._number_formats
    formats = [
        BUILTIN_FORMATS.get(style.numFmtId, "General")
        if style.numFmtId < BUILTIN_FORMATS_MAX_SIZE
        else own[style.numFmtId - BUILTIN_FORMATS_MAX_SIZE]
        for style in workbook._cell_styles
    ]
    return Looks(
        book.shared_strings, formats, frozenset(workbook._date_formats),
        frozenset(workbook._timedelta_formats), workbook.epoch,
    )  # fmt: skip


def as_sheet(stream: CellStream) -> Sheet:
    """Excel shows the first cell of a merged range only; values under the rest do not count."""
    cells = dict(stream.cells)
    merged: dict[Place, Place] = {}
    for area in stream.merged:
        first = area[:2]
        for place in list(_covered(cells, area)):
            if place != first:
                del cells[place]
        if first in cells and _size(area) < _LARGEST_MERGED:
            merged |= dict.fromkeys(_places(area), first)
    return Sheet(stream.title, cells, merged, frozenset(stream.hidden))


def _size(area: Area) -> int:
    top, left, bottom, right = area
    return (bottom - top + 1) * (right - left + 1)


def _places(area: Area) -> Iterable[Place]:
    top, left, bottom, right = area
    return ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))


def _covered(cells: dict[Place, Cell], area: Area) -> Iterable[Place]:
    """The filled cells of the area, by the shorter way."""
    if _size(area) <= len(cells):
        return (place for place in _places(area) if place in cells)
    top, left, bottom, right = area
    return (p for p in cells if top <= p[0] <= bottom and left <= p[1] <= right)
