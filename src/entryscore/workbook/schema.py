"""What pandera checks: bounds and finiteness of the values, codes that are there once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from entryscore.catalogue import Catalogue, Indicator
from entryscore.language import phrase
from entryscore.markets import MarketTable
from entryscore.panel import needs_years
from entryscore.problems import Findings

if TYPE_CHECKING:
    import pandera.pandas as pa

    from entryscore.workbook.panels import Observed

_FINITE, _MIN, _MAX = "finite", "valid_min", "valid_max"


def _column(indicator: Indicator, bounded: bool) -> pa.Column:
    import pandera.pandas as pa

    checks = [pa.Check(lambda v: ~np.isinf(v), error=_FINITE)]
    if bounded and indicator.valid_min is not None:
        checks.append(pa.Check.ge(indicator.valid_min, error=_MIN))
    if bounded and indicator.valid_max is not None:
        checks.append(pa.Check.le(indicator.valid_max, error=_MAX))
    return pa.Column(float, checks, nullable=True)


def values_schema(catalogue: Catalogue, as_read: bool = False) -> pa.DataFrameSchema:
    """`as_read`: for observations. Bounds are for values as read, and else for those that stand in
    no cell; what an indicator's own years were made into has none."""
    import pandera.pandas as pa

    return pa.DataFrameSchema(
        {i.code: _column(i, as_read or _stands_alone(i)) for i in catalogue.indicators}
    )


def _stands_alone(indicator: Indicator) -> bool:
    return indicator.panel_of is not None or not needs_years(indicator.panel)


def failures(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> pd.DataFrame:
    import pandera.pandas as pa

    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        return cast(pd.DataFrame, errors.failure_cases).dropna(subset=["index"])
    return pd.DataFrame(columns=["column", "check", "failure_case", "index"])


def repeated(codes: Sequence[str]) -> list[int]:
    """The positions of codes that stood before."""
    if len(set(codes)) == len(codes):  # pandera takes a quarter of a second to load
        return []
    import pandera.pandas as pa

    once = pa.Column(str, unique=True, nullable=False, report_duplicates="exclude_first")
    frame = pd.DataFrame({"code": pd.Series(list(codes), dtype=object)})
    return sorted({int(i) for i in failures(pa.DataFrameSchema({"code": once}), frame)["index"]})


def check_values(table: MarketTable, catalogue: Catalogue, findings: Findings) -> None:
    """The values in use."""
    frame = pd.DataFrame(table.values, index=list(table.codes), columns=list(catalogue.codes))
    _check(frame, False, table.where, catalogue, findings)


def check_observed(
    observed: Mapping[str, Observed], catalogue: Catalogue, findings: Findings
) -> None:
    """Every observation, of each indicator that has some."""
    seen = {
        code: {one.where: one.value for one in found if one.value is not None}
        for code, found in observed.items()
    }
    frame = pd.DataFrame(seen, columns=list(catalogue.codes), dtype=float)
    _check(frame, True, lambda where, _: where, catalogue, findings)


def _all_inside(frame: pd.DataFrame, catalogue: Catalogue, as_read: bool) -> bool:
    """Whether the schema has nothing to refuse: most workbooks, without loading pandera."""
    bounded = [as_read or _stands_alone(i) for i in catalogue.indicators]
    low, high = (
        np.array([
            fallback if not inside or getattr(i, name) is None else getattr(i, name)
            for i, inside in zip(catalogue.indicators, bounded, strict=True)
        ], dtype=float)
        for name, fallback in ((_MIN, -np.inf), (_MAX, np.inf))
    )  # fmt: skip
    values = frame.to_numpy(dtype=float)
    refused = np.isinf(values) | (values < low) | (values > high)
    return not bool(refused.any())


def _check(
    frame: pd.DataFrame,
    as_read: bool,
    where: Callable[[str, str], str],
    catalogue: Catalogue,
    findings: Findings,
) -> None:
    """Reports what the schema refuses at `where(row label, column)`."""
    if _all_inside(frame, catalogue, as_read):
        return
    bounds = {
        _MIN: (phrase("{value:g} is below the lowest valid value {bound:g}"), "valid_min"),
        _MAX: (phrase("{value:g} is above the highest valid value {bound:g}"), "valid_max"),
    }
    cases = failures(values_schema(catalogue, as_read), frame)
    for row, column, check, value in zip(
        *(cases[name] for name in ("index", "column", "check", "failure_case")), strict=True
    ):
        place = where(str(row), str(column))
        if check == _FINITE:
            findings.problem(place, "the value is not finite", "type a number")
            continue
        what, bound = bounds[str(check)]
        findings.problem(
            place, what, "correct the value, or {column} in Indicators", column=bound,
            value=float(value), bound=getattr(catalogue[str(column)], bound),
        )  # fmt: skip
