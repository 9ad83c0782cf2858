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
_VALUES_AT_ONCE = 100_000  # what stays in the cache
_NEAR = 1e-6  # far above the rounding of updated sums
COINR = "Becker et al., COINr 1.1.14"


def skewness_and_kurtosis(x: Floats) -> tuple[Floats, Floats]:
    """Excel's SKEW and KURT down the markets; NaN with too few values or one value only."""
    return _moments(np.ascontiguousarray(np.swapaxes(x, -1, -2), dtype=float))


def _moments(rows: Floats) -> tuple[Floats, Floats]:
    """The same along the last axis."""
    with np.errstate(invalid="ignore", divide="ignore"):
        n, _, d = _deviations(rows)
        spread = np.abs(d).max(axis=-1, initial=0.0)
        d /= np.where(spread > 0, spread, 1.0)[..., None]  # no overflow, no underflow
        s2, s3, s4 = _power_sums(d)
        one_value = np.abs(s3) == n  # all deviations the same: the mean was rounded
        return _skewness_and_kurtosis(n, np.where(one_value, 0.0, s2), s3, s4)


def _deviations(rows: Floats) -> tuple[Floats, Floats, Floats]:
    """How many values there are, their mean and the deviations from it, 0 where missing."""
    missing = np.isnan(rows)
    n = rows.shape[-1] - missing.sum(axis=-1).astype(float)
    if missing.any():
        mean = np.where(missing, 0.0, rows).sum(axis=-1) / n
        return n, mean, np.where(missing, 0.0, rows - mean[..., None])
    mean = rows.mean(axis=-1)
    return n, mean, rows - mean[..., None]


def _power_sums(d: Floats) -> tuple[Floats, Floats, Floats]:
    """Σd², Σd³ and Σd⁴ along the last axis."""
    square = d * d
    return (
        np.einsum("...i->...", square),
        np.einsum("...i,...i->...", square, d),
        np.einsum("...i,...i->...", square, square),
    )


def _skewness_and_kurtosis(n: Floats, s2: Floats, s3: Floats, s4: Floats) -> tuple[Floats, Floats]:
    """From the sums of powers of n deviations from the mean."""
    skew = n * np.sqrt(n - 1) / (n - 2) * s3 / s2**1.5
    ratio = n * s4 / s2**2
    kurt = ((n + 1) * (ratio - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    skew = np.where((n < 3) | (s2 == 0), np.nan, skew)
    return skew, np.where((n < 4) | (s2 == 0), np.nan, kurt)


def _beyond(skew: Floats, kurt: Floats, limits: Limits) -> NDArray[np.bool_]:
    return np.asarray((np.abs(skew) >= limits[0]) & (kurt >= limits[1]))


def _needing(rows: Floats, limits: Limits) -> tuple[NDArray[np.bool_], Floats]:
    skew, kurt = _moments(rows)
    return _beyond(skew, kurt, limits), skew


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
    """The rows clipped to edges (2, rows) that move inwards, one value at a time.

    Side 0 is the top, side 1 the bottom with the sign changed: inwards is down on both.
    """
    most = limits[2]
    if most < 1:
        return rows
    outer = _outermost(rows, most + 1)
    edges = np.fmax.reduce(outer, axis=-1)
    moments = _MomentsWithin(rows, outer)
    going = np.arange(len(rows))
    while going.size:
        side = np.where(skew >= 0, 0, 1)
        edges[side, going] = _next_inwards(rows, outer, edges, side, going)
        moved = (outer[:, going] > edges[:, going, None]).sum(axis=(0, 2))
        going = going[moved < most]
        again, skew = moments.needing(edges[:, going], going, limits)
        going, skew = going[again], skew[again]
    return _clipped(rows, edges)


def _clipped(x: Floats, edges: Floats) -> Floats:
    return np.clip(x, -edges[1][..., None], edges[0][..., None])


def _outermost(rows: Floats, count: int) -> Floats:
    """(2, rows, count): the highest values and minus the lowest; NaN where there are fewer."""
    count = min(count, rows.shape[-1])
    missing = np.isnan(rows)
    bottom = np.partition(rows, count - 1, axis=-1)[:, :count]  # NaN comes last
    if missing.any():
        rows = np.where(missing, -np.inf, rows)
    top = np.partition(rows, -count, axis=-1)[:, -count:]
    return np.stack((np.where(np.isinf(top), np.nan, top), -bottom))


def _next_inwards(
    rows: Floats, outer: Floats, edges: Floats, side: NDArray[np.intp], going: NDArray[np.intp]
) -> Floats:
    """The highest value below the edge of each row that is going, on its side."""
    values, edge = outer[side, going], edges[side, going]
    found = np.where(values < edge[:, None], values, -np.inf).max(axis=-1)
    for i in np.flatnonzero(np.isinf(found)):  # more points are tied than may move
        row = rows[going[i]] * (1 - 2 * side[i])
        found[i] = row[row < edge[i]].max()
    return np.asarray(found)


class _MomentsWithin:
    """Whether rows need treatment once clipped to edges, without going through them again.

    Sums of powers about a fixed centre hold the rows pulled in to their innermost `outer` values,
    so no outlier is in them; those of the outer values within the edges are added each time.
    Where rounding could decide, the moments are those of the clipped row itself.
    """

    def __init__(self, rows: Floats, outer: Floats) -> None:
        self.rows, self.outer = rows, outer
        inner = np.fmin.reduce(outer, axis=-1)
        every = np.arange(len(rows))
        with np.errstate(over="ignore", invalid="ignore"):
            self.n, self.centre, d = _deviations(_clipped(rows, inner))
            pulled_in = np.stack((d.sum(axis=-1), *_power_sums(d)))
            self.sums = pulled_in - self._of_outer(inner, every)

    def _of_outer(self, edges: Floats, going: NDArray[np.intp]) -> Floats:
        """(4, going): Σd .. Σd⁴ of the outer values, none of them beyond the edges."""
        top, bottom = np.minimum(self.outer[:, going], edges[..., None])
        d = np.concatenate((top, -bottom), axis=-1) - self.centre[going, None]
        return np.stack((d.sum(axis=-1), *_power_sums(d)))

    def needing(
        self, edges: Floats, going: NDArray[np.intp], limits: Limits
    ) -> tuple[NDArray[np.bool_], Floats]:
        """Of the rows `going` within their edges (2, going): beyond the limits, and skewness."""
        n, centre = self.n[going], self.centre[going]
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            s1, s2, s3, s4 = self.sums[:, going] + self._of_outer(edges, going)
            mean = s1 / n
            c2 = s2 - n * mean**2
            c3 = s3 - 3 * mean * s2 + 2 * n * mean**3
            c4 = s4 - 4 * mean * s3 + 6 * mean**2 * s2 - 3 * n * mean**4
            skew, kurt = _skewness_and_kurtosis(n, c2, c3, c4)
            sure = n >= 2 * self.outer.shape[-1]  # no value is outer on both sides
            sure &= (s2 > 1e-60) & (s4 < 1e200)  # no power underflows or overflows
            sure &= (c2 > 0.1 * s2) & (c2 > 1e-12 * n * centre**2)  # nothing cancels
            sure &= np.abs(np.abs(skew) - limits[0]) > _NEAR * (1 + np.abs(skew))
            sure &= np.abs(kurt - limits[1]) > _NEAR * (1 + np.abs(kurt))
            sure &= np.abs(skew) > _NEAR
        unsure = np.flatnonzero(~sure)
        if unsure.size:
            clipped = _clipped(self.rows[going[unsure]], edges[:, unsure])
            skew[unsure], kurt[unsure] = _moments(clipped)
        return _beyond(skew, kurt, limits), skew
