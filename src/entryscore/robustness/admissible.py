"""The weights that are admissible, node by node, and the least of a linear form over them.

`any`: shares >= 0 that add up to 1 among siblings. `stated`: raw weights in w (1 ± weight_noise),
taken relative to their sum, within weight_min..weight_max and, with weight_order, in the declared
order (weight_model = any: only these two). Nodes of declared weight 0 stay out.

The shares s of the k live siblings are the points with Σ s = 1 of a cone: for some t >= 0
t lo <= s <= t hi, and the bounds and the order are homogeneous too. Restricted to the children a
market has and taken relative to their sum they are again such a set, the image of the vertices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from entryscore.problems import InputError, Problem
from entryscore.quiet import quiet
from entryscore.result import Result
from entryscore.robustness.weights import WeightModel
from entryscore.tree import Floats, Tree

Weights = Literal["any", "stated"]
Bools = NDArray[np.bool_]
MOST_ENUMERATED = 10  # constrained siblings whose vertices are enumerated: up to some thousand
_CLOSE = 1e-12
_AT_ONCE = 4_000_000  # values: 32 MB


class SolverError(RuntimeError):
    """HiGHS stopped without an answer."""


def solve(
    costs: Floats, rows: Floats, most: Floats, equal: Floats, to: Floats, free: int = 0
) -> Floats | None:
    """x with the least costs · x, rows · x <= most, equal · x = to and x >= 0 but for the last
    `free` variables; None where nothing is feasible."""
    from scipy.optimize import linprog

    low = np.zeros(len(costs))
    low[len(costs) - free :] = -np.inf
    with quiet():
        found = linprog(
            costs, A_ub=rows if len(rows) else None, b_ub=most if len(rows) else None,
            A_eq=equal, b_eq=to, bounds=np.column_stack((low, np.full(len(low), np.inf))),
            method="highs",
        )  # fmt: skip
    if found.status == 2:
        return None
    if found.x is None or found.status != 0:
        raise SolverError(found.message)
    return np.asarray(found.x)


@dataclass(frozen=True, eq=False)
class Group:
    """The live children of a node. `lo`, `hi` (k) box of raw weights; `rows` (r × k + 1) the same
    and all else as rows · (s, t) <= 0; `vertices` (v × k): None for a plain box, or where there
    are too many (`plain` tells them apart)."""

    node: int
    children: NDArray[np.intp]
    lo: Floats
    hi: Floats
    rows: Floats
    plain: bool
    vertices: Floats | None

    def least(self, d: Floats, present: Bools | None = None) -> Floats:
        """(…) the least Σ s d / Σ s over the children present; NaN where there is none.

        d and present: (…, k).
        """
        have = np.ones(d.shape[-1], dtype=bool) if present is None else present
        d = np.where(have, d, 0.0)
        have = np.broadcast_to(have, d.shape)
        flat, there = d.reshape(-1, d.shape[-1]), have.reshape(-1, d.shape[-1])
        step = max(1, _AT_ONCE // max(d.shape[-1], 1 if self.vertices is None else self._size))
        parts = [slice(i, i + step) for i in range(0, len(flat), step)]
        found = [self._least(flat[part], there[part]) for part in parts]
        return np.concatenate(found or [np.zeros(0)]).reshape(d.shape[:-1])

    @property
    def _size(self) -> int:
        return 0 if self.vertices is None else len(self.vertices)

    def _least(self, d: Floats, present: Bools) -> Floats:
        if self.plain:
            return _box_least(d, self.lo, self.hi, present)
        if self.vertices is not None:
            mass = present @ self.vertices.T
            with np.errstate(divide="ignore", invalid="ignore"):
                value = np.where(mass > _CLOSE, (d @ self.vertices.T) / mass, np.inf).min(axis=1)
            return np.where(np.isinf(value), np.nan, value)
        return np.array([self._solved(x, here) for x, here in zip(d, present, strict=True)])

    def _solved(self, d: Floats, present: Bools) -> float:
        """By linear programming, scaled to Σ s = 1 over the present (Charnes & Cooper 1962)."""
        costs, equal = np.append(d, 0.0), np.append(present, 0.0)[None]
        none = np.zeros(len(self.rows))
        found = solve(costs, self.rows, none, equal, np.ones(1)) if present.any() else None
        return float("nan") if found is None else float(costs @ found)

    def corners(self, rng: np.random.Generator, count: int) -> Floats:
        """(count × k) shares: vertices, in no even distribution."""
        k = len(self.children)
        if self.vertices is not None:
            return self.vertices[rng.integers(0, self._size, count)]
        if self.plain:
            top = rng.random((count, k)) < rng.random((count, 1))
            top[np.arange(count), rng.integers(0, k, count)] = True
            raw = np.where(top, self.hi, self.lo)
            return np.asarray(raw / raw.sum(axis=1, keepdims=True))
        few, equal, none = (
            min(count, 16),
            np.append(np.ones(k), 0.0)[None],
            np.zeros(len(self.rows)),
        )
        found = [
            solve(np.append(rng.standard_normal(k), 0.0), self.rows, none, equal, np.ones(1))
            for _ in range(few)
        ]
        return np.array([x[:k] for x in found if x is not None])[rng.integers(0, few, count)]


def _box_least(d: Floats, lo: Floats, hi: Floats, present: Bools) -> Floats:
    """(n) least Σ r d / Σ r over lo <= r <= hi: a ratio is least at a vertex, and there r is hi
    where d is below the ratio and lo above it, so sorted by d every split is tried."""
    order = np.argsort(np.where(present, d, np.inf), axis=1)
    d = np.take_along_axis(d, order, axis=1)
    here = np.take_along_axis(present, order, axis=1)
    low, more = lo[order] * here, (hi - lo)[order] * here
    value = (low * d).sum(axis=1, keepdims=True) + (more * d).cumsum(axis=1)
    mass = low.sum(axis=1, keepdims=True) + more.cumsum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(mass > 0, value / mass, np.inf).min(axis=1)
    return np.where(here.any(axis=1), ratio, np.nan)


@dataclass(frozen=True, eq=False)
class Admissible:
    """The groups by node, for the live nodes above the indicators."""

    tree: Tree
    declared: Floats  # (nodes) shares among siblings
    groups: dict[int, Group]

    @classmethod
    def of(cls, result: Result, weights: Weights) -> Admissible:
        """Raises InputError where no weights keep the bounds, the order and the noise stated."""
        model = WeightModel.of(result)
        inner = [n for n in result.tree.inner if result.effective[n] > 0]
        groups = {n: _group(model, n, weights) for n in inner}
        return cls(result.tree, result.shares, groups)

    def bottom_up(self) -> Iterator[Group]:
        return iter(self.groups.values())

    def programme(self) -> tuple[Floats, Floats, Floats]:
        """Rows <= 0, then rows of equations and their right sides, over the nodes' weights in the
        index (nodes) and one t per node above the indicators (nodes, unused ones stay 0)."""
        nodes = len(self.tree.codes)
        rows, equal = [], [np.eye(2 * nodes)[0]]
        for group in self.bottom_up():
            part = np.zeros((len(group.rows), 2 * nodes))
            part[:, group.children], part[:, nodes + group.node] = (
                group.rows[:, :-1], group.rows[:, -1],
            )  # fmt: skip
            rows.append(part)
            sums = np.zeros(2 * nodes)
            sums[group.children], sums[group.node] = 1.0, -1.0
            equal.append(sums)
        return np.concatenate(rows), np.array(equal), np.eye(len(equal))[0]

    def shares(self, masses: Floats) -> Floats:
        """(nodes) shares among siblings from weights in the index; the declared ones under a node
        without weight."""
        shares = self.declared.copy()
        for group in self.bottom_up():
            part = np.maximum(masses[group.children], 0.0)
            if part.sum() > 1e-10:
                shares[group.children] = part / part.sum()
        return shares

    def some(self, rng: np.random.Generator, count: int) -> Floats:
        """(count × nodes) admissible shares: vertices and points between two of them."""
        shares = np.repeat(self.declared[None], count, axis=0)
        for group in self.bottom_up():
            a, b = group.corners(rng, count), group.corners(rng, count)
            part = np.where(rng.random((count, 1)) < 0.5, 0.0, rng.random((count, 1)))
            shares[:, group.children] = a + part * (b - a)
        return shares


def _group(model: WeightModel, node: int, weights: Weights) -> Group:
    below = model.tree.children[node]
    live = below[model.declared[below] > 0]
    declared = model.declared[live] / model.declared[live].sum()
    free = weights == "any" or model.model == "any"
    lo = np.zeros(live.size) if free else declared * (1 - model.noise)
    hi = np.ones(live.size) if free else declared * (1 + model.noise)
    extra = np.zeros((0, live.size + 1))
    if weights == "stated" and live.size > 1:
        extra = np.concatenate((_bounds(model.low[live], model.high[live]), _order(model, live)))
    box = np.zeros((0, live.size + 1)) if free else _box(lo, hi)
    rows = np.concatenate((box, extra))
    plain, vertices = not len(extra), None
    if not plain and live.size <= MOST_ENUMERATED:
        vertices = enumerate_vertices(rows)
    elif not plain:
        vertices = _none_if_feasible(rows)
    if vertices is not None and not len(vertices):
        raise InputError(
            [
                Problem(
                    f"weights under {model.tree.codes[node]}",
                    "no weights keep the bounds and the order asked for",
                    "widen weight_min and weight_max, or set weight_model = any",
                )
            ]
        )
    return Group(node, live, lo, hi, rows, plain, vertices)


def _none_if_feasible(rows: Floats) -> Floats | None:
    k = rows.shape[1] - 1
    equal = np.append(np.ones(k), 0.0)[None]
    found = solve(np.zeros(k + 1), rows, np.zeros(len(rows)), equal, np.ones(1))
    return np.zeros((0, k)) if found is None else None


def _box(lo: Floats, hi: Floats) -> Floats:
    """t lo <= s <= t hi."""
    one = np.eye(len(lo))
    return np.concatenate((np.column_stack((-one, lo)), np.column_stack((one, -hi))))


def _bounds(low: Floats, high: Floats) -> Floats:
    """low Σ s <= s <= high Σ s, where they say something."""
    one, zero = np.eye(len(low)), np.zeros(len(low))
    least = np.column_stack((low[:, None] - one, zero))[low > 0]
    return np.concatenate((least, np.column_stack((one - high[:, None], zero))[high < 1]))


def _order(model: WeightModel, live: NDArray[np.intp]) -> Floats:
    """s of the next lower declared weight <= s; equal weights are free to differ."""
    levels = np.unique(model.declared[live]) if model.ordered else np.zeros(0)
    rows = []
    for low, high in pairwise(levels):
        for i in np.flatnonzero(model.declared[live] == low):
            for j in np.flatnonzero(model.declared[live] == high):
                row = np.zeros(live.size + 1)
                row[i], row[j] = 1.0, -1.0
                rows.append(row)
    return np.array(rows).reshape(-1, live.size + 1)


def enumerate_vertices(rows: Floats) -> Floats:
    """(v × k) points with Σ s = 1, all vertices of {(s, t) >= 0, rows · (s, t) <= 0} among them.

    Double description (Motzkin et al. 1953): extreme rays cut by one row after the other; a cut
    adds a ray between each two neighbours it parts. Neighbours share tight rows no third ray has.
    """
    k = rows.shape[1] - 1
    rays = np.eye(k + 1)
    tight = ~np.eye(k + 1, dtype=bool)  # of s, t >= 0 and then of the rows
    for row in rows:
        value = rays @ row
        value[np.abs(value) <= _CLOSE] = 0.0
        into, out = np.flatnonzero(value < 0), np.flatnonzero(value > 0)
        new, held = [np.zeros((0, k + 1))], [np.zeros((0, tight.shape[1] + 1), dtype=bool)]
        loose = (~tight).astype(np.float32).T
        for i in into:
            common = tight[i] & tight[out]
            close = common.sum(axis=1) >= k - 1
            shared = (common[close].astype(np.float32) @ loose == 0).sum(axis=1)
            common, other = common[close][shared == 2], out[close][shared == 2]
            mixed = value[other, None] * rays[i] - value[i] * rays[other]
            new.append(mixed / (value[other] - value[i])[:, None])
            held.append(np.column_stack((common, np.ones(len(common), dtype=bool))))
        stay = value <= 0
        tight = np.column_stack((tight, value == 0))[stay]
        rays, tight = np.concatenate((rays[stay], *new)), np.concatenate((tight, *held))
    total = rays[:, :k].sum(axis=1)
    points = rays[total > _CLOSE, :k] / total[total > _CLOSE, None]
    return np.unique(points.round(15), axis=0)
