"""What is answered about the partners of one market."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from entryscore.partners.assumptions import CORE, OPTION, Firmness, firmness
from entryscore.partners.credit import concentration, shapley
from entryscore.partners.ecosystem import Ecosystem
from entryscore.partners.gaps import Gaps, gaps_of
from entryscore.partners.instance import CLOSE, Instance, describe, finish, months_until
from entryscore.partners.portfolio import (
    Portfolio,
    best_few,
    cheapest,
    for_budget,
    frontier,
    levels,
    without,
)
from entryscore.partners.supply import Supply, instance_of, supply_of
from entryscore.result import Result
from entryscore.tree import Floats


@dataclass(frozen=True, eq=False)
class Field:
    """A result with its partner graph, as arrays: what every market's answer begins with."""

    result: Result
    ecosystem: Ecosystem
    gaps: Gaps
    supply: Supply

    @classmethod
    def of(cls, result: Result, ecosystem: Ecosystem) -> Field:
        return cls(result, ecosystem, gaps_of(result, ecosystem), supply_of(result, ecosystem))

    def instance(self, market: int) -> Instance:
        return instance_of(self.gaps, self.supply, self.ecosystem, market)


@dataclass(frozen=True)
class Member:
    """`share`, `core`: of optimal portfolios over the draws; `credit`: Shapley value of the uplift;
    `substitute`, `substitute_extra_cost`, `uplift_lost`: the types that come in if this one is not
    to be had, what the portfolio then costs more and lifts less; None: irreplaceable, no other
    portfolio reaches the levels."""

    partner_type: str
    cost: float
    months: float
    ready: float
    generation: int
    share: float | None
    core: bool | None
    credit: float
    substitute: tuple[str, ...]
    substitute_extra_cost: float | None
    uplift_lost: float | None


@dataclass(frozen=True, eq=False)
class Answer:
    """`options`: types outside the portfolio in 20-80 % of the optimal ones, with their share."""

    market: int
    instance: Instance
    portfolio: Portfolio
    firmness: Firmness | None
    base_score: float
    adjusted_score: float
    ceiling: float
    months: float
    members: tuple[Member, ...]
    options: tuple[tuple[str, float], ...]
    alternatives: tuple[Portfolio, ...]
    concentration: float
    not_assessable: tuple[str, ...]
    kappa_observed: float

    @property
    def assessed(self) -> bool:
        """Whether anything that partners could act on is observed; else an empty portfolio does
        not say that none is needed."""
        return self.kappa_observed > 0

    @property
    def cost(self) -> float:
        return self.portfolio.cost

    @property
    def coverage(self) -> Floats:
        return self.instance.coverage(self.portfolio.chosen)

    @property
    def irreplaceable(self) -> tuple[str, ...]:
        return tuple(m.partner_type for m in self.members if m.substitute_extra_cost is None)

    @property
    def shortfall(self) -> Floats:
        """(C) how far the coverage of each needed capability stays below the level asked for."""
        short = np.maximum(0.0, self.instance.level - self.coverage)
        return np.where(short > CLOSE, short, 0.0)


def answer(
    field: Field,
    market: int,
    *,
    budget: float | None = None,
    deadline: float = np.inf,
    draws: int = 0,
    few: int = 1,
    step: Callable[[], None] = lambda: None,
) -> Answer:
    """The cheapest portfolio for one market by the deadline; with a budget, the one with the
    largest uplift. `few`: how many of the cheapest portfolios, none within another, are listed as
    alternatives."""

    def solve(case: Instance) -> Portfolio:
        if budget is not None:
            return for_budget(case, budget, deadline)
        found = cheapest(case, deadline)
        assert found is not None, "levels are reachable, or the largest part of them is taken"
        return found

    instance = field.instance(market)
    best = solve(instance)
    if budget is not None:
        best = replace(best, levels=_levels_met(instance, best, deadline))
    firm = firmness(field.gaps, field.supply, instance, market, draws, solve, step)
    base = float(field.result.score[market])
    everything = np.where(instance.points > 0, 1.0, 0.0)
    top = everything @ instance.points if instance.value is None else instance.value(everything)
    parts = shapley(instance, best.chosen)
    held = set(describe(instance, best.chosen))
    options = () if firm is None else tuple(
        (code, float(share))
        for code, share in zip(instance.types, firm.held, strict=True)
        if code not in held and share >= OPTION
    )  # fmt: skip
    return Answer(
        market, instance, best, firm, base,
        adjusted_score=base + float(instance.uplift(best.chosen)),
        ceiling=base + float(top),
        months=months_until(instance, best.chosen, best.levels),
        members=_members(instance, best, parts, firm, budget, deadline),
        options=options,
        alternatives=tuple(best_few(instance, few, deadline, nested=False)) if few > 1 else (best,),
        concentration=concentration(parts),
        not_assessable=_not_assessable(field, market),
        kappa_observed=_kappa_observed(field, market),
    )  # fmt: skip


def _levels_met(instance: Instance, best: Portfolio, deadline: float) -> Floats:
    """The levels that a portfolio chosen for a budget happens to reach."""
    wanted = levels(instance, deadline)
    return np.where(instance.coverage(best.chosen) >= wanted - CLOSE, wanted, 0.0)


def _members(
    instance: Instance, best: Portfolio, parts: Floats, firm: Firmness | None,
    budget: float | None, deadline: float,
) -> tuple[Member, ...]:  # fmt: skip
    ready = finish(instance, best.chosen)
    uplift = float(instance.uplift(best.chosen))
    generation = _generations(instance, best, ready)
    found = []
    for p in np.flatnonzero(best.chosen):
        absent = without(instance, int(p))
        other = cheapest(absent, deadline, best.levels)
        if other is not None and budget is not None:
            other = for_budget(absent, budget, deadline)
        new = () if other is None else describe(instance, other.chosen & ~best.chosen)
        share = None if firm is None else float(firm.held[p])
        found.append(
            Member(
                instance.types[p],
                float(instance.cost[p]),
                float(instance.months[p]),
                float(ready[p]),
                generation[int(p)],
                share,
                None if share is None else share >= CORE,
                float(parts[p]),
                new,
                None if other is None else other.cost - best.cost,
                None if other is None else uplift - float(instance.uplift(other.chosen)),
            )
        )
    return tuple(sorted(found, key=lambda m: (m.generation, m.ready, m.partner_type)))


def _generations(instance: Instance, best: Portfolio, ready: Floats) -> dict[int, int]:
    """0 for types that wait for no other, else one more than the last that they wait for; of a
    group of alternatives, the first that is ready."""
    waits: dict[int, list[int]] = {int(p): [] for p in np.flatnonzero(best.chosen)}
    for p, q in instance.requires:
        if p in waits:
            waits[p].append(q)
    for p, group in instance.requires_any:
        if p in waits:
            waits[p].append(min(group, key=lambda q: (ready[q], q)))
    found: dict[int, int] = {}
    for p in sorted(waits, key=lambda p: (ready[p], len(waits[p]))):
        found[p] = _generation(p, waits, found)
    return found


def _generation(p: int, waits: dict[int, list[int]], found: dict[int, int]) -> int:
    if p not in found:
        found[p] = 1 + max((_generation(q, waits, found) for q in waits[p]), default=-1)
    return found[p]


def _observed(field: Field, market: int) -> set[str]:
    """The indicators of the table of needs, as named there, that the market has a value for."""
    here = ~np.isnan(field.gaps.place[market])
    return {name for name, seen in zip(field.gaps.named, here, strict=True) if seen and name}


def _not_assessable(field: Field, market: int) -> tuple[str, ...]:
    """Capabilities none of whose indicators has a value here, in the order of their table."""
    seen, closes = _observed(field, market), field.ecosystem.needs
    with_needs = {n.capability for n in closes if n.addressable > 0 and n.need > 0}
    observed = {
        n.capability for n in closes if n.indicator in seen and n.addressable > 0 and n.need > 0
    }
    return tuple(
        c.code
        for c in field.ecosystem.capabilities
        if c.code in with_needs and c.code not in observed
    )


def _kappa_observed(field: Field, market: int) -> float:
    """Σ κ of the observed indicators / Σ κ of all in the table of needs."""
    kappa = {n.indicator: n.addressable for n in field.ecosystem.needs if n.addressable > 0}
    seen = _observed(field, market)
    total = sum(kappa.values())
    return sum(k for name, k in kappa.items() if name in seen) / total if total else 0.0


__all__ = ["Answer", "Field", "Member", "answer", "frontier"]
