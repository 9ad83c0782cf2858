"""Transforms chosen per indicator, for values and goalposts alike."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from entryscore.language import phrase
from entryscore.tree import Floats

TRANSFORMS: dict[str, Callable[[Floats], Floats]] = {
    "none": lambda x: x,
    "log": np.log,
    "log1p": np.log1p,
    "sqrt": np.sqrt,
}
LOWEST = {"none": -np.inf, "log": 0.0, "log1p": -1.0, "sqrt": 0.0}
DOMAINS = {
    "none": phrase("any number"),
    "log": phrase("above 0"),
    "log1p": phrase("above -1"),
    "sqrt": phrase("at least 0"),
}


def outside(x: Floats, name: str) -> NDArray[np.bool_]:
    """Where the transform is not defined; never where x is missing."""
    x = np.asarray(x, dtype=float)
    return x < LOWEST[name] if name in ("none", "sqrt") else x <= LOWEST[name]


def transform(x: Floats, name: str) -> Floats:
    """NaN outside the domain."""
    x = np.asarray(x, dtype=float)
    return TRANSFORMS[name](np.where(outside(x, name), np.nan, x))
