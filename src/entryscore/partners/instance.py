"""One market's partner question as arrays, and what any portfolio of it is worth.

A portfolio is a Boolean array over the types; functions accept leading axes of portfolios.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from entryscore.tree import Floats

Chosen = NDArray[np.bool_]
Pair = tuple[int, int]
MOST = 40.0  # -ln(1 - s) of a certain supply: 1 - e^-40 is 1 in floating point
CLOSE = 1e-9
AIM = 0.9  # of a coverage that falls short of the level


@dataclass(frozen=True, eq=False)
class Instance:
    """T types by C capabilities; every array in the order of `types` and `capabilities`.

    supply (T × C): s = q · a, 0..1; present (T): availability above 0; cost, months (T) >= 0;
    points (C): index points at stake; needed (C): points from which a portfolio must cover;
    level: coverage asked of a needed capability. requires: p needs q; requires_any: p needs one
    of a group; conflicts: not both. `value` turns coverages (…, C) into uplift (…); without it,
    Σ points · coverage.
    """

    types: tuple[str, ...]
    capabilities: tuple[str, ...]
    supply: Floats
    present: Chosen
    cost: Floats
    months: Floats
    points: Floats
    needed: Chosen
    level: float
    requires: tuple[Pair, ...] = ()
    requires_any: tuple[tuple[int, tuple[int, ...]], ...] = ()
    conflicts: tuple[Pair, ...] = ()
    value: Callable[[Floats], Floats] | None = None

    @property
    def force(self) -> Floats:
        """(T × C) l = -ln(1 - s), which adds up over partners."""
        with np.errstate(divide="ignore"):
            return np.minimum(-np.log1p(-self.supply), MOST)

    def coverage(self, chosen: Chosen) -> Floats:
        """(…, C) 1 - Π(1 - s) over the chosen."""
        missed = np.where(chosen[..., None], 1.0 - self.supply, 1.0)
        return np.asarray(1.0 - missed.prod(axis=-2))

    def uplift(self, chosen: Chosen) -> Floats:
        coverage = self.coverage(chosen)
        return np.asarray(coverage @ self.points if self.value is None else self.value(coverage))


def finish(instance: Instance, chosen: Chosen) -> Floats:
    """(T) months until each chosen type can start to count: its own after the last of what it
    requires and the first of each group of alternatives; inf for the rest, and for those that
    wait for one another."""
    done = np.full(len(chosen), np.inf)
    while True:
        start = np.zeros(len(chosen))
        for p, q in instance.requires:
            start[p] = max(start[p], done[q])
        for p, group in instance.requires_any:
            start[p] = max(start[p], min(done[q] for q in group))
        now = np.where(chosen, start + instance.months, np.inf)
        if np.array_equal(now, done):
            return done
        done = now


def admissible(instance: Instance, deadline: float = np.inf) -> Chosen:
    """(T) the types that some portfolio can hold, and have ready by the deadline, conflicts
    apart: present, with their prerequisites and an alternative of each group."""
    ready = finish(instance, instance.present)
    return np.asarray(np.isfinite(ready) & (ready <= deadline + CLOSE))


def is_portfolio(instance: Instance, chosen: Chosen) -> bool:
    """Present, prerequisites and alternatives chosen and in an order that works, no conflict."""
    ready = np.isfinite(finish(instance, chosen)) == chosen
    torn = any(chosen[p] and chosen[q] for p, q in instance.conflicts)
    return bool(ready.all() and not torn and not (chosen & ~instance.present).any())


def months_until(instance: Instance, chosen: Chosen, levels: Floats) -> float:
    """The first month in which the types finished cover every level; inf if they never do."""
    ready = finish(instance, chosen)
    times = np.concatenate(([0.0], np.sort(ready[chosen])))
    covered = instance.coverage(ready <= times[:, None] + CLOSE) >= levels - CLOSE
    reached = np.flatnonzero(covered.all(axis=-1))
    return float(times[reached[0]]) if reached.size else np.inf


def describe(instance: Instance, chosen: Chosen) -> tuple[str, ...]:
    return tuple(sorted(code for code, held in zip(instance.types, chosen, strict=True) if held))
