"""Scores of a result under other weights, many at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from entryscore.aggregation import Missing, aggregate, function_of
from entryscore.result import Result
from entryscore.tree import Floats
from entryscore.weighting.model import with_siblings

_AT_ONCE = 4_000_000  # values: 32 MB


def scores_under(result: Result, shares: Floats) -> Iterator[Floats]:
    """Blocks (r × markets × nodes) of the scores under shares (R × nodes), in their order.

    Each node by its own aggregation, missing parts as the settings say; normalised values stay.
    """
    settings, tree = result.methodology, result.tree
    functions = {n: function_of(result.aggregation(n), settings.power) for n in tree.inner}
    groups = result.table.group_positions[0] if settings.group_fill else None
    missing = Missing(settings.missing, settings.min_coverage, groups)
    step = max(1, _AT_ONCE // max(1, result.scores.size))
    for start in range(0, len(shares), step):
        part = shares[start : start + step]
        yield aggregate(tree, part, result.normalised, functions, missing).scores


def all_arithmetic(result: Result) -> bool:
    """Whether every node with a weight is an arithmetic mean."""
    settings, tree = result.methodology, result.tree
    plain = {"arithmetic"} | ({"power"} if settings.power in (None, 1) else set())
    live: NDArray[np.bool_] = result.effective > 0
    return all(result.aggregation(node) in plain for node in tree.inner if live[node])


def weights_of(result: Result, shares: Floats) -> Floats:
    """Raw weights (nodes) with these shares; siblings keep their total, those all 0 their own."""
    weights = result.weights.copy()
    for node in result.tree.inner:
        below = result.tree.children[node]
        if shares[below].sum() > 0:
            weights = with_siblings(below, shares[below], weights)
    return weights
