"""Rounding as Excel does it."""

from __future__ import annotations

import numpy as np

from entryscore.tree import Floats

_FIFTEEN_DIGITS = 1e-15


def round_half_away(values: Floats, decimals: int) -> Floats:
    """Like Excel's ROUND: half away from zero, on the 15 digits Excel shows.

    >>> round_half_away(np.array([2.675, -0.5, 1.005]), 2).tolist()
    [2.68, -0.5, 1.01]
    """
    size = 10.0**decimals
    shifted = np.abs(values) * size
    return np.copysign(np.floor(shifted * (1 + _FIFTEEN_DIGITS) + 0.5) / size, values) + 0.0
