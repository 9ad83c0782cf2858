"""A small scored index for the robustness tests."""

from __future__ import annotations

import numpy as np

import entryscore
from entryscore.catalogue import Catalogue, Indicator, Pillar
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.result import Result


def scored(
    rows: int = 12, gaps: float = 0.0, seed: int = 3, values: np.ndarray | None = None,
    **settings: object,
) -> Result:  # fmt: skip
    """Three pillars on two levels over seven indicators, one of them with a cost direction."""
    catalogue = Catalogue(
        (
            Indicator("a", parent="p", weight=2),
            Indicator("b", parent="p"),
            Indicator("c", parent="q", direction="lower_is_better"),
            Indicator("d", parent="q", weight=3),
            Indicator("e", parent="r"),
            Indicator("f"),
            Indicator("g", parent="q", weight=0),
        ),
        (Pillar("p", weight=2), Pillar("q", parent="s"), Pillar("s"), Pillar("r", parent="s")),
    )
    rng = np.random.default_rng(seed)
    if values is None:
        values = np.exp(rng.normal(3, 1, (rows, 7)))
    values = np.where(rng.random(values.shape) < gaps, np.nan, values)
    codes = tuple(f"M{i:03}" for i in range(len(values)))
    groups = tuple("xyz"[i % 3] for i in range(len(values)))
    table = MarketTable(codes, codes, groups, values)
    return entryscore.score(catalogue, table, Methodology(**settings))  # type: ignore[arg-type]
