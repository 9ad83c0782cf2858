"""Normalisation of oriented columns (…, markets, indicators): higher is better in all of them.

Methods give a share of the scale, except those with the property `own_scale`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from entryscore.ranking import ascending_ranks
from entryscore.registry import Registry
from entryscore.tree import Floats


@dataclass(frozen=True)
class Bounds:
    """What methods need beside the values; goalposts are oriented: `worst` scores 0."""

    worst: Floats | float = np.nan  # (indicators)
    best: Floats | float = np.nan
    reference: int | None = None  # position of the reference market
    cap: bool = True
    z_mean: float = 0.0
    z_sd: float = 1.0
    scale: tuple[float, float] = (0.0, 100.0)


NORMALISATIONS: Registry[Callable[[Floats, Bounds], Floats]] = Registry("normalisation")
HANDBOOK = "OECD/JRC Handbook 2008, §5"


def _extent(x: Floats) -> tuple[Floats, Floats]:
    """Lowest and highest down the markets; infinities (never a warning) where nothing is there."""
    low = np.fmin.reduce(x, axis=-2, keepdims=True, initial=np.inf)
    return low, np.fmax.reduce(x, axis=-2, keepdims=True, initial=-np.inf)


def _share(part: Floats, whole: Floats) -> Floats:
    """The quotient; NaN where the whole is 0 or unknown, infinite where it is too large."""
    with np.errstate(over="ignore"):
        return np.asarray(part / np.where((whole == 0) | ~np.isfinite(whole), np.nan, whole))


def _count(x: Floats) -> Floats:
    return np.asarray((~np.isnan(x)).sum(axis=-2, keepdims=True), dtype=float)


@NORMALISATIONS.register(
    "min_max", formula="(x - min) / (max - min)", source=HANDBOOK,
    properties=("monotone", "in_scale", "affine_invariant", "data_driven"),
)  # fmt: skip
def min_max(x: Floats, bounds: Bounds) -> Floats:
    low, high = _extent(x)
    return _share(x - low, high - low)


@NORMALISATIONS.register(
    "z_score", formula="(x - mean) / sd · z_sd + z_mean, sd with n - 1", source=HANDBOOK,
    properties=("monotone", "affine_invariant", "data_driven", "own_scale"),
)  # fmt: skip
def z_score(x: Floats, bounds: Bounds) -> Floats:
    n, present = _count(x), ~np.isnan(x)
    mean = np.sum(x, axis=-2, keepdims=True, where=present) / np.maximum(n, 1)
    d = x - mean
    size = np.max(np.abs(d), axis=-2, keepdims=True, where=present, initial=0.0)
    d = _share(d, size)  # no overflow, no underflow
    variance = np.sum(d * d, axis=-2, keepdims=True, where=present) / np.maximum(n - 1, 1)
    return _share(d, np.sqrt(variance)) * bounds.z_sd + bounds.z_mean


@NORMALISATIONS.register(
    "rank", formula="ascending rank, ties min", source=HANDBOOK,
    properties=("monotone", "affine_invariant", "data_driven", "own_scale", "ordinal"),
)  # fmt: skip
def rank(x: Floats, bounds: Bounds) -> Floats:
    return ascending_ranks(x, axis=-2)


@NORMALISATIONS.register(
    "percentile_rank", formula="(rank - 1) / (n - 1)", source="COINr n_prank",
    properties=("monotone", "in_scale", "affine_invariant", "data_driven", "ordinal"),
)  # fmt: skip
def percentile_rank(x: Floats, bounds: Bounds) -> Floats:
    return _share(ascending_ranks(x, axis=-2) - 1, _count(x) - 1)


@NORMALISATIONS.register(
    "borda", formula="rank - 1", source="Borda 1784",
    properties=("monotone", "affine_invariant", "data_driven", "own_scale", "ordinal"),
)  # fmt: skip
def borda(x: Floats, bounds: Bounds) -> Floats:
    return ascending_ranks(x, axis=-2) - 1


@NORMALISATIONS.register(
    "goalposts", formula="(x - low) / (high - low), clipped to 0..1", source="UNDP HDI",
    properties=("monotone", "in_scale", "independent", "needs_goalposts"),
)  # fmt: skip
def goalposts(x: Floats, bounds: Bounds) -> Floats:
    return np.clip(scaled(x, bounds), 0.0, 1.0)


@NORMALISATIONS.register(
    "distance_to_reference", formula="1 - (x_ref - x) / (x_ref - min)", source=HANDBOOK,
    properties=("monotone", "affine_invariant", "data_driven"),
)  # fmt: skip
def distance_to_reference(x: Floats, bounds: Bounds) -> Floats:
    if bounds.reference is None:
        return np.full_like(x, np.nan)
    low, best = _extent(x)[0], x[..., bounds.reference, None, :]
    return _capped(1 - _share(best - x, best - low), bounds)


@NORMALISATIONS.register(
    "distance_to_target", formula="(x - min) / (target - min)", source=HANDBOOK,
    properties=("monotone", "data_driven", "needs_goalposts"),
)  # fmt: skip
def distance_to_target(x: Floats, bounds: Bounds) -> Floats:
    low = _extent(x)[0]
    return _capped(_share(x - low, bounds.best - low), bounds)


@NORMALISATIONS.register(
    "distance_to_max", formula="1 - (max - x) / (max - min)", source=HANDBOOK,
    properties=("monotone", "in_scale", "affine_invariant", "data_driven"),
)  # fmt: skip
def distance_to_max(x: Floats, bounds: Bounds) -> Floats:
    low, high = _extent(x)
    return 1 - _share(high - x, high - low)


@NORMALISATIONS.register(
    "scaled", formula="(x - low) / (high - low), not clipped", source="COINr n_scaled",
    properties=("monotone", "independent", "needs_goalposts"),
)  # fmt: skip
def scaled(x: Floats, bounds: Bounds) -> Floats:
    return _share(x - bounds.worst, np.asarray(bounds.best - bounds.worst))


def _capped(share: Floats, bounds: Bounds) -> Floats:
    return np.minimum(share, 1.0) if bounds.cap else share


def needs_goalposts(name: str) -> bool:
    return "needs_goalposts" in NORMALISATIONS[name].properties


def is_constant(x: Floats) -> NDArray[np.bool_]:
    """(…, indicators): one value only, to 12 significant digits; False where nothing is there."""
    low, high = (end[..., 0, :] for end in _extent(x))
    size = np.maximum(np.abs(low), np.abs(high))
    near = np.isfinite(low) & (high - low <= 1e-11 * size)
    for i in np.argwhere(near & (high - low > 1e-13 * size)):
        a, b = low[tuple(i)], high[tuple(i)]
        near[tuple(i)] = f"{a:.11e}" == f"{b:.11e}"
    return np.asarray(near)


def neutral(x: Floats, name: str, bounds: Bounds) -> Floats:
    """What a constant column scores everywhere: the middle."""
    middle = {
        "z_score": np.full_like(_count(x), bounds.z_mean),
        "rank": (_count(x) + 1) / 2,
        "borda": (_count(x) - 1) / 2,
    }.get(name, np.full_like(_count(x), sum(bounds.scale) / 2))
    return np.where(np.isnan(x), np.nan, middle)


def normalise(x: Floats, names: Sequence[str], bounds: Bounds) -> Floats:
    """Each column by its method, spread over the scale; constant columns are neutral."""
    x = np.asarray(x, dtype=float)
    low, high = bounds.scale
    worst, best = (np.broadcast_to(b, x.shape[-1:]) for b in (bounds.worst, bounds.best))
    normalised = np.empty_like(x)
    for name in dict.fromkeys(names):
        method = NORMALISATIONS[name]
        chosen = [i for i, other in enumerate(names) if other == name]
        columns = slice(None) if len(chosen) == len(names) else chosen  # a view where it can be
        part = x[..., columns]
        score = method.function(part, replace(bounds, worst=worst[columns], best=best[columns]))
        if "own_scale" not in method.properties:
            score = score * (high - low)
            score += low
        if "data_driven" in method.properties and (same := is_constant(part)).any():
            score = np.where(same[..., None, :], neutral(part, name, bounds), score)
        normalised[..., columns] = score
    return normalised
