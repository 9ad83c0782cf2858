"""Ranges of single weights and smallest changes, against scoring again, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

import entryscore
from entryscore.catalogue import Catalogue, Indicator, Pillar
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.problems import UsageError
from entryscore.ranking import ranks_of
from entryscore.result import Result
from entryscore.robustness.leaves import least_square, least_total, onto_simplex
from entryscore.robustness.rescored import numeric_ties
from entryscore.robustness.stability import roots, stability
from entryscore.robustness.swaps import smallest_swap
from tests.robustness.cases import scored
from tests.robustness.exact_cases import LOOSE, flat


def moved(result: Result, code: str, share: float) -> Result:
    """The index scored again with the node's share, the siblings in their proportions."""
    tree = result.tree
    node = tree.position(code)
    below = tree.children[int(tree.parents[node])]
    others = below[below != node]
    weights = result.weights.copy()
    weights[others] *= (1 - share) / weights[others].sum()
    weights[node] = share
    return entryscore.score(result.catalogue, result.table, result.methodology, weights=weights)


def places(result: Result, among: np.ndarray, top: int) -> tuple[object, object]:
    ranks = ranks_of(result.methodology.rounded(result.score), among)
    inside = np.flatnonzero(ranks <= top)
    return frozenset(inside.tolist()), tuple(zip(inside.tolist(), ranks[inside], strict=True))


@pytest.mark.parametrize("top", [1, 4])
@pytest.mark.parametrize("missing", ["reweight", "zero", "exclude"])
def test_inside_the_range_the_top_stays_and_beyond_it_does_not(missing: str, top: int) -> None:
    result = scored(18, 0.1, missing=missing, **LOOSE)
    found = stability(result, top)
    assert found["node"].tolist() == list(result.tree.codes[1:])
    base, step, ended = places(result, result.ranked, top), 1e-6, 0
    for row in found.dropna().itertuples():
        for what, (low, high) in enumerate(((row.low, row.high), (row.low_order, row.high_order))):
            assert low <= row.share <= high
            inside = np.linspace(max(low + 1e-7, 1e-9), min(high - 1e-7, 1 - 1e-9), 9)
            for share in inside:
                assert (
                    places(moved(result, row.node, share), result.ranked, top)[what] == base[what]
                )
            for share in (low - step, high + step):
                if 0 < share < 1:
                    ended += 1
                    after = places(moved(result, row.node, share), result.ranked, top)
                    assert after[what] != base[what]
    assert ended > 4


def test_an_only_child_cannot_move_and_a_weight_of_0_can_grow() -> None:
    found = stability(scored(12)).set_index("node")
    assert found.loc["e"].isna().tolist() == [False, True, True, True, True]
    assert found.loc["g", "share"] == 0
    assert found.loc["g", "low"] == 0
    gaps = np.exp(np.random.default_rng(1).normal(3, 1, (12, 7)))
    gaps[0, 6] = np.nan
    for missing, blank in (("zero", True), ("reweight", False)):
        found = stability(scored(values=gaps, missing=missing)).set_index("node")
        assert np.isnan(found.loc["g", "low"]) == blank


def test_ranges_by_hand() -> None:
    # a's share w: 100w, 50 + 10w, 40: the first two level at 5/9, the last leads none above 0.4
    result = flat([[100, 0], [60, 50], [40, 40]], Indicator("a", weight=3), Indicator("b"))
    found = stability(result, 1).set_index("node")
    np.testing.assert_allclose(found.loc["a"], [0.75, 5 / 9, 1, 5 / 9, 1])
    np.testing.assert_allclose(found.loc["b"], [0.25, 0, 4 / 9, 0, 4 / 9])
    two = stability(result, 2).set_index("node")
    np.testing.assert_allclose(two.loc["a"], [0.75, 0.4, 1, 5 / 9, 1])
    all_in = stability(result, 3).set_index("node")
    np.testing.assert_allclose(all_in.loc["a"], [0.75, 0, 1, 5 / 9, 1])


def test_ties_that_break_leave_no_room_and_equal_markets_do() -> None:
    # M1 and M2 are level only at these weights, M0 and M3 always
    result = flat([[90, 90], [80, 20], [20, 80], [90, 90], [0, 0]])
    assert result.ranks.tolist() == [1, 3, 3, 1, 5]
    found = stability(result, 4).set_index("node").loc["a"]
    np.testing.assert_allclose(found, [0.5, 0, 1, 0.5, 0.5])
    three = stability(result, 3).set_index("node").loc["a"]  # four share the best three places
    np.testing.assert_allclose(three, [0.5, 0.5, 0.5, 0.5, 0.5])
    first = stability(result, 1).set_index("node").loc["a"]  # two share the best
    np.testing.assert_allclose(first, [0.5, 0, 1, 0, 1])


def test_part_of_a_tie_may_break() -> None:
    # three share rank 2 at w = ½; to the right M1 leads, and M2, M3 (equal) are still 3rd or better
    result = flat([[99, 99], [80, 20], [50, 50], [50, 50], [0, 0]])
    found = stability(result, 3).set_index("node").loc["a"]
    np.testing.assert_allclose(found, [0.5, 0.5, 1, 0.5, 0.5])


def test_markets_without_a_rank_are_not_compared() -> None:
    values = [[100.0, 0.0], [60.0, 50.0], [70.0, 90.0]]
    free = flat(values, Indicator("a", weight=3), Indicator("b"))
    assert free.ranks[2] == 1 or free.ranks[0] == 1
    gated = Catalogue(
        (
            Indicator(
                "a", weight=3, normalisation="goalposts", goal_low=0, goal_high=100,
                gate=entryscore.catalogue.Gate.parse("!= 70"),
            ),
            Indicator("b", normalisation="goalposts", goal_low=0, goal_high=100),
        )
    )  # fmt: skip
    codes = ("A", "B", "C")
    result = entryscore.score(gated, MarketTable(codes, codes, ("",) * 3, np.array(values)))
    assert np.isnan(result.ranks[2])
    np.testing.assert_allclose(stability(result, 1)["low"][0], 5 / 9)


def test_stability_needs_arithmetic_means_and_no_filled_scores() -> None:
    with pytest.raises(UsageError, match="geometric"):
        stability(scored(aggregation="geometric", normalisation="percentile_rank"))
    catalogue = Catalogue((Indicator("a", parent="p"), Indicator("b")), (Pillar("p"),))
    table = MarketTable(
        ("A", "B", "C"), ("A", "B", "C"), ("x",) * 3, np.array([[1, 2.0], [np.nan, 3], [4, 1]])
    )
    result = entryscore.score(catalogue, table, Methodology(group_fill=True, min_coverage=0.0))
    with pytest.raises(UsageError, match="group_fill"):
        stability(result)
    swap = smallest_swap(result, "A", "B")
    assert swap.numeric
    assert swap.total is None
    assert "group_fill" in swap.reason


def test_roots_of_polynomials() -> None:
    c = np.array([[2, -3, 1], [1, 2, 0], [1, 0, 1], [0.25, -1, 1], [0, 1, 1e-9]], dtype=float).T
    found = roots(c)
    assert sorted(found[:, 0]) == [1, 2]
    assert found[np.isfinite(found[:, 1]), 1].tolist() == [-0.5]
    assert not np.isfinite(found[:, 2]).any()
    np.testing.assert_allclose(found[:, 3], [0.5, 0.5])
    assert 0 in found[:, 4]


@pytest.mark.parametrize("missing", ["reweight", "zero"])
def test_ties_of_single_nodes_are_ties_when_scored_again(missing: str) -> None:
    result = scored(14, 0.1, missing=missing, **LOOSE)
    codes, order, seen = result.table.codes, result.order, 0
    for near, far in ((0, 1), (1, 4), (3, 9)):
        swap = smallest_swap(result, codes[order[far]], codes[order[near]])
        a, b = (codes.index(code) for code in (swap.ahead, swap.behind))
        assert result.score[a] - result.score[b] == swap.lead >= 0
        assert not swap.numeric
        assert swap.nodes["change"].abs().is_monotonic_increasing
        for row in swap.nodes.itertuples():
            again = moved(result, row.node, min(max(row.tie, 1e-12), 1 - 1e-12))
            np.testing.assert_allclose(again.score[a], again.score[b], atol=1e-7)
            between = np.linspace(row.share, row.tie, 20)[1:-1]
            for share in between:  # none is nearer
                nearer = moved(result, row.node, share)
                assert nearer.score[a] > nearer.score[b]
            seen += 1
    assert seen > 6


def test_the_grid_finds_what_the_formula_does() -> None:
    result = scored(14, 0.1, **LOOSE)
    codes, order = result.table.codes, result.order
    for near, far in ((0, 1), (2, 5), (4, 8)):
        exact = smallest_swap(result, codes[order[near]], codes[order[far]]).nodes
        rows = numeric_ties(result, order[[near, far]])
        by_node = {node: tie for node, _, tie in rows}
        assert set(by_node) == set(exact["node"])
        for row in exact.itertuples():
            np.testing.assert_allclose(by_node[row.node], row.tie, atol=1e-9)


@pytest.mark.parametrize("aggregation", ["geometric", "harmonic", "minimum", "copeland"])
def test_other_aggregations_by_scoring_again(aggregation: str) -> None:
    result = scored(14, aggregation=aggregation, normalisation="percentile_rank")
    codes, order = result.table.codes, result.order
    swap = smallest_swap(result, codes[order[3]], codes[order[4]])
    assert swap.numeric
    assert swap.total is None
    assert swap.square is None
    assert aggregation in swap.reason
    a, b = (codes.index(code) for code in (swap.ahead, swap.behind))
    assert aggregation == "minimum" or len(swap.nodes) > 0  # a minimum has no weights
    for row in swap.nodes.itertuples():
        side = np.sign(row.change) * 1e-9
        before, after = (moved(result, row.node, row.tie + x) for x in (-side, side))
        assert before.score[a] >= before.score[b] - 1e-6
        assert after.score[a] <= after.score[b] + 1e-6


def test_two_indicators_by_hand() -> None:
    # 60w + 40(1-w) against 20w + 70(1-w): level at 3/7, now ½
    result = flat([[60, 40], [20, 70], [10, 10]])
    swap = smallest_swap(result, "M1", "M0")
    assert (swap.ahead, swap.behind) == ("M0", "M1")
    np.testing.assert_allclose(swap.lead, 5)
    np.testing.assert_allclose(swap.nodes[["share", "tie", "change"]], [
        [0.5, 3 / 7, -1 / 14], [0.5, 4 / 7, 1 / 14],
    ])  # fmt: skip
    assert swap.total is not None
    assert swap.square is not None
    np.testing.assert_allclose(swap.total.size, 1 / 7)
    np.testing.assert_allclose(swap.square.size, 2**0.5 / 14)
    for change in (swap.total, swap.square):
        np.testing.assert_allclose(change.weights["before"], [0.5, 0.5])
        np.testing.assert_allclose(change.weights["after"], [3 / 7, 4 / 7])
    never = smallest_swap(result, "M0", "M2")
    assert never.nodes.empty
    assert never.total is None
    assert never.reason == "the one behind is ahead in no indicator"


def test_level_markets_need_no_change() -> None:
    result = flat([[60, 40], [40, 60], [0, 0]])
    swap = smallest_swap(result, "M0", "M1")
    assert swap.lead == 0
    assert swap.nodes["change"].tolist() == [0, 0]
    assert swap.total is not None
    assert swap.square is not None
    assert swap.total.size == swap.square.size == 0


def test_no_change_of_all_weights_is_smaller() -> None:
    rng = np.random.default_rng(11)
    for k in (2, 3, 6, 20):
        for _ in range(15):
            before, d = rng.dirichlet(np.ones(k)), rng.normal(size=k)
            d *= np.sign(before @ d)
            d[rng.integers(k)] -= 2 * (d.min() >= 0) * d.max()
            d *= np.sign(before @ d)
            total, square = least_total(before, d), least_square(before, d)
            for after in (total, square):
                np.testing.assert_allclose([after.sum(), after @ d], [1, 0], atol=1e-12)
                assert after.min() >= 0
            equal = np.stack((np.ones(k), d))
            by_lp = linprog(
                np.ones(2 * k), A_ub=np.hstack((-np.eye(k), np.eye(k))), b_ub=before,
                A_eq=np.hstack((equal, -equal)), b_eq=[0, -before @ d],
            )  # fmt: skip
            np.testing.assert_allclose(np.abs(total - before).sum(), by_lp.fun, atol=1e-9)
            by_qp = minimize(
                lambda v, w=before: ((v - w) ** 2).sum(), total, method="SLSQP",
                jac=lambda v, w=before: 2 * (v - w), bounds=[(0, 1)] * k,
                constraints={"type": "eq", "fun": lambda v, e=equal: e @ v - [1, 0],
                             "jac": lambda v, e=equal: e},
                options={"ftol": 1e-14},
            )  # fmt: skip
            np.testing.assert_allclose(((square - before) ** 2).sum(), by_qp.fun, atol=1e-7)


def test_the_nearest_point_of_the_simplex() -> None:
    np.testing.assert_allclose(onto_simplex(np.array([0.2, 0.3])), [0.45, 0.55])
    np.testing.assert_allclose(onto_simplex(np.array([2.0, 0.5, -1.0])), [1, 0, 0])


def as_tree(result: Result, leaves: dict[str, float]) -> np.ndarray:
    """Weights (nodes) that give the indicators these weights in the index."""
    weights = np.zeros(len(result.tree.codes))
    for code, weight in leaves.items():
        for node in result.tree.path(result.tree.position(code)):
            weights[node] += weight
    weights[0] = 1.0
    return weights


def test_all_indicators_of_a_deep_tree_scored_again() -> None:
    result = scored(14)
    codes, order = result.table.codes, result.order
    swap = smallest_swap(result, codes[order[1]], codes[order[6]])
    a, b = (codes.index(code) for code in (swap.ahead, swap.behind))
    for change in (swap.total, swap.square):
        assert change is not None
        frame = change.weights
        leaves = dict(zip(frame["indicator"], frame["after"], strict=True))
        assert "g" not in leaves  # no weight declared
        again = entryscore.score(
            result.catalogue, result.table, result.methodology, weights=as_tree(result, leaves)
        )
        np.testing.assert_allclose(again.score[a], again.score[b], atol=1e-9)
    assert swap.total is not None
    assert swap.square is not None
    assert swap.total.size <= np.abs(
        swap.square.weights["after"] - swap.square.weights["before"]
    ).sum() + 1e-12  # fmt: skip


def test_all_indicators_where_the_same_is_missing() -> None:
    nan = np.nan
    rows = [[80, 20, 50, nan], [30, 90, 40, nan], [30, nan, 90, 10], [0, 0, 0, 0]]
    result = flat(rows, **LOOSE)
    swap = smallest_swap(result, "M0", "M1")
    for change in (swap.total, swap.square):
        assert change is not None
        weights = np.append(1.0, change.weights["after"])
        again = entryscore.score(
            result.catalogue, result.table, result.methodology, weights=weights
        )
        np.testing.assert_allclose(again.score[0], again.score[1], atol=1e-9)
    other = smallest_swap(result, "M0", "M2")
    assert other.total is None
    assert "missing" in other.reason
    assert len(other.nodes) > 0


def test_gaps_within_a_pillar_leave_all_indicators_unanswered() -> None:
    values = np.exp(np.random.default_rng(1).normal(3, 1, (12, 7)))
    values[:2, 0] = np.nan  # a, one of the two below p
    result = scored(values=values, **LOOSE)
    assert "missing" in smallest_swap(result, "M000", "M001").reason
    values[:2, 1] = np.nan  # all of p, a child of the index
    result = scored(values=values, **LOOSE)
    swap = smallest_swap(result, "M000", "M001")
    assert swap.reason in ("", "the one behind is ahead in no indicator")


def test_a_market_without_a_rank() -> None:
    with pytest.raises(UsageError, match="XX has no rank"):
        smallest_swap(flat([[1, 2], [2, 1]]), "M0", "XX")
