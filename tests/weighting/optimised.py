"""Small indices for the methods that optimise, and what every one of them must obey."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import entryscore
from entryscore.catalogue import Catalogue, Indicator, Pillar
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.result import Result
from entryscore.weighting.model import Question, Tuning, Weighting


def flat(values: object, weights: tuple[float, ...] = (), **settings: object) -> Result:
    """Indicators a, b, … right under the index, scored as they are: goalposts 0 and 100."""
    values = np.asarray(values, dtype=float)
    given = weights or (1.0,) * values.shape[1]
    indicators = [
        Indicator("abcdefghij"[i], weight=w, goal_low=0.0, goal_high=100.0)
        for i, w in enumerate(given)
    ]
    return _scored(Catalogue(tuple(indicators), ()), values, settings)


def nested(
    rows: int = 25, gaps: float = 0.0, seed: int = 1, wide: int = 3, **settings: object
) -> Result:
    """Three nodes p, q, r of `wide` correlated indicators each, values from 0 to 100."""
    rng = np.random.default_rng(seed)
    common = rng.uniform(0, 100, (rows, 4))
    own = rng.uniform(0, 100, (rows, 3 * wide))
    values = 0.5 * own + 0.3 * np.repeat(common[:, :3], wide, axis=1) + 0.2 * common[:, 3:]
    values[rng.random(values.shape) < gaps] = np.nan
    indicators = [
        Indicator(f"{node}{i}", parent=node, weight=1.0 + i, goal_low=0.0, goal_high=100.0)
        for node in "pqr" for i in range(wide)
    ]  # fmt: skip
    pillars = (Pillar("p", weight=2.0), Pillar("q"), Pillar("r"))
    return _scored(Catalogue(tuple(indicators), pillars), values, settings)


def _scored(catalogue: Catalogue, values: np.ndarray, settings: dict[str, object]) -> Result:
    codes = tuple(f"M{i:03}" for i in range(len(values)))
    table = MarketTable(codes, codes, ("",) * len(codes), values)
    chosen = {"normalisation": "goalposts", "min_coverage": 0.3, "min_total_coverage": 0.3}
    return entryscore.score(catalogue, table, Methodology(**(chosen | settings)))  # type: ignore[arg-type]


def shuffled(result: Result, seed: int = 0) -> Result:
    """The same markets in another order."""
    order = np.random.default_rng(seed).permutation(len(result.table.codes))
    table = result.table
    codes, names, groups = (
        tuple(words[i] for i in order) for words in (table.codes, table.names, table.groups)
    )
    moved = replace(table, codes=codes, names=names, groups=groups, values=table.values[order])
    return entryscore.score(result.catalogue, moved, result.methodology)


def rescored(result: Result, tuning: Tuning) -> Result:
    return entryscore.score(
        result.catalogue, result.table, result.methodology, weights=tuning.weights
    )


def obeys(method: Weighting, question: Question, atol: float = 1e-6) -> Tuning:
    """Weights >= 0, siblings that add to 1, the same whatever the order of the markets."""
    tuning, tree = method(question), question.result.tree
    shares = tree.shares(tuning.weights)
    assert np.isfinite(tuning.weights).all()
    assert (tuning.weights >= 0).all()
    for node in tree.inner:
        np.testing.assert_allclose(shares[tree.children[node]].sum(), 1.0, atol=1e-12)
    again = method(replace(question, result=shuffled(question.result)))
    np.testing.assert_allclose(tree.shares(again.weights), shares, atol=atol)
    assert again.notes == tuning.notes
    return tuning
