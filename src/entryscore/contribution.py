"""How many points of a market's score each node brings."""

from __future__ import annotations

import numpy as np

from entryscore.result import Result
from entryscore.tree import Floats


def contributions(result: Result) -> Floats:
    """(markets × nodes) points; the children of every node add up to the node, and so to the score.

    Under an arithmetic mean a child's points are its re-spread weight times its score; other
    aggregations are no sums, so there a node's points are split in these proportions. What lies
    below a score filled from the group brings nothing of its own: 0. NaN where there is no score.
    """
    tree, scores = result.tree, result.scores
    points = np.zeros_like(scores)
    points[:, 0] = scores[:, 0]
    for node in reversed(tree.inner):
        below = tree.children[node]
        present = ~np.isnan(scores[:, below])
        parts = np.where(present, scores[:, below], 0.0) * result.shares[below]
        total = parts.sum(axis=1, keepdims=True)
        even = present * result.shares[below]
        parts, total = (
            np.where(total == 0, even, parts),
            np.where(total == 0, even.sum(axis=1, keepdims=True), total),
        )
        share = parts / np.where(total == 0, np.nan, total)
        split = share * points[:, [node]]
        points[:, below] = np.where(result.filled[:, [node]] | np.isnan(split), 0.0, split)
    points[np.isnan(scores[:, 0])] = np.nan
    return points
