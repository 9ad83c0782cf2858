"""What it would take to reach a rank: the smallest change of one weight, and of one value.

Both are verified by scoring again. Weights: ranks change only where two markets are level, so the
shares at which the market is level with one of those ahead are tried, the smallest change first;
these are exact for arithmetic means. Otherwise, and behind many markets, the shares are searched
in steps, and the first one that reaches the rank is refined: a rank reached between two steps only
is not seen. Values: the root of the lead over the market at that place, each time by the whole
construction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from entryscore.catalogue import Indicator
from entryscore.problems import Findings, UsageError
from entryscore.rescoring import rescore
from entryscore.result import Result
from entryscore.robustness.forms import require_arithmetic
from entryscore.robustness.rescored import Rescorer
from entryscore.robustness.stability import movable
from entryscore.robustness.swaps import Swap, smallest_swap
from entryscore.rounding import round_half_away
from entryscore.tree import Floats

TOP = 5
_DIGITS = 100  # a change is given in steps of a hundredth of its order of magnitude
_NO_RANK = -1e6  # lead of a market that has lost its rank
_SAME = 1e-9
_LEVEL = 1e-6  # points
_MOST_AHEAD = 150  # markets ahead up to which every tie is tried
_STEPS = 40  # of a share on its way to 0 and to 1
_HALVINGS = 36
_END = 1e-9  # short of 0 and 1, where nodes lose all their weight
_DECIMALS = 10


@dataclass(frozen=True)
class WeightChange:
    """`node`'s share among its siblings, now and needed (the others keep their proportions); there
    the market has the rank `rank`, level with `rival`; blank where it passes without being level,
    as aggregations that count wins let it."""

    node: str
    share: float
    needed: float
    rival: str
    rank: int


@dataclass(frozen=True, eq=False)
class Goal:
    """`rank`: the one to reach, now of `rival` (a market's code), `gap` points ahead.

    `weight`: the smallest change of one node's share that reaches it, None where none does.
    `values`: `code, name, unit, value, needed, change, decimals` (that are meant), `passes, of`
    (how many of the markets with a value it passes in that indicator), `rank, score` once there;
    the fewest passed first. `out_of_reach`: indicators that do not reach it even at the best value
    seen. `swap`: with the rival; None where it is not exact.
    """

    rank: int
    rival: str
    gap: float
    weight: WeightChange | None
    values: pd.DataFrame
    out_of_reach: tuple[str, ...]
    swap: Swap | None


def next_rank(result: Result, market: int) -> Goal | None:
    """The goal of the next better rank; None at the top and without a rank."""
    if not result.ranked[market] or result.ranks[market] == 1:
        return None
    better = result.ranks[result.ranks < result.ranks[market]]
    return goal(result, market, int(better.max()))


def top_five(result: Result, market: int) -> Goal | None:
    """The goal of rank 5; None where the next rank is there, and without a rank."""
    if not result.ranked[market] or not np.any(
        (result.ranks >= TOP) & (result.ranks < result.ranks[market])
    ):
        return None
    following = next_rank(result, market)
    if following is None or following.rank <= TOP:
        return None
    return goal(result, market, TOP)


def goal(result: Result, market: int, rank: int) -> Goal:
    """What brings a ranked market to a better rank."""
    rival = _holder(result, market, rank)
    codes = result.table.codes
    values, out = value_changes(result, market, rank)
    return Goal(
        rank, codes[rival], float(result.score[rival] - result.score[market]),
        smallest_weight(result, market, rank), values, out,
        smallest_swap(result, codes[market], codes[rival]) if _is_exact(result) else None,
    )  # fmt: skip


def _holder(result: Result, market: int, rank: int) -> int:
    """The market at that place among the others, ties by code."""
    others = [int(i) for i in result.order if result.ranked[i] and i != market]
    return others[rank - 1]


def lead(result: Result | None, market: int, rank: int) -> float:
    """Points over the market at that place among the others, as ranks compare scores: 0 or more
    where the market has the rank or a better one."""
    if result is None or not result.ranked[market]:
        return _NO_RANK
    scores = result.methodology.rounded(result.score)
    others = np.delete(np.where(result.ranked, scores, -np.inf), market)
    return float(scores[market] - np.sort(others)[::-1][rank - 1])


def _is_exact(result: Result) -> bool:
    """Whether scores are plain functions of the weights: arithmetic means, nothing filled in from
    the group."""
    try:
        require_arithmetic(result)
    except UsageError:
        return False
    return not result.filled.any()


def smallest_weight(result: Result, market: int, rank: int) -> WeightChange | None:
    """The smallest change of one node's share that reaches the rank; None where none does."""
    codes = result.table.codes
    ahead = np.flatnonzero(result.ranks < result.ranks[market])
    if not _is_exact(result) or len(ahead) > _MOST_AHEAD:
        return _searched(result, market, rank)
    ties = []
    for rival in ahead.tolist():
        nodes = smallest_swap(result, codes[market], codes[rival]).nodes
        found = zip(nodes["node"], nodes["share"], nodes["tie"], strict=True)
        ties += [(abs(b - a), str(node), float(a), float(b), codes[rival]) for node, a, b in found]
    for _, node, share, needed, ahead_of in sorted(ties):
        then = rescore(result, Findings(), weights=_with_share(result, node, needed))
        if lead(then, market, rank) >= -_SAME:
            assert then is not None  # it has a rank
            return WeightChange(node, share, needed, ahead_of, int(then.ranks[market]))
    return None


def _searched(result: Result, market: int, rank: int) -> WeightChange | None:
    codes = result.table.codes
    leads = _Leads(result, market, rank)
    found = []
    for node in range(1, len(result.tree.codes)):
        if movable(result, node):
            found += [(abs(needed - leads.share(node)), node, needed)
                      for needed in leads.first(node)]  # fmt: skip
    for _, node, needed in sorted(found):
        code = result.tree.codes[node]
        then = rescore(result, Findings(), weights=_with_share(result, code, needed))
        ahead = lead(then, market, rank)
        if ahead >= -_SAME:
            assert then is not None  # it has a rank
            rival = codes[_holder(then, market, rank)] if ahead <= _LEVEL else ""
            return WeightChange(code, leads.share(node), needed, rival, int(then.ranks[market]))
    return None


class _Leads:
    """Leads over the market at the place wanted, whatever the aggregation, by node and share."""

    def __init__(self, result: Result, market: int, rank: int) -> None:
        self.result, self.rank = result, rank
        ranked = np.flatnonzero(result.ranked)
        self.rescorer = Rescorer(result, np.array([market, *ranked[ranked != market]]))

    def share(self, node: int) -> float:
        return float(self.result.shares[node])

    def at(self, node: int, shares: Floats) -> Floats:
        """(R) the market's lead at each of `shares` (R); NaN without a score counts as none."""
        scores = self.rescorer.scores(node, shares)
        scores = round_half_away(np.where(np.isnan(scores), -np.inf, scores), _DECIMALS)
        return np.asarray(scores[:, 0] - np.sort(scores[:, 1:], axis=1)[:, -self.rank])

    def first(self, node: int) -> list[float]:
        """The first share that reaches the place, towards 0 and towards 1, where one does."""
        found, share = [], self.share(node)
        for end in (0.0, 1.0):
            grid = np.linspace(share, end, _STEPS + 1)
            grid[-1] += _END * np.sign(share - end)
            reached = np.flatnonzero(self.at(node, grid[1:]) >= 0)
            if len(reached):
                found.append(self._refined(node, grid[reached[0]], grid[reached[0] + 1]))
        return found

    def _refined(self, node: int, below: float, reached: float) -> float:
        """Bisection to the resolution of a share."""
        for _ in range(_HALVINGS):
            middle = (below + reached) / 2
            if self.at(node, np.array([middle]))[0] >= 0:
                reached = middle
            else:
                below = middle
        return float(reached)


def _with_share(result: Result, node: str, share: float) -> Floats:
    """Weights with the node's share among its siblings, the others in proportion."""
    tree, place = result.tree, result.tree.position(node)
    below = tree.children[int(tree.parents[place])]
    weights = result.weights.copy()
    total = weights[below].sum()
    rest = total - weights[place]
    others = below[below != place]
    weights[others] *= (1 - share) * total / rest if rest > 0 else 0.0
    weights[place] = share * total
    return weights


def value_changes(
    result: Result, market: int, rank: int
) -> tuple[pd.DataFrame, tuple[str, ...]]:  # fmt: skip
    """Goal.values and Goal.out_of_reach, over the indicators with an observed value."""
    rows, out = [], []
    for node in result.tree.leaves:
        column = int(result.tree.columns[node])
        indicator = result.catalogue.indicators[column]
        if result.effective[node] <= 0 or np.isnan(result.scaled[market, column]):
            continue
        found = _ValueSearch(result, market, column, rank).smallest()
        if found is None:
            out.append(indicator.code)
        else:
            rows.append({"code": indicator.code, "name": indicator.name,
                         "unit": indicator.unit or "", **found})  # fmt: skip
    names = [
        "code", "name", "unit", "value", "needed", "change", "decimals", "passes", "of", "rank",
        "score",
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=names)
    by = (frame["passes"] / frame["of"]).sort_values(kind="stable").index
    return frame.loc[by].reset_index(drop=True), tuple(out)


class _ValueSearch:
    """One value (after scale_by), from what it is to the best one seen or the better goalpost."""

    def __init__(self, result: Result, market: int, column: int, rank: int) -> None:
        self.result, self.market, self.column, self.rank = result, market, column, rank
        self.indicator: Indicator = result.catalogue.indicators[column]
        seen = result.scaled[:, column]
        self.now = float(seen[market])
        self.seen = seen[~np.isnan(seen)]
        self.by = 1.0  # of the denominator
        if self.indicator.scale_by is not None:
            below = result.catalogue.position(self.indicator.scale_by)
            self.by = float(result.table.values[market, below])
        self.best = self._best(seen)

    def _best(self, seen: Floats) -> float:
        up = self.indicator.sign > 0
        goal = self.indicator.goal_high if up else self.indicator.goal_low
        ends = [float(np.nanmax(seen) if up else np.nanmin(seen))]
        ends += [] if goal is None else [goal]
        best = max(ends) if up else min(ends)
        limit = self.indicator.valid_max if up else self.indicator.valid_min
        if limit is not None and self.by > 0:
            best = min(best, limit / self.by) if up else max(best, limit / self.by)
        return best

    def at(self, value: float) -> Result | None:
        values = self.result.table.values.copy()
        values[self.market, self.column] = value * self.by
        return rescore(self.result, Findings(), values=values)

    def lead(self, value: float) -> float:
        return lead(self.at(value), self.market, self.rank)

    def smallest(self) -> dict[str, object] | None:
        """None where even the best value does not reach the rank."""
        room = (self.best - self.now) * self.indicator.sign
        if room <= 0 or self.lead(self.best) < 0:
            return None
        start = self.lead(self.now)
        exact = self.now if start >= 0 else brentq(
            self.lead, self.now, self.best, xtol=1e-9 * room, rtol=1e-12
        )  # fmt: skip
        rounded, decimals = self._round(exact)
        for needed in rounded:
            found = self.at(needed)
            if lead(found, self.market, self.rank) >= 0:
                assert found is not None  # it has a rank
                sign = self.indicator.sign
                passes = (self.seen * sign > self.now * sign) & (self.seen * sign < needed * sign)
                return {
                    "value": self.now, "needed": needed, "change": needed - self.now,
                    "decimals": decimals, "passes": int(passes.sum()), "of": len(self.seen),
                    "rank": int(found.ranks[self.market]), "score": float(found.score[self.market]),
                }  # fmt: skip
        return None

    def _round(self, exact: float) -> tuple[list[float], int]:
        """The value in round steps, rounded towards the better end, and the best one at last;
        and how many decimals the steps have."""
        size = max(abs(exact - self.now), 1e-12 * abs(self.now), 1e-300)
        step = 10.0 ** np.floor(np.log10(size)) / _DIGITS
        decimals = max(0, int(-np.floor(np.log10(step) + 1e-9)))
        sign = self.indicator.sign
        steps = np.ceil(sign * exact / step - 1e-6)
        rounded = [round(float(sign * (steps + k) * step), decimals) for k in (0, 1)]
        return [x for x in rounded if (self.best - x) * sign >= 0] + [self.best], decimals
