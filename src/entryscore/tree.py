"""The index tree as arrays: nodes in depth-first sibling order, the index first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from entryscore.catalogue import INDEX, Catalogue

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Tree:
    """Node 0 is the index; children stand behind their parents.

    `codes` (nodes), `parents` (nodes; -1 for the index), `columns` (nodes): the indicator's
    column in an array of values, -1 for the nodes above the indicators.
    """

    codes: tuple[str, ...]
    parents: NDArray[np.intp]
    columns: NDArray[np.intp]
    declared: Floats

    @cached_property
    def children(self) -> tuple[NDArray[np.intp], ...]:
        return tuple(np.flatnonzero(self.parents == i) for i in range(len(self.codes)))

    @cached_property
    def leaves(self) -> NDArray[np.intp]:
        """The nodes that are indicators."""
        return np.flatnonzero(self.columns >= 0)

    @cached_property
    def inner(self) -> tuple[int, ...]:
        """The nodes above the indicators, children before their parents."""
        return tuple(int(i) for i in np.flatnonzero(self.columns < 0)[::-1])

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {code: i for i, code in enumerate(self.codes)}

    def position(self, code: str) -> int:
        return self._positions[code]

    def __contains__(self, code: object) -> bool:
        return code in self._positions

    def path(self, node: int) -> list[int]:
        """The node and all above it up to, and without, the index."""
        found = []
        while node > 0:
            found.append(node)
            node = int(self.parents[node])
        return found

    def depth(self, node: int) -> int:
        return len(self.path(node))

    def shares(self, weights: Floats) -> Floats:
        """Weights (…, nodes) as shares among siblings; all-zero siblings get shares of 0."""
        shares = np.zeros_like(weights, dtype=float)
        shares[..., 0] = 1.0
        for node in self.inner:
            below = self.children[node]
            total = weights[..., below].sum(axis=-1, keepdims=True)
            shares[..., below] = weights[..., below] / np.where(total > 0, total, 1.0)
        return shares

    def effective(self, weights: Floats) -> Floats:
        """Product of the shares up the tree (…, nodes); the index has 1."""
        effective = self.shares(weights)
        for node in range(1, len(self.codes)):
            effective[..., node] = effective[..., node] * effective[..., self.parents[node]]
        return effective


def children_by_parent(catalogue: Catalogue) -> dict[str, list[str]]:
    """Children of every parent: Pillars rows, unlisted parents by first use, Indicators rows."""
    listed = [p.code for p in catalogue.pillars if p.code != INDEX]
    known = {INDEX, *listed}
    scored = [i for i in catalogue.indicators if i.scored]
    children: dict[str, list[str]] = {}
    parents = {p.code: p.parent for p in catalogue.pillars if p.code != INDEX}
    used = [p.parent for p in catalogue.pillars if p.code != INDEX] + [i.parent for i in scored]
    unlisted = [code for code in dict.fromkeys(used) if code not in known]
    for code in listed:
        children.setdefault(parents[code], []).append(code)
    for code in unlisted:
        children.setdefault(INDEX, []).append(code)
    for indicator in scored:
        children.setdefault(indicator.parent, []).append(indicator.code)
    return children


def build_tree(catalogue: Catalogue) -> Tree:
    """The catalogue's tree. Nodes that hang in a cycle are not reached, and left out."""
    children = children_by_parent(catalogue)
    codes, parents = [INDEX], [-1]

    def descend(parent: str, place: int) -> None:
        for code in children.get(parent, ()):
            codes.append(code)
            parents.append(place)
            descend(code, len(codes) - 1)

    descend(INDEX, 0)
    scored = {i.code for i in catalogue.indicators if i.scored}
    columns = [catalogue.position(code) if code in scored else -1 for code in codes]
    weights = [1.0] + [catalogue.node(code).weight for code in codes[1:]]
    return Tree(tuple(codes), np.array(parents), np.array(columns), np.array(weights, dtype=float))
