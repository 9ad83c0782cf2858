"""Contributions add up at every node, whatever the aggregation, and lose nothing at a zero."""

import numpy as np
import pytest

import entryscore
from entryscore.catalogue import Catalogue, Indicator, Pillar
from entryscore.contribution import contributions, spread_weights
from entryscore.markets import MarketTable
from entryscore.methodology import AGGREGATIONS, Methodology
from entryscore.result import Result


def scored(values: list[list[float]], top: str = "arithmetic", **settings: object) -> Result:
    catalogue = Catalogue(
        (Indicator("a", parent="pull", weight=3), Indicator("b", parent="pull"), Indicator("c")),
        (Pillar("index", aggregation=top), Pillar("pull")),
    )
    codes = tuple("ABCD"[: len(values)])
    table = MarketTable(codes, codes, ("x",) * len(codes), np.array(values, dtype=float))
    return entryscore.score(catalogue, table, Methodology(**settings))  # type: ignore[arg-type]


def assert_adds_up(result: Result) -> None:
    points, tree = contributions(result), result.tree
    there = ~np.isnan(result.score)
    np.testing.assert_allclose(points[there, 0], result.score[there])
    assert np.isnan(points[~there]).all()
    for node in tree.inner:
        own = there & ~result.filled[:, node]
        below = points[:, tree.children[node]].sum(axis=1)
        np.testing.assert_allclose(below[own], points[own, node], atol=1e-9)
        assert not points[np.ix_(there & result.filled[:, node], tree.children[node])].any()


ROWS: list[list[float]] = [[4, 9, 1], [2, 5, 3], [np.nan, 3, 2], [1, 1, 2]]


@pytest.mark.parametrize("missing", ["reweight", "zero", "exclude"])
@pytest.mark.parametrize("top", AGGREGATIONS)
def test_children_add_up_to_their_node(top: str, missing: str) -> None:
    if (top, missing) == ("copeland", "zero"):
        pytest.skip("refused: 0 is the middle of the table")
    settings = {"power": 2.0} if top == "power" else {}
    for fill in (False, True):
        assert_adds_up(
            scored(ROWS, top, missing=missing, group_fill=fill, min_coverage=0.5, **settings)
        )


def test_opposite_parts_of_a_zero_score_are_kept() -> None:
    result = scored([[1, 1, 3], [2, 2, 2], [3, 3, 1]], normalisation="z_score")
    np.testing.assert_allclose(result.score, 0, atol=1e-12)
    np.testing.assert_allclose(contributions(result)[0, 1:], [-0.5, -0.375, -0.125, 0.5])


def test_a_missing_value_re_spreads_its_weight_along_the_path() -> None:
    result = scored([*ROWS[:2], [4, np.nan, 2], ROWS[3]], min_coverage=0.5)
    a, b = (result.tree.position(code) for code in "ab")
    points = contributions(result)
    assert points[2, a] == pytest.approx(0.5 * 1.0 * 100)
    assert points[2, b] == 0


@pytest.mark.parametrize("fill", [False, True])
def test_spread_weights_times_scores_are_the_points_of_a_mean(fill: bool) -> None:
    rows = [*ROWS, [np.nan, np.nan, 3]]
    result = scored(rows[:3] + rows[4:], group_fill=fill, min_coverage=0.3)
    weights = spread_weights(result)
    points = contributions(result)
    there = ~np.isnan(result.score)
    scores = np.nan_to_num(result.scores)
    np.testing.assert_allclose((weights * scores)[there][:, 1:], points[there][:, 1:], atol=1e-9)
    pull = result.tree.position("pull")
    filled = np.flatnonzero(result.filled[:, pull])
    assert bool(filled.size) is fill
    assert not weights[np.ix_(filled, result.tree.children[pull])].any()
