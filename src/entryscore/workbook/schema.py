"""What pandera checks: bounds and finiteness of the values, codes that are there once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pandas as pd
import pandera.pandas as pa

from entryscore.catalogue import Catalogue, Indicator
from entryscore.markets import MarketTable
from entryscore.problems import Findings

_FINITE, _MIN, _MAX = "finite", "valid_min", "valid_max"
CODES = pa.DataFrameSchema(
    {"code": pa.Column(str, unique=True, nullable=False, report_duplicates="exclude_first")}
)


def _column(indicator: Indicator) -> pa.Column:
    checks = [pa.Check(lambda v: ~np.isinf(v), error=_FINITE)]
    if indicator.valid_min is not None:
        checks.append(pa.Check.ge(indicator.valid_min, error=_MIN))
    if indicator.valid_max is not None:
        checks.append(pa.Check.le(indicator.valid_max, error=_MAX))
    return pa.Column(float, checks, nullable=True)


def values_schema(catalogue: Catalogue) -> pa.DataFrameSchema:
    return pa.DataFrameSchema({i.code: _column(i) for i in catalogue.indicators})


def failures(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame:
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        return cast(pd.DataFrame, errors.failure_cases).dropna(subset=["index"])
    return pd.DataFrame(columns=["column", "check", "failure_case", "index"])


def repeated(codes: Sequence[str]) -> list[int]:
    """The positions of codes that stood before."""
    frame = pd.DataFrame({"code": pd.Series(list(codes), dtype=object)})
    return sorted({int(i) for i in failures(CODES, frame)["index"]})


def check_values(table: MarketTable, catalogue: Catalogue, findings: Findings) -> None:
    frame = pd.DataFrame(table.values, columns=list(catalogue.codes))
    bounds = {
        _MIN: ("{value:g} is below the lowest valid value {bound:g}", "valid_min"),
        _MAX: ("{value:g} is above the highest valid value {bound:g}", "valid_max"),
    }
    cases = failures(values_schema(catalogue), frame)
    for row, column, check, value in zip(
        *(cases[name] for name in ("index", "column", "check", "failure_case")), strict=True
    ):
        where = table.where(table.codes[int(row)], str(column))
        if check == _FINITE:
            findings.problem(where, "the value is not finite", "type a number")
            continue
        what, bound = bounds[str(check)]
        findings.problem(
            where, what, "correct the value, or {column} in Indicators", column=bound,
            value=float(value), bound=getattr(catalogue[str(column)], bound),
        )  # fmt: skip
