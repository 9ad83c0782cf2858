"""Indices for the page's tests: a tree of three levels with gaps, drawn from a seed."""

import numpy as np
import pandas as pd

from entryscore.catalogue import INDEX, Catalogue, Gate, Indicator, Pillar
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.pipeline import score

SCENARIOS = {"safety first": {"s": 4.0}, "no rules": {"f": 0.0, "g": 0.0, "h": 0.0}}
LEAVES = {"p": "abc", "q": "de", "r": "fgh", "s": "i"}  # r lies under q


def catalogue():
    pillars = [
        Pillar(INDEX, "Total"),
        Pillar("p", "Demand", weight=2.0, aggregation="median"),
        Pillar("q", "Ease"),
        Pillar("r", "Rules", parent="q", weight=3.0),
        Pillar("s", "Safety", weight=0.5),
    ]
    indicators = [
        Indicator(
            code, name=f"Indicator {code}", parent=parent, weight=1.0 + n,
            direction="lower_is_better" if code in "cg" else "higher_is_better",
            gate=Gate.parse(">= 12") if code == "a" else None,
        )
        for parent, codes in LEAVES.items()
        for n, code in enumerate(codes)
    ]  # fmt: skip
    return Catalogue(tuple(indicators), tuple(pillars), title="Drawn")


def table(index, seed, markets=40, gaps=0.15):
    """Values of two digits, so that scores tie; some missing; groups A, B, C and none."""
    rng = np.random.default_rng(seed)
    values = np.round(rng.uniform(10, 40, (markets, len(index.codes))))
    values[rng.random(values.shape) < gaps] = np.nan
    values[1] = values[0]  # a tie in all
    frame = pd.DataFrame(values, columns=list(index.codes))
    frame.index = [f"M{i:02}" for i in rng.permutation(markets)]
    frame["name"] = [f"Market {code}" for code in frame.index]
    frame["group"] = [("A", "B", "C", "")[i % 4] for i in range(markets)]
    return MarketTable.from_frame(frame, index)


def result(seed=1, gaps=0.15, markets=40, weights=None, **settings):
    index = catalogue()
    methodology = Methodology(**settings)
    return score(index, table(index, seed, markets, gaps), methodology, weights=weights)


def random_weights(tree, rng):
    """Weights at every node, a fifth of them 0, never all of a node's children."""
    weights = np.where(rng.random(len(tree.codes)) < 0.2, 0.0, rng.uniform(0.1, 5, len(tree.codes)))
    for node in tree.inner:
        below = tree.children[node]
        if not weights[below].any():
            weights[below[0]] = 1.0
    return weights
