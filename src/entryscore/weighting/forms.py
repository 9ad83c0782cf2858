"""How the scores of compared markets depend on the effective weights of the indicators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from entryscore.result import Result
from entryscore.tree import Floats
from entryscore.weighting.ordinal import Programme
from entryscore.weighting.rescoring import all_arithmetic, scores_under

_STEP = 1e-6
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Forms:
    """Pairs of markets (`better`, `worse`: positions, K) with `strength` (K) under weights y of the
    n indicators that have a weight (`leaves`: nodes). Leads are shares of `scale` (points).
    `nodes_stay`: the weights leave a market every node that has a score now, not the index only."""

    result: Result
    better: Ints
    worse: Ints
    strength: Floats
    nodes_stay: bool = True

    @cached_property
    def leaves(self) -> Ints:
        tree = self.result.tree
        return tree.leaves[self.result.effective[tree.leaves] > 0]

    @property
    def declared(self) -> Floats:
        return self.result.effective[self.leaves]

    @cached_property
    def scale(self) -> float:
        """The largest difference of any of the pairs in any indicator, or else in their scores."""
        scores = self.result.scores[:, np.append(self.leaves, 0)]
        return float(
            np.nanmax(np.abs(scores[self.better] - scores[self.worse]), initial=0.0) or 1.0
        )

    @cached_property
    def below(self) -> Floats:
        """(nodes × n) 1 where the indicator is the node or lies below it."""
        found = np.zeros((len(self.result.tree.codes), len(self.leaves)))
        found[0] = 1.0
        for i, leaf in enumerate(self.leaves):
            found[self.result.tree.path(int(leaf)), i] = 1.0
        return found

    def shares(self, y: Floats) -> Floats:
        """(R × nodes) shares among siblings of effective weights (R × n); as declared where all
        siblings have 0."""
        mass = y @ self.below.T
        shares = np.repeat(self.result.shares[None], len(y), axis=0)
        for node in self.result.tree.inner:
            below, total = self.result.tree.children[node], mass[:, node, None]
            own = mass[:, below] / np.where(total > 0, total, 1.0)
            shares[:, below] = np.where(total > 0, own, shares[:, below])
        return shares

    def leads(self, y: Floats) -> Floats:
        """(R × K) by how much the better market is ahead, really: re-aggregated."""
        parts: list[Floats] = [
            scores[:, self.better, 0] - scores[:, self.worse, 0]
            for scores in scores_under(self.result, self.shares(y))
        ]
        return np.concatenate(parts) / self.scale

    @cached_property
    def _there(self) -> tuple[Bools, Bools]:
        """(markets × n) the indicators that count in a market's score, and (markets) whether the
        score is a mean of just these whatever the weights: what is missing is missing right under
        the index or through a whole node."""
        result, tree = self.result, self.result.tree
        present, live = ~np.isnan(result.scores), result.effective > 0
        counted = present.copy()
        simple: Bools = np.asarray(~(result.filled & live).any(axis=1))
        for node in range(1, len(tree.codes)):
            counted[:, node] &= counted[:, tree.parents[node]]
        for node in tree.inner[:-1]:
            below = tree.children[node][live[tree.children[node]]]
            if live[node]:
                whole = present[:, below].all(axis=1) & present[:, node]
                simple &= whole | ~present[:, below].any(axis=1)
        if result.methodology.missing == "zero":
            simple &= present[:, live].all(axis=1)
        return counted[:, self.leaves], simple

    @cached_property
    def exact(self) -> Bools:
        """(K) the pair's order is a linear condition on y: arithmetic means, and both markets have
        the same values missing, right under the index or through a whole node."""
        counted, simple = self._there
        same = (counted[self.better] == counted[self.worse]).all(axis=1)
        found = same & simple[self.better] & simple[self.worse]
        return found if all_arithmetic(self.result) else np.zeros(len(found), dtype=bool)

    @cached_property
    def _exact_rows(self) -> tuple[Floats, Floats]:
        counted, _ = self._there
        x = np.where(counted, self.result.scores[:, self.leaves], 0.0)
        asked = counted[self.better] * self.strength[:, None]
        return (x[self.better] - x[self.worse]) / self.scale, asked

    @cached_property
    def _cover(self) -> Floats:
        """(r × n) rows that stay >= 0 while the compared markets keep the coverage they need."""
        result, settings, live = self.result, self.result.methodology, self.result.effective > 0
        rows: list[Floats] = []
        markets = np.unique(np.concatenate((self.better, self.worse)))
        nodes = result.tree.inner if self.nodes_stay else (0,)
        for node in nodes if settings.missing == "reweight" else ():
            below = result.tree.children[node][live[result.tree.children[node]]]
            have = ~np.isnan(result.scores[np.ix_(markets, below)])
            scored = ~np.isnan(result.scores[markets, node]) & ~have.all(axis=1)
            scored &= ~result.filled[markets, node]
            masses = have[scored] @ self.below[below]
            rows += list(masses - settings.min_coverage * self.below[node])
        seen = ~np.isnan(result.scaled[np.ix_(markets, result.tree.columns[self.leaves])])
        partly = (~seen.all(axis=1)) & result.ranked[markets]
        rows += list(seen[partly] - settings.min_total_coverage)
        found: Floats = np.unique(np.array(rows).reshape(-1, len(self.leaves)), axis=0)
        return np.asarray(found[(found < 0).any(axis=1)])

    def programme(self, y: Floats, radius: float) -> Programme:
        """Linear at y for the pairs that are not exact, and within the radius of it."""
        lead, asked = (rows.copy() for rows in self._exact_rows)
        rough = ~self.exact
        if rough.any():
            one = np.eye(len(y))
            here, moved = self.leads(y[None])[0], self.leads(y + _STEP * one)
            slope = np.nan_to_num((moved - here) / _STEP).T
            lead[rough] = (slope + np.nan_to_num(here, nan=-1.0)[:, None])[rough]
            asked[rough] = self.strength[rough, None]
        low, high = np.maximum(0.0, y - radius), np.minimum(1.0, y + radius)
        return Programme(lead, asked, self._cover, low, high, y)

    def margins(self, y: Floats) -> Floats:
        """(K) real leads per unit of strength; -inf where a market has no score."""
        return np.asarray(np.nan_to_num(self.leads(y[None])[0] / self.strength, nan=-np.inf))


def pairs(result: Result, codes: Sequence[tuple[str, str]], strength: Sequence[float]) -> Forms:
    place = {code: i for i, code in enumerate(result.table.codes)}
    at = np.array([(place[a], place[b]) for a, b in codes], dtype=np.intp).reshape(-1, 2)
    return Forms(result, at[:, 0], at[:, 1], np.array(strength, dtype=float))
