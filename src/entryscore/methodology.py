"""The settings of an index as one value, and how each is read."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from itertools import pairwise

import numpy as np

from entryscore.aggregation import AGGREGATIONS
from entryscore.catalogue import (
    AXES,
    DIRECTIONS,
    ON_MISSING_GATE,
    ROLES,
    TRANSFORMS,
    Indicator,
    Origin,
    Pillar,
)
from entryscore.imputation import IMPUTATIONS
from entryscore.language import phrase, say
from entryscore.naming import did_you_mean, loose
from entryscore.normalisation import NORMALISATIONS
from entryscore.panel import PANELS
from entryscore.problems import UsageError
from entryscore.rounding import round_half_away
from entryscore.treatment import TREATMENTS
from entryscore.tree import Floats

MISSING = ("reweight", "zero", "exclude")
ASSUMPTIONS = (
    "weights",
    "normalisation",
    "treatment",
    "imputation",
    "aggregation",
    "missing",
    "leave_one_out",
    "data",
)
WEIGHT_MODELS = ("uniform", "dirichlet", "any")
CHOICES: Mapping[str, tuple[str, ...]] = {  # by column of Indicators and Pillars
    "direction": DIRECTIONS,
    "transform": TRANSFORMS,
    "treatment": tuple(TREATMENTS),
    "normalisation": tuple(NORMALISATIONS),
    "panel": tuple(PANELS),
    "role": ROLES,
    "on_missing_gate": ON_MISSING_GATE,
    "aggregation": tuple(AGGREGATIONS),
    "axis": AXES,
}
_NOISE_DECIMALS = 10
_BAND = re.compile(r"(.+?)\s*(>=|>|≥)\s*([-+]?\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Band:
    name: str
    bound: float = -math.inf
    inclusive: bool = True

    def holds(self, score: float) -> bool:
        return score >= self.bound if self.inclusive else score > self.bound


@dataclass(frozen=True)
class Methodology:
    """All settings; the defaults are the contract's."""

    title: str = ""
    catalogue: str = "emerging_market_public"
    markets: str = "any"
    normalisation: str = "min_max"
    scale_low: float = 0.0
    scale_high: float = 100.0
    z_mean: float = 0.0
    z_sd: float = 1.0
    cap: bool = True
    constant: str = "problem"
    treatment: str = "none"
    winsorise_max: int = 5
    skew_limit: float = 2.0
    kurtosis_limit: float = 3.5
    imputation: str = "none"
    aggregation: str = "arithmetic"
    power: float | None = None
    missing: str = "reweight"
    min_coverage: float = 0.6
    min_total_coverage: float = 0.5
    group_fill: bool = False
    rank_decimals: int | None = None
    reference_market: str | None = None
    year: int | None = None
    home_market: str | None = None
    bands: tuple[Band, ...] = ()
    draws: int = 1000
    seed: int = 1
    weight_noise: float = 0.25
    weight_model: str = "uniform"
    weight_order: bool = False
    uncertain: tuple[str, ...] = ("weights", "aggregation", "missing")
    partner_target: str | float = "p75"
    partner_level: float = 0.5
    partner_min_points: float = 0.25
    partner_draws: int = 50
    shortlist: int = 10
    origin: Origin = field(default_factory=lambda: Origin("setting"))

    def normalisation_of(self, indicator: Indicator) -> str:
        """The indicator's own, else the setting's."""
        return indicator.normalisation or self.normalisation

    def aggregation_of(self, node: Indicator | Pillar) -> str:
        """The pillar's own, else the setting's."""
        own = node.aggregation if isinstance(node, Pillar) else None
        return own or self.aggregation

    def rounded(self, scores: Floats) -> Floats:
        """Scores as ranks and bands compare them."""
        decimals = _NOISE_DECIMALS if self.rank_decimals is None else self.rank_decimals
        return round_half_away(scores, decimals)

    def bands_of(self, scores: Floats) -> tuple[str, ...]:
        def name(score: float) -> str:
            if np.isnan(score):
                return ""
            return next((band.name for band in self.bands if band.holds(score)), "")

        return tuple(name(score) for score in self.rounded(scores))

    def plain(self) -> dict[str, object]:
        """Every setting as it would be typed."""
        return {s.name: s.show(getattr(self, s.name)) for s in SETTINGS.values()}


Reader = Callable[[object], object]


@dataclass(frozen=True)
class Setting:
    """`read` turns a cell's value into the setting's; it raises ValueError with what is allowed."""

    name: str
    read: Reader
    choices: tuple[str, ...] = ()

    def show(self, value: object) -> object:
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, tuple):
            return ", ".join(item if isinstance(item, str) else _show_band(item) for item in value)
        return value


def _show_band(band: Band) -> str:
    if band.bound == -math.inf:
        return band.name
    return f"{band.name}{'>=' if band.inclusive else '>'}{band.bound:g}"


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _one_of(*choices: str) -> Reader:
    by_loose = {loose(choice): choice for choice in choices}

    def read(value: object) -> str:
        if isinstance(value, bool):
            value = "yes" if value else "no"
        if loose(str(value)) not in by_loose:
            raise ValueError(did_you_mean(str(value), choices))
        return by_loose[loose(str(value))]

    return read


def _yes_no(value: object) -> bool:
    return _one_of("yes", "no")(value) == "yes"


def _number(
    low: float = -math.inf, high: float = math.inf, above: bool = False
) -> Callable[[object], float]:
    def read(value: object) -> float:
        try:
            number = float(value)  # type: ignore[arg-type]  # the except clause is the check
        except (TypeError, ValueError):
            raise ValueError(say("type a number")) from None
        if isinstance(value, bool) or not math.isfinite(number):
            raise ValueError(say("type a number"))
        if not low <= number <= high or (above and number == low):
            raise ValueError(_bounds_told(low, high, above))
        return number

    return read


def _bounds_told(low: float, high: float, above: bool) -> str:
    if high < math.inf:
        template = (
            phrase("type a number above {low:g} and at most {high:g}") if above
            else phrase("type a number of at least {low:g} and at most {high:g}")
        )  # fmt: skip
    else:
        template = (
            phrase("type a number above {low:g}") if above
            else phrase("type a number of at least {low:g}")
        )  # fmt: skip
    return say(template, low=low, high=high)


def _whole(low: int = 0, high: int = 10**9) -> Callable[[object], int]:
    def read(value: object) -> int:
        number = _number(low, high)(value)
        if number != int(number):
            raise ValueError(say("type a whole number"))
        return int(number)

    return read


def _bands(value: object) -> tuple[Band, ...]:
    found = []
    parts = [part.strip() for part in str(value).split(",") if part.strip()]
    for place, part in enumerate(parts):
        match = _BAND.fullmatch(part)
        if match:
            found.append(Band(match[1].strip(), float(match[3]), match[2] != ">"))
        elif place == len(parts) - 1 and not re.search(r"[<>=]", part):
            found.append(Band(part))
        else:
            raise ValueError(say("write them as in: Leader>75, Advanced>65, Discoverer"))
    if any(a.bound <= b.bound for a, b in pairwise(found)):
        raise ValueError(say("put the highest band first"))
    return tuple(found)


def _assumptions(value: object) -> tuple[str, ...]:
    read = _one_of(*ASSUMPTIONS)
    return tuple(str(read(part)) for part in str(value).split(",") if part.strip())


def _partner_target(value: object) -> str | float:
    if loose(str(value)) == "p75":
        return "p75"
    try:
        return _number(0, 100)(value)
    except ValueError:
        raise ValueError(say("type p75 or a score from 0 to 100")) from None


def _choice(name: str, *choices: str) -> Setting:
    return Setting(name, _one_of(*choices), choices)


SETTINGS: dict[str, Setting] = {
    s.name: s
    for s in (
        Setting("title", _text),
        Setting("catalogue", _text),
        _choice("markets", "any", "countries"),
        _choice("normalisation", *NORMALISATIONS),
        Setting("scale_low", _number()),
        Setting("scale_high", _number()),
        Setting("z_mean", _number()),
        Setting("z_sd", _number(0, above=True)),
        Setting("cap", _yes_no, ("yes", "no")),
        _choice("constant", "problem", "neutral"),
        _choice("treatment", *TREATMENTS),
        Setting("winsorise_max", _whole()),
        Setting("skew_limit", _number(0)),
        Setting("kurtosis_limit", _number()),
        _choice("imputation", *IMPUTATIONS),
        _choice("aggregation", *AGGREGATIONS),
        Setting("power", _number()),
        _choice("missing", *MISSING),
        Setting("min_coverage", _number(0, 1)),
        Setting("min_total_coverage", _number(0, 1)),
        Setting("group_fill", _yes_no, ("no", "yes")),
        Setting("rank_decimals", _whole(0, 15)),
        Setting("reference_market", _text),
        Setting("year", _whole(1000, 3000)),
        Setting("home_market", _text),
        Setting("bands", _bands),
        Setting("draws", _whole()),
        Setting("seed", _whole()),
        Setting("weight_noise", _number(0, 1)),
        _choice("weight_model", *WEIGHT_MODELS),
        Setting("weight_order", _yes_no, ("no", "yes")),
        Setting("uncertain", _assumptions),
        Setting("partner_target", _partner_target),
        Setting("partner_level", _number(0, 1)),
        Setting("partner_min_points", _number(0)),
        Setting("partner_draws", _whole()),
        Setting("shortlist", _whole(1)),
    )
}
DEFAULTS: Mapping[str, object] = {
    f.name: f.default for f in fields(Methodology) if f.name in SETTINGS
}
_BY_LOOSE = {loose(name): name for name in SETTINGS}


def setting_named(text: str) -> str | None:
    """The setting a text names, without regard to case, spaces, `_` and `-`."""
    return _BY_LOOSE.get(loose(text))


def read_override(key: str, text: str, option: str = "--set") -> tuple[str, object]:
    """Name and value of a setting given as in `--set` (or `option`); blank is the default.

    Raises UsageError for an unknown setting or a bad value.
    """
    name = setting_named(key)
    if name is None:
        raise UsageError(
            say(
                "{option} {key}: no such setting ({advice})",
                option=option,
                key=key,
                advice=did_you_mean(key, SETTINGS),
            )
        )
    if not text.strip():
        return name, DEFAULTS[name]
    try:
        return name, SETTINGS[name].read(text.strip())
    except ValueError as error:
        raise UsageError(
            say(
                "{option} {key}={text}: not a value of {name} ({error})",
                option=option,
                key=key,
                text=text,
                name=name,
                error=error,
            )
        ) from None
