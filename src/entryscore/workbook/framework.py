"""The sheets Indicators and Pillars as a catalogue."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

from entryscore.catalogue import (
    CONFIRM,
    INDEX,
    MOST_UNCERTAIN,
    RESERVED,
    Catalogue,
    Gate,
    Indicator,
    Origin,
    Pillar,
)  # fmt: skip
from entryscore.language import phrase
from entryscore.methodology import CHOICES, Methodology
from entryscore.naming import did_you_mean, loose
from entryscore.problems import Findings
from entryscore.workbook.bounds import check_bounds
from entryscore.workbook.cells import NumberReader, is_percent_unit
from entryscore.workbook.parents import check_parents, warn_of_blank_weights
from entryscore.workbook.tables import Table

_WORDS = ("name", "name_zh", "unit", "source", "note", "proxy_for", "evidence")
_NUMBERS = {
    "weight": (0.0, math.inf),
    "valid_min": (-math.inf, math.inf),
    "valid_max": (-math.inf, math.inf),
    "goal_low": (-math.inf, math.inf),
    "goal_high": (-math.inf, math.inf),
    "target": (0.0, 100.0),
    "weight_min": (0.0, 1.0),
    "weight_max": (0.0, 1.0),
    "uncertainty": (0.0, MOST_UNCERTAIN),
}
_SHARES = ("weight", "weight_min", "weight_max", "uncertainty")  # percent cells are fractions
_LINKS = ("scale_by", "panel_of")


@dataclass
class Framework:
    """`own`: from the workbook; `silent`: names of rows that were dropped; `broken`: unusable."""

    catalogue: Catalogue = field(default_factory=lambda: Catalogue(()))
    own: bool = True
    broken: bool = False
    silent: set[str] = field(default_factory=set)


def read_framework(
    indicators: Table, pillars: Table | None, methodology: Methodology, findings: Findings
) -> Framework:
    cells: dict[tuple[str, ...], str] = {}
    framework = Framework(broken=not indicators.complete)
    seen: dict[str, str] = {}
    rows = _Rows(indicators, cells, seen, framework.silent, findings)
    found = [Indicator(**known) for known in rows.read()]
    listed: list[Pillar] = []
    if pillars is not None and pillars.complete:
        rows = _Rows(pillars, cells, seen, framework.silent, findings)
        listed = [Pillar(**known) for known in rows.read()]
    origin = Origin("Indicators", cells)
    _check_indicators(found, origin, findings)
    found = _linked(found, origin, findings)
    catalogue = Catalogue(
        tuple(found), tuple(listed), title=methodology.title, markets=methodology.markets,
        origin=origin,
    )  # fmt: skip
    warn_of_blank_weights(catalogue, _blank_weights(indicators, pillars, catalogue), findings)
    framework.catalogue = check_parents(catalogue, findings)
    check_bounds(framework.catalogue, findings)
    return framework


class _Rows:
    """Reads the rows of one of the two sheets into keyword arguments."""

    def __init__(
        self,
        table: Table,
        cells: dict[tuple[str, ...], str],
        seen: dict[str, str],
        silent: set[str],
        findings: Findings,
    ) -> None:
        self.table, self.cells, self.seen = table, cells, seen
        self.silent, self.findings = silent, findings
        self.readers: dict[tuple[str, bool], NumberReader] = {}
        for column in (*_NUMBERS, *CHOICES, *_WORDS, "code", "parent", "gate", *_LINKS):
            cells.setdefault((column,), table.header(column))

    def read(self) -> list[dict[str, Any]]:
        if not self.table.complete:
            return []
        rows = [(row, self._code(row)) for row in self.table.rows]
        found = [self._row(row, code) for row, code in rows if code]
        for reader in self.readers.values():
            reader.finish()
        return found

    def _code(self, row: int) -> str:
        """The row's code, or nothing where the row cannot be used."""
        table, problem = self.table, self.findings.problem
        code = table.code(row, "code", self.findings)
        where = table.where(row, "code")
        if code and self.table.name == "Pillars" and loose(code) == INDEX:
            code = INDEX
        if not code:
            if table.cell(row, "code").kind == "blank" and table.spread(row, "code") is None:
                problem(where, "the code is missing", "type a code, or empty the row")
        elif code in self.seen:
            problem(
                where, "the code {code!r} stands already at {first}", "give each row its own code",
                code=code, first=self.seen[code],
            )  # fmt: skip
        else:
            if loose(code) in set(map(loose, RESERVED)) and (
                code != INDEX or self.table.name != "Pillars"
            ):
                problem(where, "the code {code!r} is reserved", "choose another code", code=code)
            self.seen[code] = where
            return code
        quiet = Findings()
        self.silent |= {
            loose(table.words(row, c, quiet)) for c in ("name", "name_zh") if c in table.columns
        }
        return ""

    def _row(self, row: int, code: str) -> dict[str, Any]:
        known: dict[str, Any] = {"code": code}
        columns = [c for c in self.table.columns if c != "code"]
        self.cells[code, "code"] = self.table.where(row, "code")
        for column in columns:
            self.cells[code, column] = self.table.where(row, column)
        unit = self.table.words(row, "unit", Findings()) if "unit" in self.table.columns else ""
        for column in columns:
            value = self._value(row, column, code, is_percent_unit(unit))
            if value is not None and value != "":
                known[column] = value
        return known

    def _value(self, row: int, column: str, code: str, in_percent: bool) -> object:
        if column in _NUMBERS:
            return self._number(row, column, in_percent)
        if column == "gate":
            return self._gate(row)
        text = self.table.words(row, column, self.findings)
        if column == "parent":
            return INDEX if loose(text) in ("", INDEX) else text
        if column not in CHOICES or not text:
            return text
        choices = {loose(choice): choice for choice in CHOICES[column]}
        if loose(text) not in choices:
            self.findings.problem(
                self.table.where(row, column), "{text!r} is no {column}", "{advice}",
                text=text, column=column, advice=did_you_mean(text, CHOICES[column]),
            )  # fmt: skip
        return choices.get(loose(text))

    def _number(self, row: int, column: str, in_percent: bool) -> float | None:
        cell = self.table.value(row, column, self.findings)
        scaled = column == "target" or (in_percent and column not in _SHARES)
        reader = self.readers.setdefault(
            (column, scaled),
            NumberReader(column, self.findings, self.table.header(column), scaled),
        )
        number = reader.read(cell)
        low, high = _NUMBERS[column]
        if number is not None and not low <= number <= high:
            self.findings.problem(
                cell.where, "{number:g} is no {column}", "type a number from {low:g} to {high:g}",
                number=number, column=column, low=low, high=high,
            )  # fmt: skip
            return None
        return number

    def _gate(self, row: int) -> Gate | None:
        cell = self.table.cell(row, "gate")
        text = cell.formula or self.table.words(row, "gate", self.findings)
        try:
            return Gate.parse(text) if text else None
        except ValueError as error:
            self.findings.problem(
                cell.where, "{text!r} is no condition: {reason}", "write it as in: >= 5e6",
                text=text, reason=str(error),
            )  # fmt: skip
            return None


def _check_indicators(found: list[Indicator], origin: Origin, findings: Findings) -> None:
    for i in found:
        if i.note == CONFIRM:
            findings.warn(
                origin.where((i.code, "note")), "the direction of {code} is not confirmed yet",
                "see its note", code=i.code,
            )  # fmt: skip
        if i.gate is not None and i.gate.is_text and i.role != "info":
            findings.problem(
                origin.where((i.code, "gate")),
                "{gate!r} compares with text, but {code!r} is a number",
                "compare with a number, or make its role info", gate=i.gate.condition, code=i.code,
            )  # fmt: skip
        pairs = [("goal_low", "goal_high", i.goal_low, i.goal_high, True)]
        pairs.append(("valid_min", "valid_max", i.valid_min, i.valid_max, False))
        for low_name, high_name, low, high, strict in pairs:
            if low is not None and high is not None and (low > high or (strict and low == high)):
                findings.problem(
                    origin.where((i.code, high_name)),
                    "{high_name} {high:g} is not above {low_name} {low:g}",
                    "the lower end stands in {low_name}, whatever the direction",
                    high_name=high_name, low_name=low_name, high=high, low=low,
                )  # fmt: skip


def _linked(found: list[Indicator], origin: Origin, findings: Findings) -> list[Indicator]:
    """With the codes of the indicators that `scale_by` and `panel_of` mean. A bad `scale_by` is
    taken away; a bad `panel_of` stays, since without it the indicator would need a column."""
    by_code = {i.code: i for i in found}
    by_loose: dict[str, list[str]] = {}
    for known in by_code:
        by_loose.setdefault(loose(known), []).append(known)

    def meant(i: Indicator, column: str, typed: str, options: list[str], what: str) -> str | None:
        alike = by_loose.get(loose(typed), [])
        code = typed if typed in by_code else alike[0] if len(alike) == 1 else None
        if code in options:
            return code
        further = by_code[code].panel_of if code and column == "panel_of" else None
        hint = further if further in options else typed
        findings.problem(
            origin.where((i.code, column)), what, "{advice}",
            code=typed, advice=did_you_mean(hint or typed, options),
        )  # fmt: skip
        return None

    linked = []
    for i in found:
        others = [other for other in found if other.code != i.code]
        if i.scale_by:
            options = [other.code for other in others if other.role != "info"]
            what = phrase("{code!r} is no indicator to divide by")
            i = replace(i, scale_by=meant(i, "scale_by", i.scale_by, options, what))
        if i.panel_of:
            options = [other.code for other in others if not other.panel_of]
            what = phrase("{code!r} is no other indicator with Observations of its own")
            code = meant(i, "panel_of", i.panel_of, options, what)
            i = replace(i, panel_of=code or i.panel_of)
        linked.append(i)
    return linked


def _blank_weights(indicators: Table, pillars: Table | None, catalogue: Catalogue) -> set[str]:
    blank = set()
    for table in (indicators, pillars):
        if table is None or not table.complete:
            continue
        for row in table.rows:
            if table.cell(row, "weight").kind == "blank":
                blank.add(table.code(row, "code", Findings()))
    return blank
