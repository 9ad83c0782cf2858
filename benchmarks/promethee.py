"""PROMETHEE II net flows of 2,000 x 60 beside a floor for each preference function.

Run: python benchmarks/promethee.py

A floor is what any exact algorithm by sorting must do, in plain NumPy steps on columns that are
already contiguous, without ties, weights, finding thresholds or the formula itself:

usual    sort each column keeping the order, one cumulative sum, back to the order of the markets
v_shape  the same, and where s - p comes in the sorted column s (searchsorted, needles in order):
         which values are within p cannot be known otherwise; where s + p comes follows by counting
linear   the same, and where s - p and s - q come

`sort` is the bare sort and cumulative sum, the same for all three. Milliseconds of CPU, floor and
method by turns, the best of each.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from entryscore.crosscheck import CROSS_CHECKS, INDIFFERENCE_SD, PREFERENCE_SD
from entryscore.tree import Floats

MARKETS, INDICATORS, RUNS = 2000, 60, 40
SHIFTS = {
    "usual": (),
    "v_shape": (PREFERENCE_SD,),
    "linear": (PREFERENCE_SD, INDIFFERENCE_SD),
}


def bare(columns: Floats) -> None:
    for column in columns:
        np.cumsum(column[np.argsort(column)])


def floor(columns: Floats, shifts: Floats) -> None:
    """`shifts` (columns, thresholds)."""
    flows = np.empty(columns.shape[1])
    for column, shift in zip(columns, shifts.tolist(), strict=True):
        order = np.argsort(column)
        s = column[order]
        for d in shift:
            np.searchsorted(s, s - d)
        flows[order] = np.cumsum(s)


def best_of_each(*works: Callable[[], object]) -> list[float]:
    times: list[list[float]] = [[] for _ in works]
    for _ in range(RUNS):
        for work, taken in zip(works, times, strict=True):
            start = time.process_time()
            work()
            taken.append((time.process_time() - start) * 1000)
    return [min(taken) for taken in times]


def main() -> None:
    x = np.random.default_rng(20240611).lognormal(size=(MARKETS, INDICATORS))
    weights, signs = np.ones(INDICATORS), np.ones(INDICATORS)
    columns, sd = np.ascontiguousarray(x.T), x.std(axis=0)[:, None]
    for kind, shift in SHIFTS.items():
        function, shifts = CROSS_CHECKS[f"promethee_{kind}"].function, sd * np.array(shift)
        sort, least, ours = best_of_each(
            lambda: bare(columns),
            lambda shifts=shifts: floor(columns, shifts),
            lambda function=function: function(x, weights, signs),
        )
        print(
            f"promethee_{kind:<8} {ours:6.2f} ms   floor {least:6.2f} ms, ratio {ours / least:.1f}"
            f"   sort {sort:5.2f} ms, ratio {ours / sort:.1f}"
        )


if __name__ == "__main__":
    main()
