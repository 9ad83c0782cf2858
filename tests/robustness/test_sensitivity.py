"""Sobol' indices against those that enumeration of all alternatives gives."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from entryscore.problems import InputError, UsageError
from entryscore.result import Result
from entryscore.robustness.engine import Engine
from entryscore.robustness.plan import Alternative, Draws, Plan, page_of, plan_of
from entryscore.robustness.replay import ranks_under
from entryscore.robustness.sensitivity import Sensitivity, draws_of, sensitivity
from tests.robustness.cases import scored


def shifts(plan: Plan, draws: Draws) -> np.ndarray:
    found = np.full(len(draws), np.nan)
    for rows, ranks, reason in ranks_under(Engine(plan), draws):
        assert not reason
        base = plan.result.ranks[plan.result.ranked]
        found[rows] = [np.mean(np.abs(rank - base)) for rank in ranks]
    return found


def every_combination(plan: Plan) -> np.ndarray:
    """The output of every combination of alternatives, an axis per assumption."""
    sizes = [plan.choices(name) for name in plan.assumptions]
    rows = np.array(list(itertools.product(*map(range, sizes))))
    choice = dict(zip(plan.assumptions, rows.T, strict=True))
    weights = np.repeat(plan.result.weights[None], len(rows), axis=0)
    return shifts(plan, Draws(weights, choice, np.arange(len(rows)))).reshape(sizes)


def exact(output: np.ndarray) -> tuple[list[float], list[float]]:
    """First-order V(E(Y|X_i)) / V and total E(V(Y|X_~i)) / V of independent even factors."""
    axes = range(output.ndim)
    first = [output.mean(axis=tuple(a for a in axes if a != i)).var() for i in axes]
    return (
        [float(v / output.var()) for v in first],
        [float(output.var(axis=i).mean() / output.var()) for i in axes],
    )


def inside(found: Sensitivity) -> np.ndarray:
    return np.r_[found.first, found.first_half, found.total, found.total_half]


def test_indices_are_those_of_all_combinations() -> None:
    plan = plan_of(scored(rows=40), ("normalisation", "treatment", "aggregation", "leave_one_out"))
    first, total = exact(every_combination(plan))
    found = sensitivity(plan, 2048)
    assert found.assumptions == plan.assumptions
    np.testing.assert_allclose(found.first, first, atol=0.04)
    np.testing.assert_allclose(found.total, total, atol=0.04)
    assert (np.abs(found.first - first) <= 1.6 * found.first_half).all()  # 3 standard errors
    assert (np.abs(found.total - total) <= 1.6 * found.total_half).all()
    assert max(total) > 0.3
    assert found.runs == 2048 * 6
    assert found.notes == ()
    frame = found.frame()
    np.testing.assert_allclose((frame["first_low"] + frame["first_high"]) / 2, found.first)
    np.testing.assert_allclose(frame["total_high"] - frame["total"], found.total_half)


def test_intervals_shrink_with_the_samples() -> None:
    plan = plan_of(scored(rows=40), ("weights", "aggregation"))
    few, many = sensitivity(plan, 64), sensitivity(plan, 4096)
    assert (many.total_half < few.total_half / 4).all()
    assert (many.first_half > 0).all()


def test_what_cannot_matter_has_0() -> None:
    """Nothing is missing here, so that weights are all there is."""
    found = sensitivity(plan_of(scored(rows=30), ("weights", "missing")), 256)
    assert found.first[1] == found.total[1] == found.total_half[1] == 0
    assert found.first[0] == pytest.approx(1, abs=0.15)
    assert found.total[0] == pytest.approx(1, abs=0.15)


def test_nothing_varies() -> None:
    found = sensitivity(plan_of(scored(), ("missing",)), 64)
    assert not inside(found).any()
    assert found.shift == 0
    assert found.notes == ("every run shifts ranks by 0 on average: no assumption matters",)


def test_too_few_samples_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Base samples that agree by chance in A and B, while a run between them differs."""
    output = np.array([1.0, 2.0, 1.0, 1.0] * 2)
    monkeypatch.setattr(
        "entryscore.robustness.sensitivity._shifts", lambda plan, draws: (output, Counter())
    )
    found = sensitivity(plan_of(scored(), ("treatment", "aggregation")), 2)
    assert not inside(found).any()
    assert found.notes == ("the base samples all shift ranks alike, too few to tell: ask for more",)


def test_the_seed_decides() -> None:
    plan = plan_of(scored(gaps=0.1, min_coverage=0.0), ("weights", "aggregation", "missing"))
    for seed in (0, 1):
        one, two = sensitivity(plan, 64, seed=seed), sensitivity(plan, 64, seed=seed)
        np.testing.assert_array_equal(inside(one), inside(two))
    assert (inside(sensitivity(plan, 64, seed=0)) != inside(one)).any()
    np.testing.assert_array_equal(inside(sensitivity(plan, 64)), inside(one))  # setting seed is 1


def failing(result: Result, good: int) -> Plan:
    """Treatment with `good` working alternatives of 0 to 2, and one that leaves one value only."""
    plan = plan_of(result, ("treatment", "leave_one_out"))
    working = (Alternative("none"), Alternative("same"))[:good]
    bad = Alternative("winsorise", {"treatment": "winsorise"})
    return replace(plan, alternatives={"treatment": (*working, bad)})


def one_value() -> Result:
    values = np.exp(np.random.default_rng(0).normal(3, 1, (12, 7)))
    values[:, 0] = 0.0
    values[0, 0] = 1.0
    return scored(values=values)


def test_a_failed_run_takes_its_base_sample_along() -> None:
    """What is left are the samples whose A and B have a working treatment; that one does not
    matter then, and all of the variance is the other's."""
    found = sensitivity(failing(one_value(), 2), 256)
    (reason,), (failed,) = found.failures, found.failures.values()
    assert "treatment winsorise" in reason
    assert "one value only" in reason
    assert 0.25 < failed / found.runs < 0.4
    assert 0.35 < found.used / found.samples < 0.55  # (2/3)²
    (note,) = found.notes
    assert note.startswith(f"{failed} of 1024 runs failed (")
    assert note.endswith(
        f"{256 - found.used} of 256 base samples, with all their runs, are left out"
    )
    assert np.isfinite(inside(found)).all()
    assert found.total[0] == found.first[0] == 0
    assert found.total[1] == pytest.approx(1, abs=0.25)


def test_all_runs_fail() -> None:
    with pytest.raises(InputError, match="no Sobol' indices: treatment winsorise"):
        sensitivity(failing(one_value(), 0), 16)


def test_factors_choose_alternatives_and_replicates() -> None:
    plan = plan_of(scored(gaps=0.1, min_coverage=0.0), None)
    plan = replace(plan, assumptions=("weights", "aggregation", "missing", "leave_one_out", "data"))
    design = np.array([[0.0, 0.49, 0.999, 0.0, 0.5], [0.999, 0.5, 0.0, 0.999, 0.25]])
    draws = draws_of(plan, design, 300)
    assert draws.noise is not None
    assert list(draws.choice["aggregation"]) == [0, 1]
    assert list(draws.choice["leave_one_out"]) == [0, 6]
    assert list(draws.replicate) == [299, 0]
    assert list(draws.noise) == [150, 75]
    np.testing.assert_array_equal(draws.weights[0], page_of(plan, 0).weights[0])
    np.testing.assert_array_equal(draws.weights[1], page_of(plan, 1).weights[299 - 256])


def test_noise_on_the_data_and_missing_values_are_apart() -> None:
    """The same fills with other noise: only the market with a standard error moves in score."""
    base = scored(gaps=0.1, min_coverage=0.0)
    errors = np.full(base.table.values.shape, np.nan)
    row = int(np.flatnonzero(~np.isnan(base.table.values).any(axis=1))[0])
    errors[row, 5] = 0.01  # too little to move the column's ends
    base.table.values[row, 5] = np.nanmedian(base.table.values[:, 5])
    result = replace(base, table=replace(base.table, errors=errors))
    plan = plan_of(result, ("missing", "data"))
    draws = draws_of(plan, np.array([[0.3, 0.1], [0.3, 0.9], [0.8, 0.9]]))
    scores = np.empty((3, len(result.table.codes)))
    for rows, found, _ in Engine(plan).scores(draws):
        scores[rows] = found
    assert list(np.flatnonzero(scores[0] != scores[1])) == [row]
    assert (scores[1] != scores[2]).sum() > 1


@pytest.mark.parametrize(
    ("uncertain", "samples", "resamples", "message"),
    [
        (("weights",), 100, 10, "100 samples are no power of two"),
        (("weights",), 1, 10, "1 samples are no power of two"),
        (("weights",), 16, 1, "at least 2 resamples"),
        ((), 16, 10, "no assumption is uncertain"),
    ],
)
def test_what_is_refused(
    uncertain: tuple[str, ...], samples: int, resamples: int, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        sensitivity(plan_of(scored(), uncertain), samples, resamples=resamples)
