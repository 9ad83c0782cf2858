"""The sheet Observations: values in long form, by year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from entryscore.catalogue import Catalogue, Indicator
from entryscore.language import say
from entryscore.naming import did_you_mean, loose
from entryscore.problems import Findings
from entryscore.workbook.cells import Cell, NumberReader, is_missing, is_percent_unit
from entryscore.workbook.markets import Markets, store, value_reader
from entryscore.workbook.panels import Derivation, Observation, Observed, user_that_needs_years
from entryscore.workbook.schema import check_observed
from entryscore.workbook.tables import Table

Key = tuple[str, str]


@dataclass
class _Reading:
    table: Table
    catalogue: Catalogue
    markets: Markets
    silent: set[str]
    findings: Findings
    years: NumberReader
    find_market: Callable[[str, str], str | None]
    given: dict[Key, dict[int, Cell]] = field(default_factory=dict)
    uncertain: dict[str, Cell] = field(default_factory=dict)  # by the value's cell
    undated: set[str] = field(default_factory=set)  # indicators with rows without a year
    spoilt: set[str] = field(default_factory=set)  # indicators that lack rows given to another

    def row(self, row: int) -> None:
        table = self.table
        market = self._market(row)
        if market in self.markets.excluded:
            return
        code = self._indicator(row)
        year = self._year(row)
        cell = table.value(row, "value", self.findings)
        blank = cell.kind == "blank" or is_missing(str(cell.value))
        if market is None or not code or year is None or (blank and cell.kind == "blank"):
            return
        if self._derived(row, code) or (year == 0 and not blank and self._undated(row, code)):
            return
        where = table.where(row, "market")
        key = (market, code)
        if key in self.markets.values or key in self.markets.texts:
            if key not in self.given:
                self._twice(where, key, say("in the sheet Markets"))
            self.given.setdefault(key, {})
        elif year in self.given.setdefault(key, {}):
            first = self.given[key][year].place
            self._twice(where, key, say("at {first}", first=first))
        else:
            self.given[key][year] = cell
            if "uncertainty" in table.columns:
                self.uncertain[cell.where] = table.value(row, "uncertainty", self.findings)

    def _derived(self, row: int, code: str) -> bool:
        source = self.catalogue[code].panel_of
        if source is not None:
            self.spoilt.add(source)
            self.findings.problem(
                self.table.where(row, "indicator"),
                "{code} is made of the Observations of {source}",
                "remove the row, or empty panel_of in Indicators",
                code=code,
                source=source,
            )
        return source is not None

    def _undated(self, row: int, code: str) -> bool:
        user = user_that_needs_years(self.catalogue, code)
        if user is not None:
            self.undated.add(code)
            self.findings.problem(
                self.table.where(row, "year"), "the year is missing, and {code} needs it: {panel}",
                "type it in four digits", code=user, panel=self.catalogue[user].panel,
            )  # fmt: skip
        return user is not None

    def _twice(self, where: str, key: Key, other: str) -> None:
        self.findings.problem(
            where, "{indicator!r} of {market!r} is given twice, here and {other}",
            "remove one of the two", market=key[0], indicator=key[1], other=other,
        )  # fmt: skip

    def _market(self, row: int) -> str | None:
        text = self.table.words(row, "market", self.findings)
        where = self.table.where(row, "market")
        if text:
            return self.find_market(text, where)
        if self.table.cell(row, "market").kind == "blank":
            self.findings.problem(where, "the market is missing", "name it, or empty the row")
        return None

    def _indicator(self, row: int) -> str:
        text = self.table.words(row, "indicator", self.findings)
        where = self.table.where(row, "indicator")
        codes = self.catalogue.codes
        if text in codes:
            return text
        alike = {
            i.code
            for i in self.catalogue.indicators
            if loose(text) in (loose(i.code), loose(i.name), loose(i.name_zh))
        }
        if text and len(alike) == 1:
            return alike.pop()
        if text and loose(text) not in self.silent:
            self.findings.problem(
                where, "{text!r} is no indicator", "{advice}",
                text=text, advice=did_you_mean(text, codes),
            )  # fmt: skip
        elif not text and self.table.cell(row, "indicator").kind == "blank":
            self.findings.problem(where, "the indicator is missing", "name it, or empty the row")
        return ""

    def _year(self, row: int) -> int | None:
        """The year; 0 where none is given, None where it is bad."""
        if "year" not in self.table.columns:
            return 0
        cell = self.table.value(row, "year", self.findings)
        year = self.years.read(cell)
        if year is None:
            return 0 if cell.kind == "blank" or is_missing(str(cell.value)) else None
        if year != int(year) or not 1000 <= year <= 3000:
            self.findings.problem(
                cell.where, "{year:g} is no year", "type it in four digits", year=year
            )
            return None
        return int(year)


def read_observations(
    table: Table | None,
    catalogue: Catalogue,
    markets: Markets,
    silent: set[str],
    find_market: Callable[[str, str], str | None],
    last_year: int | None,
    findings: Findings,
) -> set[str]:
    """Adds the values made of the observations; returns the indicators that need no column."""
    observed: dict[str, Observed] = {}
    typed = frozenset([*markets.values, *markets.texts])
    if table is not None:
        observed = _read(table, catalogue, markets, silent, find_market, findings)
        check_observed(observed, catalogue, findings)
    complete = table is None or table.complete or not table.sheet.cells
    return Derivation(observed, catalogue, markets, last_year, complete, findings, typed).run()


def _read(
    table: Table,
    catalogue: Catalogue,
    markets: Markets,
    silent: set[str],
    find_market: Callable[[str, str], str | None],
    findings: Findings,
) -> dict[str, Observed]:
    years = NumberReader("year", findings, table.header("year"))
    reading = _Reading(table, catalogue, markets, silent, findings, years, find_market)
    for row in table.rows if table.complete else ():
        reading.row(row)
    years.finish()
    return _observed(reading)


def _observed(reading: _Reading) -> dict[str, Observed]:
    """Reads every year, so that every bad cell is found."""
    found: dict[str, Observed] = {code: Observed() for _, code in reading.given}
    found |= {code: Observed() for code in reading.undated}
    for code in (reading.undated | reading.spoilt) & found.keys():
        found[code].spoilt = True
    header = reading.table.header("value")
    for indicator in reading.catalogue.indicators:
        reader = value_reader(indicator, header, reading.findings)
        errors = _Errors(reading, indicator)
        for market in reading.markets.codes:
            key = (market, indicator.code)
            for year, cell in sorted(reading.given.get(key, {}).items()):
                trial = Markets()
                store(trial, market, indicator, cell, reader, reading.findings)
                found[indicator.code].spoilt |= key in trial.bad
                one = Observation(
                    cell.where, trial.values.get(key), trial.texts.get(key), errors.of(cell)
                )  # fmt: skip
                found[indicator.code].by_market.setdefault(market, {})[year] = one
        reader.finish()
        errors.reader.finish()
    return found


class _Errors:
    """Standard errors of an indicator's observations, read in the unit of the values."""

    def __init__(self, reading: _Reading, indicator: Indicator) -> None:
        self.reading = reading
        self.reader = NumberReader(
            "uncertainty", reading.findings, reading.table.header("uncertainty"),
            is_percent_unit(indicator.unit),
        )  # fmt: skip

    def of(self, value: Cell) -> float | None:
        cell = self.reading.uncertain.get(value.where)
        error = None if cell is None else self.reader.read(cell)
        if cell is None or error is None or error >= 0:
            return error
        self.reading.findings.problem(
            cell.where, "{number:g} is no standard error", "type a number from 0 on", number=error
        )
        return None
