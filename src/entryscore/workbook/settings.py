"""The sheet Settings and `--set` as a methodology."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from entryscore.catalogue import Origin
from entryscore.methodology import SETTINGS, Methodology, read_override, setting_named
from entryscore.naming import did_you_mean
from entryscore.problems import Findings
from entryscore.workbook.cells import Cell, report, shown
from entryscore.workbook.tables import Table


def read_settings(
    table: Table | None, overrides: Mapping[str, str], findings: Findings
) -> Methodology:
    values: dict[str, Any] = {}
    cells: dict[tuple[str, ...], str] = {}
    if table is not None and table.complete:
        for row in table.rows:
            _read_row(table, row, values, cells, findings)
    for key, text in overrides.items():
        name, values[name] = read_override(key, text)
        cells[name,] = f"--set {name}"
    return replace(Methodology(), **values, origin=Origin("setting", cells))


def with_defaults(methodology: Methodology, defaults: Mapping[str, object]) -> Methodology:
    """The methodology with a catalogue's settings wherever nothing was typed."""
    values: dict[str, Any] = {
        name: SETTINGS[name].read(value)
        for name, value in defaults.items()
        if name in SETTINGS and (name,) not in methodology.origin
        and name not in ("catalogue", "markets")
    }  # fmt: skip
    return replace(methodology, **values)


def _read_row(
    table: Table,
    row: int,
    values: dict[str, Any],
    cells: dict[tuple[str, ...], str],
    findings: Findings,
) -> None:
    typed = table.code(row, "setting", findings)
    value = table.value(row, "value", findings)
    place = table.where(row, "setting")
    name = setting_named(typed)
    if not typed:
        if table.cell(row, "setting").kind == "blank" and value.kind != "blank":
            findings.problem(place, "a value without a setting", "name the setting")
    elif name is None:
        findings.problem(
            place, "{name!r} is no setting", "{advice}",
            name=typed, advice=did_you_mean(typed, SETTINGS),
        )  # fmt: skip
    elif (name,) in cells:
        findings.problem(place, "{name!r} is set twice", "remove one of the two", name=name)
    else:
        cells[name,] = value.where
        _read_value(name, value, values, findings)


def _read_value(name: str, cell: Cell, values: dict[str, Any], findings: Findings) -> None:
    if cell.kind == "blank" or (cell.kind == "error" and cell.value == "#N/A"):
        return None
    if cell.kind in ("error", "uncalculated"):
        return report(cell, cell.kind, findings)
    raw = cell.value if cell.kind in ("number", "bool") else shown(cell)
    try:
        values[name] = SETTINGS[name].read(raw)
    except ValueError as error:
        findings.problem(
            cell.where, "{value!r} is no value for {name}", "{advice}",
            value=shown(cell), name=name, advice=str(error),
        )  # fmt: skip
