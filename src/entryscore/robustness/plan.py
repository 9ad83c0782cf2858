"""Which assumptions are uncertain, the alternatives of each, and the draws of them.

A page is 256 draws. Each assumption of each page has its own stream of random numbers, so a draw is
the same whatever else is uncertain, however many are asked for, and wherever it is worked out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from entryscore.methodology import ASSUMPTIONS
from entryscore.result import Result
from entryscore.robustness.places import Ints
from entryscore.robustness.weights import WeightModel
from entryscore.tree import Floats

PAGE = 256
DISCRETE = ("normalisation", "treatment", "imputation", "aggregation")
_Z_RANGE = 6.0  # standard deviations over the scale, where z-scores stand in for a bounded scale


@dataclass(frozen=True)
class Alternative:
    """A choice an assumption can take: settings that differ from the base."""

    name: str
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Plan:
    """`alternatives` by assumption, the base first; `left_out`: nodes that can be left out."""

    result: Result
    assumptions: tuple[str, ...]
    alternatives: Mapping[str, tuple[Alternative, ...]]
    weights: WeightModel
    left_out: Ints

    def choices(self, assumption: str) -> int:
        """How many alternatives a discrete assumption has, the base included."""
        if assumption == "leave_one_out":
            return 1 + len(self.left_out)
        return len(self.alternatives.get(assumption, ())) or 1

    def stream(self, page: int, assumption: str) -> np.random.Generator:
        seed = self.result.methodology.seed
        return np.random.default_rng([seed, page, ASSUMPTIONS.index(assumption)])


@dataclass(frozen=True, eq=False)
class Draws:
    """R draws: `weights` (R × nodes); `choice` (R) per discrete assumption, 0 the base;
    `replicate` (R): which draw of missing values and of noise on the data; `noise` (R): that of
    noise on the data where it is another."""

    weights: Floats
    choice: Mapping[str, Ints]
    replicate: Ints
    noise: Ints | None = None

    def __len__(self) -> int:
        return len(self.weights)


def plan_of(result: Result, uncertain: tuple[str, ...] | None = None) -> Plan:
    """The plan for the setting `uncertain` (or the assumptions named), in the contract's order."""
    named = result.methodology.uncertain if uncertain is None else uncertain
    used = tuple(name for name in ASSUMPTIONS if name in named)
    found = {name: tuple(_alternatives(result, name)) for name in DISCRETE if name in used}
    tree = result.tree
    live = np.array([n for n in tree.leaves if result.effective[n] > 0], dtype=np.int64)
    return Plan(result, used, found, WeightModel.of(result), live)


def _alternatives(result: Result, assumption: str) -> list[Alternative]:
    settings = result.methodology
    base = getattr(settings, assumption)
    others: dict[str, tuple[str, ...]] = {
        "normalisation": ("min_max", "percentile_rank", "z_score"),
        "treatment": ("none", "winsorise", "auto"),
        "imputation": ("none", "median", *(("group_mean",) if any(result.table.groups) else ())),
        "aggregation": ("arithmetic", "geometric"),
    }
    found = [Alternative(base)]
    for name in others[assumption]:
        if name != base:
            extra = _bounded_z(result) if name == "z_score" else {}
            found.append(Alternative(name, {assumption: name, **extra}))
    return found


def _bounded_z(result: Result) -> dict[str, object]:
    """z-scores about the middle of the scale, so that they weigh as the other methods do."""
    low, high = result.methodology.scale_low, result.methodology.scale_high
    return {"z_mean": (low + high) / 2, "z_sd": (high - low) / _Z_RANGE}


def page_of(plan: Plan, page: int) -> Draws:
    """The 256 draws of a page."""
    if "weights" in plan.assumptions:
        weights = plan.weights.draw(plan.stream(page, "weights"), PAGE)
    else:
        weights = np.repeat(plan.result.weights[None], PAGE, axis=0)
    choice = {}
    for name in (*DISCRETE, "leave_one_out"):
        if name in plan.assumptions:
            choice[name] = plan.stream(page, name).integers(0, plan.choices(name), PAGE)
    return Draws(weights, choice, np.arange(page * PAGE, (page + 1) * PAGE))
