"""What every step of the pipeline looks at, and where it reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from entryscore.catalogue import Catalogue, Indicator
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.problems import Findings
from entryscore.tree import Tree


@dataclass(frozen=True, eq=False)
class Case:
    """What every step looks at, and where it reports."""

    catalogue: Catalogue
    table: MarketTable
    methodology: Methodology
    tree: Tree
    found: Findings
    troubled: bool = False  # reading found problems; what follows from them is not said again
    spoilt: set[str] = field(default_factory=set)  # indicators with a problem; no more about them

    @cached_property
    def columns(self) -> NDArray[np.intp]:
        """The indicators of the tree, as columns of values."""
        return self.tree.columns[self.tree.leaves]

    def indicators(self, columns: Iterable[int]) -> list[Indicator]:
        return [self.catalogue.indicators[c] for c in columns]

    def method(self, indicator: Indicator) -> str:
        return self.methodology.normalisation_of(indicator)

    def aggregation(self, node: int) -> str:
        return self.methodology.aggregation_of(self.catalogue.node(self.tree.codes[node]))

    def header(self, code: str) -> str:
        return self.table.headers.get(code) or self.catalogue.origin.where((code, "code"))

    def setting(self, *names: str) -> str:
        return self.methodology.origin.where(*((name,) for name in names))

    def cell(self, market: int | np.intp, column: int) -> str:
        return self.table.where(self.table.codes[market], self.catalogue.codes[column])

    def column_cell(self, code: str, column: str) -> str:
        return self.catalogue.origin.where((code, column), (column,))

    def check_settings(self) -> None:
        settings, found = self.methodology, self.found
        methods = {self.method(i) for i in self.indicators(self.columns)}
        aggregations = {self.aggregation(node) for node in self.tree.inner}
        if settings.scale_low >= settings.scale_high:
            found.problem(
                self.setting("scale_high", "scale_low"),
                "scale_high is {high:g} and scale_low {low:g}", "put the higher one in scale_high",
                high=settings.scale_high, low=settings.scale_low,
            )  # fmt: skip
        if "power" in aggregations and settings.power is None:
            found.problem(
                self.setting("power", "aggregation"),
                "aggregation is power, and the setting power is blank", "type the exponent",
            )  # fmt: skip
        if settings.missing == "zero" and ("copeland" in aggregations or "z_score" in methods):
            found.problem(
                self.setting("missing"),
                "missing = zero with {method}, where 0 is the middle of the table",
                "use reweight or exclude",
                method="copeland" if "copeland" in aggregations else "z_score",
            )
        if "distance_to_reference" in methods:
            self._check_reference()

    def _check_reference(self) -> None:
        code = self.methodology.reference_market
        if code is None:
            self.found.problem(
                self.setting("reference_market", "normalisation"),
                "distance_to_reference needs a reference market", "type its code",
            )  # fmt: skip
        elif self.reference is None:
            self.found.problem(
                self.setting("reference_market"),
                "{code} is not among the markets", "type the code of a market", code=code,
            )  # fmt: skip

    @property
    def reference(self) -> int | None:
        code = self.methodology.reference_market
        return self.table.codes.index(code) if code in self.table.codes else None
