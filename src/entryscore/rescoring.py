"""A result again with something changed: other weights, or one value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from entryscore.pipeline import construct
from entryscore.problems import Findings
from entryscore.result import Result
from entryscore.tree import Floats


def revived(result: Result, weights: Floats) -> Floats:
    """Weights (nodes) made from a result's, with the declared ones where the result has 0 only
    because no market has a value: they are dropped again in scoring, and stay for later values."""
    tree, weights = result.tree, weights.copy()
    empty = np.isin(np.array(tree.codes), result.dropped)
    for node in tree.inner[:-1]:
        below = tree.children[node]
        empty[node] = bool((empty[below] | (weights[below] == 0)).all() and empty[below].any())
    idle = empty & (result.weights == 0) & (weights == 0)
    weights[idle] = tree.declared[idle]
    return weights


def rescore(
    result: Result,
    findings: Findings,
    *,
    weights: Floats | None = None,
    values: Floats | None = None,
    scenario: str | None = None,
) -> Result | None:
    """The whole construction again with these weights (nodes) or values as read (markets ×
    indicators); None where a problem was found, which `findings` then has."""
    weights = result.weights if weights is None else weights
    table = result.table if values is None else replace(result.table, values=values)
    return construct(
        result.catalogue, table, result.methodology, findings,
        weights=revived(result, weights), scenario=scenario or result.scenario,
    )  # fmt: skip
