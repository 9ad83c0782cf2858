"""Values over several years: gaps filled along time, and one value per market made of all years.

A panel is a frame of floats with years in rows (whole numbers, each once) and one column per
market (or other series); NaN where there is no value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from entryscore.language import phrase
from entryscore.registry import Registry
from entryscore.tree import Floats

if TYPE_CHECKING:  # pandas is slow to import, and who reads the names of methods needs none
    import pandas as pd

Panel = Callable[["pd.DataFrame", "int | None"], "pd.Series[float]"]
PANELS: Registry[Panel] = Registry("panel")


@dataclass(frozen=True)
class Caveat:
    """`what` is a template in English for `panel`, `fewest` and `markets`."""

    what: str
    fewest: int
    series: tuple[str, ...]


_ZERO = 1e-12  # a fitted first value below this share of the largest value is 0 but for noise
_FEWEST = {"cagr": 2, "trend": 3}
_FEW = phrase("no {panel} from fewer than {fewest} values: {markets}")
_UNDEFINED = {
    "cagr": phrase("no cagr where the first or last value is not above 0: {markets}"),
    "trend": phrase("no trend where the fitted line starts at 0: {markets}"),
}
_REVERSED = phrase("a trend whose fitted line starts below 0 calls a rise a fall: {markets}")


@PANELS.register(
    "latest", formula="the newest value, not after `year`", source="",
    properties=("scales", "within_observed", "blind_to_later", "order_only"),
)  # fmt: skip
def newest(panel: pd.DataFrame, year: int | None = None) -> pd.Series[float]:
    """The newest value of each series, in the panel's unit; NaN without any."""
    return latest(_until(panel, year)).iloc[-1]


@PANELS.register(
    "interpolated",
    formula="the line between the neighbours of `year` (blank: the newest year); "
    "beyond the ends the nearest value",
    source="COINr impute_panel", properties=("scales", "within_observed"),
)  # fmt: skip
def at_year(panel: pd.DataFrame, year: int | None = None) -> pd.Series[float]:
    """The interpolated value of each series at `year` (default: the panel's newest year), in the
    panel's unit; NaN for a series without any value."""
    target = panel.index.max() if year is None else year
    filled = interpolated(panel.reindex(panel.index.union([target])))
    return _series(filled.loc[[target]].to_numpy(dtype=float)[0], panel)


@PANELS.register(
    "cagr", formula="(last / first)^(1 / years) - 1, not after `year`", source="COINr get_trends",
    properties=("scale_invariant", "blind_to_later", "zero_on_constant"),
)  # fmt: skip
def growth_rate(panel: pd.DataFrame, year: int | None = None) -> pd.Series[float]:
    """Compound annual growth of each series, (last / first)^(1 / years) - 1, between its first and
    its last value, as a share; NaN with one value only, or where one of the two is not above 0.

    >>> import pandas as pd
    >>> panel = pd.DataFrame({"a": [100.0, None, 121.0]}, index=[1, 2, 3])
    >>> growth_rate(panel)["a"].round(9).item()
    0.1
    """
    years, values, present = _arrays(_until(panel, year))
    first, last = present.argmax(axis=0), len(years) - 1 - present[::-1].argmax(axis=0)
    columns = np.arange(values.shape[1])
    start, end, span = values[first, columns], values[last, columns], years[last] - years[first]
    known = (span > 0) & (start > 0) & (end > 0)
    with np.errstate(all="ignore"):  # by logarithms, since last / first may overflow
        rate = np.expm1((np.log(end) - np.log(start)) / span)
    return _series(np.where(known, rate, np.nan), panel)


@PANELS.register(
    "trend", formula="least-squares slope / fitted first value, not after `year`",
    source="COINr prc_change", properties=("scale_invariant", "blind_to_later", "zero_on_constant"),
)  # fmt: skip
def trend(panel: pd.DataFrame, year: int | None = None) -> pd.Series[float]:
    """Slope of the least-squares line over its fitted first value, per year, as a share; NaN with
    fewer than three values or where the fitted first value is 0.

    >>> import pandas as pd
    >>> trend(pd.DataFrame({"a": [10.0, 12.0, 14.0]}, index=[1, 2, 3]))["a"].round(9).item()
    0.2
    """
    slope, first = _line(_until(panel, year))
    with np.errstate(invalid="ignore", divide="ignore"):
        return _series(np.where(np.abs(first) > _ZERO, slope / first, np.nan), panel)


def latest(panel: pd.DataFrame) -> pd.DataFrame:
    """Each gap takes the newest earlier value; a gap before the first value stays.

    >>> import pandas as pd
    >>> latest(pd.DataFrame({"a": [1.0, None, 3.0, None]}, index=[1, 2, 3, 4]))["a"].tolist()
    [1.0, 1.0, 3.0, 3.0]
    """
    return panel.sort_index().ffill()


def interpolated(panel: pd.DataFrame) -> pd.DataFrame:
    """Gaps lie on the line between their neighbours in time; at the ends the nearest value counts.

    >>> import pandas as pd
    >>> gaps = pd.DataFrame({"a": [None, 1.0, None, 4.0]}, index=[2018, 2019, 2020, 2022])
    >>> interpolated(gaps)["a"].tolist()
    [1.0, 1.0, 2.0, 4.0]
    """
    return panel.sort_index().interpolate(method="index", limit_direction="both")


def is_share(name: str) -> bool:
    """Whether the method gives a pure number (a share per year), whatever the panel's unit."""
    return "scale_invariant" in PANELS[name].properties


def needs_years(name: str) -> bool:
    """Whether values without a year cannot be used."""
    return "order_only" not in PANELS[name].properties


def newest_used(name: str, panel: pd.DataFrame, year: int | None = None) -> pd.Series[float]:
    """The year of the newest value that the method used for each series; NaN where none was."""
    years, _, present = _arrays(panel)
    target = years.max() if year is None else year
    known = np.where(present, years[:, None], np.nan)
    last: Floats = np.fmax.reduce(np.where(known <= target, known, np.nan), axis=0)
    if "blind_to_later" in PANELS[name].properties:
        return _series(last, panel)
    later: Floats = np.fmin.reduce(np.where(known >= target, known, np.nan), axis=0)
    return _series(np.where(np.isnan(later), last, later), panel)


def caveats(name: str, panel: pd.DataFrame, year: int | None = None) -> list[Caveat]:
    """Which series the method gives no value, and why, or a value that misleads. Series of which
    nothing is known are simply missing to `latest` and `interpolated`, too few to the others."""
    count, fewest = _until(panel, year).notna().sum(), _FEWEST.get(name, 0)
    flagged: dict[str, pd.Series[Any]] = {_FEW: count < fewest}
    if name in _UNDEFINED:
        flagged[_UNDEFINED[name]] = PANELS[name].function(panel, year).isna() & (count >= fewest)
    if name == "trend":
        flagged[_REVERSED] = _series(_line(_until(panel, year))[1] < -_ZERO, panel)
    return [
        Caveat(what, fewest, tuple(map(str, flags.index[flags])))
        for what, flags in flagged.items()
        if flags.any()
    ]


def _line(panel: pd.DataFrame) -> tuple[Floats, Floats]:
    """Slope and fitted first value of each series' least-squares line, both as shares of its
    largest value (huge values overflow otherwise); NaN with fewer than three values."""
    years, values, present = _arrays(panel)
    n = np.where(present.sum(axis=0) < _FEWEST["trend"], np.nan, present.sum(axis=0))
    size = np.abs(np.where(present, values, 0.0)).max(axis=0)
    time = np.where(present, years[:, None], 0.0)
    value = np.where(present, values, 0.0) / np.where(size > 0, size, 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_time, mean = time.sum(axis=0) / n, value.sum(axis=0) / n
        off = np.where(present, years[:, None] - mean_time, 0.0)
        slope = (off * value).sum(axis=0) / (off * off).sum(axis=0)
        first = mean + slope * (years[present.argmax(axis=0)] - mean_time)
    return slope, first


def _until(panel: pd.DataFrame, year: int | None) -> pd.DataFrame:
    """The panel with nothing known after `year`."""
    if year is None:
        return panel
    return panel.loc[panel.index <= year].reindex(panel.index)


def _arrays(panel: pd.DataFrame) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    ordered = panel.sort_index()
    values = ordered.to_numpy(dtype=float)
    return ordered.index.to_numpy(dtype=float), values, ~np.isnan(values)


def _series(values: NDArray[Any], panel: pd.DataFrame) -> pd.Series[float]:
    import pandas as pd

    return pd.Series(values, index=panel.columns)
