"""Scores of the ranked markets under draws: tables made once, draws as matrix products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from entryscore.aggregation import Aggregate, Missing, aggregate, function_of
from entryscore.robustness.places import Ints
from entryscore.robustness.plan import DISCRETE, PAGE, Draws, Plan
from entryscore.robustness.tables import Variant, above_zero, variant
from entryscore.tree import Floats, Tree

Key = tuple[int, ...]  # the choice of each discrete assumption
_ONE_THREAD = 250_000  # multiplications; OpenBLAS starts threads from 2^18 on
_VALUES_AT_ONCE = 2_000_000  # of a table per draw: 16 MB


@dataclass(frozen=True, eq=False)
class Table:
    """Scores (rows × leaves) under one combination, ready for weights.

    `means`: every node takes the same mean, so scores are weighted by effective weights alone:
    "arithmetic", "geometric" (then of logarithms) or "" for anything else.
    """

    scores: Floats
    functions: dict[int, Aggregate]
    means: str
    observed: Floats  # the values of all columns, one column after the other
    observed_start: Ints
    observed_count: Ints
    failure: str = ""

    @cached_property
    def gaps(self) -> tuple[Ints, Ints]:
        """Markets and leaves without a value, sorted by market."""
        market, leaf = np.nonzero(np.isnan(self.scores))
        return market, leaf

    @cached_property
    def known(self) -> Floats:
        """(leaves × M) what is multiplied by weights, 0 where missing."""
        scores = np.log(self.scores) if self.means == "geometric" else self.scores
        return np.ascontiguousarray(np.nan_to_num(scores, nan=0.0).T)


class Engine:
    """Draws of a plan to scores (R × M) of the markets ranked in the base, in their order."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.result = plan, plan.result
        self.markets = np.flatnonzero(plan.result.ranked)
        self.rows = np.arange(len(plan.result.score)) if self._others_count() else self.markets
        self._ranked_rows = np.flatnonzero(plan.result.ranked[self.rows])
        self._variants: dict[Key, Variant] = {}
        self._tables: dict[Key, Table] = {}

    def scores(self, draws: Draws) -> Iterator[tuple[Ints, Floats, str]]:
        """Blocks of (rows of `draws`, their scores, why they failed); scores are NaN then."""
        keys = np.column_stack(
            [draws.choice.get(name, np.zeros(len(draws), dtype=np.int64)) for name in DISCRETE]
        )
        weights = self._without_left_out(draws)
        for key, rows in _alike(keys):
            for part, table in self._tables_of(rows, key, draws):
                if table.failure:
                    yield part, np.full((len(part), len(self.markets)), np.nan), table.failure
                    continue
                for block in self._blocks(part, table):
                    scores = self._scores(table, weights[block], draws.replicate[block])
                    yield block, scores[:, self._ranked_rows], ""

    def _others_count(self) -> bool:
        """Whether a market's score depends on markets that are not ranked."""
        names = {self.result.aggregation(n) for n in self.result.tree.inner}
        return self.result.methodology.group_fill or "copeland" in names

    def _tables_of(self, rows: Ints, key: Key, draws: Draws) -> Iterator[tuple[Ints, Table]]:
        """One table for all draws of a combination, or one for each where the data are drawn."""
        if "data" not in self.plan.assumptions:
            yield rows, self.table(key)
            return
        table = self.result.table
        errors = table.standard_errors(self.result.catalogue)
        replicate = draws.replicate if draws.noise is None else draws.noise
        for row in rows:
            rng = self.plan.stream(int(replicate[row]), "data")
            values = table.values + errors * rng.standard_normal(errors.shape)
            yield np.array([row]), self._made(key, values)

    def table(self, key: Key) -> Table:
        if key not in self._tables:
            self._tables[key] = self._made(key)
        return self._tables[key]

    def _made(self, key: Key, values: Floats | None = None) -> Table:
        chosen = {
            name: self.plan.alternatives[name][k]
            for name, k in zip(DISCRETE, key, strict=True)
            if name in self.plan.alternatives
        }
        settings = {k: v for a in chosen.values() for k, v in a.settings.items()}
        others = {k: v for k, v in settings.items() if k not in ("aggregation", "power")}
        if values is None:
            found = self._variant((*key[:-1], 0), others)
        else:
            found = variant(self.result, others, values)
        if found.failure:
            names = ", ".join(f"{name} {a.name}" for name, a in chosen.items())
            none = np.zeros(0, dtype=np.int64)
            return Table(
                found.scores, {}, "", found.scores, none, none, f"{names}: {found.failure}"
            )
        return self._with_functions(found, settings)

    def _variant(self, key: Key, settings: dict[str, object]) -> Variant:
        if key not in self._variants:
            self._variants[key] = variant(self.result, settings)
        return self._variants[key]

    def _with_functions(self, found: Variant, chosen: Mapping[str, object]) -> Table:
        """An aggregation chosen stands in for the setting's; a node's own stays."""
        result, settings = self.result, self.result.methodology
        other = str(chosen.get("aggregation", ""))
        power: float | None = chosen.get("power", settings.power)  # type: ignore[assignment]  # of a setting
        varied = replace(settings, aggregation=other or settings.aggregation)
        names = {
            n: varied.aggregation_of(result.catalogue.node(result.tree.codes[n]))
            for n in result.tree.inner
        }
        lifted = other in ("geometric", "harmonic")
        whole = above_zero(result, found) if lifted else found.scores
        # what weighs nothing is 1: no gap to fill, and nothing that a geometric mean refuses
        whole = np.where(result.effective[result.tree.leaves] > 0, whole, 1.0)
        columns = [x[~np.isnan(x)] for x in whole.T]
        count = np.array([len(x) for x in columns])
        functions = {n: function_of(name, power) for n, name in names.items()}
        scores = self._as_covered(whole[self.rows], functions)
        kinds = set(names.values())
        means = kinds.pop() if len(kinds) == 1 else ""
        if means == "geometric" and not np.nanmin(scores, initial=np.inf) > 0:
            means = ""
        return Table(
            scores, functions, means if means in ("arithmetic", "geometric") else "",
            np.concatenate(columns), np.cumsum(count) - count, count,
        )  # fmt: skip

    def _as_covered(self, scores: Floats, functions: dict[int, Aggregate]) -> Floats:
        """Without what lies under nodes that lack the coverage for a score of their own: they
        have none in any draw. Where missing values are drawn, nothing lacks coverage."""
        result, settings = self.result, self.result.methodology
        if "missing" in self.plan.assumptions or not np.isnan(scores).any():
            return scores
        policy = Missing(settings.missing, settings.min_coverage, self._groups())
        found = aggregate(result.tree, result.weights, self._columns(scores), functions, policy)
        gone = np.isnan(found.scores) | found.filled
        gone[self._ranked_rows, 0] = False
        if settings.group_fill:  # a market without a score still counts for its group
            gone[:, 0] = False
        for node in range(1, len(result.tree.codes)):
            gone[:, node] |= gone[:, result.tree.parents[node]]
        return np.where(gone[:, result.tree.leaves], np.nan, scores)

    def _columns(self, scores: Floats) -> Floats:
        """Scores (…, leaves) as (…, indicators)."""
        full = np.full((*scores.shape[:-1], len(self.result.catalogue.indicators)), np.nan)
        full[..., self.result.tree.columns[self.result.tree.leaves]] = scores
        return full

    def _without_left_out(self, draws: Draws) -> Floats:
        chosen = draws.choice.get("leave_one_out")
        if chosen is None:
            return draws.weights
        weights, tree = draws.weights.copy(), self.result.tree
        for k in np.unique(chosen[chosen > 0]):
            rows, node = np.flatnonzero(chosen == k), int(self.plan.left_out[k - 1])
            weights[rows, node] = 0.0
            while node and not (self.result.weights[_siblings(tree, node)] > 0).any():
                node = int(tree.parents[node])  # its only part is gone, so it goes too
                weights[rows, node] = 0.0
        return weights

    def _blocks(self, rows: Ints, table: Table) -> Iterator[Ints]:
        """As many draws at once as fit: a table per draw, or a score and a fill per draw."""
        fills = "missing" in self.plan.assumptions
        whole = table.means and (fills or not table.gaps[0].size)
        size = len(self.rows) + table.gaps[0].size if whole else table.scores.size
        step = max(1, _VALUES_AT_ONCE // max(1, size))
        for start in range(0, len(rows), step):
            yield rows[start : start + step]

    def _scores(self, table: Table, weights: Floats, replicate: Ints) -> Floats:
        filled = "missing" in self.plan.assumptions
        gaps, settings = table.gaps[0].size, self.result.methodology
        fill = self._fills(table, replicate) if filled and gaps else None
        if table.means and (fill is not None or not gaps):
            return _means(table, self._effective(weights), fill)
        scores = table.scores
        if fill is not None:
            scores = np.repeat(scores[None], len(weights), axis=0)
            scores[:, table.gaps[0], table.gaps[1]] = fill
        policy = Missing(settings.missing, 0.0, self._groups())
        found = aggregate(self.result.tree, weights, self._columns(scores), table.functions, policy)
        return np.asarray(found.scores[..., 0])

    def _groups(self) -> Ints | None:
        if not self.result.methodology.group_fill:
            return None
        return self.result.table.group_positions[0][self.rows]

    def _effective(self, weights: Floats) -> Floats:
        """(R × leaves) product of the shares up the tree."""
        tree = self.result.tree
        effective = np.empty_like(weights)
        effective[:, 0] = 1.0
        for node in reversed(tree.inner):
            below = tree.children[node]
            part = weights[:, below]
            total = part.sum(axis=1)
            total[total == 0] = 1.0
            effective[:, below] = part * (effective[:, node] / total)[:, None]
        return np.take(effective, tree.leaves, axis=1)

    def _fills(self, table: Table, replicate: Ints) -> Floats:
        """(R × gaps) for every missing value one observed in its column, drawn anew each time."""
        leaf = table.gaps[1]
        found = np.empty((len(replicate), leaf.size))
        pages = replicate // PAGE
        for page in np.unique(pages):
            rows = np.flatnonzero(pages == page)
            draw = replicate[rows] - page * PAGE
            first, last = int(draw.min()), int(draw.max())
            rng = self.plan.stream(int(page), "missing")
            rng.bit_generator.advance(first * leaf.size)  # type: ignore[attr-defined]  # PCG64 has it
            uniform = rng.random((last - first + 1, leaf.size))[draw - first]
            place = (uniform * table.observed_count[leaf]).astype(np.int64)
            found[rows] = table.observed[table.observed_start[leaf] + place]
        return found


def _alike(keys: Ints) -> Iterator[tuple[Key, Ints]]:
    """Distinct rows of `keys`, and where they are."""
    same = (keys == keys[:1]).all()  # the usual case, told fast
    for key in keys[:1] if same else np.unique(keys, axis=0):
        yield tuple(int(k) for k in key), np.flatnonzero((keys == key).all(axis=1))


def _siblings(tree: Tree, node: int) -> Ints:
    siblings = tree.children[int(tree.parents[node])]
    return np.asarray(siblings[siblings != node])


def _product(left: Floats, right: Floats) -> Floats:
    """The matrix product, by so few rows at once that BLAS leaves it to one thread, where it can:
    starting and stopping threads takes longer than so small a product."""
    step = _ONE_THREAD // max(1, right.size)
    if step < 8:
        return np.asarray(left @ right)
    product = np.empty((len(left), right.shape[1]))
    for start in range(0, len(left), step):
        np.matmul(left[start : start + step], right, out=product[start : start + step])
    return product


def _means(table: Table, effective: Floats, fill: Floats | None) -> Floats:
    """(R × M) weighted means; with `fill` (R × gaps) in the place of what is missing."""
    scores = _product(effective, table.known)
    if fill is not None:
        market, leaf = table.gaps
        added = (np.log(fill) if table.means == "geometric" else fill) * effective[:, leaf]
        first = np.flatnonzero(np.diff(market, prepend=-1))
        scores[:, market[first]] += np.add.reduceat(added, first, axis=1)
    return np.asarray(np.exp(scores, out=scores) if table.means == "geometric" else scores)
