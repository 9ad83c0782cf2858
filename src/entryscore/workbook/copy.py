"""A copy of a workbook with weights as a scenario; everything else stays, byte for byte.

openpyxl would lose charts' details, images and what it does not know, so the parts of the package
are copied as they are, and only the sheet Scenarios is written to, in place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from entryscore.files import replacing
from entryscore.language import phrase, say
from entryscore.naming import loose
from entryscore.problems import Findings, InputError, Problem
from entryscore.workbook.archive import read_archive, refusal
from entryscore.workbook.grid import load_sheets
from entryscore.workbook.package import Package
from entryscore.workbook.sheet_xml import SheetXml, Value, row_xml
from entryscore.workbook.tables import LAYOUTS, Table, read_table

SHEET = "Scenarios"
COLUMNS = LAYOUTS[SHEET].required  # scenario, code, weight
Row = tuple[str, str, float]


@dataclass(frozen=True)
class Copy:
    """The copy in memory, and what it could not keep or bring up to date."""

    data: bytes
    warnings: tuple[Problem, ...] = ()

    def write(self, path: Path, *, force: bool = False) -> None:
        """The whole file, or the old one untouched. Raises InputError where it cannot be."""
        with replacing(path, force=force) as stream:
            stream.write(self.data)


def with_scenario(
    path: Path, name: str, weights: Mapping[str, float], *, replace: bool = False
) -> Copy:
    """The workbook at `path` with a row per code of `weights` in the sheet Scenarios, which is
    made where absent; rows are added below what stands there.

    Raises InputError where the scenario exists and is not to be replaced, and for what cannot be
    edited without loss: formulas or merged cells in the rows to be replaced, an unusual package.
    """
    data = read_archive(path)
    rows = [(name, code, weight) for code, weight in weights.items()]
    sheets = load_sheets(path, data)
    title = SHEET if SHEET in sheets else next((t for t in sheets if loose(t) == loose(SHEET)), "")
    try:
        package = Package(data)
        if not title:
            return Copy(package.bytes(_new_sheet(package, rows)), tuple(_signed(package)))
        part = package.sheets()[title].name
        sheet = SheetXml(package[part])
        table = read_table(SHEET, sheets[title], Findings())
        changed = {part: _changed(path, sheet, table, name, rows, replace)}
    except ValueError as error:
        raise refusal(
            path, "the workbook cannot be copied without loss: {reason}",
            "save it in Excel, then try again, or type the weights into the sheet Scenarios",
            reason=str(error),
        ) from error  # fmt: skip
    warnings = [*_signed(package), *_tables(sheet, title), *_readers(package, title)]
    return Copy(package.bytes(changed), tuple(warnings))


def _new_sheet(package: Package, rows: Sequence[Row]) -> dict[str, bytes]:
    if any(loose(title) == loose(SHEET) for title in package.sheets()):
        raise ValueError(say("its sheet {sheet} is no worksheet", sheet=SHEET))
    lines = [COLUMNS, *rows]
    return package.with_sheet(
        SHEET, b"".join(row_xml(n, dict(enumerate(line, 1)), {}) for n, line in enumerate(lines, 1))
    )


def _changed(
    path: Path, sheet: SheetXml, table: Table, name: str, rows: Sequence[Row], replace: bool
) -> bytes:
    values: dict[tuple[int, int], Value] = {}
    if not table.complete and sheet.last_row:
        raise ValueError(say("its sheet {sheet} lacks a column", sheet=SHEET))
    if not table.complete:  # an empty sheet
        places = {column: k for k, column in enumerate(COLUMNS, 1)}
        values |= {(1, places[column]): column for column in COLUMNS}
        old: list[int] = []
        after = 2
    else:
        places = {column: table.columns[column] for column in COLUMNS}
        old = [r for r in table.rows if table.words(r, "scenario", Findings()) == name]
        after = max(sheet.last_row, table.header_row) + 1
    if old and not replace:
        raise InputError([Problem(
            table.where(old[0], "scenario"), "the scenario {name!r} exists already",
            "add --force to replace it, or choose another name with --scenario-name",
            {"name": name},
        )])  # fmt: skip
    _check_old(sheet, table, old, len(rows))
    lines = [*old, *range(after, after + max(0, len(rows) - len(old)))]
    for line, row in zip(lines, rows, strict=False):
        values |= {(line, places[column]): v for column, v in zip(COLUMNS, row, strict=True)}
    for line in old[len(rows) :]:
        values |= {(line, place): None for place in places.values()}
    return sheet.with_cells(values, like=table.rows[-1] if table.rows else 0)


def _check_old(sheet: SheetXml, table: Table, old: Sequence[int], needed: int) -> None:
    """Refuses to write over formulas and merged cells, and to blank rows that hold more."""
    problems = []
    advice = phrase("change the rows by hand, or choose another name with --scenario-name")
    for place, row in enumerate(old):
        for column in COLUMNS:
            cell = sheet.cell(row, table.columns[column])
            merged = sheet.is_merged(row, table.columns[column])
            if merged or (cell is not None and cell.formula):
                what = say("merged cells") if merged else say("a formula")
                problems.append(Problem(
                    table.where(row, column), "{what} would be written over", advice, {"what": what}
                ))  # fmt: skip
        more = set(table.sheet.rows.get(row, [])) - {table.columns[c] for c in COLUMNS}
        if place >= needed and more:
            problems.append(Problem(
                table.sheet.where(row, min(more)),
                "the scenario needs fewer rows, and this one holds more than its weight",
                "move what else stands in it",
            ))  # fmt: skip
    if problems:
        raise InputError(problems)


def _tables(sheet: SheetXml, title: str) -> list[Problem]:
    what = phrase(
        "the table on this sheet is not stretched over the new rows; they are read all the same"
    )
    return [Problem(f"{title}!A1", what, "drag its corner down in Excel")] if sheet.tables else []


def _readers(package: Package, title: str) -> list[Problem]:
    """Formulas that read the sheet keep the values they had."""
    marks = (f"{title}!".encode(), f"{title}'!".encode())
    own = package.sheets()[title].name
    readers = [
        name for name, part in package.sheets().items()
        if part.name != own and part.name in package.names
        and any(mark in package[part.name] for mark in marks)
    ]  # fmt: skip
    what = phrase(
        "formulas on {sheets} read this sheet and show their old values until recalculated"
    )
    return [Problem(
        f"{title}!A1", what, "press Ctrl+Alt+F9 in Excel", {"sheets": ", ".join(readers)}
    )] if readers else []  # fmt: skip


def _signed(package: Package) -> list[Problem]:
    signed = any("_xmlsignatures/" in name and name.endswith(".xml") for name in package.names)
    what = phrase("the digital signature does not hold for the copy")
    return [Problem("", what, "sign the copy anew")] if signed else []
