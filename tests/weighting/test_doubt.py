"""Benefit of the doubt: by hand, against the programme in weights, and at its edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linprog

from entryscore.problems import Findings, UsageError
from entryscore.weighting.doubt import TABLE, Doubt, benefit_of_the_doubt
from entryscore.weighting.model import Question
from tests.weighting.optimised import flat, nested, obeys

BY_HAND = [[100, 50], [50, 100], [50, 50], [80, 40]]


def in_weights(x: np.ndarray, market: int, low: np.ndarray, high: np.ndarray) -> float:
    """max Σ w x_c, Σ w x_j <= 1, low Σ w x_c <= w_i x_ci <= high Σ w x_c, as it is printed."""
    own = x[market]
    rows = [*x, *(np.diag(-own) + np.outer(low, own)), *(np.diag(own) - np.outer(high, own))]
    most = np.concatenate((np.ones(len(x)), np.zeros(2 * len(own))))
    found = linprog(-own, rows, most)
    assert found.status == 0
    return -float(found.fun)


def test_golden() -> None:
    """Shares from 1/4 to 3/4. The third market: q = ½, t = 1½. The others need t = 1 (1¼ for the
    fourth, a shrunken first), and 2/3 on their better child is the nearest to ½ that gives it."""
    tuning = obeys(benefit_of_the_doubt, Question(flat(BY_HAND)))
    table = tuning.tables[TABLE].set_index("market")
    assert list(table.index) == ["M000", "M001", "M003", "M002"]
    np.testing.assert_allclose(table["score"], [1, 1, 0.8, 2 / 3], rtol=1e-8)
    np.testing.assert_array_equal(table["rank"], [1, 1, 3, 4])
    np.testing.assert_allclose(table["share a"], [2 / 3, 1 / 3, 2 / 3, 1 / 2], rtol=1e-6)
    np.testing.assert_allclose(tuning.weights[1:] / 2, [13 / 24, 11 / 24], rtol=1e-6)
    assert "Mean of the best shares of 4 of 4 ranked markets" in tuning.notes[0]
    assert tuning.notes[1].startswith("2 of them are best practice")


@pytest.mark.parametrize(("low", "high"), [(0.5, 2.0), (0.0, np.inf), (0.9, 1.1), (1.0, 1.0)])
@pytest.mark.parametrize("seed", range(3))
def test_the_programme_in_weights(seed: int, low: float, high: float) -> None:
    rng = np.random.default_rng(seed)
    x, declared = rng.uniform(1, 100, (15, 4)), rng.dirichlet(np.ones(4) * 3)
    best, q = Doubt(x, declared, low, high).all()
    least, most = low * declared, np.minimum(1, high * declared)
    theirs = [in_weights(x, i, least, most) for i in range(len(x))]
    np.testing.assert_allclose(best, theirs, rtol=1e-6)
    assert (q >= least - 1e-9).all()
    assert (q <= most + 1e-9).all()
    weights = best[:, None] * q / x  # the shares give the score, and nobody more than 1
    np.testing.assert_allclose((weights * x).sum(axis=1), theirs, rtol=1e-6)
    assert (weights @ x.T).max() <= 1 + 1e-6


def test_with_no_room_the_declared_shares_stay() -> None:
    result = nested()
    tuning = benefit_of_the_doubt(Question(result, options={"low": 1, "high": 1}))
    np.testing.assert_allclose(result.tree.shares(tuning.weights), result.shares, atol=1e-9)


def test_a_hundred_times_the_scale_changes_nothing() -> None:
    x = np.random.default_rng(1).uniform(1, 100, (12, 3))
    one, other = (Doubt(x * scale, np.full(3, 1 / 3), 0.5, 2.0).all() for scale in (1.0, 100.0))
    np.testing.assert_allclose(one[0], other[0], rtol=1e-7)
    np.testing.assert_allclose(one[1], other[1], atol=1e-6)


def test_a_missing_part() -> None:
    """Judged over what it has, against those that have it; the declared share stands in."""
    x = np.array([[100.0, 50, 20], [50, 100, 40], [60, 60, np.nan]])
    result = flat(x, (1.0, 1.0, 2.0))
    tuning = obeys(benefit_of_the_doubt, Question(result))
    best, q = Doubt(x[:, :2], np.full(2, 0.5), 0.5, 2.0).of(2)
    row = tuning.tables[TABLE].set_index("market").loc["M002"]
    np.testing.assert_allclose(row["score"], best)
    np.testing.assert_allclose(row[["share a", "share b"]].astype(float), q, atol=1e-7)
    assert np.isnan(row["share c"])
    assert any(note.startswith("1 lack a part") for note in tuning.notes)
    others = tuning.tables[TABLE].set_index("market").loc[["M000", "M001"]]
    mean = (others.filter(like="share").sum().to_numpy() + np.array([*(q * 0.5), 0.5])) / 3
    np.testing.assert_allclose(tuning.weights[1:] / 4, mean, atol=1e-6)


def test_a_score_of_0() -> None:
    """The limit under a least share is 0; without one the part simply carries nothing."""
    x = [[100, 50], [50, 100], [90, 0]]
    bounded = obeys(benefit_of_the_doubt, Question(flat(x)))
    row = bounded.tables[TABLE].set_index("market").loc["M002"]
    assert row["score"] == 0
    assert np.isnan(row["share a"])
    assert any(note.startswith("1 score 0 on a part") for note in bounded.notes)
    np.testing.assert_allclose(bounded.weights[1:] / 2, [1 / 2, 1 / 2], atol=1e-7)
    near = Doubt(np.array([[100, 50], [50, 100], [90, 1e-3]]), np.full(2, 0.5), 0.5, 2.0)
    assert near.of(2)[0] < 1e-4
    free = Doubt(np.array(x, dtype=float), np.full(2, 0.5), 0.0, np.inf)
    np.testing.assert_allclose(free.of(2)[0], 0.9)
    np.testing.assert_allclose(free.of(2)[1], [1, 0])
    assert Doubt(np.array(x, dtype=float), np.full(2, 0.5), 0.0, 1.5).of(2)[0] == 0


def test_nobody_above_0() -> None:
    result = flat([[0, 0], [0, 0]], (1.0, 3.0))
    tuning = benefit_of_the_doubt(Question(result))
    np.testing.assert_array_equal(tuning.weights, result.weights)


def test_a_child_of_weight_0_stays_out() -> None:
    x = np.column_stack((np.array(BY_HAND, dtype=float), [0.0, 90, 10, 0]))
    tuning = obeys(benefit_of_the_doubt, Question(flat(x, (1.0, 1.0, 0.0))))
    np.testing.assert_allclose(tuning.weights[1:] / 2, [13 / 24, 11 / 24, 0], rtol=1e-6)


def test_nodes_below_keep_their_shares() -> None:
    result = nested(gaps=0.1)
    moved = result.tree.shares(obeys(benefit_of_the_doubt, Question(result)).weights)
    np.testing.assert_allclose(moved[result.tree.leaves], result.shares[result.tree.leaves])
    assert np.abs(moved - result.shares).max() > 0.01


def test_negative_scores_are_a_problem() -> None:
    findings = Findings()
    result = nested(normalisation="z_score")
    tuning = benefit_of_the_doubt(replace(Question(result), findings=findings))
    assert [p.message for p in findings.problems] == [
        "benefit of the doubt needs scores of 0 or more, and p has negative ones"
    ]
    np.testing.assert_array_equal(tuning.weights, result.weights)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"low": 1.5}, "low 1.5, high 2: low is from 0 to 1, high 1 or more"),
        ({"high": 0.5}, "low 0.5, high 0.5: low is from 0 to 1"),
        ({"low": "half"}, "low half: type a multiple of the declared share"),
    ],
)
def test_bounds_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        benefit_of_the_doubt(Question(flat(BY_HAND), options=options))
    assert message in str(caught.value)
