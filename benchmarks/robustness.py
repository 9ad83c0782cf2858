"""Rank acceptabilities of 10,000 draws of weights over 200 markets x 60 indicators.

Run: OPENBLAS_NUM_THREADS=1 python benchmarks/robustness.py (waiting threads would count as CPU)
Beside a block loop in NumPy written by hand for this one case. Both draw the same weights at every
level and divide them among siblings, page by page of 256 draws; the loop then multiplies, sorts
indirectly and counts.
"""

from __future__ import annotations

import time

import numpy as np

from entryscore.catalogue import Catalogue, Indicator
from entryscore.markets import MarketTable
from entryscore.pipeline import score
from entryscore.result import Result
from entryscore.robustness.plan import PAGE, Plan, page_of, plan_of
from entryscore.robustness.run import run
from entryscore.tree import Floats

DRAWS, MARKETS, INDICATORS, PILLARS, REPEATS = 10_000, 200, 60, 6, 9


def synthetic(markets: int, indicators: int, pillars: int) -> Result:
    """A scored index of independent uniform values."""
    values = np.random.default_rng(1).random((markets, indicators))
    catalogue = Catalogue(
        tuple(Indicator(f"i{k}", parent=f"p{k % pillars}") for k in range(indicators))
    )
    codes = tuple(f"m{k}" for k in range(markets))
    return score(catalogue, MarketTable(codes, codes, ("",) * markets, values))


def by_hand(plan: Plan, scores: Floats) -> np.ndarray:
    """Counts (market x rank) of the plan's draws; scores (markets x indicators)."""
    markets = len(scores)
    counts = np.zeros(markets * markets, dtype=np.int64)
    ranks = np.arange(markets)
    columns = np.ascontiguousarray(scores.T)
    for start in range(0, DRAWS, PAGE):
        weights = page_of(plan, start // PAGE).weights[: DRAWS - start]
        shares = weights[:, 1:].reshape(len(weights), PILLARS, 1 + INDICATORS // PILLARS)
        pillars, leaves = shares[:, :, 0], shares[:, :, 1:]
        factor = pillars / pillars.sum(axis=1, keepdims=True) / leaves.sum(axis=2)
        effective = (leaves * factor[:, :, None]).reshape(len(weights), INDICATORS)
        order = np.argsort(-(effective @ columns), axis=1)
        counts += np.bincount((order * markets + ranks).ravel(), minlength=markets * markets)
    return counts.reshape(markets, markets)


def main() -> None:
    result = synthetic(MARKETS, INDICATORS, PILLARS)
    plan = plan_of(result, ("weights",))
    scores = result.normalised[:, result.tree.columns[result.tree.leaves]]
    ours, hand = [], []
    for _ in range(REPEATS):
        start = time.process_time()
        outcome = run(plan, DRAWS)
        middle = time.process_time()
        counts = by_hand(plan, scores)
        hand.append(time.process_time() - middle)
        ours.append(middle - start)
    assert np.array_equal(outcome.ranks.counts, counts)  # type: ignore[union-attr]  # counted, not kept
    print(
        f"run(plan, {DRAWS}), {MARKETS} x {INDICATORS}: {min(ours):.3f} s CPU (least of {REPEATS})"
    )
    print(f"block loop by hand: {min(hand):.3f} s CPU, ratio {min(ours) / min(hand):.2f}")


if __name__ == "__main__":
    main()
