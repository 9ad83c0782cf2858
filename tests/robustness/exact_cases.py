"""Cases and brute force for the exact answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np

import entryscore
from entryscore.aggregation import Missing, aggregate, function_of
from entryscore.catalogue import Catalogue, Indicator, Pillar
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.result import Result
from entryscore.robustness.admissible import Weights

LOOSE = {"min_coverage": 0.0, "min_total_coverage": 0.0}
BOTH: tuple[Weights, ...] = ("stated", "any")


def flat(values: list[list[float]], *indicators: Indicator, **settings: object) -> Result:
    names = "abcdefgh"[: len(values[0])]
    codes = tuple(f"M{i}" for i in range(len(values)))
    table = MarketTable(codes, codes, ("",) * len(codes), np.array(values, dtype=float))
    goals = {"normalisation": "goalposts", "goal_low": 0.0, "goal_high": 100.0}
    given = indicators or tuple(Indicator(c) for c in names)
    catalogue = Catalogue(tuple(replace(i, **goals) for i in given))  # type: ignore[arg-type]
    return entryscore.score(catalogue, table, Methodology(**settings))  # type: ignore[arg-type]


def bounded(rows: int = 9, **settings: object) -> Result:
    """Two levels with share bounds and unequal weights."""
    catalogue = Catalogue(
        (
            Indicator("a", parent="p", weight=4, weight_min=0.4),
            Indicator("b", parent="p", weight=3),
            Indicator("c", parent="p", weight=3, weight_max=0.3),
            Indicator("d", parent="q", weight=2),
            Indicator("e", parent="q", weight=1),
            Indicator("f", parent="q", weight=1, weight_min=0.2, weight_max=0.26),
        ),
        (Pillar("p", weight=3), Pillar("q", weight=2, weight_min=0.35)),
    )
    values = np.random.default_rng(8).normal(size=(rows, 6))
    codes = tuple(f"M{i}" for i in range(rows))
    table = MarketTable(codes, codes, ("",) * rows, values)
    return entryscore.score(catalogue, table, Methodology(**settings))  # type: ignore[arg-type]


def vertices(result: Result, weights: Weights) -> Iterator[np.ndarray]:
    """Weights (nodes) at all combinations of the vertices of every group of siblings."""
    tree, noise = result.tree, result.methodology.weight_noise
    groups = []
    for node in tree.inner:
        live = [c for c in tree.children[node] if result.weights[c] > 0]
        if weights == "any":
            groups.append([dict.fromkeys(live, 0.0) | {c: 1.0} for c in live])
        else:
            ends = [
                (result.weights[c] * (1 - noise), result.weights[c] * (1 + noise)) for c in live
            ]
            groups.append([dict(zip(live, w, strict=True)) for w in product(*ends)])
    for chosen in product(*groups):
        found = np.zeros(len(tree.codes))
        found[0] = 1.0
        for part in chosen:
            found[list(part)] = list(part.values())
        yield found


def rescored(
    result: Result, weights: np.ndarray, normalised: np.ndarray | None = None
) -> np.ndarray:
    """Scores (R × ranked markets) of the aggregation itself, whatever the coverage."""
    values = result.normalised if normalised is None else normalised
    functions = {n: function_of("arithmetic") for n in result.tree.inner}
    missing = Missing(result.methodology.missing, 0.0)
    found = aggregate(result.tree, weights, values[result.ranked], functions, missing)
    return np.asarray(found.scores[..., 0])


def rescored_leaves(result: Result) -> np.ndarray:
    return result.normalised[np.ix_(result.ranked, result.tree.columns[result.tree.leaves])]
