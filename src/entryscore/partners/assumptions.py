"""How firm a portfolio is: the same question again under draws of every assumption."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from entryscore.partners.gaps import Gaps
from entryscore.partners.instance import Instance
from entryscore.partners.portfolio import Portfolio
from entryscore.partners.supply import Supply
from entryscore.tree import Floats

SPREAD = 0.25  # strengths, A, κ, availability, costs and months: times 1 ± this, uniform
TARGET_SPREAD = 0.10
CORE, OPTION = 0.8, 0.2  # shares of optimal portfolios


@dataclass(frozen=True, eq=False)
class Firmness:
    """Shares over the draws: of optimal portfolios that hold a type (T), of draws in which a
    capability was needed (C)."""

    draws: int
    held: Floats
    needed: Floats


def firmness(
    gaps: Gaps,
    supply: Supply,
    instance: Instance,
    market: int,
    draws: int,
    solve: Callable[[Instance], Portfolio],
    step: Callable[[], None] = lambda: None,
) -> Firmness | None:
    """None without draws. `solve` answers the question, `step` is called after each draw; the
    numbers depend on the setting seed and the market's code."""
    if draws == 0:
        return None
    code, seed = gaps.result.table.codes[market], gaps.result.methodology.seed
    rng = np.random.default_rng([seed, zlib.crc32(code.encode())])
    held = np.zeros(len(instance.types))
    needed = np.zeros(len(instance.capabilities))
    for _ in range(draws):
        drawn = _drawn(gaps, supply, instance, market, rng)
        held += solve(drawn).chosen
        needed += drawn.needed
        step()
    return Firmness(draws, held / draws, needed / draws)


def _drawn(
    gaps: Gaps, supply: Supply, instance: Instance, market: int, rng: np.random.Generator
) -> Instance:
    def around(x: Floats, spread: float = SPREAD) -> Floats:
        return np.asarray(x * rng.uniform(1 - spread, 1 + spread, x.shape))

    def share(x: Floats) -> Floats:
        return np.minimum(around(x), 1.0)

    strength, available = share(supply.strength), share(supply.available[market])
    need, kappa = share(gaps.need), share(gaps.kappa)
    target = np.minimum(around(gaps.target, TARGET_SPREAD), np.maximum(gaps.target, 1.0))
    gap = np.nan_to_num(np.maximum(0.0, target - gaps.place[market]))
    points = 100 * (gaps.weight[market] * kappa * gap) @ gaps.closing(need)
    least = gaps.result.methodology.partner_min_points
    return replace(
        instance, supply=strength * available[:, None], cost=around(instance.cost),
        months=around(instance.months), points=points, needed=points >= max(least, 1e-12),
        value=None,
    )  # fmt: skip
