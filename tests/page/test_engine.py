"""The page's arithmetic is the engine's: the very script, in a browser, on drawn indices."""

from dataclasses import replace

import numpy as np
import pytest

from entryscore.contribution import spread_weights
from entryscore.page import embedded
from entryscore.page.content import LIVE, page_content
from entryscore.pipeline import score
from entryscore.report.model import Report
from tests.page import cases

EXACT = {"rtol": 0, "atol": 1e-9, "equal_nan": True}
POLICIES = [
    {"missing": "reweight"}, {"missing": "reweight", "min_coverage": 0.0},
    {"missing": "exclude", "group_fill": True}, {"missing": "zero"},
    {"missing": "reweight", "min_coverage": 0.9, "group_fill": True, "min_total_coverage": 0.8},
    {"missing": "reweight", "rank_decimals": 0, "imputation": "group_median"},
]  # fmt: skip


@pytest.fixture(scope="module")
def engine(chromium):
    """Scores (markets × nodes), ranks and coverage from the script alone."""
    from entryscore import page

    tab = chromium.new_page()
    tab.add_script_tag(content=page._read("engine.js").replace("const Engine", "var Engine"))

    def run(result, sets):
        data = page_content(Report(result), {})
        order = np.argsort(np.argsort(result.table.codes))  # the page sorts by code
        given = {key: data[key] for key in ("nodes", "markets", "settings")}
        answers = tab.evaluate(
            "([index, sets]) => sets.map((w) => { const a = Engine.run(index, w);"
            " return [a.scores, a.ranks, a.coverage, a.weightless]; })",
            [given, [list(w) for w in sets]],
        )
        return [
            (
                np.array(scores, dtype=float).T[order],
                np.array(ranks, dtype=float)[order],
                np.array(coverage, dtype=float)[order],
                without,
            )
            for scores, ranks, coverage, without in answers
        ]

    yield run
    tab.close()


def assert_same(engine, result, sets):
    for weights, (scores, ranks, coverage, without) in zip(sets, engine(result, sets), strict=True):
        expected = score(result.catalogue, result.table, result.methodology, weights=weights)
        np.testing.assert_allclose(scores, expected.scores, **EXACT)
        np.testing.assert_array_equal(ranks, expected.ranks)
        np.testing.assert_allclose(coverage, expected.coverage, **EXACT)
        assert without == []


@pytest.mark.parametrize("policy", POLICIES, ids=str)
@pytest.mark.parametrize("aggregation", sorted(LIVE))
def test_scores_and_ranks(engine, aggregation, policy):
    if aggregation == "copeland" and policy["missing"] == "zero":
        policy = {"missing": "exclude"}  # the engine refuses zero there
    rng = np.random.default_rng(sorted(LIVE).index(aggregation))
    result = cases.result(seed=7, aggregation=aggregation, power=2.0, **policy)
    assert_same(engine, result, [cases.random_weights(result.tree, rng) for _ in range(12)])


@pytest.mark.parametrize("p", [-2.0, -1.0, 0.0, 0.5, 1.0, 3.0])
@pytest.mark.parametrize("gaps", [0.0, 0.3])
def test_powers(engine, p, gaps):
    rng = np.random.default_rng(3)
    result = cases.result(seed=11, gaps=gaps, aggregation="power", power=p)
    assert_same(engine, result, [cases.random_weights(result.tree, rng) for _ in range(8)])


@pytest.mark.parametrize("normalisation", ["z_score", "rank", "percentile_rank"])
def test_scales_with_negative_and_tied_scores(engine, normalisation):
    rng = np.random.default_rng(5)
    result = cases.result(seed=13, normalisation=normalisation, aggregation="median")
    assert_same(engine, result, [cases.random_weights(result.tree, rng) for _ in range(8)])


def test_equal_weights_tie_as_in_the_engine(engine):
    """The weighted median sits on exactly half here, and many scores are equal."""
    result = cases.result(seed=17, aggregation="median", gaps=0.0, normalisation="rank")
    ones = np.ones(len(result.tree.codes))
    assert len(np.unique(result.ranks)) < len(result.ranks)
    assert_same(engine, result, [ones, ones * 0.1, ones * 3])


@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_weights_within_a_market(chromium, policy):
    """What decides which indicators are strong or weak: gaps, zeros and filled scores included."""
    from entryscore import page

    result = cases.result(seed=29, gaps=0.3, **policy)
    data = page_content(Report(result), {})
    tab = chromium.new_page()
    tab.add_script_tag(content=page._read("engine.js").replace("const Engine", "var Engine"))
    found = tab.evaluate(
        "([index, weights]) => { const a = Engine.run(index, weights);"
        " return index.markets.map((_, m) => Engine.spread(index, a, m)); }",
        [{key: data[key] for key in ("nodes", "markets", "settings")}, list(result.weights)],
    )
    tab.close()
    expected = spread_weights(result)[np.argsort(result.table.codes)]
    np.testing.assert_allclose(np.array(found), expected, **EXACT)


def test_an_indicator_without_values_never_counts(engine):
    index = cases.catalogue()
    table = cases.table(index, 19)
    values = table.values.copy()
    values[:, index.position("d")] = np.nan
    result = score(index, replace(table, values=values))
    weights = result.weights.copy()
    weights[result.tree.position("p")] = 0.7
    assert weights[result.tree.position("d")] == 0
    assert_same(engine, result, [weights])


def test_no_score_where_all_weights_of_a_node_are_zero(engine):
    result = cases.result()
    weights = result.weights.copy()
    weights[result.tree.children[result.tree.position("r")]] = 0.0
    [(scores, ranks, _, without)] = engine(result, [weights])
    assert without == [result.tree.position("r")]
    assert np.isnan(scores[:, 0]).all()
    assert np.isnan(ranks).all()


def test_embedded_data_cannot_leave_its_element():
    text = embedded({"name": "</script><!-- & \u2028\u2029 é 中"})
    assert not set("<>&\u2028\u2029") & set(text)
    assert text.encode("utf-8").decode("utf-8").count("中") == 1
