"""Benefit of the doubt: each market judged by the weights that suit it best.

Melyn & Moesen 1991; Cherchye, Moesen, Rogge & Van Puyenbroeck 2007 (Social Indicators Research 82).
For market c with scores x_c of the children of the index: max Σ w x_c where Σ w x_j <= 1 for every
market j and w >= 0. Its pie shares q_i = w_i x_ci / Σ w x_c are kept within bounds around the
declared shares d. In these shares the programme reads

    1 / score = min t,  Σ_i q_i x_ji / x_ci <= t for all j,  low d <= q <= high d,  Σ q = 1

and where several q are best, the one nearest to d is taken. The tuned weights are the mean of q
over the ranked markets.

Options (`Question.options`): `low` and `high`, as multiples of the declared share: 0.5 and 2;
0 and inf are the plain benefit of the doubt.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from entryscore.language import phrase, say
from entryscore.problems import UsageError
from entryscore.ranking import ranks_of
from entryscore.rounding import round_half_away
from entryscore.tree import Floats
from entryscore.weighting.model import WEIGHTINGS, Question, Tuning
from entryscore.weighting.programmes import cheapest, nearest
from entryscore.weighting.rescoring import weights_of

LOW, HIGH = 0.5, 2.0
_SLACK = 1e-9
_DECIMALS = 10
_BEST = 1 - 1e-7
TABLE = phrase("Benefit of the doubt")


@WEIGHTINGS.register(
    "benefit_of_the_doubt",
    formula="mean over markets of their best shares: max Σ w x, Σ w x_j ≤ 1 for all j, "
    "low d ≤ w x / Σ w x ≤ high d",
    source="Melyn & Moesen 1991; Cherchye et al. 2007",
    properties=("market_order_invariant", "unit_invariant"),
)
def benefit_of_the_doubt(question: Question) -> Tuning:
    """Raises UsageError for bounds that leave no shares.

    Children of weight 0 stay out. A market without some child is judged over those it has, against
    the markets that have them too, and counts with the declared share of what it lacks. One that
    scores 0 where a least share is asked, or on so much that the greatest shares of the rest do not
    add to 1, has a score of 0 (the limit) and no best shares. Negative scores are a problem.
    """
    result = question.result
    low, high = _bounds(question)
    children = result.tree.children[0]
    children = children[result.shares[children] > 0]
    scores = np.where(np.isnan(result.score)[:, None], np.nan, result.scores[:, children])
    if (scores < 0).any():
        code = result.tree.codes[children[int(np.argmax((scores < 0).any(axis=0)))]]
        question.findings.problem(
            result.methodology.origin.where(("normalisation",)),
            "benefit of the doubt needs scores of 0 or more, and {code} has negative ones",
            "use the normalisation min_max", code=code,
        )  # fmt: skip
        return Tuning(result.weights)
    doubt = Doubt(scores, result.shares[children], low, high)
    best, q = doubt.all()
    used = result.ranked & ~np.isnan(q).all(axis=1)
    shares = result.shares.copy()
    if used.any():
        shares[children] = doubt.completed(q)[used].mean(axis=0)
    ranks = ranks_of(round_half_away(best, _DECIMALS), result.ranked)
    order = np.lexsort((np.array(result.table.codes), ranks))
    order = order[~np.isnan(best[order])]
    table = pd.DataFrame(
        {"market": [result.table.codes[i] for i in order], "score": best[order],
         "rank": ranks[order]}
        | {f"share {result.tree.codes[c]}": q[order, i] for i, c in enumerate(children)}
    )  # fmt: skip
    notes = _notes(doubt, best, result.ranked, used)
    return Tuning(weights_of(result, shares), notes=notes, tables={TABLE: table})


def _bounds(question: Question) -> tuple[float, float]:
    found = []
    for name, default in (("low", LOW), ("high", HIGH)):
        given = question.options.get(name, default)
        try:
            found.append(float(given))  # type: ignore[arg-type]  # the except clause is the check
        except (TypeError, ValueError):
            raise UsageError(
                say("{name} {given}: type a multiple of the declared share", name=name, given=given)
            ) from None
    low, high = found
    if not 0 <= low <= 1 <= high:
        raise UsageError(
            say(
                "low {low:g}, high {high:g}: low is from 0 to 1, high 1 or more", low=low, high=high
            )
        )
    return low, high


@dataclass(frozen=True, eq=False)
class Doubt:
    """`scores` (markets × children, >= 0; a row of NaN: not judged), `declared` shares (children)
    and the multiples of them that bound a market's own shares."""

    scores: Floats
    declared: Floats
    low: float
    high: float

    def all(self) -> tuple[Floats, Floats]:
        """(markets) score from 0 to 1, and (markets × children) pie shares, NaN where missing."""
        found = [self.of(market) for market in range(len(self.scores))]
        k = len(self.declared)
        return np.array([f[0] for f in found]), np.array([f[1] for f in found]).reshape(-1, k)

    def of(self, market: int) -> tuple[float, Floats]:
        own, none = self.scores[market], np.full(len(self.declared), np.nan)
        have = ~np.isnan(own)
        if not have.any():
            return float("nan"), none
        if (own[have] == 0).any() and (self.low > 0 or not own[have].any()):
            return 0.0, none
        above = have & (np.nan_to_num(own) > 0)
        if self.high * self.declared[above].sum() < self.declared[have].sum() * (1 - _SLACK):
            return 0.0, none
        peers = self.scores[~np.isnan(self.scores[:, have]).any(axis=1)][:, above]
        declared = self.declared[above] / self.declared[have].sum()
        t, q = self._best(peers / own[above], declared)
        shares = np.where(have, 0.0, np.nan)
        shares[above] = q
        return 1 / t, shares

    def _best(self, ratios: Floats, declared: Floats) -> tuple[float, Floats]:
        """t and q, from x_j / x_c (peers × k) and declared shares (k)."""
        k, one = len(declared), np.eye(len(declared))
        low, high = self.low * declared, np.minimum(1.0, self.high * declared)
        high *= max(1.0, (1 + _SLACK) / high.sum())  # rounding leaves room for a sum of 1
        ratios = ratios[_undominated(ratios)]
        rows = np.vstack((-ratios, one, -one))
        slack = np.repeat([1.0, 0.0], [len(ratios), 2 * k])
        least = np.concatenate((np.zeros(len(ratios)), low, -high))
        found = cheapest(
            np.append(np.zeros(k), 1.0), np.column_stack((rows, slack)), least,
            np.append(np.ones(k), 0.0)[None], np.ones(1),
        )  # fmt: skip
        assert found is not None  # the declared shares are within their bounds
        t = max(1.0, float((ratios @ found[:k]).max()))
        close = nearest(
            declared, rows, least - slack * t * (1 + _SLACK), np.ones((1, k)), np.ones(1)
        )
        q = found[:k] if close is None else np.maximum(close, 0.0)
        return t, q / q.sum()

    def completed(self, q: Floats) -> Floats:
        """The shares (markets × children) with the declared ones where a child is missing."""
        have = ~np.isnan(q)
        own = np.where(have, self.declared, 0.0).sum(axis=1, keepdims=True)
        return np.where(have, q * own, self.declared)


def _undominated(ratios: Floats) -> NDArray[np.bool_]:
    """Rows no other row reaches everywhere; of equals the first."""
    different, first = np.unique(ratios, axis=0, return_index=True)
    reached = (different[None] >= different[:, None]).all(axis=-1).sum(axis=1) > 1
    keep = np.zeros(len(ratios), dtype=bool)
    keep[first[~reached]] = True
    return keep


def _notes(
    doubt: Doubt, best: Floats, ranked: NDArray[np.bool_], used: NDArray[np.bool_]
) -> tuple[str, ...]:
    count = int(ranked.sum())
    notes = [
        say(
            "Mean of the best shares of {used} of {count} ranked markets; each share within"
            " {low:g} and {high:g} times the declared one.",
            used=int(used.sum()), count=count, low=doubt.low, high=doubt.high,
        ),
        say(
            "{count} of them are best practice under weights of their own"
            " (score 1): scores under own weights do not compare as one index does.",
            count=int((best[ranked] >= _BEST).sum()),
        ),
    ]  # fmt: skip
    partial = int((np.isnan(doubt.scores).any(axis=1) & used).sum())
    if partial:
        notes.append(
            say(
                "{count} lack a part: judged over what they have, against markets that have it "
                "too; the declared share stands in for what they lack.",
                count=partial,
            )
        )
    nothing = int((ranked & ~used).sum())
    if nothing:
        notes.append(
            say(
                "{count} score 0 on a part and so 0 in all; they have no best shares.",
                count=nothing,
            )
        )
    return tuple(notes)
