"""Where everything stands on the sheets that live formulas connect.

The sheets Values and Scores have the markets in rows, by code, and the nodes in the same columns:
the children of each node side by side, so that one range is what a node is made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from openpyxl.utils import get_column_letter

from entryscore.case import Case
from entryscore.catalogue import Indicator
from entryscore.language import phrase, say
from entryscore.result import Result
from entryscore.scoring import case_of
from entryscore.transformation import transform
from entryscore.tree import Floats

MOST_MARKETS = 2000  # above, live formulas are off by default: ranks and lookups grow as its square
AGGREGATIONS = ("arithmetic", "geometric", "harmonic")
NORMALISATIONS = ("min_max", "goalposts", "z_score", "rank")
TYPED = phrase("as typed")
HEADER = 6  # of the sheet Weights
FIRST = 8  # first market row of Values and Scores
_FIRST_NODE = 4  # first node column of Values and Scores


def why_static(result: Result) -> str:
    """Why a report of this result cannot recompute; empty if it can."""
    case = case_of(result)
    live = [n for n in result.tree.leaves if result.weights[n] > 0]
    indicators = case.indicators(result.tree.columns[live])
    settings = result.methodology
    others = {case.aggregation(n) for n in result.tree.inner} - set(AGGREGATIONS)
    if others:
        return say("the aggregation {name} has no formula", name=sorted(others)[0])
    others = {case.method(i) for i in indicators} - set(NORMALISATIONS)
    if others:
        return say("the normalisation {name} has no formula", name=sorted(others)[0])
    if settings.group_fill:
        return say("group_fill has no formula")
    if settings.imputation == "pillar_mean":
        return say("values imputed by pillar_mean depend on the directions")
    return ""


@dataclass(frozen=True, eq=False)
class Layout:
    """Cells by node and market of one result."""

    result: Result

    @cached_property
    def case(self) -> Case:
        return case_of(self.result)

    @cached_property
    def markets(self) -> list[int]:
        """In row order: by code, which settles ties."""
        codes = self.result.table.codes
        return sorted(range(len(codes)), key=lambda i: codes[i])

    @property
    def last(self) -> int:
        """The last market row of Values and Scores."""
        return FIRST + len(self.markets) - 1

    @cached_property
    def columns(self) -> dict[int, int]:
        """Column of every node below the index on Values and Scores."""
        order = [
            int(c) for n in reversed(self.result.tree.inner) for c in self.result.tree.children[n]
        ]
        return {node: place for place, node in enumerate(order, _FIRST_NODE)}

    def letter(self, node: int) -> str:
        return get_column_letter(self.columns[node])

    def block(self, node: int) -> tuple[str, str]:
        """First and last column of a node's children."""
        children = [self.columns[int(c)] for c in self.result.tree.children[node]]
        return get_column_letter(min(children)), get_column_letter(max(children))

    @property
    def ends(self) -> tuple[str, str]:
        """First and last node column."""
        return get_column_letter(_FIRST_NODE), get_column_letter(
            _FIRST_NODE + len(self.columns) - 1
        )

    def after(self, place: int) -> str:
        """Columns of Scores after the nodes: 1 score, 2 coverage, 3 key, 4 rank, 5 position."""
        return get_column_letter(_FIRST_NODE + len(self.columns) - 1 + place)

    def column_range(self, letter: str) -> str:
        """A column of Scores over all markets."""
        return f"Scores!${letter}${FIRST}:${letter}${self.last}"

    def weight_row(self, node: int) -> int:
        """The node's row on the sheet Weights."""
        return HEADER + node

    @cached_property
    def alive(self) -> np.ndarray:
        """(nodes) whether a node has any value, so that a weight can count."""
        result = self.result
        dropped = np.isin(result.tree.codes, result.dropped)
        alive = ~dropped
        for node in result.tree.inner:
            children = result.tree.children[node]
            alive[node] = bool(alive[children].any())
        return np.asarray(alive)

    @property
    def observed(self) -> str:
        """The sheet whose numbers are observed values."""
        return "Values" if self.result.methodology.imputation == "none" else "Observed"

    @cached_property
    def place(self) -> dict[int, int]:
        """Each market's row in the ranking, from 1."""
        return {int(market): place for place, market in enumerate(self.result.order, 1)}

    @cached_property
    def keys(self) -> Floats:
        """(markets) scores as ranks compare them."""
        return self.result.methodology.rounded(self.result.score)

    def goal(self, indicator: Indicator, end: str) -> float:
        """A goalpost in the terms of Values, after the transform."""
        typed = np.array(getattr(indicator, end), dtype=float)
        return float(transform(typed, indicator.transform))
