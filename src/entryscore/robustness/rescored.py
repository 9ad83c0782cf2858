"""Shares at which two markets are level under any aggregation, by scoring again."""

from __future__ import annotations

import numpy as np

from entryscore.aggregation import Missing, aggregate, function_of
from entryscore.result import Result
from entryscore.robustness.stability import movable
from entryscore.tree import Floats

_STEPS = 200
_LEVEL = 1e-10  # points
_END = 1e-9  # short of 0 and 1, where nodes lose all their weight, and scores may jump


class Rescorer:
    """The difference of two markets (or the scores of several) under changed weights, all settings
    as they are."""

    def __init__(self, result: Result, pair: np.ndarray) -> None:
        settings, tree = result.methodology, result.tree
        names = {n: result.aggregation(n) for n in tree.inner}
        self.result = result
        self.functions = {n: function_of(name, settings.power) for n, name in names.items()}
        self.groups = result.table.group_positions[0] if settings.group_fill else None
        among = self.groups is not None or "copeland" in names.values()
        self.rows = np.arange(len(result.table.codes)) if among else pair
        self.places = pair if among else np.arange(len(pair))

    def __call__(self, node: int, shares: Floats) -> Floats:
        """(R) score of the first minus the second with the node's share at each of `shares` (R)."""
        scores = self.scores(node, shares)
        return np.asarray(scores[..., 0] - scores[..., 1])

    def scores(self, node: int, shares: Floats) -> Floats:
        """(R × markets asked about) scores with the node's share at each of `shares` (R)."""
        result, tree = self.result, self.result.tree
        below = tree.children[int(tree.parents[node])]
        others = below[below != node]
        weights = np.repeat(result.weights[None], len(shares), axis=0)
        part = result.weights[others] / result.weights[others].sum()
        weights[:, others] = (1 - shares)[:, None] * part
        weights[:, node] = shares
        settings = result.methodology
        missing = Missing(settings.missing, settings.min_coverage, self.groups)
        found = aggregate(tree, weights, result.normalised[self.rows], self.functions, missing)
        return np.asarray(found.scores[..., self.places, 0])


def numeric_ties(result: Result, pair: np.ndarray) -> list[tuple[str, float, float]]:
    """Node, share and the nearest share found at which the pair is level or changes order."""
    rescore, rows = Rescorer(result, pair), []
    for node in range(1, len(result.tree.codes)):
        if movable(result, node):
            share = float(result.shares[node])
            ties = [_walk(rescore, node, share, end) for end in (0.0, 1.0)]
            near = [tie for tie in ties if tie is not None]
            if near:
                tie = min(near, key=lambda x: abs(x - share))
                rows.append((result.tree.codes[node], share, tie))
    return rows


def _walk(rescore: Rescorer, node: int, share: float, end: float) -> float | None:
    """The first change of sign on the way from the share to the end; what has no score is
    passed over."""
    from scipy.optimize import brentq

    grid = np.linspace(share, end, _STEPS + 1)
    grid[-1] += _END * np.sign(share - end)
    difference = rescore(node, grid)
    signs = np.where(np.abs(difference) <= _LEVEL, 0.0, np.sign(difference))
    for k in range(1, len(grid)):
        if np.isnan(signs[k - 1 : k + 1]).any() or signs[0] == 0:
            continue
        if signs[k] == 0:
            return float(grid[k])
        if signs[k] * signs[k - 1] < 0:
            return float(
                brentq(
                    lambda x: float(rescore(node, np.array([x]))[0]), grid[k - 1], grid[k],
                    xtol=1e-14,
                )
            )  # fmt: skip
    if signs[0] == 0 and (np.abs(difference) > _LEVEL).any():
        return share
    return None
