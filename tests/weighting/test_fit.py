"""Weights from preferences: by hand, by brute force, and planted ones recovered."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import linprog

import entryscore
from entryscore import resources
from entryscore.problems import Findings, UsageError
from entryscore.ranking import tau_b
from entryscore.result import Result
from entryscore.weighting.fit import TABLE, fit
from entryscore.weighting.forms import pairs
from entryscore.weighting.model import Judgements, Preference, Question, Tuning
from entryscore.weighting.ordinal import LEAST
from tests.weighting.optimised import flat, nested, obeys, rescored

BY_HAND = [[100, 0], [0, 100], [60, 60]]


def asked(result: Result, *said: tuple[object, ...]) -> Question:
    """Preferences (better, worse, strength) by position, each with its cell."""
    codes = result.table.codes
    rows = []
    for i, (better, worse, *strength) in enumerate(said):
        names = (codes[k] if isinstance(k, (int, np.integer)) else k for k in (better, worse))
        rows.append(Preference(*map(str, names), *strength, where=f"Preferences!A{i + 2}"))  # type: ignore[arg-type]
    return Question(result, Judgements(preferences=tuple(rows)))


def leads(result: Result, question: Question) -> np.ndarray:
    place = {code: i for i, code in enumerate(result.table.codes)}
    said = question.judgements.preferences
    score = result.score
    return np.array([(score[place[p.better]] - score[place[p.worse]]) / p.strength for p in said])


@pytest.mark.parametrize(("strength", "first", "margin"), [(1.0, 8 / 15, 20 / 3), (2.0, 0.55, 5.0)])
def test_golden(strength: float, first: float, margin: float) -> None:
    """200 y - 100 = strength · m and 60 - 100 y = m."""
    question = asked(flat(BY_HAND), (0, 1, strength), (2, 0, 1.0))
    tuning = obeys(fit, question)
    np.testing.assert_allclose(tuning.weights[1:] / 2, [first, 1 - first], rtol=1e-5)
    np.testing.assert_allclose(
        leads(rescored(question.result, tuning), question), margin, rtol=1e-5
    )
    assert tuning.notes == (
        f"All 2 preferences are reproduced, each by at least {margin:.3g} points per unit of"
        " strength.",
        "Exact: the scores compared are linear in the weights.",
    )
    assert tuning.tables[TABLE]["kept"].all()
    np.testing.assert_allclose(tuning.tables[TABLE]["lead_before"], [0, 10])


@pytest.mark.parametrize(("share", "first"), [(0.5, 31 / 60), (0.0, 0.50005), (1.0, 8 / 15)])
def test_a_share_of_the_margin_stays_nearer(share: float, first: float) -> None:
    """200 y - 100 = 10/3 at half of it; next to nothing is asked of the pair at 0."""
    question = replace(asked(flat(BY_HAND), (0, 1), (2, 0)), options={"margin": share})
    tuning = obeys(fit, question)
    np.testing.assert_allclose(tuning.weights[1] / 2, first, atol=1e-4)
    assert (leads(rescored(question.result, tuning), question) > 0).all()


@pytest.mark.parametrize("settings", [{"gaps": 0.2}, {"aggregation": "geometric"}, {}])
def test_a_share_of_the_margin_in_a_tree(settings: dict[str, object]) -> None:
    """Nearer to the declared weights, and no preference lost."""
    result = nested(rows=30, seed=2, **settings)  # type: ignore[arg-type]
    ranked = [int(i) for i in result.order if result.ranked[i]]
    question = asked(result, (ranked[1], ranked[0]), (ranked[8], ranked[5]), (ranked[2], ranked[9]))
    far = []
    for share in (1.0, 0.1):
        tuning = fit(replace(question, options={"margin": share}))
        assert (leads(rescored(result, tuning), question) > 0).all()
        far.append(np.linalg.norm(result.tree.effective(tuning.weights) - result.effective))
    assert far[1] < far[0] - 0.01


def test_indicators_left_without_weight_are_said() -> None:
    tuning = fit(asked(flat([[90, 40, 40], [10, 50, 50]]), (0, 1)))
    assert tuning.notes[1].startswith("2 of 3 indicators are left without weight")


@pytest.mark.parametrize("margin", [-0.1, 1.5, "all"])
def test_margin_is_a_share(margin: object) -> None:
    with pytest.raises(UsageError, match="type the share of the largest margin"):
        fit(replace(asked(flat(BY_HAND), (0, 1)), options={"margin": margin}))


def test_of_equal_margins_the_nearest_to_declared() -> None:
    """b and c are the same column, so any split of their weight gives the margin."""
    x = [[100, 0, 0], [0, 100, 100], [60, 60, 60]]
    tuning = fit(asked(flat(x, (1.0, 2.0, 1.0)), (0, 1), (2, 0)))
    y = tuning.weights[1:] / 4
    np.testing.assert_allclose(
        y, [8 / 15, 0.5 - (y[0] - 0.25) / 2, 0.25 - (y[0] - 0.25) / 2], rtol=1e-5
    )


def largest_margin(result: Result, question: Question) -> float:
    """As a linear programme in effective weights and the margin."""
    place = {code: i for i, code in enumerate(result.table.codes)}
    x = result.scores[:, result.tree.leaves]
    said = question.judgements.preferences
    d = np.array([x[place[p.better]] - x[place[p.worse]] for p in said])
    strength = np.array([[p.strength] for p in said])
    n = x.shape[1]
    found = linprog(
        np.append(np.zeros(n), -1.0), np.hstack((-d, strength)), np.zeros(len(d)),
        [np.append(np.ones(n), 0.0)], [1.0], bounds=[(0, None)] * n + [(None, None)],
    )  # fmt: skip
    return float(found.x[-1])


@pytest.mark.parametrize("seed", range(4))
def test_planted_weights_through_a_tree(seed: int) -> None:
    """The margin is the programme's, at real scores, and no preference is violated."""
    result = nested(seed=seed)
    rng = np.random.default_rng(seed)
    planted = entryscore.score(
        result.catalogue, result.table, result.methodology,
        weights=rng.uniform(0.1, 1, len(result.tree.codes)),
    )  # fmt: skip
    said = [_ordered(planted, *rng.choice(25, 2, replace=False)) for _ in range(10)]
    question = asked(
        result, *[(a, b, s) for (a, b), s in zip(said, rng.uniform(0.5, 2, 10), strict=True)]
    )
    tuning = obeys(fit, question)
    after = leads(rescored(result, tuning), question)
    assert (after > 0).all()
    np.testing.assert_allclose(after.min(), largest_margin(result, question), rtol=1e-4)


def _ordered(result: Result, a: int, b: int) -> tuple[int, int]:
    return (int(a), int(b)) if result.score[a] > result.score[b] else (int(b), int(a))


def fewest_by_brute_force(d: np.ndarray) -> list[int]:
    """Rows of d (K × n) kept by the smallest set to drop, which keeps the earliest rows."""
    count, n = d.shape
    for size in range(count + 1):
        found = []
        for dropped in combinations(range(count), size):
            kept = [k for k in range(count) if k not in dropped]
            answer = linprog(
                np.append(np.zeros(n), -1.0), np.column_stack((-d[kept], np.ones(len(kept)))),
                np.zeros(len(kept)), [np.append(np.ones(n), 0.0)], [1.0],
                bounds=[(0, None)] * n + [(None, 1.0)],
            )  # fmt: skip
            if answer.x[-1] >= LEAST:
                found.append(kept)
        if found:
            return max(found, key=lambda kept: [k in kept for k in range(count)])
    raise AssertionError("the empty set is reproduced")


@pytest.mark.parametrize("seed", range(12))
def test_the_smallest_set_to_drop(seed: int) -> None:
    """Random preferences, mostly contradictory, over three or four indicators."""
    rng = np.random.default_rng(seed)
    result = flat(rng.uniform(0, 100, (8, 3 + seed % 2)))
    said = [tuple(int(i) for i in rng.choice(8, 2, replace=False)) for _ in range(9)]
    question = asked(result, *said)
    x = result.scores[:, result.tree.leaves]
    d = np.array([x[a] - x[b] for a, b in said])
    expected = fewest_by_brute_force(d / np.abs(d).max())
    tuning = obeys(fit, question)
    table = tuning.tables[TABLE]
    assert list(np.flatnonzero(table["kept"])) == expected
    after = leads(rescored(result, tuning), question)
    assert (after[expected] > 0).all()
    dropped = [f"A{k + 2}" for k in range(9) if k not in expected]
    assert [
        note.split("!")[1].split(")")[0] for note in tuning.notes if note.startswith("Drop")
    ] == dropped
    assert ("no smaller set would do" in tuning.notes[0]) == bool(dropped)


def test_some_brute_force_cases_drop_several() -> None:
    sizes = set()
    for seed in range(12):
        rng = np.random.default_rng(seed)
        x = rng.uniform(0, 100, (8, 3 + seed % 2))
        d = np.array([x[a] - x[b] for a, b in (rng.choice(8, 2, replace=False) for _ in range(9))])
        sizes.add(9 - len(fewest_by_brute_force(d / np.abs(d).max())))
    assert max(sizes) >= 3
    assert len(sizes) >= 3


def test_a_circle_is_named_with_its_cells() -> None:
    tuning = fit(asked(flat(BY_HAND), (0, 2), (2, 1), (1, 0)))
    assert tuning.notes[1] == (
        "Dropped: M001 over M000 (Preferences!A4): a circle, M001 > M000 > M002 > M001, with "
        "M000 over M002 (Preferences!A2), M002 over M001 (Preferences!A3)."
    )
    assert "1 dropped (no smaller set would do), 2 reproduced" in tuning.notes[0]


def test_what_cannot_hold_together_without_a_circle() -> None:
    """The first above the second needs y > ½, the fourth above the third y < ½."""
    x = [[60, 40], [40, 60], [90, 10], [10, 90], [0, 0]]
    tuning = fit(asked(flat(x), (0, 1), (0, 4), (3, 2)))
    assert tuning.notes[1] == (
        "Dropped: M003 over M002 (Preferences!A4): no weights reproduce it together with "
        "M000 over M001 (Preferences!A2)."
    )


def test_a_market_behind_in_everything() -> None:
    result = flat([[60, 40], [50, 30]], (3.0, 1.0))
    tuning = fit(asked(result, (1, 0)))
    assert "no weights reproduce it, even alone" in tuning.notes[1]
    np.testing.assert_allclose(tuning.weights, result.weights)
    assert not tuning.tables[TABLE]["kept"].any()


def test_the_same_gaps_are_exact() -> None:
    """Both lack c: 100 y_a - 80 y_b over y_a + y_b, against a market pair that is complete."""
    nan = np.nan
    x = [[100, 0, nan], [0, 80, nan], [50, 50, 0], [20, 20, 100], [70, 70, 70]]
    question = asked(flat(x), (1, 0), (3, 2), (4, 3))
    tuning = obeys(fit, question)
    assert tuning.notes[-1] == "Exact: the scores compared are linear in the weights."
    after = leads(rescored(question.result, tuning), question)
    grid = np.linspace(0, 1, 201)
    best = -np.inf
    for a in grid:
        for b in grid[grid <= 1 - a]:
            c = 1 - a - b
            if a + b >= 0.3:  # the coverage that keeps the score
                ahead = (80 * b - 100 * a) / (a + b), 100 * c - 30 * (a + b), 50 * (a + b) - 30 * c
                best = max(best, min(ahead))
    assert best - 1e-6 <= after.min() <= best + 0.5


@pytest.mark.parametrize(
    "settings", [{"gaps": 0.2}, {"aggregation": "geometric"}, {"aggregation": "harmonic"},
                 {"gaps": 0.1, "missing": "zero"}],
)  # fmt: skip
def test_by_successive_approximation(settings: dict[str, object]) -> None:
    """Preferences that the planted weights fulfil are reproduced by the real scores."""
    result = nested(rows=30, seed=2, **settings)  # type: ignore[arg-type]
    rng = np.random.default_rng(5)
    planted = entryscore.score(
        result.catalogue, result.table, result.methodology,
        weights=rng.uniform(0.1, 1, len(result.tree.codes)),
    )  # fmt: skip
    both = np.flatnonzero(result.ranked & planted.ranked)
    said = [_ordered(planted, *rng.choice(both, 2, replace=False)) for _ in range(8)]
    question = asked(result, *said)
    tuning = obeys(fit, question, atol=1e-4)
    after = leads(rescored(result, tuning), question)
    assert (after > 0).all()
    assert "found by successive approximation" in tuning.notes[-1]
    forms = pairs(result, [(p.better, p.worse) for p in question.judgements.preferences], [1.0] * 8)
    truth = planted.effective[forms.leaves]
    assert after.min() >= forms.margins(truth).min() * forms.scale - 1e-6  # no worse than planted


def test_contradictions_among_scores_that_are_no_means() -> None:
    result = nested(rows=30, seed=2, aggregation="geometric")
    question = asked(result, (0, 1), (1, 2), (2, 0), (3, 4), (4, 3))
    tuning = fit(question)
    kept = tuning.tables[TABLE]["kept"].to_numpy()
    after = leads(rescored(result, tuning), question)
    assert kept.sum() == 3
    assert (after[kept] > 0).all()
    assert "2 dropped (no smaller set would do)" in tuning.notes[0]  # two circles apart


def test_a_smallest_set_is_proven_by_the_exact_ones_alone_or_said_not_to_be() -> None:
    """Market 4 has a gap of its own: preferences on it are not linear in the weights."""
    x = [[90, 10, 10], [10, 90, 90], [60, 50, 50], [50, 60, 60], [80, np.nan, 20], [0, 0, 100]]
    result = flat(x, (2.0, 1.0, 1.0))
    exact = asked(result, (0, 1), (3, 2), (0, 4))
    assert "(no smaller set would do)" in fit(exact).notes[0]
    rough = asked(result, (3, 2), (0, 4), (2, 5))
    tuning = fit(rough)
    kept = tuning.tables[TABLE]["kept"].to_numpy()
    assert (leads(rescored(result, tuning), rough)[kept] > 0).all()
    assert "(a smaller set may do)" in tuning.notes[0]
    assert tuning.notes[-1].endswith("or fewer dropped.")


def test_compared_markets_keep_their_scores() -> None:
    """Without a floor b and c would have all the weight, and the first two markets no score."""
    nan = np.nan
    x = [[90, nan, nan, 10], [10, nan, nan, 20], [20, 95, 95, 20], [50, 50, 50, 50]]
    settings = {"min_coverage": 0.5, "min_total_coverage": 0.4}
    question = asked(flat(x, (3.0, 1.0, 1.0, 3.0), **settings), (0, 1), (2, 3))
    after = rescored(question.result, fit(question))
    np.testing.assert_allclose(leads(after, question).min(), 7.5, rtol=1e-5)  # half on a and d
    np.testing.assert_allclose(after.coverage[:2], 0.5, atol=1e-6)
    assert after.ranked.all()


def test_a_weight_of_0_stays_out() -> None:
    x = [[100, 0, 100], [0, 100, 0], [60, 60, 100]]
    tuning = obeys(fit, asked(flat(x, (1.0, 1.0, 0.0)), (0, 1), (2, 0)))
    np.testing.assert_allclose(tuning.weights[1:] / 2, [8 / 15, 7 / 15, 0], rtol=1e-5)


@pytest.mark.parametrize(
    ("said", "messages"),
    [
        ([], ["no preference is stated, and this method needs some"]),
        ([("X", 0)], ["X is not among the markets"]),
        ([(0, 0)], ["M000 is preferred to itself"]),
        ([(0, 1, 0.0), (0, "Y")], ["a strength of 0", "Y is not among the markets"]),
    ],
)
def test_refused(said: list[tuple[object, ...]], messages: list[str]) -> None:
    question = asked(flat(BY_HAND), *said)
    tuning = fit(question)
    assert [p.message for p in question.findings.problems] == messages
    np.testing.assert_array_equal(tuning.weights, question.result.weights)


def test_a_market_without_a_score_is_left_out() -> None:
    result = flat([*BY_HAND, [np.nan, np.nan]])
    question = asked(result, (3, 0), (0, 1), (2, 0))
    tuning = fit(question)
    assert [str(w) for w in question.findings.warnings] == [
        "Preferences!A2: M003 has no score, so the preference is left out (fill in its values, or"
        " lower min_coverage)"
    ]
    np.testing.assert_allclose(tuning.weights[1:] / 2, [8 / 15, 7 / 15], rtol=1e-5)
    assert isinstance(question.findings, Findings)


@pytest.fixture(scope="module")
def example() -> Result:
    book = entryscore.read_workbook(resources.template("example.xlsx"), {})
    return entryscore.score(book.catalogue, book.table, book.methodology)


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 57, 100])  # the last two need a second start
def test_planted_weights_on_the_example(example: Result, seed: int) -> None:
    """20 random preferences, none violated, and nearer to the planted ranking than chance."""
    rng = np.random.default_rng(seed)
    weights = example.weights.copy()
    for node in example.tree.inner:
        children = example.tree.children[node]
        weights[children] = rng.dirichlet(np.ones(len(children)))
    planted = rescored(example, Tuning(weights))
    both = np.flatnonzero(example.ranked & planted.ranked)
    said = [_ordered(planted, *rng.choice(both, 2, replace=False)) for _ in range(20)]
    question = asked(example, *said)
    after = rescored(example, fit(question))
    assert (leads(after, question) > 0).all()
    place = {code: i for i, code in enumerate(example.table.codes)}
    for p in question.judgements.preferences:
        assert after.ranks[place[p.better]] < after.ranks[place[p.worse]]
    ranked = after.ranked & planted.ranked
    assert tau_b(after.ranks[ranked], planted.ranks[ranked]) > 0.65
