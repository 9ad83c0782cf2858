"""How many points of a market's score each node brings."""

from __future__ import annotations

import numpy as np

from entryscore.result import Result
from entryscore.tree import Floats

_TOLERANCE = 1e-9


def contributions(result: Result) -> Floats:
    """(markets × nodes) points; the children of every node add up to the node, and so to the score.

    Under an arithmetic mean a child's points are its re-spread weight times its score; other
    aggregations are no sums, so there a node's points are split in these proportions. What lies
    below a score filled from the group brings nothing of its own: 0. NaN where there is no score.
    """
    tree = result.tree
    scores = np.where(np.isnan(result.scores), 0.0, result.scores)
    present = ~np.isnan(result.scores)
    points = np.zeros_like(scores)
    factor = np.zeros_like(scores)  # points of the index per point of the node's score, NaN: none
    points[:, 0], factor[:, 0] = scores[:, 0], 1.0
    for node in reversed(tree.inner):
        below, score = tree.children[node], scores[:, node]
        shares = present[:, below] * result.shares[below]
        spread = shares / _blank_zeros(shares.sum(axis=1))[:, None]
        mean = (spread * scores[:, below]).sum(axis=1)
        is_mean = np.abs(mean - score) <= _TOLERANCE * np.maximum(1.0, np.abs(score))
        own = np.where(result.filled[:, node], 0.0, points[:, node])
        given = np.where(result.filled[:, node], 0.0, factor[:, node])
        each = np.where(is_mean & ~np.isnan(given), given, own / _blank_zeros(mean))
        factor[:, below] = each[:, None] * spread
        parts = factor[:, below] * scores[:, below]
        even = own[:, None] * spread  # a mean of 0 has no proportions: by weight alone
        points[:, below] = np.nan_to_num(np.where(np.isnan(each)[:, None], even, parts))
    points[~present[:, 0]] = np.nan
    return points


def spread_weights(result: Result) -> Floats:
    """(markets × nodes) each node's weight in a market's score, re-spread over what is present.

    0 where a node is missing, below a score filled from the group, and, with missing = zero, below
    a node that scores 0 for a missing part.
    """
    tree, present = result.tree, ~np.isnan(result.scores)
    weights = np.zeros_like(result.scores)
    weights[:, 0] = present[:, 0]
    for node in reversed(tree.inner):
        below = tree.children[node]
        shares = present[:, below] * result.shares[below]
        spread = shares / np.where(shares.any(axis=1), shares.sum(axis=1), 1.0)[:, None]
        own = ~result.filled[:, node]
        if result.methodology.missing == "zero":
            own &= (present[:, below] | (result.shares[below] == 0)).all(axis=1)
        weights[:, below] = (weights[:, node] * own)[:, None] * spread
    return weights


def _blank_zeros(x: Floats) -> Floats:
    return np.where(x == 0, np.nan, x)
