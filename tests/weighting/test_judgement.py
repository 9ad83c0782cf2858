"""Weights from judgements, on published worked examples and by hand."""

from itertools import product

import numpy as np
import pytest

from entryscore.problems import Findings
from entryscore.weighting import judgement
from entryscore.weighting.model import Judgement

NAN = np.nan
# Distance from Philadelphia: Cairo, Tokyo, Chicago, San Francisco, London, Montreal (Saaty 1977,
# A scaling method for priorities in hierarchical structures).
CITIES = np.array(
    [
        [1, 1 / 3, 8, 3, 3, 7],
        [3, 1, 9, 3, 3, 9],
        [1 / 8, 1 / 9, 1, 1 / 6, 1 / 5, 2],
        [1 / 3, 1 / 3, 6, 1, 1 / 3, 6],
        [1 / 3, 1 / 3, 5, 3, 1, 6],
        [1 / 7, 1 / 9, 1 / 2, 1 / 6, 1 / 6, 1],
    ]
)


def test_ahp_on_saatys_distances_of_cities() -> None:
    found = judgement.ahp(CITIES)
    published = [0.2619, 0.3975, 0.0334, 0.1164, 0.1642, 0.0266]  # Harker 1987, table 1
    np.testing.assert_allclose(found.weights, published, atol=5e-5)
    assert found.lambda_max == pytest.approx(6.45, abs=5e-3)
    assert found.cr == pytest.approx((found.lambda_max - 6) / 5 / 1.24)


def test_ahp_of_consistent_judgements_is_their_weights() -> None:
    weights = np.array([0.5, 0.3, 0.2])
    found = judgement.ahp(weights[:, None] / weights)
    np.testing.assert_allclose(found.weights, weights)
    assert found.cr == pytest.approx(0, abs=1e-12)
    assert judgement.triads(weights[:, None] / weights) == []


def test_three_things_by_hand() -> None:
    """Of three, lambda_max = 1 + q + 1/q with q = (a12 a23 a31)^(1/3), and the eigenvector is the
    rows' geometric means."""
    matrix = np.array([[1, 2, 8], [1 / 2, 1, 9], [1 / 8, 1 / 9, 1]])
    found = judgement.ahp(matrix)
    q = (2 * 9 / 8) ** (1 / 3)
    assert found.lambda_max == pytest.approx(1 + q + 1 / q)
    assert found.cr == pytest.approx((q + 1 / q - 2) / 2 / 0.58)
    means = np.prod(matrix, axis=1) ** (1 / 3)
    np.testing.assert_allclose(found.weights, means / means.sum())
    assert judgement.triads(matrix) == [(0, 1, 2, pytest.approx(18 / 8))]


def test_two_things_never_contradict() -> None:
    found = judgement.ahp(np.array([[1, 4], [1 / 4, 1]]))
    np.testing.assert_allclose(found.weights, [0.8, 0.2])
    assert (found.ci, found.cr) == (0, 0)


def test_incomplete_by_harker() -> None:
    """A chain of two comparisons of three says all: 4 to 2 to 1 without contradiction."""
    found = judgement.ahp(np.array([[1, 2, NAN], [1 / 2, 1, 2], [NAN, 1 / 2, 1]]))
    np.testing.assert_allclose(found.weights, [4 / 7, 2 / 7, 1 / 7])
    assert found.lambda_max == pytest.approx(3)
    assert found.missing == 1


def test_incomplete_without_a_chain_names_the_pairs() -> None:
    matrix = np.eye(4) + np.where(np.eye(4), 0, NAN)
    matrix[0, 1], matrix[1, 0], matrix[2, 3], matrix[3, 2] = 2, 0.5, 3, 1 / 3
    assert judgement.unconnected(matrix) == [(0, 2), (0, 3), (1, 2), (1, 3)]
    with pytest.raises(ValueError, match="no chain"):
        judgement.ahp(matrix)
    assert judgement.unconnected(CITIES) == []


def test_the_worst_triads_first() -> None:
    found = judgement.triads(CITIES)
    assert len(found) == 3
    factors = {
        (i, j, k): max(f := CITIES[i, j] * CITIES[j, k] / CITIES[i, k], 1 / f)
        for i, j, k in product(range(6), repeat=3) if i < j < k
    }  # fmt: skip
    assert [f for *_, f in found] == pytest.approx(sorted(factors.values(), reverse=True)[:3])
    assert all(factors[i, j, k] == pytest.approx(f) for i, j, k, f in found)


def test_beyond_the_table_there_is_no_ratio() -> None:
    assert np.isnan(judgement.ahp(np.ones((16, 16))).cr)
    assert judgement.ahp(np.ones((15, 15))).ri == 1.59


def test_geometric_means_keep_the_reciprocal() -> None:
    a = np.array([[1, 4, NAN], [1 / 4, 1, NAN], [NAN, NAN, 1]])
    b = np.array([[1, 9, NAN], [1 / 9, 1, 2], [NAN, 1 / 2, 1]])
    both = judgement.combined([a, b])
    np.testing.assert_allclose(both, [[1, 6, NAN], [1 / 6, 1, 2], [NAN, 1 / 2, 1]])


@pytest.mark.parametrize(
    ("to_others", "to_worst", "weights", "xi"),
    [
        ([2, 1, 4, 2, 8], [4, 8, 2, 4, 1], [0.2105, 0.4211, 0.1053, 0.2105, 0.0526], 0),
        ([2, 1, 4, 3, 8], [4, 8, 2, 3, 1], [0.2295, 0.4481, 0.1148, 0.1530, 0.0546], 0.0109),
    ],
)
def test_best_worst_on_rezaeis_car(
    to_others: list[int], to_worst: list[int], weights: list[float], xi: float
) -> None:
    """Quality, price, comfort, safety, style: Rezaei 2016, tables 2 and 3, by the linear model."""
    found = judgement.best_worst(1, 4, np.array(to_others, float), np.array(to_worst, float))
    np.testing.assert_allclose(found.weights, weights, atol=5e-5)
    assert found.xi == pytest.approx(xi, abs=5e-5)
    assert found.cr == pytest.approx(1 / 56 if xi else 0)  # of safety: |3 · 3 - 8| / (64 - 8)


def test_no_weights_deviate_less_than_the_best_worst_ones() -> None:
    to_others, to_worst = np.array([1.0, 2, 7]), np.array([8.0, 3, 1])
    to_others[2] = 8
    best = judgement.best_worst(0, 2, to_others, to_worst)

    def deviation(w: np.ndarray) -> float:
        return max(np.abs(w[0] - to_others * w).max(), np.abs(w - to_worst * w[2]).max())

    assert deviation(best.weights) == pytest.approx(best.xi)
    others = np.random.default_rng(1).dirichlet(best.weights * 500, 2000)
    assert min(map(deviation, others)) >= best.xi


def test_rank_order_centroids() -> None:
    # Barron & Barrett 1996 for four: 0.5208, 0.2708, 0.1458, 0.0625
    np.testing.assert_allclose(
        judgement.rank_order(np.array([5.0, 9, 1, 2])), [0.2708, 0.5208, 0.0625, 0.1458], atol=5e-5
    )
    np.testing.assert_allclose(
        judgement.rank_order(np.array([0.1 + 0.2, 0.3, 5])),
        [(5 / 18 + 2 / 18) / 2] * 2 + [11 / 18],
    )
    np.testing.assert_allclose(judgement.rank_order(np.ones(3) * 1e-15), [1 / 3] * 3)


def test_points() -> None:
    shares = judgement.shared_points({"a": 30, "b": 10}, ["b", "a", "c"])
    np.testing.assert_allclose(shares, [0.25, 0.75, 0])
    assert np.isnan(judgement.shared_points({"a": 0}, ["a", "b"])).all()


def test_agreement_of_experts() -> None:
    same = np.array([[0.5, 0.3, 0.2], [0.6, 0.3, 0.1]])
    assert judgement.kendall_w(same) == pytest.approx(1)
    assert judgement.similarity(same) == pytest.approx(0.9)
    opposed = np.array([[0.5, 0.3, 0.2], [0.2, 0.3, 0.5]])
    assert judgement.kendall_w(opposed) == pytest.approx(0)
    assert judgement.similarity(opposed) == pytest.approx(0.7)
    tied = np.array([[0.4, 0.4, 0.2], [0.4, 0.4, 0.2]])
    assert judgement.kendall_w(tied) == pytest.approx(1)
    assert np.isnan(judgement.kendall_w(np.full((3, 4), 0.25)))


def test_contradictions_are_reported_at_the_later_row() -> None:
    rows = [
        Judgement("p", "a", "b", 3, "", "D2"),
        Judgement("p", "b", "a", 0.33, "", "D3"),  # the same, rounded
        Judgement("p", "b", "a", 3, "", "D4"),
        Judgement("p", "a", "b", 5, "Ann", "D5"),
        Judgement("q", "a", "b", 5, "", "D6"),
        Judgement("p", "a", "b", 4, "Ann", "D7"),
    ]
    found = Findings()
    judgement.contradictions(rows, found)
    assert [p.where for p in found.problems] == ["D4", "D7"]
    assert "b over a is 3 here, and 0.3333 in D2" in found.problems[0].message
