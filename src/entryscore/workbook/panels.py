"""One value per market made of the years that the sheet Observations has of an indicator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from entryscore.catalogue import Catalogue, Indicator
from entryscore.language import phrase, say
from entryscore.naming import few_of
from entryscore.panel import PANELS, caveats, is_share, needs_years, newest_used
from entryscore.problems import Findings
from entryscore.workbook.cells import MOST_NAMED, is_percent_unit
from entryscore.workbook.markets import Markets

_PER_HUNDRED = 100.0


@dataclass(frozen=True)
class Observation:
    """What one cell says: a number, a text (of `info` indicators), both, or nothing; `error`: the
    standard error of the number, in its unit."""

    where: str
    value: float | None = None
    text: str | None = None
    error: float | None = None

    @property
    def known(self) -> bool:
        return self.value is not None or self.text is not None


@dataclass
class Observed:
    """The observations of an indicator by market and year (0: without a year).

    `spoilt`: some could not be read, so that nothing is said of what follows from them."""

    by_market: dict[str, dict[int, Observation]] = field(default_factory=dict)
    spoilt: bool = False

    def panel(self, markets: list[str]) -> pd.DataFrame:
        """Years × markets; NaN where there is no number."""
        columns = {
            market: {
                year: np.nan if seen.value is None else seen.value
                for year, seen in self.by_market.get(market, {}).items()
            }
            for market in markets
        }
        years = sorted({year for seen in columns.values() for year in seen})
        return pd.DataFrame(columns, index=years, columns=markets, dtype=float)

    def __iter__(self) -> Iterator[Observation]:
        for seen in self.by_market.values():
            yield from seen.values()


def user_that_needs_years(catalogue: Catalogue, code: str) -> str | None:
    """The first indicator made of this one's Observations that is nothing without their years."""
    users = (i for i in catalogue.indicators if i.observed == code)
    return next((i.code for i in users if needs_years(i.panel)), None)


@dataclass(frozen=True)
class Derivation:
    """Fills in the values that Observations give.

    Nothing is said of absent rows where the sheet could not be read (`complete`)."""

    observed: Mapping[str, Observed]
    catalogue: Catalogue
    markets: Markets
    last_year: int | None
    complete: bool
    findings: Findings
    typed: frozenset[tuple[str, str]]  # what stands in the sheet Markets

    def run(self) -> set[str]:
        """Returns the indicators that need no column."""
        present = set(self.observed)
        for indicator in self.catalogue.indicators:
            if indicator.panel_of is not None or needs_years(indicator.panel):
                present |= self._checked(indicator)
            found = self.observed.get(indicator.observed)
            if found is None:
                continue
            if indicator.role == "info" and not needs_years(indicator.panel):
                self._store_newest(found, indicator.code)
            else:
                self._store_numbers(found, indicator)
        return present

    def _checked(self, indicator: Indicator) -> set[str]:
        """The indicator, where nothing more is to be said of its missing column."""
        source = indicator.observed
        if indicator.panel_of is not None:
            self._report_own_values(indicator)
            if source not in self.catalogue.codes or self.catalogue[source].panel_of:
                return {indicator.code}  # reported where it was read
        column = "panel" if indicator.panel_of is None else "panel_of"
        where = self.catalogue.origin.where((indicator.code, column), (column,))
        hint = phrase("type its values in the sheet Observations, with their years")
        undated = [self.markets.cells[key].rpartition("!")[2] for key in self._in_markets(source)]
        if undated:
            self.findings.problem(
                where, "{source} has values in the sheet Markets, which have no year: {cells}",
                hint, source=source, cells=", ".join(undated),
            )  # fmt: skip
        elif self.complete and source not in self.observed:
            self.findings.problem(where, "{source} has no Observations", hint, source=source)
        return {indicator.code}

    def _in_markets(self, code: str) -> list[tuple[str, str]]:
        """The values that stand in the sheet Markets, as keys."""
        return [(market, code) for market in self.markets.codes if (market, code) in self.typed]

    def _report_own_values(self, indicator: Indicator) -> None:
        for key in self._in_markets(indicator.code):
            self.findings.problem(
                self.markets.cells[key], "{code} is made of the Observations of {source}",
                "empty the cell, or panel_of in Indicators",
                code=indicator.code, source=indicator.panel_of,
            )  # fmt: skip

    def _store(self, market: str, code: str, value: float | None, text: str | None) -> None:
        if value is not None:
            self.markets.values[market, code] = value
        if text is not None:
            self.markets.texts[market, code] = text

    def _store_newest(self, found: Observed, code: str) -> None:
        """The newest number or text of each market."""
        for market, seen in found.by_market.items():
            years = [y for y, one in seen.items() if one.known and not self._later(y)]
            if years:
                one = seen[max(years)]
                self._store(market, code, one.value, one.text)
                self.markets.cells[market, code] = one.where

    def _later(self, year: int) -> bool:
        return self.last_year is not None and year > self.last_year

    def _store_numbers(self, found: Observed, indicator: Indicator) -> None:
        for one in found:
            if one.value is None and one.text is not None:
                found.spoilt = True
                self.findings.problem(
                    one.where, "{text!r} is not a number", "type a number, or leave the cell empty",
                    text=one.text,
                )  # fmt: skip
        panel = found.panel(self.markets.codes)
        if panel.empty:
            return
        values = PANELS[indicator.panel].function(panel, self.last_year)
        if is_share(indicator.panel) and is_percent_unit(indicator.unit):
            values = values * _PER_HUNDRED  # as percent cells of this unit are read
        for market, year in newest_used(indicator.panel, panel, self.last_year).dropna().items():
            self._note(str(market), indicator, found.by_market[str(market)][int(year)])
        for market, value in values.dropna().items():
            text = f"{value:.15g}" if indicator.role == "info" else None
            self._store(str(market), indicator.code, float(value), text)
        if not found.spoilt:
            self._warn(indicator, panel, found)

    def _note(self, market: str, indicator: Indicator, newest: Observation) -> None:
        """Where the value stands, and its standard error where it is the one observed."""
        self.markets.cells[market, indicator.code] = newest.where
        if newest.error is not None and indicator.panel == "latest":
            self.markets.errors[market, indicator.code] = newest.error

    def _warn(self, indicator: Indicator, panel: pd.DataFrame, found: Observed) -> None:
        where = self.catalogue.origin.where((indicator.code, "panel"), ("panel",))
        if indicator.panel != "latest" and any(one.error is not None for one in found):
            self.findings.warn(
                where, "{code}: the uncertainty of its Observations counts for panel = latest only",
                "state it in Indicators, as a share of the value", code=indicator.code,
            )  # fmt: skip
        for caveat in caveats(indicator.panel, panel, self.last_year):
            self.findings.warn(
                where, "{code}: {caveat}", code=indicator.code,
                caveat=say(
                    caveat.what, panel=indicator.panel, fewest=caveat.fewest,
                    markets=few_of(caveat.series, MOST_NAMED),
                ),
            )  # fmt: skip
