"""Exact answers about single weights: how far each can move before the top of the ranking changes.

One node's share σ among its siblings moves, the others keep their proportions. A market's score is
then a ratio of two linear functions of σ, the lower one constant unless values are missing and
weights re-spread: at the node's parent (σ x + (1-σ) U) / (σ + (1-σ) Q), with x the node's score, U
the others' weighted scores and Q the weight of those present. Two scores are level where a
polynomial of degree 2 is 0: breakpoints are its roots (criticality of weights: Triantaphyllou &
Sanchez 1997, Decision Sciences 28, there for complete data and absolute changes).

Values missing in the result stay missing: min_coverage is not applied again within the range, nor
does the set of ranked markets change. Ranks compare scores rounded to 10 decimals; rank_decimals
is not applied.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from entryscore.contribution import spread_weights
from entryscore.language import say
from entryscore.problems import UsageError
from entryscore.ranking import ranks_of
from entryscore.result import Result
from entryscore.robustness.admissible import Bools
from entryscore.robustness.forms import require_arithmetic, zeroed
from entryscore.rounding import round_half_away
from entryscore.tree import Floats

_DECIMALS = 10
SAME = 1e-10  # points over the whole range: the same curve
_NO_DISCRIMINANT = 1e-13  # of the square of the linear term: they touch


@dataclass(frozen=True, eq=False)
class Curves:
    """Scores of markets against τ = σ - `share`: (top₀ + top₁ τ) / (bottom₀ + bottom₁ τ), each
    (markets × 2)."""

    share: float
    top: Floats
    bottom: Floats

    def at(self, tau: float) -> Floats:
        return np.asarray(
            (self.top[:, 0] + self.top[:, 1] * tau) / (self.bottom[:, 0] + self.bottom[:, 1] * tau)
        )

    def difference(self, i: np.ndarray, j: np.ndarray) -> Floats:
        """(3 × pairs) coefficients in τ of a polynomial with the sign of score i - score j."""
        a, b, p, q = self.top[i].T, self.bottom[i].T, self.top[j].T, self.bottom[j].T
        return np.stack(
            (a[0] * q[0] - p[0] * b[0], a[0] * q[1] + a[1] * q[0] - p[0] * b[1] - p[1] * b[0],
             a[1] * q[1] - p[1] * b[1])
        )  # fmt: skip


def movable(result: Result, node: int) -> bool:
    """Whether the node's share can move at all: siblings with a weight, and, where it has none
    itself under missing = zero or exclude, no market that would lose its score with it."""
    below = result.tree.children[int(result.tree.parents[node])]
    others = below[below != node]
    if not (result.weights[others] > 0).any():
        return False
    gaps = np.isnan(result.scores[result.ranked, node]).any()
    return bool(result.weights[node] > 0 or result.methodology.missing == "reweight" or not gaps)


def curves(result: Result, node: int, spread: Floats, zero: Bools) -> Curves:
    """Of all markets, for a `movable` node. `spread`, `zero`: spread_weights and zeroed."""
    parent = int(result.tree.parents[node])
    below = result.tree.children[parent]
    others = below[below != node]
    part = result.weights[others] / result.weights[others].sum()
    x, rest = result.scores[:, node], result.scores[:, others]
    share = float(result.shares[node])
    used = np.where(np.isnan(rest), 0.0, part)
    q, u = used.sum(axis=1), (used * np.nan_to_num(rest)).sum(axis=1)
    bound = np.where(zero[:, parent], 0.0, spread[:, parent])
    moved = (bound > 0) & ~np.isnan(x) & (q > 0)
    bottom = np.column_stack((share + (1 - share) * q, 1 - q))
    mean = np.column_stack((share * np.nan_to_num(x) + (1 - share) * u, np.nan_to_num(x) - u))
    fixed = result.score - bound * np.nan_to_num(result.scores[:, parent])
    top = fixed[:, None] * bottom + bound[:, None] * mean
    alone = np.column_stack((result.score, np.zeros_like(x)))
    return Curves(
        share, np.where(moved[:, None], top, alone), np.where(moved[:, None], bottom, [1.0, 0.0])
    )


def roots(c: Floats) -> Floats:
    """(2 × pairs) real roots of c₀ + c₁ τ + c₂ τ², infinite or NaN where there is none."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        under = c[1] ** 2 - 4 * c[0] * c[2]
        under = np.where(np.abs(under) <= _NO_DISCRIMINANT * c[1] ** 2, 0.0, under)
        half = -(c[1] + np.copysign(np.sqrt(under), c[1])) / 2  # no digits cancel
        return np.stack((half / c[2], c[0] / half))


def _nearest(c: Floats) -> tuple[float, float]:
    """The nearest roots of any of the pairs below and above τ = 0."""
    found = roots(c[:, np.abs(c).max(axis=0, initial=0.0) > SAME]).ravel()
    found = found[np.isfinite(found)]
    return (
        float(found[found < 0].max(initial=-np.inf)), float(found[found > 0].min(initial=np.inf)),
    )  # fmt: skip


def reject_filled(result: Result, rows: np.ndarray) -> None:
    """UsageError where a score of these markets is the mean of its group's."""
    if (result.filled[rows] & (result.effective > 0)).any():
        raise UsageError(say("exact answers need group_fill = no where values are missing"))


def stability(result: Result, top: int = 10) -> pd.DataFrame:
    """(nodes below the index × 6) node, share among its siblings, and the range of that share in
    which the top n stay the same markets (`low`, `high`) and in the same order, ties included
    (`low_order`, `high_order`).

    At a range's end two scores are level (or it is 0 or 1); inside none are that were not. The top
    n are the markets of rank n or better. NaN where the share cannot move: an only child, or a
    weight of 0 whose gaps would take scores away. Raises UsageError for other than arithmetic
    means, and for scores filled from the group.
    """
    require_arithmetic(result)
    reject_filled(result, result.ranked)
    spread, zero = spread_weights(result), zeroed(result)
    rows = []
    for node in range(1, len(result.tree.codes)):
        ends = (np.nan,) * 4
        if movable(result, node):
            found = curves(result, node, spread, zero)
            kept = Curves(found.share, found.top[result.ranked], found.bottom[result.ranked])
            ends = _ranges(kept, top)
        rows.append((result.tree.codes[node], float(result.shares[node]), *ends))
    columns = ["node", "share", "low", "high", "low_order", "high_order"]
    return pd.DataFrame(rows, columns=columns)


def _ranks(curve: Curves, tau: float) -> Floats:
    return ranks_of(round_half_away(curve.at(tau), _DECIMALS))


def _ranges(curve: Curves, top: int) -> tuple[float, float, float, float]:
    ranks, share = _ranks(curve, 0.0), curve.share
    inside, outside = np.flatnonzero(ranks <= top), np.flatnonzero(ranks > top)
    i, j = (x.ravel() for x in np.meshgrid(inside, outside, indexing="ij"))
    down, up = _nearest(curve.difference(i, j))
    down, up = max(down, -share), min(up, 1 - share)
    if len(inside) > top:
        last = inside[ranks[inside] == ranks[inside].max()]
        down, up = _while_level(curve, last, inside, top, down, up)
    i, j = (inside[x] for x in np.triu_indices(len(inside), 1))
    between = curve.difference(i, j)
    level, moving = ranks[i] == ranks[j], np.abs(between).max(axis=0, initial=0.0) > SAME
    below, above = (0.0, 0.0) if (level & moving).any() else _nearest(between[:, ~level])
    return share + down, share + up, share + max(down, below), share + min(up, above)


def _while_level(
    curve: Curves, last: np.ndarray, inside: np.ndarray, top: int, down: float, up: float
) -> tuple[float, float]:
    """More than n share the top n's places, tied at the last: how far rank n or better stays true
    of all of them, tried between all places where two of the tied change order."""
    i, j = (last[x] for x in np.triu_indices(len(last), 1))
    c = curve.difference(i, j)
    found = roots(c[:, np.abs(c).max(axis=0, initial=0.0) > SAME]).ravel()
    found = found[np.isfinite(found)]
    ends = []
    for end in (down, up):
        between = found[(found * np.sign(end) > 0) & (np.abs(found) < abs(end))]
        stops = [0.0, *sorted(between, key=abs), end]
        reached = end
        for near, far in pairwise(stops):
            among = Curves(curve.share, curve.top[inside], curve.bottom[inside])
            if _ranks(among, (near + far) / 2).max() > top:
                reached = near
                break
        ends.append(reached)
    return ends[0], ends[1]
