"""An input workbook as a catalogue, markets, settings and scenarios."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from entryscore.catalogue import Catalogue
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.naming import did_you_mean, loose, nearest
from entryscore.problems import Findings, UsageError
from entryscore.workbook.archive import has_macros, read_archive
from entryscore.workbook.framework import Framework, read_framework
from entryscore.workbook.grid import Sheet, load_sheets
from entryscore.workbook.headers import match_indicators, report_absent
from entryscore.workbook.markets import Markets, read_markets, read_values, resolver
from entryscore.workbook.observations import read_observations
from entryscore.workbook.scenarios import read_scenarios
from entryscore.workbook.schema import check_values
from entryscore.workbook.settings import read_settings, with_defaults
from entryscore.workbook.tables import LAYOUTS, Table, read_table

_CORE = ("Markets", "Indicators", "Pillars", "Observations", "Scenarios", "Settings")


@dataclass(frozen=True, eq=False)
class Book:
    """`sheets`: the other known sheets as read; `excluded`: markets with include = no."""

    path: Path
    sha256: str
    catalogue: Catalogue
    table: MarketTable
    methodology: Methodology
    scenarios: Mapping[str, Mapping[str, float]]
    findings: Findings
    sheets: Mapping[str, Table] = field(default_factory=dict)
    excluded: frozenset[str] = frozenset()


def read_workbook(path: str | Path, overrides: Mapping[str, str] | None = None) -> Book:
    """Everything in the workbook; what is wrong with it is in `findings`.

    Raises InputError where the file is no readable workbook, UsageError for bad overrides.
    """
    path = Path(path)
    data = read_archive(path)
    findings = Findings()
    if has_macros(data):
        findings.warn(path.name, "the workbook's macros are ignored")
    sheets = _known_sheets(load_sheets(path, data), path, findings)
    own = {n: read_table(n, s, findings) for n, s in sheets.items() if n != "Markets"}
    methodology = read_settings(own.get("Settings"), overrides or {}, findings)
    framework, methodology = _framework(own, methodology, findings)
    catalogue = framework.catalogue
    markets = Markets()
    if "Markets" in sheets:
        headers = {loose(n) for i in catalogue.indicators for n in (i.code, i.name, i.name_zh)}
        own["Markets"] = read_table(
            "Markets", sheets["Markets"], findings, frozenset(headers - {""})
        )
        markets = _markets(own, framework, methodology, findings)
        methodology = _named_markets(methodology, markets, findings)
    scenarios = read_scenarios(own.get("Scenarios"), catalogue, findings)
    table = markets.table(catalogue)
    check_values(table, catalogue, findings)
    return Book(
        path, hashlib.sha256(data).hexdigest(), catalogue, table, methodology, scenarios, findings,
        {n: t for n, t in own.items() if n not in _CORE}, frozenset(markets.excluded),
    )  # fmt: skip


def _known_sheets(sheets: Mapping[str, Sheet], path: Path, findings: Findings) -> dict[str, Sheet]:
    by_loose = {loose(name): name for name in LAYOUTS}
    found = {name: sheets[name] for name in LAYOUTS if name in sheets}
    for title, sheet in sheets.items():
        if loose(title) in by_loose:
            found.setdefault(by_loose[loose(title)], sheet)
            continue
        near = nearest(title, [name for name in LAYOUTS if name not in sheets])
        if near is not None:
            findings.warn(
                title, "the sheet {title!r} is left alone; did you mean {name!r}?",
                title=title, name=near,
            )  # fmt: skip
    if "Markets" not in found:
        findings.problem(
            path.name, "there is no sheet Markets, only: {titles}",
            "rename the sheet, or draft a workbook from a plain table with: "
            "entryscore init NEW.xlsx --from THIS.xlsx", titles=", ".join(sheets),
        )  # fmt: skip
    return found


def _framework(
    own: Mapping[str, Table], methodology: Methodology, findings: Findings
) -> tuple[Framework, Methodology]:
    from entryscore.bundled import catalogue_names, load_catalogue

    indicators = own.get("Indicators")
    if indicators is not None and indicators.rows:
        return read_framework(indicators, own.get("Pillars"), methodology, findings), methodology
    try:
        catalogue = load_catalogue(methodology.catalogue)
    except UsageError:
        findings.problem(
            methodology.origin.where(("catalogue",)), "there is no bundled catalogue {name!r}",
            "{advice}", name=methodology.catalogue,
            advice=did_you_mean(methodology.catalogue, catalogue_names()),
        )  # fmt: skip
        return Framework(own=False, broken=True), methodology
    return Framework(catalogue, own=False), with_defaults(methodology, catalogue.settings)


def _markets(
    own: Mapping[str, Table], framework: Framework, methodology: Methodology, findings: Findings
) -> Markets:
    table, catalogue = own["Markets"], framework.catalogue
    countries = methodology.markets == "countries"
    markets = read_markets(table, countries, findings)
    columns = match_indicators(table, framework, findings)
    read_values(table, columns, catalogue, markets, findings)
    find = resolver(markets, countries, findings)
    present = set(columns) | read_observations(
        own.get("Observations"), catalogue, markets, framework.silent, find, methodology.year,
        findings,
    )  # fmt: skip
    foreign = not framework.own and set(table.others) - set(columns.values())
    if not foreign:
        report_absent(table, framework, present, findings)
    return markets


def _named_markets(methodology: Methodology, markets: Markets, findings: Findings) -> Methodology:
    """The settings that name a market, with its code."""
    countries = methodology.markets == "countries"
    find = resolver(markets, countries, findings)
    found: dict[str, Any] = {}
    for name in ("reference_market", "home_market"):
        typed = getattr(methodology, name)
        if typed and (name == "reference_market" or typed in markets.codes):
            found[name] = find(typed, methodology.origin.where((name,))) or None
    return replace(methodology, **found)
