"""Values over several years: gaps filled along time, growth as a derived indicator.

A panel is a frame with years in rows (ascending, whole numbers) and one column per series.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from entryscore.tree import Floats

_FEWEST_FOR_TREND = 3


def latest(panel: pd.DataFrame) -> pd.DataFrame:
    """Each gap takes the newest earlier value; a gap before the first value stays.

    >>> latest(pd.DataFrame({"a": [1.0, None, 3.0, None]}, index=[1, 2, 3, 4]))["a"].tolist()
    [1.0, 1.0, 3.0, 3.0]
    """
    return panel.sort_index().ffill()


def interpolated(panel: pd.DataFrame) -> pd.DataFrame:
    """Gaps lie on the line between their neighbours in time; at the ends the nearest value counts.

    >>> gaps = pd.DataFrame({"a": [None, 1.0, None, 4.0]}, index=[2018, 2019, 2020, 2022])
    >>> interpolated(gaps)["a"].tolist()
    [1.0, 1.0, 2.0, 4.0]
    """
    return panel.sort_index().interpolate(method="index", limit_direction="both")


def growth_rate(panel: pd.DataFrame) -> pd.Series[float]:
    """Compound annual growth of each series, (last / first)^(1 / years) - 1, between its first and
    its last value; NaN with one value only, or where one of the two is not above 0.

    >>> panel = pd.DataFrame({"a": [100.0, None, 121.0]}, index=[1, 2, 3])
    >>> growth_rate(panel)["a"].round(9).item()
    0.1
    """
    years, values, present = _arrays(panel)
    first, last = present.argmax(axis=0), len(years) - 1 - present[::-1].argmax(axis=0)
    columns = np.arange(values.shape[1])
    start, end, span = values[first, columns], values[last, columns], years[last] - years[first]
    known = (span > 0) & (start > 0) & (end > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = (end / start) ** (1 / span) - 1
    return pd.Series(np.where(known, rate, np.nan), index=panel.columns)


def trend(panel: pd.DataFrame) -> pd.Series[float]:
    """Slope of the least-squares line over its fitted first value, per year; NaN with fewer than
    three values or where the fitted first value is 0.

    >>> trend(pd.DataFrame({"a": [10.0, 12.0, 14.0]}, index=[1, 2, 3]))["a"].round(9).item()
    0.2
    """
    years, values, present = _arrays(panel)
    n = present.sum(axis=0)
    time = np.where(present, years[:, None], 0.0)
    value = np.where(present, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_time, mean = time.sum(axis=0) / n, value.sum(axis=0) / n
        off = np.where(present, years[:, None] - mean_time, 0.0)
        slope = (off * value).sum(axis=0) / (off * off).sum(axis=0)
        first = mean + slope * (years[present.argmax(axis=0)] - mean_time)
        share = slope / first
    known = (n >= _FEWEST_FOR_TREND) & (first != 0)
    return pd.Series(np.where(known, share, np.nan), index=panel.columns)


def _arrays(panel: pd.DataFrame) -> tuple[Floats, Floats, np.ndarray]:
    ordered = panel.sort_index()
    values = ordered.to_numpy(dtype=float)
    return ordered.index.to_numpy(dtype=float), values, ~np.isnan(values)
