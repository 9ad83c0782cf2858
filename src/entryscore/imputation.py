"""Imputation of missing values, by column, after `scale_by`: (…, markets, indicators)."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from entryscore.registry import Registry
from entryscore.tree import Floats


@dataclass(frozen=True)
class Relations:
    """Groups of markets (-1: none), sets of sibling columns, and the sign of each column."""

    groups: NDArray[np.intp]
    siblings: Sequence[NDArray[np.intp]] = ()
    signs: Floats | float = 1.0


IMPUTATIONS: Registry[Callable[[Floats, Relations], Floats]] = Registry("imputation")
HANDBOOK = "OECD/JRC Handbook 2008, §3"


def _filled(x: Floats, statistic: Callable[..., Floats]) -> Floats:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a column without values stays empty
        return np.where(np.isnan(x), statistic(x, axis=-2, keepdims=True), x)


def _filled_by_group(
    x: Floats, groups: NDArray[np.intp], statistic: Callable[..., Floats]
) -> Floats:
    filled = x.copy()
    for group in np.unique(groups[groups >= 0]):
        rows = groups == group
        filled[..., rows, :] = _filled(x[..., rows, :], statistic)
    return filled


@IMPUTATIONS.register("none", formula="x", source="", properties=("keeps_observed",))
def none(x: Floats, relations: Relations) -> Floats:
    return x


@IMPUTATIONS.register(
    "mean", formula="mean of the column", source=HANDBOOK, properties=("keeps_observed", "fills")
)
def mean(x: Floats, relations: Relations) -> Floats:
    return _filled(x, np.nanmean)


@IMPUTATIONS.register(
    "median", formula="median of the column", source=HANDBOOK,
    properties=("keeps_observed", "fills"),
)  # fmt: skip
def median(x: Floats, relations: Relations) -> Floats:
    return _filled(x, np.nanmedian)


@IMPUTATIONS.register(
    "group_mean", formula="mean of the column in the market's group", source=HANDBOOK,
    properties=("keeps_observed",),
)  # fmt: skip
def group_mean(x: Floats, relations: Relations) -> Floats:
    return _filled_by_group(x, relations.groups, np.nanmean)


@IMPUTATIONS.register(
    "group_median", formula="median of the column in the market's group", source=HANDBOOK,
    properties=("keeps_observed",),
)  # fmt: skip
def group_median(x: Floats, relations: Relations) -> Floats:
    return _filled_by_group(x, relations.groups, np.nanmedian)


@IMPUTATIONS.register(
    "pillar_mean", formula="mean of the siblings' min-max positions, scaled back",
    source="COINr i_mean_grp by row", properties=("keeps_observed",),
)  # fmt: skip
def pillar_mean(x: Floats, relations: Relations) -> Floats:
    signs = np.broadcast_to(relations.signs, x.shape[-1:])
    oriented = x * signs
    low = np.fmin.reduce(oriented, axis=-2, keepdims=True)
    spread = np.fmax.reduce(oriented, axis=-2, keepdims=True) - low
    position = (oriented - low) / np.where(spread > 0, spread, np.nan)
    filled = x.copy()
    for columns in relations.siblings:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a market without siblings' values
            place = np.nanmean(position[..., columns], axis=-1, keepdims=True)
        back = (low[..., columns] + place * spread[..., columns]) * signs[columns]
        filled[..., columns] = np.where(np.isnan(x[..., columns]), back, x[..., columns])
    return filled
