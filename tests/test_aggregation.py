import numpy as np
import pytest

from entryscore.aggregation import AGGREGATIONS, Missing, aggregate_node, function_of
from entryscore.ranking import ranks_of

NAN = np.nan


X, W = np.array([[2.0, 8.0, NAN, -5.0]]), np.array([[1.0, 3.0, 0.0, 0.0]])
GOLDEN = {
    "arithmetic": 26 / 4,
    "geometric": (2 * 8**3) ** 0.25,
    "harmonic": 4 / (1 / 2 + 3 / 8),
    "power": ((4 + 3 * 64) / 4) ** 0.5,  # p = 2
    "minimum": 2,
    "median": 8,
    "copeland": 0,  # one market alone; more below
}


@pytest.mark.parametrize("name", AGGREGATIONS)
def test_golden(name: str) -> None:
    function = function_of(name, 2.0)
    assert function(X, W)[0] == pytest.approx(GOLDEN[name], rel=1e-14)
    assert np.isnan(function(X, 0 * W)[0])


@pytest.mark.parametrize(("p", "same"), [(0.0, "geometric"), (-1.0, "harmonic")])
def test_powers_with_a_name(p: float, same: str) -> None:
    assert function_of("power", p)(X, W)[0] == pytest.approx(GOLDEN[same], rel=1e-14)


def test_the_median_at_exactly_half_is_the_midpoint() -> None:
    median = function_of("median")
    x = np.array([[1.0, 5.0, 100.0, 3.0]])
    assert median(x, np.array([[0.1, 0.2, 0.3, 0.0]])) == (5 + 100) / 2
    assert median(x, np.array([[1.0, 1.0, 1.0, 1.0]])) == 4


@pytest.mark.parametrize("name", ["geometric", "harmonic"])
def test_zero_absorbs_and_a_weight_of_zero_does_not(name: str) -> None:
    function, x = function_of(name), np.array([[0.0, 8.0]])
    assert function(x, np.array([[1.0, 1.0]]))[0] == 0
    assert function(x, np.array([[0.0, 1.0]]))[0] == pytest.approx(8)


def test_high_powers_do_not_overflow() -> None:
    x, w = np.array([[1e3, 2e3]]), np.ones((1, 2))
    assert function_of("power", 500.0)(x, w)[0] == pytest.approx(2e3, rel=1e-2)
    assert function_of("power", -500.0)(x, w)[0] == pytest.approx(1e3, rel=1e-2)


def test_copeland_by_hand() -> None:
    copeland = function_of("copeland")
    x = np.array([[3.0, 1, 2], [2, 3, 1], [1, 2, 3], [0, 0, 0], [9, 9, 9]])
    w = np.ones((5, 3))
    w[4] = 0
    np.testing.assert_array_equal(copeland(x, w), [1, 1, 1, -3, NAN])  # a cycle, and a loser


def test_copeland_ties_are_exact_and_pairs_use_what_both_have() -> None:
    copeland = function_of("copeland")
    w = np.array([0.1, 0.2, 0.3])  # 0.1 + 0.2 != 0.3 in floating point
    assert copeland(np.array([[1.0, 1, 0], [0, 0, 1]]), np.tile(w, (2, 1))).tolist() == [0, 0]
    x = np.array([[5.0, NAN, 9], [4, 7, NAN], [NAN, 8, NAN]])
    assert copeland(x, np.where(np.isnan(x), 0.0, w)).tolist() == [1, -2, 1]


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        (Missing("reweight", 0.6), [2, 1, NAN, NAN]),
        (Missing("reweight", 0.4), [2, 1, 3, NAN]),
        (Missing("reweight", 0.0), [2, 1, 3, NAN]),
        (Missing("zero"), [2, 0, 0, 0]),
        (Missing("exclude"), [2, NAN, NAN, NAN]),
    ],
)
def test_missing_parts(missing: Missing, expected: list[float]) -> None:
    x = np.array([[1.0, 3, 7], [1, NAN, NAN], [NAN, 3, NAN], [NAN, NAN, 7]])
    weights = np.array([0.6, 0.4, 0.0]) if missing.policy == "reweight" else np.array([1.0, 1, 0])
    expected = [1.8, *expected[1:]] if missing.policy == "reweight" else expected
    score, coverage = aggregate_node(x, weights, function_of("arithmetic"), missing)
    np.testing.assert_allclose(score, expected)
    assert coverage[3] == 0


def test_ranks_share_the_best_place() -> None:
    ranks = ranks_of(np.array([[1.0, 3, 3, 5, NAN]]), np.array([True, True, True, False, True]))
    np.testing.assert_array_equal(ranks, [[3, 1, 1, NAN, NAN]])
