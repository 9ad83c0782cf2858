"""Cheapest, next best, budget, absence and deadline against all portfolios there are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from entryscore.partners.credit import concentration, shapley
from entryscore.partners.instance import Instance, describe, finish, is_portfolio, months_until
from entryscore.partners.portfolio import (
    Portfolio,
    best_few,
    cheapest,
    for_budget,
    frontier,
    levels,
    reachable,
    without,
)

CLOSE = 1e-9
KINDS = ("plain", "tied", "conflicts", "integer")


def random_instance(seed: int, types: int | None = None) -> Instance:
    """Every fourth with whole costs (ties), others with relations or conflicts; some circular."""
    rng = np.random.default_rng(seed)
    kind = KINDS[seed % 4]
    t = types or int(rng.integers(3, 11))
    c = int(rng.integers(1, 6))
    supply = np.where(rng.random((t, c)) < 0.45, rng.choice([0.2, 0.3, 0.4, 0.6, 0.8], (t, c)), 0)
    supply *= rng.choice([1.0, 0.7, 0.35], (t, 1))
    present = rng.random(t) < 0.9
    supply[~present] = 0
    if kind == "integer":
        supply[0], supply[1] = supply[t - 1], supply[t - 1]
        supply[:, 0] = np.where(supply[:, 0] > 0, 1.0, 0.0)
        present[:2] = present[t - 1]
    points = np.round(rng.random(c) * 2, 3)
    pairs = [(int(a), int(b)) for a, b in rng.integers(0, t, (3, 2)) if a < b]
    groups = [
        (int(a), tuple(int(i) for i in sorted(set(g) - {int(a)})))
        for a, g in zip(rng.integers(0, t, 3), rng.integers(0, t, (3, 3)), strict=True)
        if set(g) - {int(a)}
    ]
    return Instance(
        types=tuple(f"t{i:02}" for i in range(t)),
        capabilities=tuple(f"c{i}" for i in range(c)),
        supply=supply, present=present,
        cost=rng.integers(1, 5, t).astype(float) if kind == "integer" else rng.random(t) * 9,
        months=rng.integers(0, 7, t).astype(float),
        points=points, needed=points >= 0.4, level=float(rng.choice([0.3, 0.5, 0.7])),
        requires=tuple(pairs) if kind in ("tied", "integer") else (),
        requires_any=tuple(groups) if kind == "tied" else (),
        conflicts=tuple((a, b) for a, b in pairs) if kind == "conflicts" else (),
    )  # fmt: skip


def everything(case: Instance) -> np.ndarray:
    """Every portfolio there is."""
    t = len(case.types)
    held = (np.arange(2**t)[:, None] >> np.arange(t)) & 1 == 1
    held = held[~(held & ~case.present).any(axis=1)]
    for a, b in case.requires:
        held = held[~held[:, a] | held[:, b]]
    for a, group in case.requires_any:
        held = held[~held[:, a] | held[:, list(group)].any(axis=1)]
    for a, b in case.conflicts:
        held = held[~(held[:, a] & held[:, b])]
    if case.requires_any:
        held = held[[bool(np.isfinite(finish(case, row)[row]).all()) for row in held]]
    return held


def aimed(case: Instance, held: np.ndarray) -> np.ndarray:
    most = case.coverage(held).max(axis=0)
    return np.where(case.needed, np.where(most >= case.level - CLOSE, case.level, 0.9 * most), 0)


def enough(case: Instance, held: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    return held[(case.coverage(held) >= wanted - CLOSE).all(axis=1)]


def best_key(case: Instance, held: np.ndarray, wanted: np.ndarray) -> tuple[object, ...]:
    """Cost, then uplift, months and codes: what the answer must be."""
    costs = held @ case.cost
    cheap = held[costs <= costs.min() + CLOSE]
    return min(
        (-round(float(case.uplift(row)), 9), months_until(case, row, wanted), describe(case, row))
        for row in cheap
    )


@pytest.mark.parametrize("seed", range(320))
def test_against_all_portfolios(seed: int) -> None:
    case = random_instance(seed)
    held = everything(case)
    wanted = aimed(case, held)
    np.testing.assert_allclose(levels(case), wanted, rtol=1e-12)
    good = enough(case, held, wanted)
    if not len(good):
        assert case.conflicts
        together = case.coverage(held) >= wanted - CLOSE
        value = np.where((wanted > 0) & together, case.points, 0).sum(axis=1)
        good = held[value >= value.max() - CLOSE]
    best = cheapest(case)
    assert best is not None
    assert best.cost == pytest.approx((good @ case.cost).min(), abs=1e-7)
    assert best.bound == pytest.approx(best.cost, abs=1e-6)
    assert is_portfolio(case, best.chosen)
    if len(enough(case, held, wanted)):
        key = best_key(case, good, wanted)
        assert describe(case, best.chosen) == key[2]
        few = [p.cost for p in best_few(case, 5)]
        np.testing.assert_allclose(few, np.sort(good @ case.cost)[: len(few)], atol=1e-7)
        assert len(few) == min(5, len(good))
        check_absences(case, held, best)
        check_not_nested(case, good)


def check_not_nested(case: Instance, good: np.ndarray) -> None:
    """Each next one is the cheapest of those that contain none before."""
    found = best_few(case, 5, nested=False)
    left = good
    for portfolio in found:
        assert portfolio.cost == pytest.approx((left @ case.cost).min(), abs=1e-7)
        left = left[~(left & portfolio.chosen == portfolio.chosen).all(axis=1)]
    assert len(found) == 5 or not len(left)


def check_absences(case: Instance, held: np.ndarray, best: Portfolio) -> None:
    for p in np.flatnonzero(best.chosen):
        left = enough(case, held[~held[:, p]], best.levels)
        found = cheapest(without(case, int(p)), aimed=best.levels)
        assert (found is None) == (not len(left))
        if found is not None:
            assert found.cost == pytest.approx((left @ case.cost).min(), abs=1e-7)


@pytest.mark.parametrize("seed", range(0, 320, 3))
def test_budget_and_shares_against_all_portfolios(seed: int) -> None:
    case = random_instance(seed)
    held = everything(case)
    costs, uplifts = held @ case.cost, case.coverage(held) @ case.points
    for budget in (0.0, float(np.median(costs)), float(costs.max()) / 3):
        best = for_budget(case, budget)
        within = uplifts[costs <= budget + CLOSE]
        assert case.coverage(best.chosen) @ case.points == pytest.approx(within.max(), abs=1e-7)
        assert best.cost <= budget + CLOSE
        equal = costs[(costs <= budget + CLOSE) & (uplifts >= within.max() - 1e-9)]
        assert best.cost == pytest.approx(equal.min(), abs=1e-7)
        parts = shapley(case, best.chosen)
        assert parts.sum() == pytest.approx(float(case.uplift(best.chosen)), abs=1e-9)
        assert (parts[~best.chosen] == 0).all()
        assert 0 <= concentration(parts) <= 1 + 1e-12


@pytest.mark.parametrize("seed", range(0, 320, 5))
def test_the_frontier_against_all_portfolios(seed: int) -> None:
    case = random_instance(seed)
    held = everything(case)
    wanted = aimed(case, held)
    good = enough(case, held, wanted)
    if not len(good):
        return
    ready = np.array([finish(case, row)[row].max(initial=0.0) for row in good])
    costs = good @ case.cost
    points = frontier(case)
    for months, portfolio in points:
        assert portfolio.cost == pytest.approx(costs[ready <= months + CLOSE].min(), abs=1e-7)
    assert [m for m, _ in points] == sorted((m for m, _ in points), reverse=True)
    assert [p.cost for _, p in points] == sorted(p.cost for _, p in points)
    assert points[0][1].cost == pytest.approx(costs.min(), abs=1e-7)
    times = np.unique(ready)
    fastest = min(months for months, _ in points)
    assert not (times < fastest - CLOSE).any()


@pytest.mark.parametrize("seed", range(12))
def test_fourteen_types(seed: int) -> None:
    case = random_instance(seed, types=14)
    held = everything(case)
    good = enough(case, held, aimed(case, held))
    if len(good):
        best = cheapest(case)
        assert best is not None
        assert best.cost == pytest.approx((good @ case.cost).min(), abs=1e-7)


def test_shapley_with_a_prerequisite_by_hand() -> None:
    case = Instance(
        types=("a", "b"), capabilities=("c",), supply=np.array([[0.5], [0.0]]),
        present=np.array([True, True]), cost=np.array([1.0, 1.0]), months=np.array([2.0, 3.0]),
        points=np.array([4.0]), needed=np.array([True]), level=0.5, requires=((0, 1),),
    )  # fmt: skip
    both = np.array([True, True])
    assert shapley(case, both).tolist() == [1.0, 1.0]  # neither brings the 2 points alone
    assert finish(case, both).tolist() == [5.0, 3.0]
    assert months_until(case, both, np.array([0.5])) == 5.0
    assert concentration(np.array([1.0, 1.0])) == 0.5


def test_types_that_wait_for_one_another_are_no_portfolio() -> None:
    case = Instance(
        types=("a", "b", "c"), capabilities=("c",), supply=np.array([[0.6], [0.6], [0.0]]),
        present=np.ones(3, dtype=bool), cost=np.array([1.0, 1.0, 5.0]), months=np.ones(3),
        points=np.array([4.0]), needed=np.array([True]), level=0.5,
        requires_any=((0, (1,)), (1, (0, 2))),
    )  # fmt: skip
    best = cheapest(case)
    assert best is not None
    assert describe(case, best.chosen) == ("b", "c")
    assert (
        cheapest(replace(case, requires=((2, 0),), requires_any=((0, (1,)), (1, (2,))))).cost == 0
    )
    assert reachable(replace(case, present=np.array([True, True, False]))).tolist() == [0.0]
