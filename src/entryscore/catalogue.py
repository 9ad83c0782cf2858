"""The framework of an index as data: indicators, pillars and the tree they form."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from entryscore.language import ENGLISH, current, own_name, say

INDEX = "index"
CONFIRM = "drafted: confirm the direction, then empty this note"
RESERVED = frozenset(
    [
        "index",
        "rank",
        "code",
        "name",
        "group",
        "include",
        "score",
        "coverage",
        "band",
        "gate",
        "rank_low",
        "rank_high",
        "scenario",
    ]
)
DIRECTIONS = ("higher_is_better", "lower_is_better")
TRANSFORMS = ("none", "log", "log1p", "sqrt")
ROLES = ("indicator", "denominator", "info")
AXES = ("attractiveness", "ease", "risk")
ON_MISSING_GATE = ("pass", "fail")
MOST_UNCERTAIN = 10.0  # standard error as a share of the value

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "!=": operator.ne,
    "=": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}
_GATE = re.compile(r"\s*(>=|<=|<>|!=|==|=|>|<|≥|≤|≠)\s*(.+?)\s*")
_SPELLINGS = {"<>": "!=", "≠": "!=", "==": "=", "≥": ">=", "≤": "<="}


@dataclass(frozen=True)
class Gate:
    """A condition a market must meet to be ranked, such as `>= 5e6` or `= yes`.

    >>> Gate.parse(">= 5e6").met(7_000_000.0)
    True
    """

    condition: str
    sign: str
    operand: float | str

    @classmethod
    def parse(cls, text: str) -> Gate:
        """Raises ValueError where the text is no condition."""
        match = _GATE.fullmatch(text)
        if match is None:
            raise ValueError(say("not a condition"))
        sign = _SPELLINGS.get(match[1], match[1])
        operand: float | str
        try:
            operand = float(match[2].replace(",", "") if "," in match[2] else match[2])
        except ValueError:
            operand = match[2].strip("\"'").casefold()
            if sign not in ("=", "!="):
                raise ValueError(say("text can only be compared with = or !=")) from None
        return cls(text.strip(), sign, operand)

    @property
    def is_text(self) -> bool:
        return isinstance(self.operand, str)

    def met(self, value: float | str) -> bool:
        if isinstance(value, str):
            value = value.strip().casefold()
            value = {"true": "yes", "false": "no"}.get(value, value)  # a ticked cell
            operand = str(self.operand) if not self.is_text else self.operand
            return self.sign in ("=", "!=") and _OPERATORS[self.sign](value, operand)
        return _OPERATORS[self.sign](value, self.operand)


@dataclass(frozen=True)
class Indicator:
    """One row of the sheet Indicators."""

    code: str
    name: str = ""
    name_zh: str = ""
    unit: str = ""
    source: str = ""
    note: str = ""
    parent: str = INDEX
    weight: float = 1.0
    direction: str = "higher_is_better"
    valid_min: float | None = None
    valid_max: float | None = None
    goal_low: float | None = None
    goal_high: float | None = None
    transform: str = "none"
    treatment: str | None = None
    normalisation: str | None = None
    scale_by: str | None = None
    panel: str = "latest"
    panel_of: str | None = None
    role: str = "indicator"
    gate: Gate | None = None
    on_missing_gate: str = "pass"
    target: float | None = None
    proxy_for: str | None = None
    evidence: str = ""
    uncertainty: float | None = None  # standard error of a value, as a share of it
    weight_min: float | None = None
    weight_max: float | None = None

    @property
    def sign(self) -> float:
        return -1.0 if self.direction == "lower_is_better" else 1.0

    @property
    def observed(self) -> str:
        """The code whose Observations make the values."""
        return self.panel_of or self.code

    @property
    def scored(self) -> bool:
        return self.role == "indicator"


@dataclass(frozen=True)
class Pillar:
    """One row of the sheet Pillars: a node above the indicators."""

    code: str
    name: str = ""
    name_zh: str = ""
    parent: str = INDEX
    weight: float = 1.0
    aggregation: str | None = None
    axis: str | None = None
    weight_min: float | None = None
    weight_max: float | None = None


class Origin(dict[tuple[str, ...], str]):
    """Where a thing was read: the key's cell, else a description of the key."""

    def __init__(self, name: str, cells: Mapping[tuple[str, ...], str] | None = None) -> None:
        super().__init__(cells or {})
        self.name = name

    def where(self, *keys: tuple[str, ...]) -> str:
        """The cell of the first key that has one."""
        for key in keys:
            if key in self:
                return self[key]
        return f"{self.name}: {' '.join(keys[0])}"


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Indicators and pillars, with the place each was read from.

    Origin keys are `(code, column)` for indicators and pillars alike, and
    `(column,)` for the cell of a column's header, or the first free one where it has none.
    """

    indicators: tuple[Indicator, ...]
    pillars: tuple[Pillar, ...] = ()
    name: str = ""
    title: str = ""
    title_zh: str = ""
    markets: str = "any"
    settings: Mapping[str, object] = field(default_factory=dict)
    origin: Origin = field(default_factory=lambda: Origin("catalogue"))

    def __getitem__(self, code: str) -> Indicator:
        return self.indicators[self.position(code)]

    def position(self, code: str) -> int:
        """The indicator's column in every array of values."""
        return self._positions[code]

    @property
    def _positions(self) -> dict[str, int]:
        found: dict[str, int] | None = self.__dict__.get("_found")
        if found is None:
            found = {indicator.code: i for i, indicator in enumerate(self.indicators)}
            self.__dict__["_found"] = found
        return found

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(indicator.code for indicator in self.indicators)

    @property
    def index(self) -> Pillar:
        """The row of the top; the default one where none is given."""
        return next((p for p in self.pillars if p.code == INDEX), Pillar(INDEX, "Index", "總分"))

    def node(self, code: str) -> Indicator | Pillar:
        """The indicator or pillar with this code; an unlisted parent has the defaults."""
        if code in self._positions:
            return self[code]
        return next((p for p in self.pillars if p.code == code), Pillar(code))

    @property
    def headline(self) -> str:
        """Its title in the current language."""
        return (self.title_zh if current() != ENGLISH else "") or self.title

    def called(self, code: str) -> str:
        """The name of the node or indicator in the current language, else its code."""
        return own_name(self.index if code == INDEX else self.node(code)) or code
