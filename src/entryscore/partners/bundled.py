"""The bundled partner graph: `indicators/partners/*.csv`."""

from __future__ import annotations

import csv
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from entryscore.partners.ecosystem import (
    Capability,
    Ecosystem,
    Mode,
    Need,
    PartnerType,
    Provision,
    Relation,
)
from entryscore.resources import folder

T = TypeVar("T")
TABLES: dict[str, type[Any]] = {
    "types": PartnerType,
    "capabilities": Capability,
    "provides": Provision,
    "needs": Need,
    "relations": Relation,
    "modes": Mode,
}
_NUMBERS = {"cost", "months", "strength", "need", "kappa"}
_LISTS = {"partner_types", "capabilities"}


@cache
def load_ecosystem() -> Ecosystem:
    """What a workbook without partner sheets uses; strengths, needs and costs are proposals."""
    return read_tables(folder("indicators") / "partners")


def read_tables(place: Path) -> Ecosystem:
    """The tables of a folder. Raises ValueError, with file and line, where a row does not fit."""
    return Ecosystem(
        types=_rows(place, "types", PartnerType),
        capabilities=_rows(place, "capabilities", Capability),
        provisions=_rows(place, "provides", Provision),
        needs=_rows(place, "needs", Need),
        relations=_rows(place, "relations", Relation),
        modes=_rows(place, "modes", Mode),
    )


def _rows(place: Path, name: str, kind: type[T]) -> tuple[T, ...]:
    path = place / f"{name}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        expected = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # dataclasses
        if reader.fieldnames is None or sorted(reader.fieldnames) != sorted(expected):
            raise ValueError(f"{path.name}: the columns must be {', '.join(expected)}")
        return tuple(_row(kind, row, f"{path.name}, line {reader.line_num}") for row in reader)


def _row(kind: type[T], row: dict[str, str], where: str) -> T:
    if None in row.values() or None in row:
        raise ValueError(f"{where}: the number of cells differs from the header's")
    try:
        return kind(**{column: _value(column, text) for column, text in row.items()})
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _value(column: str, text: str) -> object:
    if column in _NUMBERS:
        return float(text)
    if column in _LISTS:
        return tuple(text.split("|")) if text else ()
    if column == "used":
        if text not in ("yes", "no"):
            raise ValueError(f"used {text!r} is neither yes nor no")
        return text == "yes"
    return text
