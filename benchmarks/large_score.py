"""Treat, normalise and aggregate 20,000 markets x 100 indicators.

Run: python benchmarks/large_score.py
COINr 1.1.14 needs 3-4 s for normalise and aggregate alone on such a table (figure recorded with
R 4.2.2 on another machine of this size, not measured here).
"""

from __future__ import annotations

import statistics
import time

import numpy as np

from entryscore.aggregation import Missing, aggregate, function_of
from entryscore.catalogue import Catalogue, Indicator
from entryscore.normalisation import Bounds, normalise
from entryscore.treatment import winsorise
from entryscore.tree import build_tree

MARKETS, INDICATORS, RUNS, COINR_SECONDS = 20_000, 100, 7, 3.5


def main() -> None:
    values = np.random.default_rng(1).lognormal(sigma=1.5, size=(MARKETS, INDICATORS))
    indicators = [Indicator(f"i{k}", parent=f"p{k % 10}") for k in range(INDICATORS)]
    tree = build_tree(Catalogue(tuple(indicators)))
    functions = {node: function_of("arithmetic") for node in tree.inner}
    names = ["min_max"] * INDICATORS
    seconds, floors = [], []
    for _ in range(RUNS):
        start = time.process_time()
        treated = winsorise(values)
        normalised = normalise(treated, names, Bounds())
        aggregate(tree, tree.declared, normalised, functions, Missing())
        middle = time.process_time()
        low, high = values.min(axis=0), values.max(axis=0)
        ((values - low) / (high - low) * 100).mean(axis=1)  # no BLAS: its threads spin on
        seconds.append(middle - start)
        floors.append(time.process_time() - middle)
    ours, floor = statistics.median(seconds), statistics.median(floors)
    print(f"treat, normalise, aggregate {ours:.3f} s CPU (median of {RUNS})")
    print(f"NumPy floor (min-max, mean) {floor:.3f} s, ratio {ours / floor:.1f}")
    print(f"COINr, recorded elsewhere   {COINR_SECONDS:.1f} s, ratio {COINR_SECONDS / ours:.0f}")


if __name__ == "__main__":
    main()
