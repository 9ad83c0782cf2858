"""The workbook's sheets as sparse grids of cells."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from entryscore.workbook.archive import has_formulas, readable, refusal
from entryscore.workbook.cells import Cell, tidy

Place = tuple[int, int]
_KINDS = {"n": "number", "e": "error", "b": "bool", "d": "date"}


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
    """Every worksheet by its title."""
    data = readable(data)
    values = _open(path, data, data_only=True)
    formulas = _open(path, data, data_only=False) if has_formulas(data) else None
    return {
        sheet.title: _sheet(sheet, formulas[sheet.title] if formulas else None)
        for sheet in values.worksheets
    }


def _open(path: Path, data: bytes, data_only: bool) -> Any:
    try:
        return load_workbook(io.BytesIO(data), data_only=data_only, keep_links=False)
    except Exception as error:  # openpyxl raises anything on a malformed part
        raise refusal(
            path, "the workbook cannot be read: {reason}",
            "open and save it in Excel, then try again",
            reason=f"{type(error).__name__}: {error}".splitlines()[0][:200],
        ) from error  # fmt: skip


def _sheet(sheet: Any, formulas: Any) -> Sheet:
    cells: dict[Place, Cell] = {}
    title = sheet.title
    for place, cell in sorted(sheet._cells.items()):
        where = f"{title}!{get_column_letter(place[1])}{place[0]}"
        twin = formulas._cells.get(place) if formulas is not None else None
        read = _cell(where, cell, twin)
        if read is not None:
            cells[place] = read
    merged = {}
    for area in sheet.merged_cells.ranges:
        first = (area.min_row, area.min_col)
        if first in cells and area.size["rows"] * area.size["columns"] < 10**6:
            for place in area.cells:
                merged[place] = first
    hidden = frozenset(row for row, look in sheet.row_dimensions.items() if look.hidden)
    return Sheet(title, cells, merged, hidden)


def _cell(where: str, cell: Any, twin: Any) -> Cell | None:
    value = cell.value
    formula = ""
    if twin is not None and twin.data_type == "f":
        formula = str(getattr(twin.value, "text", twin.value))
    if value is None:
        if formula and cell.data_type != "str":
            return Cell(where, None, "uncalculated", formula=formula)
        return None
    kind = _KINDS.get(cell.data_type, "text")
    if kind == "text" and not tidy(str(value)):
        return None
    return Cell(where, value, kind, cell.number_format or "General", formula)
