"""Exact answers over all admissible weights: who is ahead whatever they are, and who can be first.

For trees whose every node is an arithmetic mean. A score is then linear in the shares of each
group of siblings, and the groups are chosen independently, so the least difference of two scores
is found from the bottom up: at each node the least over its shares of the children's least
differences. Dominance: Hazen 1986 (Operations Research 34); potential optimality over sets of
weights: Athanassopoulos & Podinovski 1997 (J. Opl Res. Soc. 48).

Missing values. With `fills` (the default where `missing` is among the uncertain assumptions) any
missing indicator may take any value observed in its column, so an answer holds for every fill: the
row's market has the column's lowest, the others its highest, or the other way round; that is
exact. Without fills the weights are re-spread as in the result, and what is missing there stays
missing whatever the weights: min_coverage is not applied again. Two markets with the same gaps
still compare exactly. With different gaps the score is a ratio of its own for each, and an answer
is given only where bounds (the one's least score against the other's greatest, node by node) or a
counterexample decide it; else it is NaN.

Scores are compared unrounded, with a tolerance of 1e-9 points; rank_decimals is not applied.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from entryscore.result import Result
from entryscore.robustness.admissible import Admissible, Bools, Weights, solve
from entryscore.robustness.forms import TOLERANCE, Forms, least_differences
from entryscore.tree import Floats

_TRIED = 256  # weights that may show that a pair is not dominated
_ADDED = 20  # others added to a programme at once


@dataclass(frozen=True, eq=False)
class Dominance:
    """For M ranked markets (`codes`, in the table's order) and admissible weights.

    `least` (M × M): the least score of the row's market minus the column's, in points; NaN where
    it is not known exactly. `strict`: 1 where the row's market is ahead under every admissible
    weight vector, 0 where not, NaN undecided. `weak`: the same, level allowed.
    """

    codes: tuple[str, ...]
    least: Floats
    strict: Floats
    weak: Floats

    def frame(self) -> pd.DataFrame:
        """(M × M) `strict`, by codes."""
        return pd.DataFrame(self.strict, index=list(self.codes), columns=list(self.codes))


def _ranked_codes(result: Result) -> tuple[str, ...]:
    return tuple(result.table.codes[i] for i in np.flatnonzero(result.ranked))


def _fills(result: Result, fills: bool | None) -> bool:
    return "missing" in result.methodology.uncertain if fills is None else fills


def _tried(result: Result, forms: Forms, weights: Admissible) -> tuple[Floats, Floats]:
    """Shares (R × nodes) to try as examples, the declared ones first, and scores (R × M)."""
    rng = np.random.default_rng(result.methodology.seed)
    shares = np.concatenate((result.shares[None], weights.some(rng, _TRIED)))
    return shares, forms.scores(shares, forms.low)


def dominance(result: Result, weights: Weights = "stated", fills: bool | None = None) -> Dominance:
    """Who is ahead of whom under every admissible weight vector (Hazen 1986).

    `fills`: for every fill of the missing values too; None: where the setting `uncertain` has
    `missing`. Raises UsageError for other than arithmetic means or scores filled from the group,
    InputError where no weights are admissible.
    """
    filled = _fills(result, fills)
    forms, allowed = Forms.of(result, filled), Admissible.of(result, weights)
    least, exact = least_differences(forms, allowed, forms.low, forms.high)
    unknown = ~exact
    strict = np.where(least > TOLERANCE, 1.0, np.where(unknown, np.nan, 0.0))
    weak = np.where(least >= -TOLERANCE, 1.0, np.where(unknown, np.nan, 0.0))
    if unknown.any():
        _, scores = _tried(result, forms, allowed)
        for row in np.flatnonzero(unknown.any(axis=1)):
            with np.errstate(invalid="ignore"):
                seen = np.fmin.reduce(scores[:, row, None] - scores, axis=0)
            strict[row, np.isnan(strict[row]) & (seen <= TOLERANCE)] = 0.0
            weak[row, np.isnan(weak[row]) & (seen < -TOLERANCE)] = 0.0
    return Dominance(_ranked_codes(result), np.where(exact, least, np.nan), strict, weak)


@dataclass(frozen=True, eq=False)
class PotentialWinners:
    """For M ranked markets (`codes`, in the table's order) and admissible weights.

    `first` (M): 1 where the market is first, ties allowed, under some admissible weights, 0 where
    under none, NaN undecided. `margin` (M): its largest possible lead over the best other, in
    points: what it is ahead by, or, below 0, the least that it lacks; NaN where not known exactly
    and where there is no other. `shares` (M × nodes): shares among siblings that give the margin
    (or, where that is NaN, show that it can be first); NaN where there are none such.
    """

    codes: tuple[str, ...]
    nodes: tuple[str, ...]
    first: Floats
    margin: Floats
    shares: Floats

    def frame(self) -> pd.DataFrame:
        """(M × 2 + nodes below the index) by market."""
        shares = pd.DataFrame(self.shares[:, 1:], columns=list(self.nodes[1:]))
        shares.insert(0, "margin", self.margin)
        shares.insert(0, "first", self.first)
        return shares.set_axis(list(self.codes), axis=0)


def potential_winners(
    result: Result, weights: Weights = "stated", fills: bool | None = None
) -> PotentialWinners:
    """Who can be first (Athanassopoulos & Podinovski 1997): one linear programme per market,
    max δ with score - score of each other >= δ, over the nodes' weights in the index.

    The others come into it as they turn out to be ahead. `fills` and what is
    raised: as in `dominance`; with fills a market may be first under some weights and some fill.
    """
    filled = _fills(result, fills)
    forms, allowed = Forms.of(result, filled), Admissible.of(result, weights)
    race = _Race(result, forms, allowed)
    found = [race.of(market) for market in range(len(forms.low))]
    nodes = len(result.tree.codes)
    return PotentialWinners(
        _ranked_codes(result), result.tree.codes,
        np.array([x[0] for x in found]), np.array([x[1] for x in found]),
        np.array([x[2] for x in found]).reshape(-1, nodes),
    )  # fmt: skip


class _Race:
    """One market at its best against all others at their worst."""

    def __init__(self, result: Result, forms: Forms, allowed: Admissible) -> None:
        self.forms, self.allowed = forms, allowed
        self.best, self.worst = forms.points(forms.high), forms.points(forms.low)
        self.rows, self.equal, self.to = allowed.programme()
        self.none = np.full(len(result.tree.codes), np.nan)
        self.never: Bools | None = None
        self.tried: tuple[Floats, Floats] | None = None
        if not forms.linear.all():
            least, _ = least_differences(forms, allowed, forms.low, forms.high)
            self.never = np.asarray((least > TOLERANCE).any(axis=0))
            self.tried = _tried(result, forms, allowed)

    def of(self, market: int) -> tuple[float, float, Floats]:
        """First, margin and shares."""
        if len(self.best) == 1:
            return 1.0, float("nan"), self.allowed.declared
        if not self.forms.linear[market]:
            return self._shown(market)
        bound, shares = self._programme(market)
        margin = self._margin(market, shares)
        if self.forms.linear.all() or margin >= bound - TOLERANCE:
            return float(margin >= -TOLERANCE), margin, shares
        if bound < -TOLERANCE:
            return 0.0, float("nan"), self.none
        if margin >= -TOLERANCE:
            return 1.0, float("nan"), shares
        return self._shown(market)

    def _programme(self, market: int) -> tuple[float, Floats]:
        """The margin over the others whose scores are linear, and shares that give it."""
        others = self.forms.linear.copy()
        others[market] = False
        lead = (self.best[market] - self.worst[others])[:, self.forms.tree.leaves]
        if not len(lead):
            return float("inf"), self.allowed.declared
        bound, masses = np.inf, self.allowed.tree.effective(self.allowed.declared)
        used = np.zeros(len(lead), dtype=bool)
        while True:  # those ahead of what is found so far are added until there are none
            left = lead @ masses[self.forms.tree.leaves]
            left[used] = np.inf
            if used.any() and left.min() >= bound - TOLERANCE:
                return bound, self.allowed.shares(masses)
            used[np.argsort(left, kind="stable")[:_ADDED]] = True
            bound, masses = self._solved(lead[used])

    def _solved(self, lead: Floats) -> tuple[float, Floats]:
        """The largest δ with all of lead (others × leaves) · weights >= δ, and the weights."""
        nodes = len(self.forms.tree.codes)
        rows = np.zeros((len(lead) + len(self.rows), 2 * nodes + 1))
        rows[: len(lead), self.forms.tree.leaves], rows[: len(lead), -1] = -lead, 1.0
        rows[len(lead) :, :-1] = self.rows
        equal = np.column_stack((self.equal, np.zeros(len(self.equal))))
        x = solve(-np.eye(2 * nodes + 1)[-1], rows, np.zeros(len(rows)), equal, self.to, free=1)
        assert x is not None  # some weights are admissible, and δ is free
        return float(x[-1]), x[:nodes]

    def _margin(self, market: int, shares: Floats) -> float:
        mine = self.forms.scores(shares[None], self.forms.high)[0, market]
        others = self.forms.scores(shares[None], self.forms.low)[0]
        others[market] = -np.inf
        return float(mine - others.max())  # NaN where a market has no score under these weights

    def _shown(self, market: int) -> tuple[float, float, Floats]:
        """By example, or because another is always ahead; else undecided."""
        assert self.tried is not None
        assert self.never is not None
        shares, scores = self.tried
        others = np.delete(scores, market, axis=1)
        lead = scores[:, market] - others.max(axis=1)
        best = int(np.argmax(np.where(np.isnan(lead), -np.inf, lead)))
        if lead[best] >= -TOLERANCE:
            return 1.0, float("nan"), shares[best]
        return 0.0 if self.never[market] else float("nan"), float("nan"), self.none
