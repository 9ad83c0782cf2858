"""What the draws say of each market, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from entryscore.result import Result
from entryscore.robustness.places import Counts
from entryscore.robustness.plan import Plan, plan_of
from entryscore.robustness.run import Outcome, in_rank_order, run
from entryscore.tree import Floats

TOPS = (1, 3, 5, 10)
LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95
ROBUST, TIE = 0.9, 0.6  # share of draws ahead of the next; a tie up to the second, either way


@dataclass(frozen=True, eq=False)
class RankRange:
    """(M of the result's markets) 5 and 95 % quantiles of the ranks; NaN for those not ranked."""

    low: Floats
    high: Floats


def rank_range(result: Result, outcome: Outcome) -> RankRange:
    low, high = np.full((2, len(result.table.codes)), np.nan)
    if outcome.draws:
        low[outcome.markets], high[outcome.markets] = outcome.ranks.quantiles(np.array([LOW, HIGH]))
    return RankRange(low, high)


def ranks_table(result: Result, outcome: Outcome) -> pd.DataFrame:
    """A row per ranked market in rank order: `rank, code, name, score, rank_median, rank_low,
    rank_high, p_top_1, p_top_3, p_top_5, p_top_10`; NaN where no draw succeeded."""
    markets = outcome.markets
    quantiles = np.full((3, len(markets)), np.nan)
    tops = {n: np.full(len(markets), np.nan) for n in TOPS}
    if outcome.draws:
        quantiles = outcome.ranks.quantiles(np.array([MIDDLE, LOW, HIGH]))
        tops = {n: outcome.ranks.top(n) for n in TOPS}
    frame = pd.DataFrame(
        {
            "rank": result.ranks[markets].astype(int),
            "code": [result.table.codes[m] for m in markets],
            "name": [result.table.names[m] for m in markets],
            "score": result.score[markets],
            "rank_median": quantiles[0], "rank_low": quantiles[1], "rank_high": quantiles[2],
            **{f"p_top_{n}": tops[n] for n in TOPS},
        }
    )  # fmt: skip
    return frame.sort_values(["rank", "code"], kind="stable", ignore_index=True)


def acceptability(result: Result, outcome: Outcome) -> pd.DataFrame | None:
    """(markets × ranks) share of the draws in which the market has the rank (SMAA-2, Lahdelma &
    Salminen 2001), in rank order; None where there are too many markets to count."""
    if not isinstance(outcome.ranks, Counts) or not outcome.draws:
        return None
    order = in_rank_order(result, outcome.markets)
    return pd.DataFrame(
        outcome.ranks.counts[order] / outcome.draws,
        index=[result.table.codes[m] for m in outcome.markets[order]],
        columns=range(1, len(order) + 1),
    )


def winning(result: Result, outcome: Outcome) -> pd.DataFrame | None:
    """(markets × markets) share of the draws in which the row's market is ahead of the column's,
    ties half; in rank order. None without detail or above 300 markets."""
    if outcome.wins is None or not outcome.draws:
        return None
    order = in_rank_order(result, outcome.markets)
    codes = [result.table.codes[m] for m in outcome.markets[order]]
    return pd.DataFrame(
        outcome.wins[np.ix_(order, order)] / outcome.draws, index=codes, columns=codes
    )


def verdicts(result: Result, outcome: Outcome) -> pd.DataFrame:
    """Every ranked market against the next in rank: `code, next, p_ahead, verdict`.

    robust: ahead in at least 90 % of the draws; tie: in more than 40 and fewer than 60 %, or level
    in the base; else fragile, and below 40 % mostly behind. The last market has no next.
    """
    order = in_rank_order(result, outcome.markets)
    markets = outcome.markets[order]
    codes = [result.table.codes[m] for m in markets]
    rows: list[tuple[str, str | None, float, str]] = []
    for place, (code, after) in enumerate(pairwise(codes)):
        if outcome.ahead is None or not outcome.draws:
            rows.append((code, after, float("nan"), ""))
            continue
        ahead = float(outcome.ahead[place] / outcome.draws)
        level = result.ranks[markets[place]] == result.ranks[markets[place + 1]]
        word = "tie" if level or 1 - TIE < ahead < TIE else "fragile"
        word = "robust" if ahead >= ROBUST and not level else word
        rows.append((code, after, ahead, word))
    rows += [(code, None, float("nan"), "") for code in codes[-1:]]
    return pd.DataFrame(rows, columns=["code", "next", "p_ahead", "verdict"])


def central_weights(result: Result, outcome: Outcome) -> pd.DataFrame | None:
    """(markets that come first in a draw × nodes) mean share among siblings over the draws that
    put the market first (SMAA's central weights), with `draws`: in how many it did."""
    if outcome.first_weights is None or outcome.first_draws is None:
        return None
    order = [i for i in in_rank_order(result, outcome.markets) if outcome.first_draws[i]]
    means = outcome.first_weights[order] / outcome.first_draws[order, None]
    frame = pd.DataFrame(
        means[:, 1:],
        index=[result.table.codes[m] for m in outcome.markets[order]],
        columns=list(result.tree.codes[1:]),
    )
    frame.insert(0, "draws", outcome.first_draws[order])
    return frame


def mean_shift(result: Result, outcome: Outcome) -> float:
    """Mean over draws and ranked markets of |rank - base rank|; NaN where ranks are not counted."""
    if not isinstance(outcome.ranks, Counts) or not outcome.draws:
        return float("nan")
    base, counts = result.ranks[outcome.markets], outcome.ranks.counts
    market, place = np.nonzero(counts)
    moves = np.abs(place + 1 - base[market])
    return float(counts[market, place] @ moves / (outcome.draws * len(base)))


def shifts_alone(plan: Plan, draws: int) -> dict[str, float]:
    """Mean shift with each of the plan's assumptions drawn alone, the largest first."""
    found = {
        name: mean_shift(plan.result, run(plan_of(plan.result, (name,)), draws))
        for name in plan.assumptions
    }
    return dict(sorted(found.items(), key=lambda item: -item[1]))
