"""Equal importance: closed forms, the linear programme as oracle, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from entryscore.problems import UsageError
from entryscore.result import Result
from entryscore.weighting.importance import equal_importance
from entryscore.weighting.model import Question
from tests.weighting.optimised import flat, nested, obeys, rescored

SQUARE = [[0, 0], [100, 0], [0, 50], [100, 50]]  # uncorrelated, one spread twice the other


def shares_of_importance(result: Result, nodes: list[str]) -> np.ndarray:
    """By pandas, pairwise complete."""
    frame = pd.DataFrame(result.scores, columns=list(result.tree.codes))
    r = frame[nodes].corrwith(frame["index"])
    return (r / r.sum()).to_numpy()


def least_deviation(result: Result, nodes: np.ndarray) -> float:
    """The least largest deviation from equal shares: a linear programme in u = weight · sd, of
    which the correlations are R u / norm (a quotient of linear functions)."""
    r, k = np.corrcoef(result.scores[:, nodes].T), len(nodes)
    one = -np.ones((k, 1))
    found = linprog(
        np.append(np.zeros(k), 1.0), np.block([[r, one], [-r, one]]),
        np.repeat([1 / k, -1 / k], k), [np.append(r.sum(axis=0), 0.0)], [1.0],
    )  # fmt: skip
    assert found.status == 0
    return float(found.fun)


def test_golden() -> None:
    """Uncorrelated columns correlate with their sum as weight · sd: 1 : 2 against sd 2 : 1."""
    tuning = obeys(equal_importance, Question(flat(SQUARE)))
    np.testing.assert_allclose(tuning.weights[1:] / tuning.weights[1:].sum(), [1 / 3, 2 / 3])
    table = tuning.tables["Importance"]
    np.testing.assert_allclose(table["correlation_before"], np.array([2, 1]) / 5**0.5)
    np.testing.assert_allclose(table["correlation_after"], 0.5**0.5)
    assert tuning.notes == (
        "Shares of correlation with index are as asked, by moving the weights of these nodes.",
    )


@pytest.mark.parametrize(("measure", "ratio"), [("correlation", 4.0), ("main_effect", 2.0)])
def test_a_target_and_its_measure(measure: str, ratio: float) -> None:
    """r_a / r_b = 4, or r_a² / r_b² = 4."""
    options = {"target": {"a": 4.0}, "importance": measure}
    tuning = equal_importance(Question(flat(SQUARE), options=options))
    np.testing.assert_allclose(tuning.weights[1] * 2 / tuning.weights[2], ratio, rtol=1e-5)


@pytest.mark.parametrize("seed", range(6))
def test_no_weights_come_nearer(seed: int) -> None:
    """Columns of which some oppose the others, so that equality is often out of reach."""
    rng = np.random.default_rng(seed)
    common = rng.uniform(0, 50, (30, 1))
    values = rng.uniform(0, 50, (30, 5)) + common * np.array([1, 1, 0.8, -0.6, -0.9]) + 45
    result = flat(np.clip(values, 0, 100))
    nodes = result.tree.children[0]
    tuning = obeys(equal_importance, Question(result), atol=1e-4)
    reached = shares_of_importance(rescored(result, tuning), list("abcde"))
    best = least_deviation(result, nodes)
    np.testing.assert_allclose(np.abs(reached - 0.2).max(), best, atol=1e-6)
    assert any(f"{best:.4f} of 1" in note for note in tuning.notes) == (best > 1e-6)


def test_some_of_these_cannot_be_equal() -> None:
    """The cases above hold both kinds; here a column and its near opposite."""
    x = np.array([0.0, 10, 30, 60, 100])
    bend = np.array([0.0, 5, -5, 0, 0])
    result = flat(np.column_stack((x, 100 - x + bend, x - bend)))
    tuning = equal_importance(Question(result, options={"move": "level"}))
    assert least_deviation(result, result.tree.children[0]) > 0.01
    assert "no weights of 0 or more found come nearer than" in tuning.notes[0]
    assert "to within" in tuning.notes[0]


def test_weights_above_and_below_move_where_needed() -> None:
    result = nested(seed=4)
    leaves = [result.tree.codes[i] for i in result.tree.leaves]
    far = {}
    for move in ("level", "above"):
        tuning = equal_importance(Question(result, options={"level": 2, "move": move}))
        got = shares_of_importance(rescored(result, tuning), leaves)
        far[move] = np.abs(got - 1 / len(leaves)).max()
        moved = result.tree.shares(tuning.weights) - result.shares
        above = np.abs(moved[[result.tree.position(c) for c in "pqr"]]).max()
        assert (above > 1e-4) == (move == "above")
    assert far["level"] > 1e-3
    assert far["above"] < far["level"]
    np.testing.assert_allclose(far["above"], least_deviation(result, result.tree.leaves), atol=1e-6)


@pytest.mark.parametrize(
    "settings", [{"aggregation": "geometric"}, {"aggregation": "harmonic"}, {"gaps": 0.15}]
)
def test_equality_where_scores_are_no_plain_sums(settings: dict[str, object]) -> None:
    result = nested(**settings)  # type: ignore[arg-type]
    tuning = obeys(equal_importance, Question(result), atol=1e-4)
    got = shares_of_importance(rescored(result, tuning), ["p", "q", "r"])
    np.testing.assert_allclose(got, 1 / 3, atol=1e-6)


def test_siblings_group_by_group() -> None:
    result = nested()
    after = rescored(
        result, obeys(equal_importance, Question(result, options={"level": "siblings"}))
    )
    frame = pd.DataFrame(after.scores, columns=list(after.tree.codes))
    for parent, below in {"index": ["p", "q", "r"], "q": ["q0", "q1", "q2"]}.items():
        r = frame[below].corrwith(frame[parent])
        np.testing.assert_allclose(r, r.mean(), atol=1e-5)


def test_what_does_not_vary_keeps_its_share() -> None:
    values = np.column_stack((np.array(SQUARE, dtype=float), np.full(4, 30.0)))
    tuning = obeys(equal_importance, Question(flat(values, (1.0, 1.0, 2.0))))
    np.testing.assert_allclose(tuning.weights[1:] / 4, [1 / 6, 1 / 3, 1 / 2])
    assert "No correlation with index, share kept: c." in tuning.notes


def test_nothing_to_balance() -> None:
    result = flat(np.full((4, 2), 30.0), (1.0, 3.0))
    tuning = equal_importance(Question(result))
    np.testing.assert_array_equal(tuning.weights, result.weights)
    assert "No two nodes there vary, so the weights stay as declared." in tuning.notes


def test_a_weight_of_0_stays() -> None:
    values = np.column_stack((np.array(SQUARE, dtype=float), [5.0, 80, 20, 60]))
    tuning = obeys(equal_importance, Question(flat(values, (1.0, 1.0, 0.0))))
    np.testing.assert_allclose(tuning.weights[1:] / 2, [1 / 3, 2 / 3, 0])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"level": 5}, "level 5: no nodes (1 to 1, or siblings)"),
        ({"move": "abov"}, "move abov: not known (did you mean 'above'?)"),
        ({"importance": "weight"}, "importance weight: not known"),
        ({"target": {"z": 1.0}}, "target z: no such node"),
        ({"target": {"a": 0.0}}, "target a: 0.0 (give a number above 0)"),
        ({"target": {"a": "much"}}, "target a: much (give a number above 0)"),
        ({"target": 3}, "target: give a number by code"),
    ],
)
def test_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        equal_importance(Question(flat(SQUARE), options=options))
    assert message in str(caught.value)
