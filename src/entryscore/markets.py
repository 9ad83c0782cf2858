"""The markets and their values, with the cell each value was read from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from entryscore.catalogue import Catalogue
from entryscore.tree import Floats


def _no_cell(market: str, indicator: str) -> str:
    return f"{market}/{indicator}"


@dataclass(frozen=True, eq=False)
class MarketTable:
    """Included markets (rows) by the catalogue's indicators (columns, all roles, in its order).

    `values` (markets × indicators) holds NaN where a value is missing and for texts; `texts`
    holds what `info` columns say, per indicator code and market (None: missing).
    `errors` (as `values`) holds standard errors of single values, NaN where none is stated.
    `where(market, indicator)` gives the cell of a value, `headers` the cell of a column's header.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    groups: tuple[str, ...]
    values: Floats
    texts: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    where: Callable[[str, str], str] = _no_cell
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: Floats | None = None

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, catalogue: Catalogue) -> MarketTable:
        """From a frame indexed by market code, with columns `name`, `group` and indicator codes."""

        def words(column: str) -> tuple[str, ...]:
            if column not in frame:
                return ("",) * len(frame)
            return tuple(frame[column].fillna("").astype(str))

        values = frame.reindex(columns=list(catalogue.codes)).apply(pd.to_numeric, errors="coerce")
        return cls(
            tuple(map(str, frame.index)), words("name"), words("group"),
            values.to_numpy(dtype=float, copy=True),
        )  # fmt: skip

    def standard_errors(self, catalogue: Catalogue) -> Floats:
        """(markets × indicators) of the values, in their units: stated for the value, else the
        indicator's `uncertainty` as a share of it, else 0."""
        shares = np.array([i.uncertainty or 0.0 for i in catalogue.indicators])
        general = np.abs(np.nan_to_num(self.values)) * shares
        return general if self.errors is None else np.where(
            np.isnan(self.errors), general, self.errors
        )  # fmt: skip

    def label(self, i: int) -> str:
        return self.names[i] or self.codes[i]

    @property
    def group_positions(self) -> tuple[np.ndarray, list[str]]:
        """Group number per market (-1: blank) and the groups' names in order of appearance."""
        names = [name for name in dict.fromkeys(self.groups) if name]
        number = {name: i for i, name in enumerate(names)}
        return np.array([number.get(name, -1) for name in self.groups], dtype=int), names
