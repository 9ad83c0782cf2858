"""The workbook's sheets as sparse grids of cells."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import get_column_letter

from entryscore.language import say
from entryscore.workbook.archive import refusal
from entryscore.workbook.cells import Cell
from entryscore.workbook.cells_xml import CellStream, Looks, Place

_MOST_MERGED = 10**6  # cells within the filled part of a sheet


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
            reason=_reason(error),
        ) from error  # fmt: skip


def _reason(error: Exception) -> str:
    said = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
    return said.splitlines()[0][:200] if said else type(error).__name__


def _load(data: bytes) -> dict[str, Sheet]:
    book = ExcelReader(io.BytesIO(data), read_only=True, keep_links=False)
    with warnings.catch_warnings(action="ignore"):  # of parts that are not read here
        book.read_manifest()
        book.read_strings()
        book.read_workbook()
        apply_stylesheet(book.archive, book.wb)
        found = [
            (sheet.name, relation.target)
            for sheet, relation in book.parser.find_sheets()
            if relation.target in book.valid_files and "chartsheet" not in relation.Type
        ]
    if not found:
        raise ValueError(say("there is no worksheet (Strict Open XML is not read)"))
    looks, sheets = _looks(book), {}
    for name, target in found:
        if name in sheets:
            raise ValueError(say("two sheets are called {name!r}", name=name))
        with book.archive.open(target) as part:
            sheets[name] = as_sheet(CellStream(name, part, looks))
    return sheets


def _looks(book: ExcelReader) -> Looks:
    workbook: Any = book.wb  # its stub knows no styles
    own = dict(enumerate(workbook._number_formats, BUILTIN_FORMATS_MAX_SIZE))
    known = BUILTIN_FORMATS | own
    return Looks(
        book.shared_strings, [known.get(s.numFmtId, "General") for s in workbook._cell_styles],
        frozenset(workbook._date_formats), frozenset(workbook._timedelta_formats), workbook.epoch,
    )  # fmt: skip


def as_sheet(stream: CellStream) -> Sheet:
    """Excel shows the first cell of a merged range only; values under the rest do not count.

    Raises ValueError where merged ranges cover more cells than a sheet of people's making.
    """
    cells = dict(stream.cells)
    merged: dict[Place, Place] = {}
    last_row, last_column = (max((place[k] for place in cells), default=0) for k in (0, 1))
    left = _MOST_MERGED
    for top, first_column, bottom, right in stream.merged:
        first = (top, first_column)
        rows = range(top, min(bottom, last_row) + 1)
        columns = range(first_column, min(right, last_column) + 1)
        left -= len(rows) * len(columns)
        if left < 0:
            raise ValueError(say("{sheet}: too many merged cells", sheet=stream.title))
        area = [(row, column) for row in rows for column in columns]
        if first in cells:
            merged |= dict.fromkeys(area, first)
        for place in area:
            if place != first:
                cells.pop(place, None)
    return Sheet(stream.title, cells, merged, frozenset(stream.hidden))
