"""The analysis by hand."""

from dataclasses import replace

import numpy as np
import pytest

import entryscore
from entryscore import analysis
from entryscore.catalogue import Catalogue, Indicator, Pillar
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.result import Result

NAN = float("nan")


def scored(values: list[list[float]], weight: float = 1.0) -> Result:
    catalogue = Catalogue(
        (Indicator("a", parent="p", weight=weight), Indicator("b", parent="p"), Indicator("c")),
        (Pillar("p"),),
    )
    codes = tuple("ABCDE"[: len(values)])
    table = MarketTable(codes, codes, ("x", "x", "y", "y", "y")[: len(values)], np.array(values))
    return entryscore.score(catalogue, table, Methodology(min_coverage=0.0))


ROWS = [[0.0, 10.0, 0.0], [1, 8, 1], [2, 6, 2], [3, NAN, 4], [4, 0, 4]]


def test_statistics() -> None:
    found = analysis.statistics(scored(ROWS))
    assert found.loc["b", "available"] == 4
    assert found.loc["b", "share_available"] == 0.8
    assert found.loc["c", "constant_share"] == 0.4
    assert found.loc["c", ["zero_share", "unique_share"]].tolist() == [0.2, 0.8]
    assert found.loc["b", "zero_share"] == 0.25
    assert found.loc["a", "sd"] == pytest.approx(2.5**0.5)
    assert not found["outlier"].any()
    strict = replace(scored(ROWS), methodology=Methodology(skew_limit=0.1, kurtosis_limit=-9))
    assert analysis.statistics(strict)["outlier"].tolist() == [False, True, False]


def test_availability_by_count() -> None:
    found = analysis.availability(scored(ROWS))
    assert found.loc["A"].tolist() == [0, 2, 1, 2 / 3]
    assert found.loc["D"].tolist() == [1, 0, 2 / 3, 0]
    imputed = replace(scored(ROWS), imputed=np.ones((5, 3)))
    assert analysis.availability(imputed, "imputed")["missing"].tolist() == [0] * 5


def test_indicators_beside_denominators() -> None:
    catalogue = Catalogue(
        (Indicator("a", scale_by="gdp"), Indicator("b"), Indicator("gdp", role="denominator"))
    )
    values = np.array([[1.0, 3.0, 1.0], [4, 1, 2], [6, 2, 3], [8, NAN, 4]])
    table = MarketTable(tuple("ABCD"), tuple("ABCD"), ("",) * 4, values)
    result = entryscore.score(catalogue, table, Methodology(min_coverage=0.0))
    found = analysis.denominator_correlations(result)
    # a - mean: -3.75, -0.75, 1.25, 3.25; gdp - mean: -1.5, -0.5, 0.5, 1.5
    assert found.loc["a", "gdp"] == pytest.approx(11.5 / (26.75 * 5) ** 0.5)
    assert found.loc["b", "gdp"] == pytest.approx(-0.5)
    assert found.shape == (2, 1)


def test_outranking_is_over_what_two_markets_share() -> None:
    found = analysis.outranking(scored([[1.0, 2, NAN], [2, 2, 1], [NAN, NAN, 3], [0, 1, 2]]))
    # Effective weights a ¼, b ¼, c ½: A and B share a (B ahead) and b (a tie), A and C nothing.
    assert found.loc["A", "B"] == pytest.approx(0.25)
    assert found.loc["B", "D"] == pytest.approx(0.5)
    assert found.loc["C", "B"] == 1
    assert np.isnan(found.loc["A", "C"])
    both = found + found.T
    np.testing.assert_allclose(both.to_numpy()[both.notna()], 1)
    assert (np.diag(found) == 0.5).all()


@pytest.mark.parametrize("kind", ["pearson", "spearman", "kendall"])
def test_correlations_are_flagged(kind: analysis.Kind) -> None:
    found = analysis.correlations(scored(ROWS), kind).set_index(["a", "b"])
    assert found.loc[("a", "b"), "r"] == pytest.approx(-1, abs=0.02)
    assert found.loc[("a", "b"), "high"]
    assert found.loc[("a", "b"), "negative"]
    assert found.loc[("c", "index"), "relation"] == "parent"
    assert found.loc[("a", "c"), ["relation", "within"]].tolist() == ["across", "index"]
    expected = {"pearson": 11 / 128**0.5, "spearman": 9.5 / 95**0.5, "kendall": 9 / 90**0.5}
    assert found.loc[("a", "c"), "r"] == pytest.approx(expected[kind])


def test_alpha_and_components_of_two_equal_columns() -> None:
    result = scored([[i, i, j] for i, j in ((0.0, 1.0), (1, 0), (2, 3))])
    assert analysis.cronbach_alpha(result).loc["p", "alpha"] == pytest.approx(1)
    shares, loadings = analysis.principal_components(result)
    assert shares.set_index("node").loc["p", "share"].tolist() == pytest.approx([1, 0])
    assert loadings.set_index("node").loc["p", "loading"].tolist() == pytest.approx([0.5**0.5] * 2)


def test_weights_and_effects() -> None:
    found = analysis.weights_and_effects(scored(ROWS, weight=3))
    assert found["declared_share"].tolist() == [0.75, 0.25, 0.5]
    assert found.loc["a", "effective_weight"] == pytest.approx(0.375)
    assert found["main_effect_linear"].between(0, 1).all()
    assert found["main_effect_binned"].between(0, 1).all()


def test_strengths_and_weaknesses() -> None:
    best = analysis.strengths(scored(ROWS), "C", 9)
    assert best["rank"].tolist() == [3, 3, 3]
    assert best.loc["b", "rank_in_group"] == 1
    assert analysis.weaknesses(scored(ROWS), "A", 1)["rank"].tolist() == [5]


def test_similar_markets_compare_what_both_have() -> None:
    found = analysis.similar_markets(scored(ROWS), "D", 2)
    assert found.index[0] == "E"
    assert found["shared_weight"].tolist() == pytest.approx([0.75, 0.75])
    assert found["distance"].iloc[0] == pytest.approx((0.25 * 25**2 / 0.75) ** 0.5)


def test_leave_one_out_and_compare() -> None:
    result = scored(ROWS)
    scores, ranks = analysis.leave_one_out(result, 1)
    np.testing.assert_allclose(scores["p"], result.normalised[:, 2])
    assert ranks["p"].tolist() == [5, 4, 3, 1, 1]
    table, tau = analysis.compare(result, result)
    assert tau == pytest.approx(1)
    assert not table["difference"].any()


def test_alpha_that_gaps_make_meaningless_is_not_given() -> None:
    gap = scored([[1.0, 40.0, 0.0], [3, 20, 1], [5, 0, 2], [2, NAN, 3]])
    assert np.isnan(analysis.cronbach_alpha(gap).loc["p", "alpha"])  # the sum is negative
    one = replace(gap, scores=gap.scores[:1])
    assert analysis.cronbach_alpha(one)["alpha"].isna().all()


def test_a_node_leaves_with_its_only_part() -> None:
    catalogue = Catalogue((Indicator("a", parent="p"), Indicator("c")), (Pillar("p"),))
    table = MarketTable(("A", "B"), ("A", "B"), ("", ""), np.array([[0.0, 4.0], [1, 3]]))
    result = entryscore.score(catalogue, table)
    assert analysis.leave_one_out(result, 2)[0]["a"].tolist() == [100, 0]
    assert analysis.leave_one_out(result, 1)[0]["p"].tolist() == [100, 0]
