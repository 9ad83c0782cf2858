"""Weights from the data: by hand, and what constant, negative, zero and few columns do."""

from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from entryscore.weighting import objective
from entryscore.weighting.objective import Unsuitable

X = np.array([[1.0, 4.0], [2.0, 4.0], [5.0, 2.0]])
UP = np.ones(2)
FUNCTIONS = {
    "entropy": objective.entropy,
    "critic": lambda x: objective.critic(x, np.where(np.arange(x.shape[1]) % 2, -1.0, 1.0)),
    "merec": lambda x: objective.merec(x, np.where(np.arange(x.shape[1]) % 2, -1.0, 1.0)),
    "standard_deviation": objective.standard_deviation,
    "pca": objective.pca,
}


def test_entropy_by_hand() -> None:
    p = np.array([[1 / 8, 0.4], [2 / 8, 0.4], [5 / 8, 0.2]])
    d = [1 + sum(share * log(share) for share in column) / log(3) for column in p.T]
    np.testing.assert_allclose(objective.entropy(X), np.array(d) / sum(d), rtol=1e-12)


def test_critic_by_hand() -> None:
    x = np.array([[0.0, 0, 4], [1, 2, 0], [2, 1, 2]])  # r: 0.5, -0.5 and -1; the same spread
    np.testing.assert_allclose(objective.critic(x, np.ones(3)), np.array([2, 2.5, 3.5]) / 8)
    reversed_third = objective.critic(x, np.array([1.0, 1, -1]))  # r: 0.5, 0.5 and 1
    np.testing.assert_allclose(reversed_third, np.array([1, 0.5, 0.5]) / 2)


def test_merec_by_hand() -> None:
    x = np.array([[1.0, 4.0], [2.0, 2.0]])  # the second is a cost: n = 1, 1; 0.5, 0.5
    weights = objective.merec(x, np.array([1.0, -1.0]))
    np.testing.assert_allclose(weights, [0.5, 0.5])
    x = np.array([[1.0, 1.0], [2.0, 4.0]])  # n = 1, 1; 0.5, 0.25
    whole, a, b = log(1 + log(8) / 2), log(1 + log(4) / 2), log(1 + log(2) / 2)
    np.testing.assert_allclose(
        objective.merec(x, UP), np.array([whole - a, whole - b]) / (2 * whole - a - b)
    )


def test_standard_deviation_by_hand() -> None:
    x = np.array([[0.0, 0], [1, 3], [2, 6]])
    np.testing.assert_allclose(objective.standard_deviation(x), [0.25, 0.75])


def test_pca_by_hand() -> None:
    x = np.array([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    np.testing.assert_allclose(objective.pca(x), [1 / 3] * 3)  # no component is the first
    x[:, 1] = x[:, 0] * 2
    np.testing.assert_allclose(objective.pca(x), [0.5, 0.5, 0], atol=1e-12)
    np.testing.assert_allclose(objective.loadings(x), [sqrt(0.5), sqrt(0.5), 0], atol=1e-12)
    x[:, 1] = -x[:, 0]
    assert np.prod(objective.loadings(x)[:2]) == pytest.approx(-0.5)
    assert objective.loadings(x).max() == pytest.approx(sqrt(0.5))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_constant_column_has_no_weight(name: str) -> None:
    with_constant = np.insert(X, 1, 0.1 + 0.2, axis=1)
    weights = FUNCTIONS[name](np.hstack([with_constant, X[:, :1] ** 2]))
    assert weights[1] == 0
    assert weights.sum() == pytest.approx(1)
    np.testing.assert_array_equal(FUNCTIONS[name](with_constant[:, :2]), [1, 0])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_all_constant_is_a_fault_of_every_column(name: str) -> None:
    with pytest.raises(Unsuitable, match="the same value") as caught:
        FUNCTIONS[name](np.full((4, 3), 0.3))
    assert [fault.column for fault in caught.value.faults] == [0, 1, 2]


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("rows", [0, 1])
def test_too_few_markets(name: str, rows: int) -> None:
    with pytest.raises(Unsuitable, match="fewer than two"):
        FUNCTIONS[name](X[:rows])


@pytest.mark.parametrize("name", ["entropy", "merec"])
def test_values_of_zero_or_less_are_faults_at_their_cells(name: str) -> None:
    with pytest.raises(Unsuitable, match=f"{name} weighs values above 0 only") as caught:
        FUNCTIONS[name](np.array([[1.0, 0], [-2, 3], [4, 5]]))
    assert [(f.row, f.column, f.values["value"]) for f in caught.value.faults] == [
        (0, 1, 0), (1, 0, -2),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["critic", "standard_deviation", "pca"])
def test_negative_values_are_weighed_as_any(name: str) -> None:
    x = np.array([[1.0, 4, 2], [2, 7, 1], [5, 2, 4], [3, 3, 9]])
    np.testing.assert_allclose(FUNCTIONS[name](x - 50), FUNCTIONS[name](x), rtol=1e-9)


def test_critic_refuses_perfect_correlation() -> None:
    x = np.array([[1.0, 30], [2, 20], [3, 10]])
    with pytest.raises(Unsuitable, match="perfectly correlated"):
        objective.critic(x, np.array([1.0, -1]))
    np.testing.assert_allclose(objective.critic(x, UP), [0.5, 0.5])


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_laws(name: str, data: st.DataObject) -> None:
    size = data.draw(st.tuples(st.integers(2, 9), st.integers(1, 5)))
    x = data.draw(arrays(float, size, elements=st.integers(1, 30).map(float)))
    function = FUNCTIONS[name]
    order = data.draw(st.permutations(range(len(x))))
    try:
        weights = function(x)
    except Unsuitable:
        with pytest.raises(Unsuitable):
            function(x[order])
        return
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1)
    np.testing.assert_allclose(function(x[order]), weights, rtol=0, atol=1e-9)
    if name != "standard_deviation":
        np.testing.assert_allclose(function(x * 7.3), weights, rtol=0, atol=1e-9)
