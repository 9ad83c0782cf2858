"""Ranks with shared places: equal values take the best rank (1-2-2-4)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from entryscore.tree import Floats


def ascending_ranks(x: Floats, axis: int = -1) -> Floats:
    """1 + how many are smaller, along the axis; NaN where x is NaN."""
    x = np.moveaxis(np.asarray(x, dtype=float), axis, -1)
    order = np.argsort(x, axis=-1, kind="stable")
    ordered = np.take_along_axis(x, order, axis=-1)
    new = np.ones(x.shape, dtype=bool)
    new[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    places = np.where(new, np.arange(1, x.shape[-1] + 1), 0)
    ranks = np.empty(x.shape)
    np.put_along_axis(ranks, order, np.maximum.accumulate(places, axis=-1).astype(float), axis=-1)
    ranks[np.isnan(x)] = np.nan
    return np.moveaxis(ranks, -1, axis)


def ranks_of(scores: Floats, ranked: NDArray[np.bool_] | None = None) -> Floats:
    """Ranks of scores (…, markets), the highest first; NaN for those not ranked.

    >>> ranks_of(np.array([3.0, 5.0, 3.0, 1.0])).tolist()
    [2.0, 1.0, 2.0, 4.0]
    """
    scores = np.asarray(scores, dtype=float)
    return ascending_ranks(-scores if ranked is None else np.where(ranked, -scores, np.nan))


def tau_b(a: Floats, b: Floats) -> float:
    """Kendall's tau-b of two rankings; NaN where one of them is a single tie.

    >>> tau_b(np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0])).__round__(4)
    0.3333
    """
    agreed = pairs_a = pairs_b = 0.0
    for start in range(0, len(a), 256):
        mine = np.sign(a[start : start + 256, None] - a)
        other = np.sign(b[start : start + 256, None] - b)
        agreed += float(np.vdot(mine, other))
        pairs_a += float(np.vdot(mine, mine))
        pairs_b += float(np.vdot(other, other))
    return agreed / (pairs_a * pairs_b) ** 0.5 if pairs_a * pairs_b else float("nan")
