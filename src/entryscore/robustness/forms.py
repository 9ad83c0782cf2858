"""Scores as functions of the weights, and the least difference of any two over admissible ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from entryscore.language import say
from entryscore.problems import UsageError
from entryscore.result import Result
from entryscore.robustness.admissible import Admissible, Bools
from entryscore.tree import Floats, Tree

TOLERANCE = 1e-9  # points: closer scores are level
_AT_ONCE = 4_000_000  # values: 32 MB


def require_arithmetic(result: Result) -> None:
    """Raises UsageError unless every live node above the indicators is an arithmetic mean."""
    settings = result.methodology
    for node in result.tree.inner:
        if result.effective[node] > 0:
            code = result.tree.codes[node]
            name = result.aggregation(node)
            if name != "arithmetic" and not (name == "power" and settings.power in (None, 1)):
                raise UsageError(
                    say(
                        "exact answers need arithmetic means, and {code} is {name}",
                        code=code,
                        name=name,
                    )
                )


def zeroed(result: Result) -> Bools:
    """(markets × nodes) nodes that score 0 for a missing part, under missing = zero."""
    found = np.zeros(result.scores.shape, dtype=bool)
    if result.methodology.missing == "zero":
        for node in result.tree.inner:
            below = result.tree.children[node]
            gaps = np.isnan(result.scores[:, below]) & (result.weights[below] > 0)
            found[:, node] = gaps.any(axis=1) & (result.effective[node] > 0)
    return found


@dataclass(frozen=True, eq=False)
class Forms:
    """Scores of the M ranked markets as functions of the weights: by node (M × nodes) what an
    indicator scores at worst (`low`) and at best, what is `present`, and what scores 0 (`zero`)."""

    tree: Tree
    low: Floats
    high: Floats
    present: Bools
    zero: Bools
    live: Bools  # (nodes) what has a weight

    @classmethod
    def of(cls, result: Result, fills: bool) -> Forms:
        """Raises UsageError for other than arithmetic means, and for scores filled from the group,
        which move with the weights of its other members."""
        require_arithmetic(result)
        live, tree = np.asarray(result.effective > 0), result.tree
        scores = np.full(result.scores.shape, np.nan)
        scores[:, tree.leaves] = result.normalised[:, tree.columns[tree.leaves]]
        if not fills:
            if (result.filled[result.ranked] & live).any():
                raise UsageError(say("exact answers need group_fill = no where values are missing"))
            present = np.asarray(~np.isnan(result.scores) & live)
            zero = zeroed(result)[result.ranked]
            low = high = np.where(present & ~np.isnan(scores), scores, 0.0)[result.ranked]
            return cls(tree, low, high, present[result.ranked], zero, live)
        leaves = live & (tree.columns >= 0)
        low, high = scores[result.ranked], scores[result.ranked]
        for node in np.flatnonzero(leaves):
            gaps = np.isnan(low[:, node])
            low[gaps, node], high[gaps, node] = (
                np.nanmin(scores[:, node]), np.nanmax(scores[:, node]),
            )  # fmt: skip
        low, high = np.where(leaves, low, 0.0), np.where(leaves, high, 0.0)
        present = np.broadcast_to(live, low.shape)
        return cls(tree, low, high, present, np.zeros(low.shape, dtype=bool), live)

    @cached_property
    def linear(self) -> Bools:
        """(M) the score is linear in the leaves' weights: nothing is re-spread."""
        return np.asarray((self.present | self._shut | ~self.live).all(axis=1))

    @cached_property
    def _shut(self) -> Bools:
        """(M × nodes) what scores 0, and what lies below it and does not count."""
        shut = self.zero.copy()
        for node in range(1, len(self.tree.codes)):
            shut[:, node] |= shut[:, self.tree.parents[node]]
        return shut

    def points(self, at: Floats) -> Floats:
        """(M × nodes) `at` (`low` or `high`) of the indicators, 0 below what scores 0."""
        return np.where(self._shut, 0.0, at)

    def scores(self, shares: Floats, at: Floats) -> Floats:
        """(R × M) scores under shares (R × nodes), re-spread over what is present; NaN where they
        leave nothing."""
        found = np.repeat(at[None], len(shares), axis=0)
        for node in self.tree.inner:
            below = self.tree.children[node]
            used = shares[:, None, below] * self.present[:, below]
            total = used.sum(axis=-1)
            part = (used * np.where(used > 0, found[..., below], 0.0)).sum(axis=-1)
            found[..., node] = part / np.where(total > 0, total, np.nan)
            found[:, self.zero[:, node], node] = 0.0
        return np.asarray(found[..., 0])


def own_range(forms: Forms, weights: Admissible) -> tuple[Floats, Floats]:
    """(M × nodes) the least and the greatest score of each market at each live node."""
    low, high = forms.low.copy(), forms.high.copy()
    for group in weights.bottom_up():
        here = forms.present[:, group.children]
        fixed = forms.zero[:, group.node]
        low[:, group.node] = np.where(fixed, 0.0, group.least(low[:, group.children], here))
        high[:, group.node] = np.where(fixed, 0.0, -group.least(-high[:, group.children], here))
    return low, high


def least_differences(
    forms: Forms, weights: Admissible, mine: Floats, other: Floats
) -> tuple[Floats, Bools]:
    """(M × M) the least score of the row's market minus the column's, and where it is exact; a
    lower bound elsewhere. `mine`, `other` (M × nodes): scores of the indicators of either."""
    ranges = own_range(forms, weights)
    size = len(mine)
    step = max(1, _AT_ONCE // max(1, size * len(forms.tree.codes)))
    parts = [
        _differences(forms, weights, ranges, mine, other, np.arange(i, min(i + step, size)))
        for i in range(0, size, step)
    ]
    none = np.zeros((0, size))
    found = np.concatenate([none, *(part[0] for part in parts)])
    exact = np.concatenate([none.astype(bool), *(part[1] for part in parts)])
    np.fill_diagonal(found, 0.0)
    np.fill_diagonal(exact, True)
    return found, exact


def _differences(
    forms: Forms, weights: Admissible, ranges: tuple[Floats, Floats], mine: Floats, other: Floats,
    rows: np.ndarray,
) -> tuple[Floats, Bools]:  # fmt: skip
    found: dict[int, Floats] = {}
    exact: dict[int, Bools] = {}
    low, high = ranges
    for node in np.flatnonzero(forms.tree.columns >= 0):
        found[int(node)] = mine[rows, node][:, None] - other[None, :, node]
        exact[int(node)] = np.ones(found[int(node)].shape, dtype=bool)
    for group in weights.bottom_up():
        a, b = forms.present[rows][:, None, group.children], forms.present[:, group.children]
        same, both = (a == b).all(axis=-1), a & b
        d = np.stack([found.pop(int(c)) for c in group.children], axis=-1)
        known = np.stack([exact.pop(int(c)) for c in group.children], axis=-1)
        fixed = forms.zero[rows, group.node][:, None] | forms.zero[:, group.node]
        apart = low[rows, group.node][:, None] - high[None, :, group.node]
        together = np.full(same.shape, np.nan)
        use = same & ~fixed
        together[use] = group.least(d[use], None if both.all() else both[use])
        found[group.node] = np.where(use, together, apart)
        exact[group.node] = np.where(use, (known | ~both).all(axis=-1), fixed)
    return found[0], exact[0]
