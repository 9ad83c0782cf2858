"""The normalised table under each combination of normalisation, treatment and imputation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from entryscore.case import Case
from entryscore.methodology import Methodology
from entryscore.normalisation import NORMALISATIONS
from entryscore.preparation import impute, scale, transform_values, treat
from entryscore.problems import Findings
from entryscore.result import Result
from entryscore.scoring import normalise_values
from entryscore.tree import Floats

FLOOR, TOP = 1.0, 100.0  # scale of geometric alternatives (Handbook §6), where a child can be 0


@dataclass(frozen=True, eq=False)
class Variant:
    """Normalised scores (M × leaves) under a methodology; or why there are none."""

    methodology: Methodology
    scores: Floats
    failure: str = ""


def variant(
    result: Result, settings: Mapping[str, object], values: Floats | None = None
) -> Variant:
    """The table under the result's methodology with some settings changed, or of other values."""
    methodology = replace(result.methodology, **settings)  # type: ignore[arg-type]  # by name
    if not settings and values is None:
        return Variant(methodology, _leaves(result, result.normalised))
    table = result.table if values is None else replace(result.table, values=values)
    found = Findings()
    case = Case(result.catalogue, table, methodology, result.tree, found)
    codes = result.catalogue.codes
    live = np.array([c for c in case.columns if codes[c] not in result.dropped], dtype=int)
    case.check_settings()
    scaled = result.scaled if values is None else scale(case)
    imputed = impute(case, scaled, live)
    transformed, goals = transform_values(case, imputed, live)
    treated, _ = treat(case, transformed, live)
    normalised = normalise_values(case, treated, goals, live)
    failure = str(found.problems[0]) if found.problems else ""
    return Variant(methodology, _leaves(result, normalised), failure)


def _leaves(result: Result, normalised: Floats) -> Floats:
    return np.asarray(normalised[:, result.tree.columns[result.tree.leaves]])


def above_zero(result: Result, table: Variant) -> Floats:
    """The table spread over 1..100, where it holds a score of 0 or less; else as it is.

    Bounded methods by their scale; methods with units of their own, and columns that leave the
    scale, by their lowest and highest score.
    """
    scores, settings = table.scores, table.methodology
    if not np.nanmin(scores, initial=np.inf) <= 0:
        return scores
    low = np.full(scores.shape[1], settings.scale_low)
    high = np.full(scores.shape[1], settings.scale_high)
    for i, column in enumerate(result.tree.columns[result.tree.leaves]):
        present = scores[~np.isnan(scores[:, i]), i]
        if not present.size:
            continue
        method = settings.normalisation_of(result.catalogue.indicators[column])
        own = "own_scale" in NORMALISATIONS[method].properties
        if own or present.min() < low[i] or present.max() > high[i]:
            low[i], high[i] = present.min(), present.max()
    span = np.where(high > low, high - low, 1.0)
    return np.asarray(FLOOR + (scores - low) / span * (TOP - FLOOR))
