"""The smallest changes of weights that swap two markets: of one node, and of all indicators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from entryscore.contribution import spread_weights
from entryscore.language import say
from entryscore.problems import UsageError
from entryscore.result import Result
from entryscore.robustness.forms import require_arithmetic, zeroed
from entryscore.robustness.leaves import LeafChange, all_leaves
from entryscore.robustness.rescored import numeric_ties
from entryscore.robustness.stability import SAME, curves, movable, reject_filled, roots


@dataclass(frozen=True, eq=False)
class Swap:
    """What makes `behind` level with `ahead`, `lead` points now; beyond it they swap.

    `nodes`: node, share, tie (the nearest share among its siblings at which they are level, the
    others keeping their proportions) and change, the smallest first; nodes that cannot are not
    listed. `numeric`: found on a grid and refined, not from the formula. `total`, `square`: the
    least change of all indicators' weights together, by Σ |change| and by Σ change²; None for the
    `reason`.
    """

    ahead: str
    behind: str
    lead: float
    nodes: pd.DataFrame
    numeric: bool
    total: LeafChange | None
    square: LeafChange | None
    reason: str


def smallest_swap(result: Result, a: str, b: str) -> Swap:
    """The smallest changes of weights that make two ranked markets swap.

    Single nodes: exact for arithmetic means, and numeric otherwise (sign changes of the re-scored
    difference on 200 steps, refined by Brent's method; a tie between two steps without a change of
    sign is not seen). At 0 and 1 the limit is meant. All indicators: over weights in the index >= 0
    that add up to 1, none where none is declared; exact, for arithmetic means, and where no weight
    is re-spread or the two markets lack the same children of the index and nothing else. Raises
    UsageError for a market without a rank.
    """
    first, second = (_position(result, code) for code in (a, b))
    if result.score[first] < result.score[second]:
        first, second = second, first
    pair = np.array([first, second])
    why = _not_exact(result, pair)
    rows = numeric_ties(result, pair) if why else _exact_ties(result, pair)
    total, square, reason = (None, None, why) if why else all_leaves(result, pair)
    frame = pd.DataFrame(rows, columns=["node", "share", "tie"])
    frame["change"] = frame["tie"] - frame["share"]
    order = frame["change"].abs().sort_values(kind="stable").index
    codes = result.table.codes
    return Swap(
        codes[first], codes[second], float(result.score[first] - result.score[second]),
        frame.loc[order].reset_index(drop=True), bool(why), total, square, reason,
    )  # fmt: skip


def _position(result: Result, code: str) -> int:
    place = result.table.codes.index(code) if code in result.table.codes else -1
    if place < 0 or not result.ranked[place]:
        raise UsageError(say("{code} has no rank", code=code))
    return place


def _not_exact(result: Result, pair: np.ndarray) -> str:
    try:
        require_arithmetic(result)
        reject_filled(result, pair)
    except UsageError as error:
        return str(error)
    return ""


def _exact_ties(result: Result, pair: np.ndarray) -> list[tuple[str, float, float]]:
    spread, zero = spread_weights(result), zeroed(result)
    rows = []
    for node in range(1, len(result.tree.codes)):
        if not movable(result, node):
            continue
        found = curves(result, node, spread, zero)
        c = found.difference(pair[:1], pair[1:])
        if np.abs(c).max() <= SAME:
            continue
        tau = roots(c).ravel()
        tau = tau[np.isfinite(tau) & (found.share + tau >= 0) & (found.share + tau <= 1)]
        if tau.size:
            nearest = float(tau[np.abs(tau).argmin()])
            rows.append((result.tree.codes[node], found.share, found.share + nearest))
    return rows
