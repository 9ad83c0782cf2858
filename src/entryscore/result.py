"""What a run of the pipeline gives: every stage, immutable, and frames made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from entryscore.catalogue import Catalogue
from entryscore.language import say
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.problems import Problem
from entryscore.tree import Floats, Tree


@dataclass(frozen=True)
class GateOutcome:
    """One gate at one market: `state` is `failed` or `unverified` (met gates are not listed)."""

    market: int
    indicator: str
    condition: str
    state: str
    drops: bool

    def __str__(self) -> str:
        missing = " (unverified)" if self.state == "unverified" else ""
        return f"{self.indicator} {self.condition}{missing}"

    def told(self) -> str:
        """The same in the current language, for people; csv and json have `str`."""
        gate = f"{self.indicator} {self.condition}"
        return say("{gate} (unverified)", gate=gate) if self.state == "unverified" else gate


@dataclass(frozen=True, eq=False)
class Result:
    """Every stage of the construction. Arrays by indicator are (markets × indicators) in the
    catalogue's order, arrays by node (markets × nodes) in the tree's; NaN is missing."""

    catalogue: Catalogue
    tree: Tree
    table: MarketTable
    methodology: Methodology
    scenario: str
    weights: Floats  # (nodes) as used: after scenario and --weight, 0 where dropped
    scaled: Floats
    imputed: Floats
    transformed: Floats
    treated: Floats
    normalised: Floats
    scores: Floats  # (markets × nodes)
    filled: NDArray[np.bool_]  # (markets × nodes) the score is the group's mean
    node_coverage: Floats  # (markets × nodes) share of the children's weight with a score
    coverage: Floats  # (markets) share of effective indicator weight observed
    gates: tuple[GateOutcome, ...]
    ranked: NDArray[np.bool_]
    ranks: Floats  # (markets) NaN: no rank
    rank_low: Floats  # NaN until robustness
    rank_high: Floats
    treatment: Mapping[str, str]  # indicator -> what was done
    dropped: tuple[str, ...]  # indicators without any value
    warnings: tuple[Problem, ...]

    @property
    def score(self) -> Floats:
        return self.scores[:, 0]

    def aggregation(self, node: int) -> str:
        """Of a node above the indicators: its own, else the setting's."""
        return self.methodology.aggregation_of(self.catalogue.node(self.tree.codes[node]))

    @cached_property
    def shares(self) -> Floats:
        """(nodes) weight among siblings."""
        return self.tree.shares(self.weights)

    @cached_property
    def effective(self) -> Floats:
        """(nodes) product of the shares up the tree."""
        return self.tree.effective(self.weights)

    @cached_property
    def order(self) -> NDArray[np.intp]:
        """Market positions by rank, ties by code, unranked last by code."""
        codes = np.array(self.table.codes)
        return np.lexsort((codes, np.where(np.isnan(self.ranks), np.inf, self.ranks)))

    @cached_property
    def bands(self) -> tuple[str, ...]:
        return self.methodology.bands_of(self.score)

    @cached_property
    def gate_texts(self) -> tuple[str, ...]:
        texts: list[list[str]] = [[] for _ in self.table.codes]
        for gate in self.gates:
            texts[gate.market].append(str(gate))
        return tuple("; ".join(found) for found in texts)

    def frame(self) -> pd.DataFrame:
        """The ranking as `score --format csv` prints it, one row per market in rank order."""
        order = self.order
        table = self.table
        columns: dict[str, object] = {
            "rank": pd.array([None if np.isnan(r) else int(r) for r in self.ranks[order]], "Int64"),
            "code": [table.codes[i] for i in order],
            "name": [table.names[i] for i in order],
            "group": [table.groups[i] for i in order],
            "score": self.score[order],
        }
        columns |= {
            code: self.scores[order, node] for node, code in enumerate(self.tree.codes) if node
        }
        columns |= {
            "coverage": self.coverage[order],
            "band": [self.bands[i] for i in order],
            "gate": [self.gate_texts[i] for i in order],
            "rank_low": self.rank_low[order],
            "rank_high": self.rank_high[order],
        }
        return pd.DataFrame(columns)
