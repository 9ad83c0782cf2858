"""The least change of all indicators' weights together that makes two markets level.

With d the first market's indicator scores minus the second's and v the weights in the index, both
in leaf order: minimise the change of v subject to v >= 0, Σ v = 1, Σ v d = 0. Under arithmetic
means at every level any such v is possible.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from entryscore.language import say
from entryscore.result import Result
from entryscore.robustness.forms import Forms, zeroed
from entryscore.tree import Floats

_LEVEL = 1e-9  # points


@dataclass(frozen=True, eq=False)
class LeafChange:
    """`weights`: indicator, before, after (weights in the index). `size`: Σ |change| or
    (Σ change²)^½."""

    size: float
    weights: pd.DataFrame


def all_leaves(
    result: Result, pair: np.ndarray
) -> tuple[LeafChange | None, LeafChange | None, str]:
    """By Σ |change|, by Σ change², and why there is none. `pair`: ahead, then behind (or level)."""
    tree, live = result.tree, result.effective > 0
    points = _points(result, pair)
    if points is None:
        return (
            None,
            None,
            say("a value is missing, and its weight is spread differently at each market"),
        )
    leaves = tree.leaves[live[tree.leaves]]
    before, d = result.effective[leaves], (points[0] - points[1])[leaves]
    if before @ d > _LEVEL and d.min() >= -_LEVEL:
        return None, None, say("the one behind is ahead in no indicator")
    codes = [tree.codes[i] for i in leaves]
    least, nearest = least_total(before, d), least_square(before, d)
    return (
        _change(codes, before, least, float(np.abs(least - before).sum())),
        _change(codes, before, nearest, float(np.sqrt(((nearest - before) ** 2).sum()))),
        "",
    )


def _points(result: Result, pair: np.ndarray) -> Floats | None:
    """(2 × nodes) scores of the indicators, 0 where they do not count; None where the difference
    of the two has not the sign of Σ v d: unless nothing is re-spread, both must have the same gaps,
    all of them children of the index, so that both are divided by the same weight."""
    tree, live = result.tree, np.asarray(result.effective > 0)
    present = np.asarray(~np.isnan(result.scores[pair]) & live)
    scores = np.zeros((2, len(tree.codes)))
    scores[:, tree.leaves] = np.nan_to_num(result.normalised[pair][:, tree.columns[tree.leaves]])
    form = Forms(tree, scores, scores, present, zeroed(result)[pair], live)
    if form.linear.all():
        return form.points(scores)
    gone = ~present & live
    first = gone & ~gone[:, tree.parents]
    if (gone[0] != gone[1]).any() or (tree.parents[first.any(axis=0)] != 0).any():
        return None
    for node in range(1, len(tree.codes)):
        gone[:, node] |= gone[:, tree.parents[node]]
    return np.where(gone, 0.0, scores)


def _change(codes: list[str], before: Floats, after: Floats, size: float) -> LeafChange:
    frame = pd.DataFrame({"indicator": codes, "before": before, "after": after})
    return LeafChange(size, frame)


def least_total(before: Floats, d: Floats) -> Floats:
    """Weight moves to where the one behind is most ahead, from where it is most behind first: a
    unit taken from i changes Σ v d by d_i - min d, and costs 2 wherever it comes from."""
    after, to = before.copy(), int(d.argmin())
    left = max(float(before @ d), 0.0)
    for i in np.argsort(-d, kind="stable"):
        gain = d[i] - d[to]
        if left <= 0 or gain <= 0:
            break
        moved = min(float(before[i]), left / gain)
        after[i] -= moved
        after[to] += moved
        left -= moved * gain
    return after


def least_square(before: Floats, d: Floats) -> Floats:
    """The optimum is the nearest point of the simplex to before - μ d, and Σ v d falls with μ >= 0:
    μ by Brent's method, then exactly from the weights that stay above 0 (Karush-Kuhn-Tucker)."""
    from scipy.optimize import brentq

    def lead(mu: float) -> float:
        return float(onto_simplex(before - mu * d) @ d)

    if lead(0.0) <= 0:
        return before.copy()
    high = 1.0 / max(float(np.abs(d).max()), 1e-300)
    while lead(high) > 0:
        high *= 2
    mu = brentq(lead, 0.0, high, xtol=1e-300, rtol=1e-14)
    kept = onto_simplex(before - mu * d) > 0
    normal = np.stack((np.ones(kept.sum()), d[kept]))
    excess = np.array([before[kept].sum() - 1.0, before[kept] @ d[kept]])
    after = np.zeros_like(before)
    after[kept] = before[kept] - normal.T @ np.linalg.lstsq(normal @ normal.T, excess)[0]
    return np.maximum(after, 0.0)


def onto_simplex(x: Floats) -> Floats:
    """The nearest point with Σ v = 1, v >= 0 (Held, Wolfe & Crowder 1974)."""
    x = x - x.max()  # shifts change nothing but the digits that are left
    ordered = np.sort(x)[::-1]
    excess = (ordered.cumsum() - 1.0) / np.arange(1, len(x) + 1)
    return np.asarray(np.maximum(x - excess[np.flatnonzero(ordered > excess)[-1]], 0.0))
