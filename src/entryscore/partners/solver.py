"""Mixed-integer programmes over the types of an instance, solved by HiGHS.

HiGHS may write to the process's standard output, which holds results: `quiet` keeps it away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from entryscore.partners.instance import CLOSE, MOST, Chosen, Instance, admissible, finish
from entryscore.quiet import quiet
from entryscore.tree import Floats

Solution = tuple[Floats, float, float]  # variables, their value, HiGHS's bound on the best value
_FIRST_TANGENTS = (0.0, 0.35, 0.7, 1.4, 2.8)


class SolverError(RuntimeError):
    """HiGHS stopped without an answer."""


class Model:
    """Rows low <= Σ a·x <= high over the types (first) and `extra` variables, all in 0..1.

    It begins with what any portfolio must obey: present types that can be ready by the deadline,
    prerequisites, alternatives, conflicts.
    """

    def __init__(self, instance: Instance, extra: int = 0, deadline: float = np.inf) -> None:
        self.instance, self.deadline = instance, deadline
        self.count = len(instance.types)
        self.size = self.count + extra
        self.most = np.ones(self.size)
        self.most[: self.count] = admissible(instance, deadline)
        self.whole = np.ones(self.size)
        self.rows: list[Floats] = []
        self.low: list[float] = []
        self.high: list[float] = []
        for p, q in instance.requires:
            self.add({q: 1.0, p: -1.0}, low=0.0)
        for p, group in instance.requires_any:
            self.add(dict.fromkeys(group, 1.0) | {p: -1.0}, low=0.0)
        for p, q in instance.conflicts:
            self.add({p: 1.0, q: 1.0}, high=1.0)

    def add(
        self, part: Mapping[int, float] | Floats, low: float = -np.inf, high: float = np.inf
    ) -> None:
        row = np.zeros(self.size)
        if isinstance(part, Mapping):
            row[list(part)] = list(part.values())
        else:
            row[: len(part)] = part
        self.rows.append(row)
        self.low.append(low)
        self.high.append(high)

    def cover(self, levels: Floats) -> None:
        """Σ l·x >= -ln(1 - level) for every capability with a level."""
        for c in np.flatnonzero(levels > 0):
            self.add(self.instance.force[:, c], low=demand(float(levels[c])))

    def exclude(self, chosen: Chosen, *, larger: bool = False) -> None:
        """Not this portfolio again (a no-good cut), nor, with `larger`, any that contains it."""
        self.add(np.where(chosen, 1.0, 0.0 if larger else -1.0), high=float(chosen.sum()) - 1)

    def chosen(self, x: Floats) -> Chosen:
        return np.asarray(x[: self.count] > 0.5)

    def solve(self, costs: Floats) -> Solution | None:
        """The cheapest solution; None where nothing is feasible."""
        full = np.zeros(self.size)
        full[: len(costs)] = costs
        while True:
            rows = np.array(self.rows) if self.rows else None
            found = highs(full, rows, self.low, self.high, self.most, self.whole)
            if found is None or not self.cut_late(self.chosen(found[0])):
                return found

    def cut_late(self, chosen: Chosen) -> bool:
        """Adds a row for every member that waits for others in a circle, or beyond the deadline.

        It may come back only with an alternative not chosen so far: adding types is all that can
        make it earlier.
        """
        ready = finish(self.instance, chosen)
        late = chosen & ~(np.isfinite(ready) & (ready <= self.deadline + CLOSE))
        others = [q for p, g in self.instance.requires_any if chosen[p] for q in g]
        helping = {q: -1.0 for q in others if not chosen[q]}
        for p in np.flatnonzero(late):
            self.add({int(p): 1.0} | helping, high=0.0)
        return bool(late.any())


def highs(
    costs: Floats, rows: Any, low: Sequence[float], high: Sequence[float], most: Floats,
    whole: Floats,
) -> Solution | None:  # fmt: skip
    """Minimises costs · x with low <= rows · x <= high and 0 <= x <= most; None: not feasible."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    constraints = [] if rows is None else [LinearConstraint(rows, low, high)]
    with quiet():
        answer = milp(
            costs, constraints=constraints, integrality=whole, bounds=Bounds(0, most),
            options={"mip_rel_gap": 0.0},
        )  # fmt: skip
    if answer.status == 2:
        return None
    if answer.x is None or answer.status != 0:
        raise SolverError(answer.message)
    x = np.where(whole > 0, np.round(answer.x), answer.x)
    bound = answer.fun if answer.mip_dual_bound is None else answer.mip_dual_bound
    return x, float(costs @ x), float(bound)


def demand(level: float) -> float:
    """-ln(1 - level)."""
    return MOST if level >= 1 else float(min(-np.log1p(-level), MOST))


def best_uplift(model: Model) -> Solution | None:
    """The solution with the largest Σ points · coverage, exact: coverage 1 - e^-Σ l·x lies below
    its tangents, and those at each solution found are added until it is on them.

    The model's extra variables begin with one per capability, its coverage.
    """
    case = model.instance
    n, k = model.count, len(case.capabilities)
    model.whole[n : n + k] = 0
    for at in _FIRST_TANGENTS:
        _add_tangents(model, np.full(k, at))
    costs = np.concatenate((np.zeros(n), -case.points))
    seen: set[bytes] = set()
    while True:
        found = model.solve(costs)
        if found is None:
            return None
        chosen = model.chosen(found[0])
        real = float(case.coverage(chosen) @ case.points)
        if -found[1] - real <= CLOSE or chosen.tobytes() in seen:
            return found[0], real, -found[2]
        seen.add(chosen.tobytes())
        _add_tangents(model, chosen @ case.force)


def _add_tangents(model: Model, at: Floats) -> None:
    """y_c <= f(t) + f'(t)(Σ l·x - t) for f = 1 - e^-t at t = `at` (C), where there are points."""
    for c in np.flatnonzero(model.instance.points > 0):
        t = float(at[c])
        slope = float(np.exp(-t))
        row = np.zeros(model.size)
        row[: model.count] = -slope * model.instance.force[:, c]
        row[model.count + c] = 1.0
        model.add(row, high=1.0 - slope - slope * t)
