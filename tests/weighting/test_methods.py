"""The registered methods on an index: golden cases, laws, experts, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from entryscore.problems import UsageError
from entryscore.result import Result
from entryscore.weighting.methods import WEIGHTINGS
from entryscore.weighting.model import Judgement, Judgements, Preference, Question, Tuning
from tests.weighting.cases import PAIRS, POINTS, VALUES, pairs, question, scored, shares

FROM_DATA = ("entropy", "critic", "merec", "standard_deviation", "pca")
DECLARED = {"p": 2 / 3, "q": 1 / 3, "a": 0.6, "b": 0.2, "c": 0.2, "d": 0.25, "e": 0.75}


def run(name: str, asked: Question | None = None) -> tuple[Question, Tuning]:
    asked = asked or question()
    return asked, WEIGHTINGS[name].function(asked)


def on(result: Result, **judgements: object) -> Question:
    return question(result, Judgements(**judgements))  # type: ignore[arg-type]


# --- golden: shares by code; what is not named stays as declared

# d and e in two markets, 1 and 2 against 1 and 4 (merec by hand in test_objective)
_TWO = np.array([[1.0, 1, 1, 1, 1], [2.0, 4, 2, 2, 4]])
_D = [log(2) + sum(p * log(p) for p in ps) for ps in ((1 / 3, 2 / 3), (0.2, 0.8))]
_E = [log(1 + log(8) / 2) - log(1 + log(n) / 2) for n in (4, 2)]
_THREE = np.array([[1.0, 3, 5, 0, 0], [2, 4, 6, 1, 2], [3, 6, 8, 2, 1]])
GOLDEN: dict[str, tuple[np.ndarray, dict[str, float]]] = {
    "equal": (VALUES, {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3, "d": 0.5, "e": 0.5}),
    "entropy": (_TWO, {"d": _D[0] / sum(_D), "e": _D[1] / sum(_D)}),
    "critic": (_THREE, {"d": 0.5, "e": 0.5}),
    "merec": (_TWO, {"d": _E[0] / sum(_E), "e": _E[1] / sum(_E)}),
    # min-max: 0, 1/2, 1 against 0, 1, 1: variances 1/6 and 2/9
    "standard_deviation": (
        np.array([[1.0, 3, 5, 0, 0], [2, 4, 6, 1, 2], [3, 6, 8, 2, 2]]),
        {"d": (1 / 6) ** 0.5 / ((1 / 6) ** 0.5 + (2 / 9) ** 0.5)},
    ),
    "pca": (_THREE, {"d": 0.5, "e": 0.5}),
    "ahp": (VALUES, {"p": 0.75, "q": 0.25, "a": 8 / 13, "b": 4 / 13, "c": 1 / 13}),
    "best_worst": (VALUES, {"p": 0.75, "q": 0.25, "a": 8 / 13, "b": 4 / 13, "c": 1 / 13}),
    "budget": (VALUES, {"p": 0.6, "q": 0.4, "a": 0.5, "b": 0.4, "c": 0.1}),
    "swing": (VALUES, {"p": 0.6, "q": 0.4, "a": 0.5, "b": 0.4, "c": 0.1}),
    "rank_order": (
        VALUES,
        {"p": 0.75, "q": 0.25, "a": 11 / 18, "b": 7 / 36, "c": 7 / 36, "d": 0.25, "e": 0.75},
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name: str) -> None:
    values, expected = GOLDEN[name]
    asked, tuning = run(name, on(scored(values), pairwise=pairs(*PAIRS), points=POINTS))
    found = shares(asked.result, tuning)
    assert not asked.findings.problems
    assert {c: found[c] for c in expected} == pytest.approx(expected)
    if name not in FROM_DATA:
        assert found == pytest.approx(DECLARED | expected)
    assert tuning.notes


def test_every_method_from_data_and_judgements_has_a_golden_case() -> None:
    here = {"entryscore.weighting.methods", "entryscore.weighting.compared",
            "entryscore.weighting.points"}  # fmt: skip
    assert {n for n, m in WEIGHTINGS.items() if m.function.__module__ in here} == set(GOLDEN)


# --- laws: law(method, question), values above 0 that differ within every column

Law = Callable[[Callable[[Question], Tuning], Question], None]


def _same(a: Tuning, b: Tuning) -> None:
    np.testing.assert_allclose(a.weights, b.weights, rtol=0, atol=1e-7)


def market_order_invariant(method: Callable[[Question], Tuning], asked: Question) -> None:
    again = scored(asked.result.table.values[::-1])
    names = {code: f"M{len(VALUES) + 2 - int(code[1:]):03}" for code in asked.result.table.codes}
    preferences = tuple(
        Preference(names[p.better], names[p.worse]) for p in asked.judgements.preferences
    )
    judgements = replace(asked.judgements, preferences=preferences)
    _same(method(asked), method(replace(asked, result=again, judgements=judgements)))


def keeps_nodes(method: Callable[[Question], Tuning], asked: Question) -> None:
    found = shares(asked.result, method(asked))
    assert (found["p"], found["q"]) == pytest.approx((2 / 3, 1 / 3))


def ignores_values(method: Callable[[Question], Tuning], asked: Question) -> None:
    _same(method(asked), method(replace(asked, result=scored(asked.result.table.values**2 + 1))))


def unit_invariant(method: Callable[[Question], Tuning], asked: Question) -> None:
    units = np.array([1.0, 7, 0.3, 1000, 2])
    _same(method(asked), method(replace(asked, result=scored(asked.result.table.values * units))))


def shift_invariant(method: Callable[[Question], Tuning], asked: Question) -> None:
    _same(method(asked), method(replace(asked, result=scored(asked.result.table.values - 40))))


LAWS: dict[str, Law] = {
    "market_order_invariant": market_order_invariant,
    "keeps_nodes": keeps_nodes,
    "ignores_values": ignores_values,
    "unit_invariant": unit_invariant,
    "shift_invariant": shift_invariant,
}
columns = st.lists(
    st.lists(st.integers(1, 60).map(float), min_size=7, max_size=7, unique=True),
    min_size=5, max_size=5,
).map(lambda drawn: np.array(drawn).T).filter(
    lambda x: (np.abs(np.corrcoef(x.T)[np.triu_indices(5, 1)]) < 0.999).all()
)  # fmt: skip


@pytest.mark.parametrize("name", WEIGHTINGS)
@settings(max_examples=15, deadline=None)
@given(values=columns)
def test_laws(name: str, values: np.ndarray) -> None:
    result = scored(values)
    first, *_, last = (result.table.codes[i] for i in result.order)
    asked = on(
        result, pairwise=pairs(*PAIRS), points=POINTS, preferences=(Preference(first, last),)
    )
    method = WEIGHTINGS[name]
    tuning = method.function(asked)
    assert not asked.findings.problems, asked.findings.problems
    found = result.tree.shares(tuning.weights)
    assert (tuning.weights >= 0).all()
    for node in result.tree.inner:
        assert found[result.tree.children[node]].sum() == pytest.approx(1)
    for law in method.properties:
        LAWS[law](method.function, asked)


# --- from data: gaps, constant columns, what cannot be weighed


@pytest.mark.parametrize("name", FROM_DATA)
def test_only_complete_rows_count(name: str) -> None:
    extra = np.vstack([VALUES, [[np.nan, 3, 3, 3, 3], [5, np.nan, np.nan, 3, 3]]])
    extra[4:, :3] = np.where(np.isnan(extra[4:, :3]), np.nan, 4.0)
    asked, tuning = run(name, question(scored(extra)))
    assert not asked.findings.problems
    [warning] = asked.findings.warnings
    assert "2 of 6 markets lack a value of an indicator under p" in warning.message
    _, complete = run(name)
    found, expected = (shares(asked.result, t) for t in (tuning, complete))
    assert [found[c] for c in "abc"] == pytest.approx([expected[c] for c in "abc"])


@pytest.mark.parametrize("name", FROM_DATA)
def test_constant_columns(name: str) -> None:
    values = VALUES.copy()
    values[:, 1] = 3
    asked, tuning = run(name, question(scored(values)))
    assert not asked.findings.problems
    assert shares(asked.result, tuning)["b"] == 0
    assert any(note.endswith("nothing varies: b.") for note in tuning.notes)
    values[:, 3:] = 3
    asked, tuning = run(name, question(scored(values)))
    assert [(p.where, p.message.split(":")[0]) for p in asked.findings.problems] == [
        ("catalogue: d code", "d"), ("catalogue: e code", "e"),
    ]  # fmt: skip
    assert shares(asked.result, tuning)["d"] == 0.25


@pytest.mark.parametrize("name", ["entropy", "merec"])
def test_values_of_zero_or_less(name: str) -> None:
    values = VALUES.copy()
    values[2, 0], values[0, 4] = 0, -3
    asked, _ = run(name, question(scored(values)))
    assert {p.where for p in asked.findings.problems} == {"M002/a", "M000/e"}
    assert "values above 0 only, and this is -3" in " ".join(map(str, asked.findings.problems))


@pytest.mark.parametrize("name", FROM_DATA)
def test_too_few_complete_rows(name: str) -> None:
    values = VALUES.copy()
    values[:3, 3] = np.nan
    values[3:, 4] = np.nan
    asked, _ = run(name, question(scored(values, {"min_total_coverage": 0})))
    [problem] = asked.findings.problems
    assert "under q: fewer than two markets" in problem.message


@pytest.mark.parametrize("name", ["equal", *FROM_DATA])
def test_what_weighs_nothing_stays_out(name: str) -> None:
    values = VALUES.copy()
    values[:, 2] = np.nan  # dropped
    asked, tuning = run(name, question(scored(values)))
    found = shares(asked.result, tuning)
    assert (found["c"], found["a"] + found["b"]) == (0, pytest.approx(1))


def test_equal_means_within_the_pillar() -> None:
    _, tuning = run("equal")
    np.testing.assert_allclose(tuning.weights[[1, 5]], [2, 1])
    np.testing.assert_allclose(tuning.weights[2:5], 5 / 3)  # together what they had


def test_standard_deviation_follows_the_normalisation() -> None:
    ranks = scored(settings={"normalisation": "rank"})
    _, tuning = run("standard_deviation", question(ranks))
    assert [shares(ranks, tuning)[c] for c in "abc"] == pytest.approx([1 / 3] * 3)


def test_pca_names_negative_loadings() -> None:
    values = VALUES.copy()
    values[:, 4] = [1, 2, 3, 5]  # rises where d falls
    _, tuning = run("pca", question(scored(values)))
    table = tuning.tables["Loadings"].set_index("code")["loading"]
    assert table.loc[["d", "e"]].abs().to_list() == pytest.approx([0.5**0.5] * 2)
    against = [code for code in "abcde" if table[code] < 0]
    assert against
    assert tuning.notes[-1].endswith(f"the other way: {', '.join(against)}.")


# --- from judgements


@pytest.mark.parametrize(
    ("name", "sheet"),
    [("ahp", "Pairwise"), ("best_worst", "Pairwise"), ("budget", "Budget"), ("swing", "Budget")],
)
def test_without_judgements(name: str, sheet: str) -> None:
    asked, tuning = run(name, on(scored()))
    [problem] = asked.findings.problems
    assert problem.where == sheet
    assert f"the sheet {sheet}: " in problem.advice
    assert shares(asked.result, tuning) == pytest.approx(DECLARED)
    asked, _ = run(name, on(scored(), where={(sheet,): f"{sheet}!B1"}))
    assert asked.findings.problems[0].where == f"{sheet}!B1"


def test_nodes_without_judgements_are_named() -> None:
    _, tuning = run("ahp", on(scored(), pairwise=pairs(PAIRS[3])))
    assert tuning.notes[-1] == "Kept as declared, for want of judgements, under: p, q."


def test_ahp_flags_contradictions() -> None:
    rows = pairs(("p", "a", "b", 2.0), ("p", "b", "c", 3.0), ("p", "a", "c", 1 / 4))
    asked, tuning = run("ahp", on(scored(), pairwise=rows))
    [row] = tuning.tables["Consistency"].to_dict("records")
    q = (2 * 3 * 4) ** (1 / 3)
    assert row["cr"] == pytest.approx((q + 1 / q - 2) / 2 / 0.58)
    assert (row["expert"], row["consistent"]) == ("unnamed", False)
    [triad] = tuning.tables["Inconsistent triads"].to_dict("records")
    assert (triad["a"], triad["b"], triad["c"], triad["factor"]) == (
        "a",
        "b",
        "c",
        pytest.approx(24),
    )
    [warning] = asked.findings.warnings
    assert warning.where == "Pairwise!D2"
    assert "above 0.1; most of all a, b, c" in warning.message


def test_ahp_needs_a_chain() -> None:
    asked, _ = run("ahp", on(scored(), pairwise=pairs(("p", "a", "b", 2.0))))
    [problem] = asked.findings.problems
    assert problem.where == "Pairwise!D2"
    assert "missing: a – c; b – c" in problem.message


def test_rows_that_are_no_siblings() -> None:
    rows = pairs(("p", "a", "d", 2.0), ("p", "a", "a", 1.0), ("x", "a", "b", 1.0), PAIRS[3])
    asked, _ = run("ahp", on(scored(), pairwise=rows))
    assert [p.where for p in asked.findings.problems] == [f"Pairwise!D{i}" for i in (2, 3, 4)]


def two_experts() -> tuple[Judgement, ...]:
    """a : b : c = 4 : 2 : 1 says Ann, and 1 : 2 : 4 Bob; only Ann compares the pillars."""
    ann = pairs(("p", "a", "b", 2), ("p", "b", "c", 2), ("p", "a", "c", 4), PAIRS[3], expert="Ann")
    return ann + pairs(("p", "a", "b", 0.5), ("p", "b", "c", 0.5), expert="Bob")


@pytest.mark.parametrize(
    ("combine", "expected"),
    [
        # a over c: Ann's 4 alone; the product of the chain is 1
        ("judgements", np.array([4 ** (1 / 3), 1, 4 ** (-1 / 3)])),
        ("priorities", np.array([5 / 14, 4 / 14, 5 / 14])),
    ],
)
def test_ahp_of_two_experts(combine: str, expected: np.ndarray) -> None:
    result = scored()
    asked = question(result, Judgements(two_experts()), combine=combine)
    tuning = WEIGHTINGS["ahp"].function(asked)
    found = shares(result, tuning)
    assert [found[c] for c in "abc"] == pytest.approx(list(expected / expected.sum()))
    own = {name: result.tree.shares(w)[1:5] for name, w in tuning.experts.items()}
    np.testing.assert_allclose(own["Ann"], [0.75, 4 / 7, 2 / 7, 1 / 7])
    np.testing.assert_allclose(own["Bob"], [0.75, 1 / 7, 2 / 7, 4 / 7])  # p: the common share
    [row] = tuning.tables["Consensus"].to_dict("records")
    assert row == {
        "parent": "p", "experts": 2, "kendall_w": 0, "similarity": pytest.approx(4 / 7),
    }  # fmt: skip
    table = tuning.tables["Experts"].set_index("code")
    assert table.loc["a", ["mean", "min", "max", "Ann", "Bob"]].tolist() == pytest.approx(
        [5 / 14, 1 / 7, 4 / 7, 4 / 7, 1 / 7]
    )
    assert table.loc["a", "sd"] == pytest.approx(3 / 7 / 2**0.5)
    assert np.isnan(table.loc["p", "Bob"])
    assert "similarity of the shares 0.57" in tuning.notes[-1]


def test_combine_is_one_of_two() -> None:
    with pytest.raises(UsageError, match="did you mean 'priorities'"):
        WEIGHTINGS["ahp"].function(question(combine="priority"))


def test_best_worst_names_what_is_missing_and_wrong() -> None:
    asked, _ = run("best_worst", on(scored(), pairwise=pairs(*PAIRS[:1], PAIRS[2])))
    best, worst = (p.message for p in asked.findings.problems)
    assert "none is the best; b lacks: a" in best
    assert "none is the worst; c lacks: a" in worst
    rows = pairs(PAIRS[0], ("p", "a", "c", 0.5), PAIRS[2])
    asked, _ = run("best_worst", on(scored(), pairwise=rows))
    assert {p.where for p in asked.findings.problems} == {"Pairwise!D3"}
    assert "a over c is below 1" in str(asked.findings.problems[0])


def test_best_worst_of_two_experts() -> None:
    ann = pairs(*PAIRS[:3], expert="Ann")
    bob = pairs(("p", "a", "b", 2.0), ("p", "a", "c", 2.0), ("p", "b", "c", 1.0), expert="Bob")
    result = scored()
    asked = question(result, Judgements(ann + bob))
    found = shares(result, WEIGHTINGS["best_worst"].function(asked))
    assert found["a"] == pytest.approx((8 / 13 + 1 / 2) / 2)
    together = question(result, Judgements(ann + bob), combine="judgements")
    found = shares(result, WEIGHTINGS["best_worst"].function(together))
    assert [found[c] for c in "abc"] == pytest.approx([4 / 7, 2 / 7, 1 / 7])  # 2, 4 and 2
    other = pairs(("p", "b", "a", 2.0), ("p", "b", "c", 2.0), ("p", "a", "c", 1.0), expert="Bob")
    apart = question(result, Judgements(ann + other), combine="judgements")
    WEIGHTINGS["best_worst"].function(apart)
    assert "the experts differ in the best" in str(apart.findings.problems[0])


def test_points_of_two_experts() -> None:
    asked, tuning = run("budget")
    own = {name: asked.result.tree.shares(w)[1:5] for name, w in tuning.experts.items()}
    np.testing.assert_allclose(own["Ann"], [0.6, 0.5, 0.3, 0.2])
    np.testing.assert_allclose(own["Bob"], [0.6, 0.5, 0.5, 0])
    row = tuning.tables["Experts"].set_index("code").loc["b"]
    assert row[["combined", "sd", "min", "max"]].tolist() == pytest.approx(
        [0.4, 0.1 * 2**0.5, 0.3, 0.5]
    )
    assert not asked.findings.warnings


def test_points_left_out_and_points_of_zero() -> None:
    points = {"Ann": {"a": 0.0, "b": 0.0}, "Bob": {"a": 3.0, "b": 1.0}}
    where = {("Budget", "Ann", "a"): "Budget!B2", ("Budget", "Bob", "a"): "Budget!C2"}
    asked, _ = run("budget", on(scored(), points=points, where=where))
    assert [(p.where, p.message) for p in asked.findings.problems] == [
        ("Budget!B2", "Ann gives no point to any of a, b")
    ]
    [warning] = asked.findings.warnings
    assert (warning.where, warning.message) == (
        "Budget!C2",
        "Bob says nothing on c: counted as 0 points",
    )


@settings(max_examples=20, deadline=None)
@given(x=arrays(float, (6, 5), elements=st.integers(1, 9).map(float)))
def test_whatever_the_data_there_is_an_answer_or_a_problem(x: np.ndarray) -> None:
    result = scored(x)
    for name in FROM_DATA:
        _, tuning = run(name, question(result))
        assert (tuning.weights >= 0).all()
        found = result.tree.shares(tuning.weights)
        assert found[1:].sum() == pytest.approx(3)
