"""Other ranking methods on the same indicators and weights: does the ranking depend on ours?

A method takes x (markets, k), complete and as measured, weights (k) on any scale and signs (k):
+1 where higher is better, -1 where lower is. It gives a score per market, higher is better unless
its properties have `lower_is_better`. A column without spread decides nothing and makes no NaN.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from entryscore import aggregation
from entryscore.language import say
from entryscore.problems import UsageError
from entryscore.ranking import ascending_ranks, ranks_of, tau_b
from entryscore.registry import Method, Registry
from entryscore.result import Result
from entryscore.rounding import round_half_away
from entryscore.tree import Floats

CrossCheck = Callable[..., Floats]
CROSS_CHECKS: Registry[CrossCheck] = Registry("cross-check")
PREFERENCE_SD, INDIFFERENCE_SD = 1.5, 0.3
LOWER, POSITIVE = "lower_is_better", "positive_only"
_DECIMALS = 10
_BRANS = "Brans & Vincke 1985, PROMETHEE II"


def _shares(weights: Floats) -> Floats:
    return np.asarray(weights / weights.sum())


def _divide(x: Floats, by: Floats) -> Floats:
    """x / by, 0 where `by` is 0."""
    return np.divide(x, by, out=np.zeros(np.broadcast(x, by).shape), where=by != 0)


def _positions(x: Floats, signs: Floats) -> Floats:
    """Oriented min-max: 0 at the worst, 1 at the best; 0 in a constant column."""
    oriented = x * signs
    low = oriented.min(axis=0)
    return _divide(oriented - low, oriented.max(axis=0) - low)


def _closeness(v: Floats) -> Floats:
    """Distance to the worst over both distances; ½ where best and worst are the same."""
    best = np.sqrt(((v - v.max(axis=0)) ** 2).sum(axis=1))
    worst = np.sqrt(((v - v.min(axis=0)) ** 2).sum(axis=1))
    total = best + worst
    return np.where(total > 0, _divide(worst, total), 0.5)


@CROSS_CHECKS.register(
    "topsis", formula="d⁻ / (d⁺ + d⁻), v = w x / √Σx²", source="Hwang & Yoon 1981"
)
def topsis(x: Floats, weights: Floats, signs: Floats) -> Floats:
    return _closeness(_divide(x, np.sqrt((x**2).sum(axis=0))) * signs * _shares(weights))


@CROSS_CHECKS.register(
    "topsis_min_max", formula="d⁻ / (d⁺ + d⁻), v = w (x-min)/(max-min)", source="Hwang & Yoon 1981"
)
def topsis_min_max(x: Floats, weights: Floats, signs: Floats) -> Floats:
    return _closeness(_positions(x, signs) * _shares(weights))


@CROSS_CHECKS.register(
    "vikor",
    formula="Q = v (S-S*)/(S⁻-S*) + (1-v) (R-R*)/(R⁻-R*); S = Σ w d, R = max w d, "
    "d = (best-x)/(best-worst)",
    source="Opricovic & Tzeng 2004",
    properties=(LOWER,),
)
def vikor(x: Floats, weights: Floats, signs: Floats, v: float = 0.5) -> Floats:
    regret = _positions(x, -signs) * _shares(weights)
    group, worst = regret.sum(axis=1), regret.max(axis=1)
    parts = _positions(np.column_stack((group, worst)), np.ones(2))
    return v * parts[:, 0] + (1 - v) * parts[:, 1]


def _step_flow(s: Floats, q: float) -> Floats:
    """Σ_j [s_i - s_j > q] - [s_j - s_i > q] of a sorted column."""
    n = len(s)
    if q == 0 and (s[1:] != s[:-1]).all():
        return np.arange(1.0 - n, n, 2)
    beaten = np.searchsorted(s, s - q)
    unbeaten = np.cumsum(np.bincount(beaten, minlength=n))  # the same pairs, counted once
    return (beaten - (n - unbeaten)).astype(float)


def _ramp_flow(s: Floats, p: float, q: float) -> Floats:
    """Σ_j P(s_i - s_j) - P(s_j - s_i) of a sorted column, P rising from 0 at q to 1 at p.

    With H(t) = Σ_j max(0, t - s_j) it is [H(s+p) - H(s-p) - H(s+q) + H(s-q)] / (p - q) - n, and H
    is linear between the values: cumulated there, it is interpolated elsewhere.
    """
    n = len(s)
    s = s - s[n // 2]  # no digits lost to what all have in common,
    if s[-1] - s[0] > 1e4 * p:  # nor to gaps: beyond p their width does not matter
        s = np.cumsum(np.minimum(np.diff(s, prepend=s[0]), 2 * p))
    knots = np.append(s, s[-1] + p)
    heights = np.zeros(n + 1)
    np.cumsum(np.diff(knots) * np.arange(1, n + 1), out=heights[1:])

    def across(d: float) -> Floats:
        behind, ahead = np.interp(np.concatenate((s - d, s + d)), knots, heights).reshape(2, n)
        return np.asarray(ahead - behind)

    bent = across(p) - across(q) if q else across(p)
    return bent / (p - q) - n


def _promethee(x: Floats, weights: Floats, signs: Floats, p: Floats, q: Floats) -> Floats:
    columns = np.ascontiguousarray((x * signs).T)
    orders = np.argsort(columns, axis=-1)
    flows = np.empty(columns.shape)
    for flow, column, order, share, full, none in zip(
        flows, columns, orders, _shares(weights), p.tolist(), q.tolist(), strict=True
    ):
        s = column[order]
        flow[:] = _ramp_flow(s, full, none) if full > none else _step_flow(s, none)
        flow *= share
    net = np.bincount(orders.ravel(), weights=flows.ravel(), minlength=len(x))
    return np.asarray(net / max(1, len(x) - 1))


def _thresholds(given: Floats | None, x: Floats, deviations: float) -> Floats:
    """As given (one or one per column), else so many standard deviations (over n)."""
    if given is not None:
        return np.broadcast_to(np.asarray(given, dtype=float), x.shape[1:])
    return np.asarray(deviations * x.std(axis=0))


@CROSS_CHECKS.register(
    "promethee_usual", formula="Σ_j Σ w [P(d_ij) - P(d_ji)] / (n-1), P = [d > 0]",
    source=_BRANS, properties=("zero_sum", "ordinal"),
)  # fmt: skip
def promethee_usual(x: Floats, weights: Floats, signs: Floats) -> Floats:
    none = np.zeros(x.shape[1])
    return _promethee(x, weights, signs, none, none)


@CROSS_CHECKS.register(
    "promethee_v_shape",
    formula="Σ_j Σ w [P(d_ij) - P(d_ji)] / (n-1), P = min(1, d/p), p = 1.5 sd",
    source=_BRANS,
    properties=("zero_sum",),
)
def promethee_v_shape(x: Floats, weights: Floats, signs: Floats, p: Floats | None = None) -> Floats:
    p = _thresholds(p, x, PREFERENCE_SD)
    return _promethee(x, weights, signs, p, np.zeros(x.shape[1]))


@CROSS_CHECKS.register(
    "promethee_linear",
    formula="Σ_j Σ w [P(d_ij) - P(d_ji)] / (n-1), P = (d-q)/(p-q) within 0..1, "
    "p = 1.5 sd, q = 0.3 sd",
    source=_BRANS,
    properties=("zero_sum",),
)
def promethee_linear(
    x: Floats,
    weights: Floats,
    signs: Floats,
    p: Floats | None = None,
    q: Floats | None = None,
) -> Floats:
    p, q = _thresholds(p, x, PREFERENCE_SD), _thresholds(q, x, INDIFFERENCE_SD)
    return _promethee(x, weights, signs, p, q)


@CROSS_CHECKS.register(
    "copras",
    formula="Q / max Q, Q = S⁺ + ΣS⁻ / (S⁻ Σ(1/S⁻)); S⁺, S⁻ = Σ w x/Σx over benefits, costs",
    source="Zavadskas, Kaklauskas & Sarka 1994",
    properties=(POSITIVE,),
)
def copras(x: Floats, weights: Floats, signs: Floats) -> Floats:
    if not (x > 0).all():
        raise UsageError(say("copras needs positive values"))
    parts = x / x.sum(axis=0) * _shares(weights)
    value = parts[:, signs > 0].sum(axis=1)
    costs = parts[:, signs < 0].sum(axis=1)
    if costs.any():
        value = value + costs.sum() / (costs * (1 / costs).sum())
    return np.asarray(value / value.max())


@CROSS_CHECKS.register(
    "spotis",
    formula="Σ w |x - best| / (high - low), best = the better of the bounds",
    source="Dezert, Tchamova, Han & Tacnet 2020",
    properties=(LOWER,),
)
def spotis(
    x: Floats,
    weights: Floats,
    signs: Floats,
    low: Floats | None = None,
    high: Floats | None = None,
) -> Floats:
    """Bounds (k) of every column; without them, of the data (then it ranks as min-max means do)."""
    low = x.min(axis=0) if low is None else low
    high = x.max(axis=0) if high is None else high
    distances = np.abs(x - np.where(signs > 0, high, low))
    return np.asarray(_divide(distances, high - low) @ _shares(weights))


@CROSS_CHECKS.register(
    "copeland",
    formula=aggregation.AGGREGATIONS["copeland"].formula,
    source=aggregation.AGGREGATIONS["copeland"].source,
    properties=("zero_sum", "ordinal"),
)
def copeland(x: Floats, weights: Floats, signs: Floats) -> Floats:
    return aggregation.copeland(ascending_ranks(x * signs, axis=0), weights)


def ranks_by(method: Method[CrossCheck], scores: Floats) -> Floats:
    """Ranks of a method's scores, the best first, ties as in the index."""
    scores = round_half_away(scores, _DECIMALS)
    return ranks_of(-scores if LOWER in method.properties else scores)


def _why_not(method: Method[CrossCheck], x: Floats, codes: list[str]) -> str:
    """Why the method cannot be used on these values; empty if it can."""
    if len(x) < 2:
        return say("fewer than two ranked markets have every indicator")
    lacking = np.flatnonzero(~(x > 0).all(axis=0))
    if POSITIVE in method.properties and len(lacking):
        named = ", ".join(codes[i] for i in lacking)
        return say("needs positive values: {named}", named=named)
    return ""


def agreement(result: Result) -> pd.DataFrame:
    """Each method's ranking beside the index's, over the ranked markets with every indicator.

    `move` is the largest change of rank (positive: the method ranks `market` lower than the
    index does), the first such market; `skipped` says why a method gave none.
    """
    leaves = result.tree.leaves[result.effective[result.tree.leaves] > 0]
    columns = result.tree.columns[leaves]
    weights = result.effective[leaves]
    signs = np.array([result.catalogue.indicators[i].sign for i in columns], dtype=float)
    values = result.treated[:, columns]
    complete = result.ranked & ~np.isnan(result.ranks) & ~np.isnan(values).any(axis=1)
    rows: NDArray[np.intp] = np.flatnonzero(complete)
    x, ours = values[rows], ascending_ranks(result.ranks[rows])
    codes = [result.catalogue.indicators[i].code for i in columns]
    found: list[dict[str, object]] = []
    for name, method in CROSS_CHECKS.items():
        line: dict[str, object] = {"method": name, "markets": len(rows)}
        line["skipped"] = reason = _why_not(method, x, codes)
        tau, move, market = float("nan"), float("nan"), ""
        if not reason:
            theirs = ranks_by(method, method.function(x, weights, signs))
            moves = theirs - ours
            most = int(np.argmax(np.abs(moves)))
            tau, move = tau_b(ours, theirs), float(moves[most])
            market = result.table.codes[rows[most]] if move else ""
        found.append({**line, "tau_b": tau, "move": move, "market": market})
    order = ["method", "markets", "tau_b", "move", "market", "skipped"]
    return pd.DataFrame(found, columns=order)
