"""Programmes shared over a shortlist: one agreement with a type, rolled out in several markets.

A share of a type's cost is paid once for the programme, the rest in every market that uses it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from entryscore.partners.instance import Chosen, Instance
from entryscore.partners.portfolio import Portfolio, cheapest, without
from entryscore.partners.solver import Model, highs
from entryscore.tree import Floats

ONCE = 0.3  # the share paid once: a proposal, like the costs


@dataclass(frozen=True, eq=False)
class Programme:
    """`chosen` (markets × T); costs under the rule of the programme: of the joint optimum, of the
    separate optima, and HiGHS's bound on the first."""

    chosen: Chosen
    cost: float
    separate: float
    bound: float

    @property
    def saved(self) -> float:
        return self.separate - self.cost


def shared(
    instances: Sequence[Instance],
    portfolios: Sequence[Portfolio],
    once: float = ONCE,
    deadline: float = np.inf,
) -> Programme:
    """min Σ_m Σ_p (1 - once) k_mp x_mp + Σ_p once · max_m k_mp z_p with x_mp <= z_p, each market at
    the levels of its own portfolio, ready by the deadline. All instances have the same types."""
    from scipy import sparse

    count, kinds = len(instances), len(instances[0].types)
    models = [Model(instance, deadline=deadline) for instance in instances]
    for model, portfolio in zip(models, portfolios, strict=True):
        model.cover(portfolio.levels)
    each = np.array([instance.cost for instance in instances])
    paid_once = once * each.max(axis=0)
    costs = np.concatenate(((1 - once) * each.ravel(), paid_once))
    link = sparse.hstack(
        [sparse.identity(count * kinds), sparse.kron(np.ones((count, 1)), -np.eye(kinds))]
    )
    most = np.concatenate([model.most for model in models] + [np.ones(kinds)])
    while True:
        blocks = sparse.block_diag(
            [np.array(m.rows).reshape(-1, kinds) for m in models] + [np.zeros((0, kinds))]
        )
        low = [x for m in models for x in m.low] + [-np.inf] * (count * kinds)
        high = [x for m in models for x in m.high] + [0.0] * (count * kinds)
        rows = sparse.vstack([blocks, link]).tocsr()
        found = highs(costs, rows, low, high, most, np.ones(len(costs)))
        assert found is not None, "the separate portfolios are feasible together"
        chosen = found[0][: count * kinds].reshape(count, kinds) > 0.5
        if not any(m.cut_late(x) for m, x in zip(models, chosen, strict=True)):
            break
    apart = np.array([portfolio.chosen for portfolio in portfolios])
    return Programme(
        chosen, _paid(chosen, each, once), _paid(apart, each, once), found[2]
    )  # fmt: skip


def _paid(chosen: Chosen, each: Floats, once: float) -> float:
    used = chosen.any(axis=0)
    return float((1 - once) * (each * chosen).sum() + once * each.max(axis=0)[used].sum())


@dataclass(frozen=True)
class Leverage:
    """What the shortlist would pay more in all without the type, and the markets that could not
    reach their levels then."""

    partner_type: str
    markets: int
    regret: float
    stranded: tuple[int, ...]


def leverages(
    instances: Sequence[Instance], portfolios: Sequence[Portfolio], deadline: float = np.inf
) -> tuple[Leverage, ...]:
    """Per type in any portfolio Σ_m [cost without it - cost], the largest loss first."""
    found = []
    for p, code in enumerate(instances[0].types):
        users = [i for i, portfolio in enumerate(portfolios) if portfolio.chosen[p]]
        regret, stranded = 0.0, []
        for i in users:
            other = cheapest(without(instances[i], p), deadline, portfolios[i].levels)
            if other is None:
                stranded.append(i)
            else:
                regret += other.cost - portfolios[i].cost
        if users:
            found.append(Leverage(code, len(users), regret, tuple(stranded)))
    return tuple(sorted(found, key=lambda x: (-len(x.stranded), -x.regret, x.partner_type)))
