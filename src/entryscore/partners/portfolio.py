"""The cheapest portfolio of an instance, exact; the next best ones, and the best for a budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from entryscore.partners.instance import (
    AIM,
    CLOSE,
    Chosen,
    Instance,
    admissible,
    describe,
    finish,
    is_portfolio,
    months_until,
)
from entryscore.partners.solver import Model, best_uplift, demand
from entryscore.tree import Floats

_DECIMALS = 9
_STATES = 300_000  # partial portfolios kept at once: some 50 MB


@dataclass(frozen=True, eq=False)
class Portfolio:
    """`levels` (C): the coverage aimed at, 0 where none is; `bound`: HiGHS's on the cost (for a
    budget: on the uplift)."""

    chosen: Chosen
    cost: float
    levels: Floats
    bound: float


def without(instance: Instance, *types: int) -> Instance:
    present = instance.present.copy()
    present[list(types)] = False
    return replace(instance, present=present)


def reachable(instance: Instance, deadline: float = np.inf) -> Floats:
    """(C) the largest coverage of any portfolio."""
    most = instance.coverage(admissible(instance, deadline))
    if not instance.conflicts:
        return most
    for c in np.flatnonzero(instance.needed & (most > 0)):
        found = Model(instance, deadline=deadline).solve(-instance.force[:, c])
        assert found is not None, "the empty portfolio is always feasible"
        most[c] = instance.coverage(found[0][: len(instance.types)] > 0.5)[c]
    return most


def levels(instance: Instance, deadline: float = np.inf) -> Floats:
    """(C) the coverage to aim at: the level, or 0.9 of what is reachable where that is less."""
    most = reachable(instance, deadline)
    aimed = np.where(most >= instance.level - CLOSE, instance.level, AIM * most)
    return np.where(instance.needed, aimed, 0.0)


def cheapest(
    instance: Instance, deadline: float = np.inf, aimed: Floats | None = None
) -> Portfolio | None:
    """The cheapest portfolio that reaches the levels (or `aimed`; None where none does).

    Among equal ones the highest adjusted score, then the fewest months, then codes. Where
    conflicts keep the levels apart, the largest total of points is covered first, then cost.
    """
    wanted = levels(instance, deadline) if aimed is None else aimed
    found = _solve(instance, wanted, deadline)
    if found is None and aimed is None:
        wanted = _largest_part(instance, wanted, deadline)
        found = _solve(instance, wanted, deadline)
    if found is None:
        return None
    equals = all_of_cost(instance, wanted, found.cost, deadline) or [found.chosen]
    return replace(found, chosen=_preferred(instance, equals, wanted))


def best_few(
    instance: Instance, count: int = 5, deadline: float = np.inf, *, nested: bool = True
) -> list[Portfolio]:
    """The cheapest portfolio and the next ones by cost, each different from those before; with
    `nested` = False none of them holds one of those before and more."""
    first = cheapest(instance, deadline)
    found = [first] if first is not None else []
    while found and len(found) < count:
        following = _solve(instance, found[0].levels, deadline, [p.chosen for p in found], nested)
        if following is None:
            break
        found.append(following)
    return found


def for_budget(instance: Instance, budget: float, deadline: float = np.inf) -> Portfolio:
    """The portfolio with the largest uplift that costs no more than the budget, and among those
    the cheapest. Points count for coverage, needed or not."""
    best = _budget_model(instance, budget, deadline)
    top = best_uplift(best)
    assert top is not None, "the empty portfolio is always feasible"
    chosen, bound = best.chosen(top[0]), top[2]
    best.add(np.concatenate((np.zeros(best.count), instance.points)), low=top[1] - CLOSE)
    while True:
        found = best.solve(instance.cost)
        if found is None or found[1] >= float(instance.cost @ chosen) - CLOSE:
            break
        cheaper = best.chosen(found[0])
        if float(instance.coverage(cheaper) @ instance.points) >= top[1] - CLOSE:
            chosen = cheaper
            break
        best.exclude(cheaper)
    return Portfolio(chosen, float(instance.cost @ chosen), np.zeros(len(instance.points)), bound)


def frontier(instance: Instance) -> list[tuple[float, Portfolio]]:
    """Months and the cheapest portfolio ready by then at the levels of no deadline: each next
    one is earlier and costs more."""
    found: list[tuple[float, Portfolio]] = []
    wanted, deadline = None, np.inf
    while True:
        best = cheapest(instance, deadline, wanted)
        if best is None:
            return found
        wanted = best.levels
        months = months_until(instance, best.chosen, wanted)
        if found and best.cost <= found[-1][1].cost + CLOSE:
            found.pop()
        found.append((months, best))
        earlier = finish(instance, instance.present)
        earlier = earlier[earlier < months - CLOSE]
        if months <= 0 or not earlier.size:
            return found
        deadline = months - 2 * CLOSE


def _budget_model(instance: Instance, budget: float, deadline: float) -> Model:
    model = Model(instance, extra=len(instance.capabilities), deadline=deadline)
    model.add(instance.cost, high=budget)
    return model


def _solve(
    instance: Instance, wanted: Floats, deadline: float, excluded: Sequence[Chosen] = (),
    nested: bool = True,
) -> Portfolio | None:  # fmt: skip
    model = Model(instance, deadline=deadline)
    model.cover(wanted)
    for chosen in excluded:
        model.exclude(chosen, larger=not nested)
    while True:
        found = model.solve(instance.cost)
        if found is None:
            return None
        chosen = model.chosen(found[0])
        if (instance.coverage(chosen) >= wanted - CLOSE).all():
            return Portfolio(chosen, float(instance.cost @ chosen), wanted, found[2])
        model.exclude(chosen)  # HiGHS let a row pass that is short by less than its tolerance


def _largest_part(instance: Instance, wanted: Floats, deadline: float) -> Floats:
    """The levels of the capabilities with the largest total of points that can be had together,
    the cheapest such part; 0 for the others."""
    n, k = len(instance.types), len(wanted)
    model = Model(instance, extra=k, deadline=deadline)
    for c in range(k):
        row = np.zeros(n + k)
        row[:n], row[n + c] = instance.force[:, c], -demand(float(wanted[c]))
        model.add(row, low=0.0)
    held = np.where(wanted > 0, instance.points, 0.0)
    found = model.solve(np.concatenate((np.zeros(n), -held)))
    assert found is not None, "the empty portfolio is always feasible"
    model.add(np.concatenate((np.zeros(n), held)), low=-found[1] - CLOSE)
    found = model.solve(instance.cost)
    assert found is not None, "the solution before satisfies the row added"
    return np.where(found[0][n:] > 0.5, wanted, 0.0)


def all_of_cost(
    instance: Instance, wanted: Floats, cost: float, deadline: float = np.inf
) -> list[Chosen]:
    """Every portfolio of this cost, the lowest there is, that reaches the levels.

    Type by type, all partial portfolios at once; those that cost too much or can no longer reach
    a level are dropped. Empty where there are too many to keep.
    """
    order = np.flatnonzero(admissible(instance, deadline))
    order = order[np.argsort(-instance.cost[order], kind="stable")]
    goals = np.flatnonzero(wanted > 0)
    force = instance.force[:, goals]
    asked = np.array([demand(float(wanted[c])) for c in goals])
    held = np.zeros((1, len(instance.types)), dtype=bool)
    spent, got = np.zeros(1), np.zeros((1, len(goals)))
    for place, p in enumerate(order):
        rest = force[order[place + 1 :]].sum(axis=0)
        more = held.copy()
        more[:, p] = True
        held = np.concatenate((held, more))
        spent = np.concatenate((spent, spent + instance.cost[p]))
        got = np.concatenate((got, got + force[p]))
        keep = (spent <= cost + CLOSE) & (got + rest >= asked - CLOSE).all(axis=1)
        keep &= (
            spent + _least_cost(instance, order[place + 1 :], asked - got, force) <= cost + CLOSE
        )
        held, spent, got = held[keep], spent[keep], got[keep]
        if len(held) > _STATES:
            return []
    return [
        chosen
        for chosen in held
        if is_portfolio(instance, chosen)
        and (instance.coverage(chosen) >= wanted - CLOSE).all()
        and (finish(instance, chosen)[chosen] <= deadline + CLOSE).all()
    ]


def _least_cost(instance: Instance, rest: np.ndarray, short: Floats, force: Floats) -> Floats:
    """A lower bound on what closing `short` (S × goals) costs: the dearest single goal at the
    best price per force among the remaining types."""
    if not len(rest) or not short.shape[1]:
        return np.zeros(len(short))
    with np.errstate(divide="ignore", invalid="ignore"):
        price = np.where(force[rest] > 0, instance.cost[rest, None] / force[rest], np.inf)
    best = np.where(np.isinf(price.min(axis=0)), 0.0, price.min(axis=0))
    return np.asarray((np.maximum(short, 0.0) * best).max(axis=1))


def _preferred(instance: Instance, equals: Sequence[Chosen], wanted: Floats) -> Chosen:
    uplifts = np.round(instance.uplift(np.array(equals)), _DECIMALS)

    def key(i: int) -> tuple[float, float, tuple[str, ...]]:
        months = months_until(instance, equals[i], wanted)
        return -uplifts[i], round(months, _DECIMALS), describe(instance, equals[i])

    return equals[min(range(len(equals)), key=key)]
