"""The nearest point and the cheapest one, against another solver."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from entryscore.weighting.programmes import SolverError, cheapest, cheapest_whole, nearest

NONE = np.zeros((0, 2)), np.zeros(0)


@pytest.mark.parametrize("seed", range(30))
def test_nearest_against_a_general_solver(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 8)), int(rng.integers(1, 15))
    inside, to = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(n))
    rows = np.vstack((rng.normal(size=(m, n)), np.eye(n)))
    slack = rng.random(m) * 0.05 * (rng.random(m) < 0.7)  # some rows are tight there
    low = np.append(rows[:m] @ inside - slack, np.zeros(n))
    one = np.ones((1, n))
    found = nearest(to, rows, low, one, np.ones(1))
    assert found is not None
    assert (rows @ found >= low - 1e-7).all()
    np.testing.assert_allclose(found.sum(), 1)
    other = minimize(
        lambda x: ((x - to) ** 2).sum(), inside, jac=lambda x: 2 * (x - to), method="SLSQP",
        constraints=[{"type": "ineq", "fun": lambda x: rows @ x - low, "jac": lambda _: rows},
                     {"type": "eq", "fun": lambda x: x.sum() - 1, "jac": lambda _: one}],
        options={"ftol": 1e-14, "maxiter": 500},
    )  # fmt: skip
    np.testing.assert_allclose(np.linalg.norm(found - to), other.fun**0.5, atol=1e-6)


def test_nearest_by_hand_and_none() -> None:
    to = np.array([0.0, 0.0])
    np.testing.assert_allclose(
        nearest(to, np.array([[1.0, 1.0]]), np.array([2.0]), *NONE), [1.0, 1.0]
    )
    inside = nearest(to, np.eye(2), np.array([-1.0, -1.0]), *NONE)
    np.testing.assert_array_equal(inside, to)
    rows = np.array([[1.0, 0.0], [-1.0, 0.0]])
    assert nearest(to, rows, np.array([2.0, -1.0]), *NONE) is None
    assert nearest(to, np.eye(2), np.ones(2), np.ones((1, 2)), np.ones(1)) is None


def test_cheapest() -> None:
    one = np.ones((1, 2)), np.ones(1)
    costs, rows = np.array([1.0, 3.0]), np.array([[0.0, 1.0]])
    np.testing.assert_allclose(cheapest(costs, rows, np.array([0.25]), *one), [0.75, 0.25])
    assert cheapest(costs, rows, np.array([2.0]), *one) is None
    capped = cheapest(-costs, rows, np.zeros(1), *NONE, np.array([2.0, 5.0]))
    np.testing.assert_allclose(capped, [2, 5])
    with pytest.raises(SolverError):
        cheapest(-costs, rows, np.array([0.0]), *NONE)


def test_cheapest_in_whole_numbers() -> None:
    costs, rows, most, whole = np.array([1.0, 3.0]), np.array([[0.0, 1.0]]), np.ones(2), np.ones(2)
    found, proven = cheapest_whole(costs, rows, np.array([0.5]), *NONE, most, whole, 10)
    assert proven
    np.testing.assert_allclose(found, [0, 1])
    assert cheapest_whole(costs, rows, np.array([2.0]), *NONE, most, whole, 10) == (None, True)


def test_a_limit_of_nodes_leaves_it_unproven() -> None:
    rng = np.random.default_rng(3)
    rows, most = rng.integers(1, 60, (12, 40)).astype(float), np.ones(40)
    low, costs = rows.sum(axis=1) / 2, rng.integers(20, 40, 40).astype(float)
    equal = np.zeros((0, 40)), np.zeros(0)
    found, proven = cheapest_whole(costs, rows, low, *equal, most, most, 1)
    assert not proven
    assert found is None or (rows @ found >= low - 1e-6).all()
