"""Aggregation of children (…, markets, children) into their parent, and of a whole tree.

A function takes scores and weights, 0 where a child is absent; NaN where nothing is left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from entryscore.registry import Registry
from entryscore.rounding import round_half_away
from entryscore.tree import Floats, Tree

Aggregate = Callable[[Floats, Floats], Floats]
AGGREGATIONS: Registry[Callable[..., Floats]] = Registry("aggregation")
HANDBOOK = "OECD/JRC Handbook 2008, §6"
TOLERANCE = 1e-9
_SCORE_DECIMALS = 10
_PAIRS_AT_ONCE = 100_000  # what stays in the cache
_MEAN = ("monotone", "between_children", "idempotent", "weight_scale_invariant")


def _quotient(total: Floats, w: Floats) -> Floats:
    weight = w.sum(axis=-1)
    return np.asarray(total / np.where(weight > 0, weight, np.nan))


@AGGREGATIONS.register(
    "arithmetic", formula="Σwx / Σw", source=HANDBOOK, properties=(*_MEAN, "translates")
)
def arithmetic(x: Floats, w: Floats) -> Floats:
    return _quotient((np.where(w > 0, x, 0.0) * w).sum(axis=-1), w)


@AGGREGATIONS.register(
    "geometric", formula="exp(Σw ln x / Σw), 0 where a child is 0", source=HANDBOOK,
    properties=(*_MEAN, "refuses_negative", "zero_absorbs"),
)  # fmt: skip
def geometric(x: Floats, w: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.where(w > 0, x, 1.0))
        return np.asarray(np.exp(_quotient(np.where(w > 0, logs * w, 0.0).sum(axis=-1), w)))


@AGGREGATIONS.register(
    "harmonic", formula="Σw / Σ(w/x), 0 where a child is 0", source=HANDBOOK,
    properties=(*_MEAN, "refuses_negative", "zero_absorbs"),
)  # fmt: skip
def harmonic(x: Floats, w: Floats) -> Floats:
    return power(x, w, -1.0)


@AGGREGATIONS.register(
    "power", formula="(Σw x^p / Σw)^(1/p), geometric for p = 0", source=HANDBOOK,
    properties=(*_MEAN, "refuses_negative"),
)  # fmt: skip
def power(x: Floats, w: Floats, p: float = 1.0) -> Floats:
    if p == 1:
        return arithmetic(x, w)
    if abs(p) < TOLERANCE:
        return geometric(x, w)
    x = np.where((w > 0) & ~(x < 0), x, np.where(w > 0, np.nan, 1.0))
    if p > 0:  # relative to the largest (smallest), so that no power overflows
        unit = np.where(w > 0, x, 0.0).max(axis=-1)
    else:
        unit = np.where(w > 0, x, np.inf).min(axis=-1)
    unit = np.where(np.isinf(unit), 1.0, unit)
    safe = np.where(unit == 0, 1.0, unit)
    with np.errstate(divide="ignore", under="ignore", over="ignore"):
        powers = w * np.where(w > 0, x / safe[..., None], 1.0) ** p
        return np.asarray(unit * _quotient(powers.sum(axis=-1), w) ** (1 / p))


@AGGREGATIONS.register(
    "minimum", formula="min x", source=HANDBOOK, properties=(*_MEAN, "translates", "zero_absorbs")
)
def minimum(x: Floats, w: Floats) -> Floats:
    lowest = np.where(w > 0, x, np.inf).min(axis=-1)
    return np.where((w > 0).any(axis=-1), lowest, np.nan)


@AGGREGATIONS.register(
    "median", formula="weighted median, the midpoint at exactly half", source=HANDBOOK,
    properties=(*_MEAN, "translates"),
)  # fmt: skip
def median(x: Floats, w: Floats) -> Floats:
    x, w = np.broadcast_arrays(np.where(w > 0, x, np.inf), w)
    order = np.argsort(x, axis=-1, kind="stable")
    x, w = np.take_along_axis(x, order, -1), np.take_along_axis(w, order, -1)
    below = np.cumsum(w, axis=-1)
    share = below / np.where(below[..., -1:] > 0, below[..., -1:], np.nan)
    first = np.argmax(share >= 0.5 - TOLERANCE, axis=-1)[..., None]
    second = np.argmax(share > 0.5 + TOLERANCE, axis=-1)[..., None]
    low, high = (np.take_along_axis(x, i, -1)[..., 0] for i in (first, second))
    return np.where(below[..., -1] > 0, (low + high) / 2, np.nan)


@AGGREGATIONS.register(
    "copeland", formula="Σ_j sign(o_ij - ½), o_ij = Σw[x_i > x_j] + ½Σw[x_i = x_j]",
    source="Copeland 1951",
    properties=("monotone", "weight_scale_invariant", "ordinal", "zero_sum"),
)  # fmt: skip
def copeland(x: Floats, w: Floats) -> Floats:
    x, w = np.broadcast_arrays(round_half_away(np.asarray(x, dtype=float), _SCORE_DECIMALS), w)
    lead = x.shape[:-2]
    scores = np.empty(x.shape[:-1])
    for draw in np.ndindex(*lead):
        scores[draw] = _copeland(x[draw], w[draw])
    return scores


def _copeland(x: Floats, w: Floats) -> Floats:
    scores = np.full(len(x), np.nan)
    eligible = np.flatnonzero((w > 0).any(axis=-1))
    x, present = x[eligible], w[eligible] > 0
    weights = w.max(axis=0, initial=0.0)
    columns = np.ascontiguousarray(np.where(present, x, np.nan).T)
    weighted = present * weights
    rows = max(1, _PAIRS_AT_ONCE // max(1, len(eligible)))
    for start in range(0, len(eligible), rows):
        block = slice(start, start + rows)
        lead = np.zeros((len(x[block]), len(x)))
        for column, weight in zip(columns, weights, strict=True):
            if weight > 0:
                mine = column[block, None]
                lead += weight * (mine > column)
                lead -= weight * (mine < column)
        shared = weighted[block] @ present.T.astype(float)
        lead /= 2 * np.where(shared > 0, shared, np.inf)  # o - ½; nothing shared is a tie
        scores[eligible[block]] = (lead > TOLERANCE).sum(-1) - (lead < -TOLERANCE).sum(-1)
    return scores


def function_of(name: str, p: float | None = None) -> Aggregate:
    function = AGGREGATIONS[name].function
    return partial(function, p=1.0 if p is None else p) if name == "power" else function


@dataclass(frozen=True)
class Missing:
    """How a node deals with missing parts."""

    policy: str = "reweight"
    min_coverage: float = 0.6
    groups: NDArray[np.intp] | None = None  # fill from these groups; -1 fills nothing


@dataclass(frozen=True)
class Aggregated:
    scores: Floats  # (…, markets, nodes)
    filled: NDArray[np.bool_]
    coverage: Floats  # share of the children's weight with a score; 1 at present indicators


def aggregate_node(
    x: Floats, weights: Floats, function: Aggregate, missing: Missing
) -> tuple[Floats, Floats]:
    """Score and coverage (…, markets) from children (…, markets, k) and weights (…, k)."""
    w = np.asarray(weights, dtype=float)[..., None, :]
    absent = np.isnan(x)
    if not absent.any():
        w = np.broadcast_to(w, np.broadcast_shapes(x.shape, w.shape))
        score = function(x, w)
        return score, np.where(np.isnan(score), 0.0, 1.0)
    used = np.where(absent, 0.0, w)
    whole = w.sum(axis=-1)
    coverage = used.sum(axis=-1) / np.where(whole > 0, whole, np.inf)
    complete = ~((w > 0) & absent).any(axis=-1)
    needed = missing.min_coverage - TOLERANCE if missing.policy == "reweight" else 0.0
    eligible = (coverage >= needed) & (coverage > 0)
    if missing.policy == "exclude":
        eligible &= complete
    score = function(x, np.where(eligible[..., None], used, 0.0))
    if missing.policy == "zero":
        score = np.where(complete | (whole == 0), score, 0.0)
    return score, coverage


def aggregate(
    tree: Tree,
    weights: Floats,
    normalised: Floats,
    functions: Mapping[int, Aggregate],
    missing: Missing,
) -> Aggregated:
    """All nodes from weights (…, nodes) and values (…, markets, indicators), from the bottom up."""
    weights = np.asarray(weights, dtype=float)
    lead = np.broadcast_shapes(weights.shape[:-1], normalised.shape[:-2])
    shape = (*lead, len(tree.codes), normalised.shape[-2])  # a node's scores side by side
    scores = np.full(shape, np.nan).swapaxes(-1, -2)
    coverage = np.zeros(shape).swapaxes(-1, -2)
    filled = np.zeros(shape, dtype=bool).swapaxes(-1, -2)
    leaves = normalised[..., tree.columns[tree.leaves]]
    scores[..., tree.leaves] = leaves
    coverage[..., tree.leaves] = ~np.isnan(leaves)
    for node in tree.inner:
        below = tree.children[node]
        if not below.size:
            continue
        score, coverage[..., node] = aggregate_node(
            scores[..., below], weights[..., below], functions[node], missing
        )
        if node and missing.groups is not None:
            score, filled[..., node] = _fill(score, missing.groups)
        scores[..., node] = score
    return Aggregated(scores, filled, coverage)


def _fill(score: Floats, groups: NDArray[np.intp]) -> tuple[Floats, NDArray[np.bool_]]:
    """Missing scores (…, markets) take the mean of their group's."""
    whole = score.copy()
    for group in np.unique(groups[groups >= 0]):
        part = score[..., groups == group]
        own = ~np.isnan(part)
        count = own.sum(axis=-1, keepdims=True)
        mean = np.where(own, part, 0.0).sum(axis=-1, keepdims=True) / np.where(count, count, np.nan)
        whole[..., groups == group] = np.where(own, part, mean)
    return whole, np.isnan(score) & ~np.isnan(whole)
