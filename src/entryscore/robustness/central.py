"""How sure a market is of the first place with its central weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from entryscore.robustness.plan import Plan
from entryscore.robustness.run import run
from entryscore.robustness.weights import WeightModel


def confidence_factors(plan: Plan, central: pd.DataFrame, draws: int) -> pd.Series[float]:
    """(markets of `central`) share of the draws in which the market is first with its central
    weights, everything else drawn as in the plan (SMAA-2's confidence factor)."""
    others = tuple(a for a in plan.assumptions if a != "weights")
    found = {}
    for code, row in central.drop(columns="draws").iterrows():
        weights = np.concatenate(([1.0], row.to_numpy(dtype=float)))
        result = replace(plan.result, weights=weights)
        fixed = replace(plan, result=result, assumptions=others, weights=WeightModel.of(result))
        outcome = run(fixed, draws if others else 1)
        place = int(np.flatnonzero(outcome.markets == result.table.codes.index(str(code)))[0])
        found[str(code)] = float(outcome.ranks.top(1)[place]) if outcome.draws else float("nan")
    return pd.Series(found, dtype=float)
