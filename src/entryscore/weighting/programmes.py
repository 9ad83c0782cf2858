"""Linear, mixed-integer and least-distance programmes, each solved exactly."""

from __future__ import annotations

from typing import Any

import numpy as np

from entryscore.quiet import quiet
from entryscore.tree import Floats

_CLOSE = 1e-7
_RANK = 1e-12
_INFEASIBLE = 2


class SolverError(RuntimeError):
    """HiGHS stopped without an answer."""


def cheapest(
    costs: Floats, rows: Floats, low: Floats, equal: Floats, be: Floats, most: Floats | None = None
) -> Floats | None:
    """x (n) with the least costs · x, rows · x >= low (m), equal · x = be (k) and 0 <= x <= most;
    None where nothing is feasible. SolverError where HiGHS gives up, or nothing bounds the costs.
    """
    found = _highs(costs, rows, low, equal, be, np.inf if most is None else most, None, {})
    if found.status == _INFEASIBLE:
        return None
    if found.x is None or found.status != 0:
        raise SolverError(found.message)
    return np.asarray(found.x)


def cheapest_whole(
    costs: Floats, rows: Floats, low: Floats, equal: Floats, be: Floats, most: Floats,
    whole: Floats, nodes: int,
) -> tuple[Floats | None, bool]:  # fmt: skip
    """The same where `whole` (n) is 1 for the variables that are whole numbers, and whether this is
    proven: no more than `nodes` nodes of the tree of cases are looked at."""
    limits = {"mip_rel_gap": 0.0, "node_limit": nodes}
    found = _highs(costs, rows, low, equal, be, most, whole, limits)
    proven = found.status in (0, _INFEASIBLE)
    return (None if found.x is None else np.asarray(found.x)), proven


def _highs(
    costs: Floats, rows: Floats, low: Floats, equal: Floats, be: Floats, most: Any,
    whole: Floats | None, options: dict[str, float],
) -> Any:  # fmt: skip
    from scipy.optimize import Bounds, LinearConstraint, milp

    limits = [LinearConstraint(rows, low, np.inf)] if len(rows) else []
    limits += [LinearConstraint(equal, be, be)] if len(equal) else []
    with quiet():
        return milp(
            costs, constraints=limits, integrality=whole, bounds=Bounds(0, most), options=options
        )


def nearest(to: Floats, rows: Floats, low: Floats, equal: Floats, be: Floats) -> Floats | None:
    """x (n) with the least |x - to| where rows · x >= low (m) and equal · x = be (k).

    None where there is none, or where rounding errors leave none that obeys to 1e-7. Least distance
    programming by non-negative least squares (Lawson & Hanson 1974, chapter 23), in the null space
    of the equalities.
    """
    base = to + np.linalg.lstsq(equal, be - equal @ to, rcond=None)[0] if len(equal) else to
    free = _null_space(equal, len(to))
    inner, need = rows @ free, low - rows @ base
    size = np.maximum(np.linalg.norm(inner, axis=1), np.abs(need))
    used = size > _RANK
    move = _least_move(inner[used] / size[used, None], need[used] / size[used])
    if move is None:
        return None
    x = base + free @ move
    held = (rows @ x - low >= -_CLOSE).all() and (np.abs(equal @ x - be) <= _CLOSE).all()
    return np.asarray(x) if held else None


def _least_move(rows: Floats, need: Floats) -> Floats | None:
    """z with the least |z| where rows · z >= need."""
    from scipy.optimize import nnls

    if (need <= 0).all():
        return np.zeros(rows.shape[1])
    goal = np.append(np.zeros(rows.shape[1]), 1.0)
    try:
        multipliers, _ = nnls(np.vstack((rows.T, need)), goal, maxiter=50 * len(need))
    except RuntimeError:  # no end in sight
        return None
    left = np.vstack((rows.T, need)) @ multipliers - goal
    return None if -left[-1] <= _RANK else np.asarray(left[:-1] / -left[-1])


def _null_space(equal: Floats, size: int) -> Floats:
    if not len(equal):
        return np.eye(size)
    _, s, v = np.linalg.svd(equal)
    rank = int((s > _RANK * s[0]).sum()) if s.size and s[0] > 0 else 0
    return np.asarray(v[rank:].T)
