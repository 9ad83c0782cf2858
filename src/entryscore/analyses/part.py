"""What every analysis is given and what it gives, and helpers they share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from entryscore.analysis import Kind
from entryscore.language import ENGLISH, current, own_name, say
from entryscore.naming import few_of
from entryscore.result import Result
from entryscore.tree import Floats

ROWS = 20  # of a table in the terminal


@dataclass(frozen=True, eq=False)
class Question:
    """`market`: a code of the result; `other`: the same markets under another methodology;
    `against`: what differs in it, in words; `level`: of the nodes left out (None: every level)."""

    result: Result
    market: str | None = None
    other: Result | None = None
    against: str = ""
    level: int | None = None
    kind: Kind = "pearson"


@dataclass(frozen=True, eq=False)
class Part:
    """One analysis. `frame` has all of it, `brief` what a terminal shows, `formats` the number
    formats of its columns, `summary` figures that are not in the rows of `frame`, `nodes` the
    column of the codes whose names stand beside them."""

    title: str
    reading: str
    frame: pd.DataFrame
    brief: pd.DataFrame
    formats: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    summary: pd.DataFrame | None = None
    nodes: str = ""

    def shown(self, result: Result) -> pd.DataFrame:
        """`brief` with the names of nodes in the current language."""
        if current() == ENGLISH or not self.nodes:
            return self.brief
        names = [node_name(result, str(code)) for code in self.brief[self.nodes]]
        return self.brief.assign(name=names)


def name_of(result: Result, code: str) -> str:
    return (result.catalogue.index if code == "index" else result.catalogue.node(code)).name


def node_name(result: Result, code: str) -> str:
    """Its name in the current language; blank where it has none."""
    return own_name(result.catalogue.index if code == "index" else result.catalogue.node(code))


def with_names(result: Result, frame: pd.DataFrame, of: str = "code") -> pd.DataFrame:
    """The frame with its index as the column `of`, and the nodes' names beside it."""
    codes = [str(code) for code in frame.index]
    found = frame.reset_index(drop=True)
    found.insert(0, of, codes)
    found.insert(1, "name", [name_of(result, code) for code in codes])
    return found


def market_names(result: Result) -> dict[str, str]:
    return dict(zip(result.table.codes, result.table.names, strict=True))


def listed(what: str, codes: Iterable[str]) -> tuple[str, ...]:
    named = list(codes)
    if not named:
        return ()
    return (say("{what}: {names}", what=say(what), names=few_of(named, 8)),)


def whole(values: pd.Series) -> pd.Series:
    return values.astype("Float64").astype("Int64")


def score_format(*values: Floats) -> str:
    """Fewer decimals for scores up to 100 than for those about 1, such as z-scores."""
    return ".1f" if any(np.any(np.abs(x) >= 10) for x in values) else ".2f"
