"""A scored index with two pillars and a question about it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

import entryscore
from entryscore.catalogue import Catalogue, Indicator, Pillar
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.problems import Findings
from entryscore.result import Result
from entryscore.weighting.model import Judgement, Judgements, Question, Tuning

VALUES = np.array(
    [
        [1.0, 2, 4, 9, 5],
        [2.0, 4, 2, 7, 1],
        [4.0, 1, 8, 4, 3],
        [8.0, 3, 1, 2, 2],
    ]
)
# a best and w worst of a, b, w: both Rezaei's form and a connected matrix.
PAIRS = (("p", "a", "b", 2.0), ("p", "a", "c", 8.0), ("p", "b", "c", 4.0), ("index", "p", "q", 3.0))
POINTS = {"Ann": {"a": 50.0, "b": 30, "c": 20, "p": 60, "q": 40},
          "Bob": {"a": 10.0, "b": 10, "c": 0}}  # fmt: skip


def scored(values: np.ndarray = VALUES, settings: Mapping[str, object] | None = None) -> Result:
    """p (weight 2) over a, b and c, of which less is better; q (weight 1) over d and e."""
    catalogue = Catalogue(
        (
            Indicator("a", parent="p", weight=3),
            Indicator("b", parent="p"),
            Indicator("c", parent="p", direction="lower_is_better"),
            Indicator("d", parent="q", weight=2),
            Indicator("e", parent="q", weight=6),
        ),
        (Pillar("p", weight=2), Pillar("q")),
    )
    codes = tuple(f"M{i:03}" for i in range(len(values)))
    names = ("",) * len(values)
    chosen = {"constant": "neutral", "min_coverage": 0, "min_total_coverage": 0, **(settings or {})}
    return entryscore.score(
        catalogue, MarketTable(codes, names, names, np.asarray(values, dtype=float)),
        Methodology(**chosen),  # type: ignore[arg-type]
    )  # fmt: skip


def pairs(*rows: tuple[str, str, str, float], expert: str = "") -> tuple[Judgement, ...]:
    return tuple(Judgement(*row, expert, f"Pairwise!D{i}") for i, row in enumerate(rows, 2))


def question(
    result: Result | None = None, judgements: Judgements | None = None, **options: object
) -> Question:
    given = Judgements(pairs(*PAIRS), POINTS) if judgements is None else judgements
    return Question(scored() if result is None else result, given, Findings(), options)


def shares(result: Result, tuning: Tuning) -> dict[str, float]:
    """Shares among siblings by code."""
    found = result.tree.shares(tuning.weights)
    return dict(zip(result.tree.codes[1:], found[1:].tolist(), strict=True))
