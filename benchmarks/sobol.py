"""COINr's uncertainty and Sobol' analyses of its example index (51 x 49), from the scored result.

Run: python -m benchmarks.sobol (the reference results lie in ../shared)

COINr 1.1.14 takes 167 s for 1,000 draws and 1,020 s for its Sobol' analysis of 6,000 runs: recorded
with R 4.2.2 on another machine of two cores, not measured here. Here 1,000 draws of the same
alternatives are replayed, statistics included; 6,144 runs make the indices, with 200 resamples.
Imports and reading the workbook are not counted. Seconds of CPU, by turns, the least of each.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import SALib.analyze.sobol
import SALib.sample.sobol  # noqa: F401  # imported before the clock starts

from entryscore.robustness.plan import Alternative, Plan, plan_of
from entryscore.robustness.replay import replay
from entryscore.robustness.sensitivity import sensitivity
from tests.reference.asem import DEFAULT, asem_book, scored
from tests.reference.test_coinr_robustness import AGGREGATION, NORMALISATION, noisy_weights

DRAWS, SAMPLES, REPEATS = 1000, 1024, 5
UNCERTAINTY_SECONDS, SOBOL_SECONDS = 167.0, 1020.0


def rows(draws: int) -> pd.DataFrame:
    """Random choices among COINr's alternatives."""
    rng = np.random.default_rng(1)
    normalisations = list(NORMALISATION.values())
    frame = pd.DataFrame([normalisations[i] for i in rng.integers(0, 2, draws)])
    frame["winsorise_max"] = rng.integers(1, 6, draws)
    frame["aggregation"] = rng.choice(list(AGGREGATION.values()), draws)
    frame["weights"] = [f"rep{i}" for i in rng.integers(1, 101, draws)]
    return frame


def sobol_plan(plan: Plan) -> Plan:
    alternatives = {
        "normalisation": tuple(Alternative(k, v) for k, v in NORMALISATION.items()),
        "treatment": tuple(Alternative(f"{n}", {"winsorise_max": n}) for n in range(1, 6)),
        "aggregation": tuple(Alternative(a, {"aggregation": a}) for a in AGGREGATION.values()),
    }
    return replace(plan, assumptions=("weights", *alternatives), alternatives=alternatives)


def least(*works: Callable[[], object]) -> list[float]:
    times: list[list[float]] = [[] for _ in works]
    for _ in range(REPEATS):
        for work, taken in zip(works, times, strict=True):
            start = time.process_time()
            work()
            taken.append(time.process_time() - start)
    return [min(taken) for taken in times]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        result = scored(asem_book(Path(folder) / "asem.xlsx", DEFAULT, denominators=True))
    given, weights, plan = rows(DRAWS), noisy_weights(), sobol_plan(plan_of(result))
    ours = least(
        lambda: replay(result, given, weights).statistics(), lambda: sensitivity(plan, SAMPLES)
    )
    found = sensitivity(plan, SAMPLES)
    assert not found.failures
    what = (f"{DRAWS} draws replayed", f"Sobol' indices of {found.runs} runs")
    theirs = (UNCERTAINTY_SECONDS, SOBOL_SECONDS)
    for name, mine, recorded in zip(what, ours, theirs, strict=True):
        ratio = f"{recorded:g} s, ratio {recorded / mine:.0f}"
        print(f"{name}: {mine:.3f} s CPU; COINr, recorded: {ratio}")
    print(found.frame().round(3).to_string(index=False))


if __name__ == "__main__":
    main()
