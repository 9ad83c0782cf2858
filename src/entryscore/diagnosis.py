"""What an analyst should look at although the index can be built: warnings only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from entryscore.case import Case
from entryscore.normalisation import NORMALISATIONS
from entryscore.tree import Floats

FEW_MARKETS = 8
PILED_SHARE, PILED_WIDTH = 0.8, 0.1
REDUNDANT = 0.9
_FEWEST_PAIRS = 5


def warn_of_scores(
    case: Case, weights: Floats, normalised: Floats, scores: Floats, live: NDArray[np.intp]
) -> None:
    """Few markets, piled-up columns, correlated siblings."""
    found = case.found
    methods = [case.method(i) for i in case.indicators(live)]
    driven = any("data_driven" in NORMALISATIONS[name].properties for name in methods)
    if driven and len(case.table.codes) < FEW_MARKETS:
        found.warn(
            "Markets",
            "fewer than 8 markets ({count}): a scale drawn from the data rests on few values",
            count=len(case.table.codes),
        )  # fmt: skip
    scale = case.methodology.scale_high - case.methodology.scale_low
    widths = np.array(
        [np.nan if "own_scale" in NORMALISATIONS[name].properties else scale for name in methods]
    )
    for i in np.flatnonzero(piled_up(normalised[:, live], widths)):
        code = case.catalogue.codes[live[i]]
        found.warn(
            case.header(code),
            "80 % or more of the markets fall within a tenth of the scale of {code}",
            "an outlier may stretch the scale: consider a treatment or goalposts", code=code,
        )  # fmt: skip
    for node in case.tree.inner:
        below = [int(c) for c in case.tree.children[node] if weights[c] > 0]
        for a, b, r in correlated(scores[:, below]):
            one, other = case.tree.codes[below[a]], case.tree.codes[below[b]]
            found.warn(
                case.header(other),
                "{other} and its sibling {one} are highly correlated (r = {r:.2f})",
                "consider leaving one out, or sharing its weight", one=one, other=other, r=r,
            )  # fmt: skip


def warn_of_errors(case: Case) -> None:
    """The setting `uncertain` names the data, and nobody says how uncertain they are."""
    settings = case.methodology
    if not settings.draws or "data" not in settings.uncertain:
        return
    if not case.table.standard_errors(case.catalogue).any():
        case.found.warn(
            case.setting("uncertain"),
            "the data are to be uncertain, but no standard error is stated, so they stay as they "
            "are in every draw",
            "fill in the column uncertainty of Indicators (share of the value) or Observations (in "
            "its unit)",
        )


def piled_up(x: Floats, widths: Floats) -> NDArray[np.bool_]:
    """(columns) whether 80 % of the values lie within a tenth of the width; the range where NaN."""
    ordered = np.sort(np.ascontiguousarray(x.T), axis=1)  # missing values last
    piled = np.zeros(len(ordered), dtype=bool)
    for i, values in enumerate(ordered):
        values = values[: int((~np.isnan(values)).sum())]
        if len(values) < 2 or values[0] == values[-1]:
            continue
        k = int(np.ceil(PILED_SHARE * len(values) - 1e-9))
        width = values[-1] - values[0] if np.isnan(widths[i]) else widths[i]
        least = (values[k - 1 :] - values[: len(values) - k + 1]).min()
        piled[i] = least <= PILED_WIDTH * width * (1 + 1e-9)
    return piled


def correlated(x: Floats) -> list[tuple[int, int, float]]:
    """Pairs of columns with |r| above the limit, over the markets both have."""
    present = (~np.isnan(x)).astype(float)
    count = np.maximum(present.sum(axis=0), 1)
    d = np.where(present > 0, x, 0.0)
    d = np.where(present > 0, d - d.sum(axis=0) / count, 0.0)
    d = d / np.where(np.abs(d).max(axis=0) > 0, np.abs(d).max(axis=0), 1.0)
    n = present.T @ present
    some = np.maximum(n, 1)
    sums, squares = d.T @ present, (d * d).T @ present
    covariance = d.T @ d - sums * sums.T / some
    variance = squares - sums**2 / some
    scale = np.sqrt(np.maximum(variance * variance.T, 0.0))
    r = covariance / np.where(scale > 1e-12, scale, np.inf)
    r[n < _FEWEST_PAIRS] = 0.0
    return [
        (int(a), int(b), float(r[a, b])) for a, b in np.argwhere(np.triu(np.abs(r) > REDUNDANT, 1))
    ]
