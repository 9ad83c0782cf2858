"""Rounding as Excel does it."""

from __future__ import annotations

import numpy as np

from entryscore.tree import Floats

_FIFTEEN_DIGITS = 1e-15
_NO_FRACTION = 2.0**52  # from here on a float is a whole number


def round_half_away(values: Floats, decimals: int) -> Floats:
    """Like Excel's ROUND: half away from zero, on the 15 digits Excel shows.

    >>> round_half_away(np.array([2.675, -0.5, 1.005]), 2).tolist()
    [2.68, -0.5, 1.01]
    """
    size = 10.0**decimals
    values = np.asarray(values, dtype=float)
    whole = np.abs(values) >= _NO_FRACTION
    shifted = np.abs(np.where(whole, 0.0, values)) * size
    rounded = np.copysign(np.floor(shifted * (1 + _FIFTEEN_DIGITS) + 0.5) / size, values) + 0.0
    return np.where(whole, values, rounded)
