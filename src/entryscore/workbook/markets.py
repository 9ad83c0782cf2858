"""The sheet Markets: which markets there are, and their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from entryscore.catalogue import Catalogue, Indicator
from entryscore.markets import MarketTable
from entryscore.naming import did_you_mean, loose
from entryscore.problems import Findings
from entryscore.workbook.cells import Cell, NumberReader, is_missing, is_percent_unit, shown
from entryscore.workbook.schema import repeated
from entryscore.workbook.tables import Table

_YES_NO = {"yes": True, "y": True, "true": True, "1": True, "": True, "是": True} | dict.fromkeys(
    ("no", "n", "false", "0", "否"), False
)


@dataclass
class Markets:
    """What was read so far; `rows` are the included markets'."""

    codes: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    rejected: list[int] = field(default_factory=list)  # no usable code; values still checked
    excluded: set[str] = field(default_factory=set)
    values: dict[tuple[str, str], float] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    bad: set[tuple[str, str]] = field(default_factory=set)
    cells: dict[tuple[str, str], str] = field(default_factory=dict)
    errors: dict[tuple[str, str], float] = field(default_factory=dict)  # standard errors
    headers: dict[str, str] = field(default_factory=dict)

    def table(self, catalogue: Catalogue) -> MarketTable:
        values, errors = np.full((2, len(self.codes), len(catalogue.codes)), np.nan)
        place = {market: i for i, market in enumerate(self.codes)}
        for array, known in ((values, self.values), (errors, self.errors)):
            for (market, code), value in known.items():
                array[place[market], catalogue.position(code)] = value
        texts = {
            i.code: tuple(self.texts.get((m, i.code)) for m in self.codes)
            for i in catalogue.indicators
            if i.role == "info"
        }
        return MarketTable(
            tuple(self.codes), tuple(self.names), tuple(self.groups), values, texts,
            partial(_where, self.cells), self.headers, errors if self.errors else None,
        )  # fmt: skip


def _where(cells: Mapping[tuple[str, str], str], market: str, indicator: str) -> str:
    return cells.get((market, indicator), f"{market}/{indicator}")


def read_markets(table: Table, countries: bool, findings: Findings) -> Markets:
    """The markets without their values."""
    markets = Markets()
    if not table.complete:
        return markets
    typed = [(row, table.code(row, "code", findings)) for row in table.rows]
    included = {row: _included(table, row, findings) for row, _ in typed}
    settled = [
        (row, _settled(table, row, code, countries, included[row], findings)) for row, code in typed
    ]
    found = [(row, code) for row, code in settled if code]
    kept = _without_duplicates(table, found, findings)
    usable = {row for row, _ in kept}
    markets.rejected += [row for row, _ in typed if included[row] and row not in usable]
    for row, code in kept:
        if not included[row]:
            markets.excluded.add(code)
            continue
        markets.codes.append(code)
        markets.rows.append(row)
        markets.names.append(_words(table, row, "name", findings))
        markets.groups.append(_words(table, row, "group", findings))
    if not markets.codes and not found:
        findings.problem(
            table.where(table.header_row + 1, "code"), "there is no market", "add a row per market"
        )
    return markets


def _settled(
    table: Table, row: int, code: str, countries: bool, included: bool, findings: Findings
) -> str:
    """The code to go by; nothing where the row has none, which is reported."""
    where = table.where(row, "code")
    if code:
        return _country(code, where, included, findings) if countries else code
    if table.spread(row, "code") is None and table.cell(row, "code").kind == "blank":
        findings.problem(where, "the code is missing", "type a code, or empty the row")
    return ""


def _words(table: Table, row: int, column: str, findings: Findings) -> str:
    return table.words(row, column, findings) if column in table.columns else ""


def _included(table: Table, row: int, findings: Findings) -> bool:
    text = _words(table, row, "include", findings)
    answer = _YES_NO.get(text.casefold())
    if answer is None:
        findings.problem(
            table.where(row, "include"),
            "{text!r} is neither yes nor no",
            "type yes or no",
            text=text,
        )
    return answer is not False


def _country(code: str, where: str, included: bool, findings: Findings) -> str:
    from entryscore.countries import resolve

    found = resolve(code)
    if found is None:
        if included:
            findings.problem(
                where, "{code!r} is no country that can be told for certain",
                "type its ISO 3166 code of three letters", code=code,
            )  # fmt: skip
        return "" if included else code
    if found != code:
        findings.warn(where, "{code!r} is read as {found}", "", code=code, found=found)
    return str(found)


def _without_duplicates(
    table: Table, found: list[tuple[int, str]], findings: Findings
) -> list[tuple[int, str]]:
    again = set(repeated([code for _, code in found]))
    first: dict[str, int] = {}
    alike: dict[str, int] = {}
    for place, (row, code) in enumerate(found):
        where = table.where(row, "code")
        if place in again:
            findings.problem(
                where, "the market {code!r} stands already at {first}",
                "remove one of the two rows",
                code=code, first=table.where(first[code], "code").rpartition("!")[2],
            )  # fmt: skip
        elif code.casefold() in alike:
            findings.warn(
                where, "{code!r} differs from another code in upper and lower case only", code=code
            )
        first.setdefault(code, row)
        alike.setdefault(code.casefold(), row)
    return [pair for place, pair in enumerate(found) if place not in again]


def read_values(
    table: Table,
    columns: Mapping[str, int],
    catalogue: Catalogue,
    markets: Markets,
    findings: Findings,
) -> None:
    """Fills in the values of the columns that are indicators'."""
    for indicator in catalogue.indicators:
        column = columns.get(indicator.code)
        if column is None:
            continue
        header = table.sheet.where(table.header_row, column)
        markets.headers[indicator.code] = header
        reader = value_reader(indicator, header, findings)
        for market, row in zip(markets.codes, markets.rows, strict=True):
            cell = table.value(row, column, findings)
            markets.cells[market, indicator.code] = cell.where
            store(markets, market, indicator, cell, reader, findings)
        for row in markets.rejected if indicator.role != "info" else ():
            reader.read(table.value(row, column, findings))
        reader.finish()


def value_reader(indicator: Indicator, header: str, findings: Findings) -> NumberReader:
    return NumberReader(indicator.code, findings, header, is_percent_unit(indicator.unit))


def store(
    markets: Markets,
    market: str,
    indicator: Indicator,
    cell: Cell,
    reader: NumberReader,
    findings: Findings,
) -> None:
    key = (market, indicator.code)
    if indicator.role == "info" and cell.kind in ("text", "date", "bool"):
        if cell.kind == "text" and is_missing(str(cell.value)):
            reader.read(cell)
        else:
            markets.texts[key] = shown(cell)
        return
    number = reader.read(cell)
    if number is not None:
        markets.values[key] = number
        if indicator.role == "info":
            markets.texts[key] = shown(cell)
    elif cell.kind not in ("blank",) and not is_missing(str(cell.value)):
        markets.bad.add(key)


def resolver(
    markets: Markets, countries: bool, findings: Findings
) -> Callable[[str, str], str | None]:
    """Finds the market a text means; None, and reported, where there is none."""
    known = [*markets.codes, *markets.excluded]
    by_loose: dict[str, set[str]] = {}
    for code in known:
        by_loose.setdefault(loose(code), set()).add(code)
    names: dict[str, set[str]] = {}
    for code, name in zip(markets.codes, markets.names, strict=True):
        names.setdefault(loose(name), set()).add(code)

    def find(text: str, where: str) -> str | None:
        if text in markets.codes or text in markets.excluded:
            return text
        options = by_loose.get(loose(text)) or names.get(loose(text)) or set()
        if len(options) == 1:
            return next(iter(options))
        if countries:
            from entryscore.countries import resolve

            if resolve(text) in known:
                return str(resolve(text))
        findings.problem(
            where, "{text!r} is no market of the sheet Markets", "{advice}",
            text=text, advice=did_you_mean(text, markets.codes),
        )  # fmt: skip
        return None

    return find
