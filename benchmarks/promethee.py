"""PROMETHEE II net flows of 2,000 x 60 beside a sort and a cumulative sum of every column.

Run: python benchmarks/promethee.py
Milliseconds, the best of fifteen.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from entryscore.crosscheck import CROSS_CHECKS

MARKETS, INDICATORS, RUNS = 2000, 60, 15


def best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times) * 1000


def main() -> None:
    x = np.random.default_rng(20240611).lognormal(size=(MARKETS, INDICATORS))
    weights, signs = np.ones(INDICATORS), np.ones(INDICATORS)
    columns = np.ascontiguousarray(x.T)
    floor = best(lambda: [np.cumsum(column[np.argsort(column)]) for column in columns])
    print(f"sort and cumsum    {floor:7.2f} ms")
    for kind in ("usual", "v_shape", "linear"):
        function = CROSS_CHECKS[f"promethee_{kind}"].function
        ours = best(lambda function=function: function(x, weights, signs))
        print(f"promethee_{kind:<8} {ours:7.2f} ms   ratio {ours / floor:.1f}")


if __name__ == "__main__":
    main()
