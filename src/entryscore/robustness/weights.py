"""Draws of weights at every level of the tree."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from entryscore.problems import InputError, Problem
from entryscore.result import Result
from entryscore.tree import Floats, Tree

_TRIES = 1000
_CLOSE = 1e-12


@dataclass(frozen=True, eq=False)
class WeightModel:
    """`uniform`: w (1 + noise U(-1, 1)). `dirichlet`: about the declared shares, with the same
    relative spread for equal shares. `any`: every division among siblings equally likely.

    low, high (nodes): bounds on shares among siblings; ordered: siblings keep the declared order.
    """

    tree: Tree
    declared: Floats
    model: str
    noise: float
    low: Floats
    high: Floats
    ordered: bool

    @classmethod
    def of(cls, result: Result) -> WeightModel:
        settings, tree = result.methodology, result.tree
        low, high = np.zeros(len(tree.codes)), np.ones(len(tree.codes))
        for node, code in enumerate(tree.codes):
            item = result.catalogue.node(code)
            low[node] = 0.0 if item.weight_min is None else item.weight_min
            high[node] = 1.0 if item.weight_max is None else item.weight_max
        return cls(
            tree, result.weights, settings.weight_model, settings.weight_noise, low, high,
            settings.weight_order,
        )  # fmt: skip

    @property
    def bounded(self) -> bool:
        return bool(self.ordered or (self.low > 0).any() or (self.high < 1).any())

    def draw(self, rng: np.random.Generator, rows: int) -> Floats:
        """(rows × nodes) weights; 0 where none is declared.

        Raises InputError where bounds and order leave almost nothing to draw from.
        """
        if self.model == "uniform" and not self.bounded:
            noise = rng.random((rows, len(self.declared)))
            noise *= 2 * self.noise
            noise += 1 - self.noise
            noise *= self.declared
            return noise
        weights = np.repeat(self.declared[None], rows, axis=0)
        for node in reversed(self.tree.inner):
            below = self.tree.children[node]
            live = below[self.declared[below] > 0]
            if live.size > 1:
                weights[:, live] = self._siblings(rng, rows, node, live)
        return weights

    def _siblings(self, rng: np.random.Generator, rows: int, node: int, live: np.ndarray) -> Floats:
        found = np.empty((rows, live.size))
        left = np.arange(rows)
        for _ in range(_TRIES):
            shares = self._shares(rng, left.size, live)
            found[left] = shares
            left = left[~self._admissible(shares, live)]
            if not left.size:
                return found
        raise InputError(
            [
                Problem(
                    f"weights under {self.tree.codes[node]}",
                    "draws hardly ever keep the bounds or the order asked for",
                    "widen weight_min and weight_max, or set weight_model = any",
                )
            ]
        )

    def _shares(self, rng: np.random.Generator, rows: int, live: np.ndarray) -> Floats:
        declared = self.declared[live] / self.declared[live].sum()
        if self.model == "uniform":
            drawn = declared * (1 + self.noise * rng.uniform(-1, 1, (rows, live.size)))
        elif self.model == "any":
            drawn = rng.standard_exponential((rows, live.size))
            if self.ordered:  # by symmetry the ordered ones are the sorted ones
                level = np.unique(declared, return_inverse=True)[1]
                places = np.argsort(level + rng.random(drawn.shape), axis=1)  # ties in any order
                np.put_along_axis(drawn, places, np.sort(drawn, axis=1), axis=1)
        elif self.noise == 0:
            drawn = np.repeat(declared[None], rows, axis=0)
        else:
            strength = 3 * (live.size - 1) / self.noise**2 - 1
            drawn = rng.standard_gamma(np.maximum(strength, 1.0) * declared, (rows, live.size))
            drawn += np.finfo(float).tiny
        return np.asarray(drawn / drawn.sum(axis=1, keepdims=True))

    def _admissible(self, shares: Floats, live: np.ndarray) -> np.ndarray:
        inside = (shares >= self.low[live] - _CLOSE) & (shares <= self.high[live] + _CLOSE)
        good = np.asarray(inside.all(axis=1))
        if self.ordered and self.model != "any":
            levels = [shares[:, self.declared[live] == w] for w in np.unique(self.declared[live])]
            for below, above in pairwise(levels):
                good &= below.max(axis=1) <= above.min(axis=1) + _CLOSE
        return good
