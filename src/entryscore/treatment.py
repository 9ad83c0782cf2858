"""Treatment of outliers, in raw orientation: (…, markets, indicators)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from entryscore.registry import Registry
from entryscore.tree import Floats

Limits = tuple[float, float, int]  # skewness, excess kurtosis, most points winsorised
DEFAULT_LIMITS: Limits = (2.0, 3.5, 5)
TREATMENTS: Registry[Callable[[Floats, Limits], Floats]] = Registry("treatment")
_VALUES_AT_ONCE = 40_000  # what stays in the cache
COINR = "Becker et al., COINr 1.1.14"


def skewness_and_kurtosis(x: Floats) -> tuple[Floats, Floats]:
    """Excel's SKEW and KURT down the markets; NaN with too few values or one value only."""
    return _moments(np.ascontiguousarray(np.swapaxes(x, -1, -2), dtype=float))


def _moments(rows: Floats) -> tuple[Floats, Floats]:
    """The same along the last axis."""
    missing = np.isnan(rows)
    n = rows.shape[-1] - missing.sum(axis=-1).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        if missing.any():
            mean = np.where(missing, 0.0, rows).sum(axis=-1) / n
            d = np.where(missing, 0.0, rows - mean[..., None])
        else:
            d = rows - rows.mean(axis=-1)[..., None]
        spread = np.abs(d).max(axis=-1, initial=0.0)
        d /= np.where(spread > 0, spread, 1.0)[..., None]  # no overflow, no underflow
        square = d * d
        s2 = np.einsum("...i->...", square)
        s3 = np.einsum("...i,...i->...", square, d)
        s4 = np.einsum("...i,...i->...", square, square)
        skew = n * np.sqrt(n - 1) / (n - 2) * s3 / s2**1.5
        ratio = n * s4 / s2**2
        kurt = ((n + 1) * (ratio - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    skew = np.where((n < 3) | (s2 == 0), np.nan, skew)
    return skew, np.where((n < 4) | (s2 == 0), np.nan, kurt)


def _needing(rows: Floats, limits: Limits) -> tuple[NDArray[np.bool_], Floats]:
    skew, kurt = _moments(rows)
    return (np.abs(skew) >= limits[0]) & (kurt >= limits[1]), skew


def needs_treatment(x: Floats, limits: Limits = DEFAULT_LIMITS) -> NDArray[np.bool_]:
    """(…, indicators): beyond both limits."""
    return _needing(np.ascontiguousarray(np.swapaxes(x, -1, -2), dtype=float), limits)[0]


@TREATMENTS.register(
    "none", formula="x", source="", properties=("monotone", "scale_invariant", "idempotent")
)
def none(x: Floats, limits: Limits = DEFAULT_LIMITS) -> Floats:
    return x


@TREATMENTS.register(
    "winsorise",
    formula="the outermost points take the next value while |skew| and kurtosis exceed the limits",
    source=COINR,
    properties=("monotone", "scale_invariant", "within_range"),
)
def winsorise(x: Floats, limits: Limits = DEFAULT_LIMITS) -> Floats:
    return _by_column(x, limits, _winsorise_rows)


@TREATMENTS.register(
    "log",
    formula="ln(x - min + 0.01 (max - min)) where beyond the limits",
    source=COINR + " (log_CT)",
    properties=("monotone",),
)
def log(x: Floats, limits: Limits = DEFAULT_LIMITS) -> Floats:
    return _by_column(x, limits, lambda rows, skew, limits: _log_rows(rows))


@TREATMENTS.register(
    "auto",
    formula="winsorise; where that was not enough, log of the original",
    source=COINR,
    properties=("monotone",),
)
def auto(x: Floats, limits: Limits = DEFAULT_LIMITS) -> Floats:
    def both(rows: Floats, skew: Floats, limits: Limits) -> Floats:
        moved = _winsorise_rows(rows, skew, limits)
        short = _needing(moved, limits)[0] | (np.nanmin(moved, -1) == np.nanmax(moved, -1))
        moved[short] = _log_rows(rows[short])
        return moved

    return _by_column(x, limits, both)


def _by_column(
    x: Floats, limits: Limits, treat: Callable[[Floats, Floats, Limits], Floats]
) -> Floats:
    """Only the columns that need it are handed to `treat`, each as a row."""
    columns = np.array(np.swapaxes(x, -1, -2), dtype=float, order="C")
    rows = columns.reshape(-1, columns.shape[-1])
    size = max(1, _VALUES_AT_ONCE // max(1, rows.shape[-1]))
    changed = False
    for start in range(0, len(rows), size):
        block = rows[start : start + size]
        needing, skew = _needing(block, limits)
        if needing.any():
            changed = True
            block[needing] = treat(block[needing], skew[needing], limits)
    return np.swapaxes(columns, -1, -2) if changed else x


def _log_rows(rows: Floats) -> Floats:
    if not rows.size:
        return rows
    low = np.nanmin(rows, axis=-1, keepdims=True)
    return np.asarray(np.log(rows - low + 0.01 * (np.nanmax(rows, axis=-1, keepdims=True) - low)))


def _winsorise_rows(rows: Floats, skew: Floats, limits: Limits) -> Floats:
    rows = rows.copy()
    moved = np.zeros(rows.shape, dtype=bool)
    going = np.arange(len(rows)) if limits[2] > 0 else np.arange(0)
    while going.size:
        sign = np.where(skew >= 0, 1.0, -1.0)[:, None]
        part = rows[going] * sign
        top = np.nanmax(part, axis=-1, keepdims=True)
        at_top = part == top
        below = np.where(at_top | np.isnan(part), -np.inf, part).max(axis=-1, keepdims=True)
        part = np.where(at_top, below, part)
        rows[going] = part * sign
        moved[going] |= at_top
        again, skew = _needing(part * sign, limits)
        again &= moved[going].sum(axis=-1) < limits[2]
        going, skew = going[again], skew[again]
    return rows
