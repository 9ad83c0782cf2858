"""Draws worked out by several processes or threads, in whatever chunks, are the same draws."""

from __future__ import annotations

import joblib
import numpy as np
import pytest

from entryscore.robustness.plan import Plan, plan_of
from entryscore.robustness.run import Outcome, run
from tests.robustness.cases import scored

DRAWS = 1500  # six pages, the last one not whole


@pytest.fixture(scope="module")
def plan() -> Plan:
    result = scored(rows=15, gaps=0.1, min_coverage=0.0)
    return plan_of(result, ("weights", "normalisation", "aggregation", "missing", "leave_one_out"))


@pytest.fixture(scope="module")
def alone(plan: Plan) -> Outcome:
    return run(plan, DRAWS, detail=True)


def same(one: Outcome, two: Outcome) -> None:
    assert one.draws == two.draws == DRAWS - two.failed
    assert one.failures == two.failures
    np.testing.assert_array_equal(one.ranks.counts, two.ranks.counts)  # type: ignore[union-attr]
    for name in ("wins", "ahead", "first_weights", "first_draws"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_two_processes(plan: Plan, alone: Outcome) -> None:
    told: list[int] = []
    same(run(plan, DRAWS, detail=True, jobs=2, step=told.append), alone)
    assert told == [256, 512, 768, 1024, 1280, 1500]


@pytest.mark.parametrize("jobs", [-1, 3])
@pytest.mark.parametrize("pages", [1, 2, 4, 6, 9])
def test_any_chunks(
    plan: Plan, alone: Outcome, jobs: int, pages: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entryscore.robustness.run._pages_at_once", lambda count, jobs: pages)
    with joblib.parallel_config(backend="threading"):
        same(run(plan, DRAWS, detail=True, jobs=jobs), alone)
