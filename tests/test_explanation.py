"""Explanations by hand and by scoring again."""

import numpy as np
import pytest

import entryscore
from entryscore.catalogue import Catalogue, Gate, Indicator, Pillar
from entryscore.explanation import Explanation, is_near, own_points
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.problems import Findings
from entryscore.reaching import (
    _searched,
    goal,
    lead,
    next_rank,
    smallest_weight,
    top_five,
    value_changes,
)
from entryscore.rescoring import rescore, revived
from entryscore.resources import template
from entryscore.workbook.read import read_workbook


@pytest.fixture(scope="module")
def example():
    book = read_workbook(template("example.xlsx"))
    return entryscore.score(book.catalogue, book.table, book.methodology)


def small(**settings):
    catalogue = Catalogue(
        (
            Indicator("a", parent="p"),
            Indicator("b", parent="p", weight=3),
            Indicator("c", direction="lower_is_better", scale_by="n"),
            Indicator("n", role="denominator"),
        ),
        (Pillar("p"),),
    )
    values = np.array(
        [[1, 9, 2, 1], [2, 5, 6, 2], [np.nan, np.nan, 20, 4], [4, 1, 8, 1], [3, 2, 1, 1]]
    )
    groups = ("g", "g", "g", "", "")
    table = MarketTable(("A", "B", "C", "D", "E"), ("",) * 5, groups, values)
    return entryscore.score(catalogue, table, Methodology(**settings))


@pytest.mark.parametrize(
    "settings",
    [
        {}, {"missing": "zero"}, {"group_fill": True, "min_total_coverage": 0.0},
        {"aggregation": "geometric", "scale_low": 1.0}, {"normalisation": "z_score"},
        {"imputation": "mean"}, {"aggregation": "copeland"},
    ],
    ids=str,
)  # fmt: skip
def test_points_add_up_to_every_score_and_difference(settings):
    result = small(**settings)
    scored = np.flatnonzero(~np.isnan(result.score))
    assert len(scored) >= 4
    for market in scored:
        told = Explanation(result, int(market), int(scored[0]))
        assert told.parts["points"].sum() == pytest.approx(result.score[market])
        gap = result.score[market] - result.score[scored[0]]
        assert told.difference["difference"].sum() == pytest.approx(gap, abs=1e-9)


def test_a_score_filled_from_the_group_brings_its_own_points():
    result = small(group_fill=True, min_total_coverage=0.0)
    parts = Explanation(result, 2).parts.set_index("code")
    assert result.filled[2, result.tree.position("p")]
    assert parts.loc["p", "points"] == pytest.approx(result.scores[2, 1] / 2)
    assert parts.loc[["a", "b"], "points"].tolist() == [0, 0]
    assert own_points(result)[0, 1] == 0  # not filled: its children bring all


def test_edges_are_weight_times_distance_from_the_median():
    result = small()
    part = Explanation(result, 0).parts.set_index("code").loc["b"]
    # b: 9, 5, -, 1, 2 score 100, 50, -, 0, 12.5; the median is 31.25, in g 75; weight 1/2 * 3/4
    assert (part["median_score"], part["group_median_score"]) == (31.25, 75)
    assert (part["median"], part["group_median"]) == (3.5, 7)
    assert part["edge"] == pytest.approx(0.375 * 68.75)
    assert part["group_edge"] == pytest.approx(0.375 * 25)
    assert (part["rank"], part["of"]) == (1, 4)


def test_strengths_and_weaknesses_never_overlap(example):
    for market in np.flatnonzero(example.ranked)[:20]:
        told = Explanation(example, int(market))
        assert not set(told.strengths()["code"]) & set(told.weaknesses()["code"])
        assert (told.strengths()["edge"] > 0).all()
        assert told.strengths()["edge"].is_monotonic_decreasing


@pytest.mark.parametrize(
    ("condition", "value", "near"),
    [
        (">= 100", 109.9, True), (">= 100", 111, False), (">= 100", 90, True),
        ("< 0", 0.01, False), ("< -10", -10.5, True), ("= yes", 1, False),
        (">= 100", float("nan"), False),
    ],
)  # fmt: skip
def test_near_a_gate(condition, value, near):
    assert is_near(Gate.parse(condition), value) is near


@pytest.mark.parametrize("code", ["VNM", "THA", "BGD", "AFG"])
def test_changes_reach_the_rank_and_less_does_not(example, code):
    market = example.table.codes.index(code)
    aim = next_rank(example, market)
    assert aim is not None
    assert aim.rank < example.ranks[market]
    assert len(aim.values)
    for _, row in aim.values.iterrows():
        column = example.catalogue.position(row["code"])
        for part, reached in ((1.0, True), (0.9, False)):
            values = example.table.values.copy()
            values[market, column] += part * row["change"]
            again = rescore(example, Findings(), values=values)
            assert (again.ranks[market] <= aim.rank) is np.bool_(reached), (row["code"], part)


def test_the_smallest_weight_reaches_the_rank_and_less_does_not(example):
    market = example.table.codes.index("VNM")
    for rank in (10, 5):
        change = smallest_weight(example, market, rank)
        for part, reached in ((1.0 + 1e-9, True), (0.98, False)):
            share = change.share + part * (change.needed - change.share)
            again = rescore(example, Findings(), weights=_weights(example, change.node, share))
            assert (lead(again, market, rank) >= -1e-9) is reached


def test_no_other_single_weight_does_it_with_less(example):
    market = example.table.codes.index("VNM")
    change = smallest_weight(example, market, 10)
    size = 0.98 * abs(change.needed - change.share)
    for node in example.tree.codes[1:]:
        own = example.shares[example.tree.position(node)]
        if own >= 1:
            continue
        for share in np.clip([own - size, own + size], 0, 1):
            again = rescore(example, Findings(), weights=_weights(example, node, share))
            assert again.ranks[market] > 10, (node, share)


def _weights(result, node, share):
    tree, weights = result.tree, result.weights.copy()
    place = tree.position(node)
    below = tree.children[tree.parents[place]]
    total = weights[below].sum()
    others = below[below != place]
    weights[others] *= (1 - share) * total / weights[others].sum()
    weights[place] = share * total
    return weights


def test_top_five_only_beyond_the_next_rank(example):
    order = [int(i) for i in example.order]
    assert top_five(example, order[4]) is None
    assert top_five(example, order[5]) is None  # rank 5 is the next one
    assert top_five(example, order[6]).rank == 5
    assert next_rank(example, order[0]) is None
    assert next_rank(example, order[-1]) is None  # not ranked


def test_values_are_changed_in_the_unit_after_the_denominator():
    result = small()
    # ranks by score; D: c = 8 per 1, the worst of 1, 2, 3, 5, 8
    market = 3
    aim = goal(result, market, int(result.ranks[market]) - 1)
    row = aim.values.set_index("code").loc["c"]
    assert row["value"] == 8
    assert row["change"] < 0
    values = result.table.values.copy()
    values[market, 2] = row["needed"]
    assert rescore(result, Findings(), values=values).ranks[market] == aim.rank


def test_valid_bounds_are_not_passed(example):
    market = example.table.codes.index("THA")
    frame, out = value_changes(example, market, 1)
    for code, needed in zip(frame["code"], frame["needed"], strict=True):
        top = example.catalogue[code].valid_max
        assert top is None or needed <= top
    assert set(frame["code"]) | set(out) <= set(example.tree.codes)


def test_what_has_no_value_keeps_its_weight_when_weights_are_changed():
    catalogue = Catalogue(
        (Indicator("a", parent="p"), Indicator("b", parent="q"), Indicator("c", parent="p")),
        (Pillar("p"), Pillar("q", weight=2)),
    )
    values = np.array([[1, np.nan, 3], [2, np.nan, 1]])
    table = MarketTable(("A", "B"), ("", ""), ("", ""), values)
    result = entryscore.score(catalogue, table)
    assert result.weights.tolist() == [1, 1, 1, 1, 0, 0]  # index, p, a, c, q, b
    assert revived(result, result.weights).tolist() == [1, 1, 1, 1, 2, 1]
    found = Findings()
    assert rescore(result, found, weights=result.weights).weights.tolist() == [1, 1, 1, 1, 0, 0]
    assert not found.problems


@pytest.mark.parametrize("aggregation", ["geometric", "median", "copeland"])
def test_weights_are_searched_where_they_are_no_plain_means(aggregation):
    book = read_workbook(template("example.xlsx"), {"aggregation": aggregation})
    result = entryscore.score(book.catalogue, book.table, book.methodology)
    market = result.table.codes.index("SRB")
    aim = int(np.max(result.ranks[result.ranks < result.ranks[market]]))
    change = smallest_weight(result, market, aim)
    again = rescore(result, Findings(), weights=_weights(result, change.node, change.needed))
    assert again.ranks[market] == change.rank <= aim
    assert bool(change.rival) is (aggregation == "geometric")


def test_the_search_finds_what_the_formula_says(example):
    market = example.table.codes.index("VNM")
    for rank in (10, 5):
        exact, found = smallest_weight(example, market, rank), _searched(example, market, rank)
        assert (found.node, found.rival) == (exact.node, exact.rival)
        assert found.needed == pytest.approx(exact.needed, abs=1e-9)
