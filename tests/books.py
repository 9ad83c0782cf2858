"""Workbooks for tests, written with openpyxl alone."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

Rows = Iterable[Sequence[object]]


def write_book(path: Path, **sheets: Rows) -> Path:
    """A workbook with one sheet per keyword, its rows written as they are."""
    book = Workbook()
    del book[book.sheetnames[0]]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def settings(values: Mapping[str, object]) -> Rows:
    return [("setting", "value"), *values.items()]
