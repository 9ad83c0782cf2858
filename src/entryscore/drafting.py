"""A catalogue drafted from a plain table: markets in rows, numbers in columns."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pandas as pd

from entryscore.catalogue import CONFIRM, RESERVED, Catalogue, Indicator
from entryscore.naming import loose
from entryscore.problems import InputError, Problem
from entryscore.workbook.archive import read_archive
from entryscore.workbook.cells import Cell, is_missing, parse_number, shown
from entryscore.workbook.grid import Sheet, load_sheets

_MOSTLY = 0.5
_SHORT = 40
_CODES = frozenset(map(loose, ("code", "iso", "iso2", "iso3", "country code", "market code", "id")))
_NAMES = frozenset(
    map(loose, ("name", "market", "country", "country name", "city", "state", "區域"))
)
_GROUPS = frozenset(map(loose, ("group", "region", "segment", "continent", "cluster")))


def draft_catalogue(path: Path) -> tuple[Catalogue, pd.DataFrame]:
    """Indicators from the columns that are mostly numbers, and the markets with their values.

    Raises InputError where the file holds no table of markets.
    """
    sheets = load_sheets(path, read_archive(path))
    sheet = max(sheets.values(), key=lambda s: len(s.cells))
    if len(sheet.rows) < 2:
        problem = Problem(path.name, "there is no table", "put markets in rows, numbers in columns")
        raise InputError([problem])
    top = _header_row(sheet)
    headers = {c: shown(sheet.cell(top, c)) for c in sheet.rows[top]}
    rows = [row for row in sheet.rows if row > top]
    numeric = [c for c in headers if _is_numeric(sheet, rows, c)]
    words = [c for c in headers if c not in numeric]
    code, name = _labels(sheet, rows, headers, words)
    group = next((c for c in words if loose(headers[c]) in _GROUPS), None)
    codes = _unique_codes([headers[c] for c in numeric])
    others = [c for c in words if c not in (code, name, group)]
    info = _unique_codes([headers[c] for c in others], taken=codes)
    indicators = [
        Indicator(
            slug, headers[c], unit="%" if "%" in headers[c] else "", note=CONFIRM, direction=""
        )
        for c, slug in zip(numeric, codes, strict=True)
    ] + [
        Indicator(slug, name=headers[c], role="info", direction="")
        for c, slug in zip(others, info, strict=True)
    ]
    frame = pd.DataFrame(
        {
            "name": [shown(sheet.cell(r, name)) if name else "" for r in rows],
            "group": [shown(sheet.cell(r, group)) if group else "" for r in rows],
            **{
                slug: [_value(sheet.cell(r, c)) for r in rows]
                for c, slug in zip([*numeric, *others], [*codes, *info], strict=True)
            },
        },
        index=[shown(sheet.cell(r, code)) for r in rows],
        dtype=object,
    )
    return Catalogue(tuple(indicators), title=path.stem), frame


def _header_row(sheet: Sheet) -> int:
    """The first row as wide as most."""
    width = sorted(len(columns) for columns in sheet.rows.values())[len(sheet.rows) // 2]
    return next(row for row, columns in sheet.rows.items() if len(columns) >= 0.7 * width)


def _is_numeric(sheet: Sheet, rows: list[int], column: int) -> bool:
    filled = [sheet.cell(row, column) for row in rows]
    filled = [c for c in filled if c.kind != "blank" and not is_missing(str(c.value))]
    return bool(filled) and sum(map(_is_number, filled)) >= _MOSTLY * len(filled)


def _is_number(cell: Cell) -> bool:
    if cell.kind == "text":
        try:
            parse_number(str(cell.value).removesuffix("%"))
        except ValueError as error:
            return str(error) == "ambiguous"
        return True
    return cell.kind == "number"


def _labels(
    sheet: Sheet, rows: list[int], headers: dict[int, str], words: list[int]
) -> tuple[int, int | None]:
    """The columns of codes and of names: by their headers, else the first columns of words."""
    code = next((c for c in headers if loose(headers[c]) in _CODES), None)
    name = next((c for c in words if loose(headers[c]) in _NAMES and c != code), None)
    distinct = [c for c in words if len({shown(sheet.cell(r, c)) for r in rows}) == len(rows)]
    if code is None:
        code = name if name is not None else next(iter([*distinct, *words, *headers]))
    if name is None:
        name = next((c for c in distinct if c != code), None)
    return code, name


def _unique_codes(headers: list[str], taken: list[str] | None = None) -> list[str]:
    used = [*RESERVED, *(taken or ())]
    found = []
    for header in headers:
        plain = unicodedata.normalize("NFKC", header).casefold()
        slug = re.sub(r"\W+", "_", plain).strip("_")[:_SHORT] or "indicator"
        unique, number = slug, 2
        while unique in used:
            unique, number = f"{slug}_{number}", number + 1
        used.append(unique)
        found.append(unique)
    return found


def _value(cell: Cell) -> object:
    """What the cell holds, so that check sees it as it was."""
    return cell.value if cell.kind in ("number", "bool", "date") else shown(cell) or None
