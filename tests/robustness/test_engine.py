"""Draws as matrix products against the same draws scored one by one from the start."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from entryscore.catalogue import Gate
from entryscore.markets import MarketTable
from entryscore.methodology import ASSUMPTIONS
from entryscore.pipeline import score
from entryscore.ranking import ranks_of
from entryscore.result import Result
from entryscore.robustness.engine import Engine, _product
from entryscore.robustness.plan import DISCRETE, PAGE, Plan, page_of, plan_of
from entryscore.robustness.run import run
from tests.robustness.cases import scored

SAMPLED = tuple(a for a in ASSUMPTIONS if a not in ("data", "missing"))


def scores_of(plan: Plan, page: int = 0) -> np.ndarray:
    found = np.full((PAGE, int(plan.result.ranked.sum())), np.nan)
    for rows, scores, failure in Engine(plan).scores(page_of(plan, page)):
        assert not failure
        found[rows] = scores
    return found


def one_by_one(plan: Plan, count: int) -> np.ndarray:
    """The same draws by `score`: methodology, weights and left-out indicator of each; NaN where
    z-scores meet a geometric mean, which `score` refuses."""
    draws, found = page_of(plan, 0), []
    for row in range(count):
        settings: dict[str, object] = {"min_coverage": 0.0}
        for name in DISCRETE:
            if name in plan.alternatives:
                settings |= plan.alternatives[name][draws.choice[name][row]].settings
        if settings.get("aggregation") == "geometric":
            settings |= {"scale_low": 1.0, "scale_high": 100.0}
        out = int(draws.choice.get("leave_one_out", np.zeros(count, dtype=int))[row])
        if "z_mean" in settings and "scale_low" in settings:
            found.append(np.full(int(plan.result.ranked.sum()), np.nan))
        else:
            found.append(again(plan, settings, draws.weights[row], out))
    return np.array(found)


def again(plan: Plan, settings: dict[str, object], weights: np.ndarray, out: int) -> np.ndarray:
    result = plan.result
    gone = {result.tree.codes[int(plan.left_out[out - 1])]} if out else set()
    gone |= {"r"} if "e" in gone else set()  # a pillar goes with its only indicator
    catalogue = replace(
        result.catalogue,
        indicators=tuple(i for i in result.catalogue.indicators if i.code not in gone),
        pillars=tuple(p for p in result.catalogue.pillars if p.code not in gone),
    )
    columns = [i for i, c in enumerate(result.catalogue.codes) if c not in gone]
    table = replace(result.table, values=result.table.values[:, columns])
    nodes = [i for i, c in enumerate(result.tree.codes) if c not in gone]
    methodology = replace(result.methodology, **settings)  # type: ignore[arg-type]  # by name
    return score(catalogue, table, methodology, weights=weights[nodes]).score[result.ranked]


@pytest.mark.parametrize(
    "uncertain",
    [
        ("weights",), ("aggregation",), ("normalisation",), ("treatment",), ("imputation",),
        ("leave_one_out",), ("weights", "aggregation", "leave_one_out"), SAMPLED,
    ],
)  # fmt: skip
@pytest.mark.parametrize("gaps", [0.0, 0.12])
def test_draws_equal_scoring_one_by_one(uncertain: tuple[str, ...], gaps: float) -> None:
    result = scored(rows=30, gaps=gaps, seed=8, min_coverage=0.0)
    plan = plan_of(result, uncertain)
    fast, slow = scores_of(plan)[:60], one_by_one(plan, 60)
    compared = ~np.isnan(slow)
    assert compared.mean() > 0.7
    np.testing.assert_allclose(fast[compared], slow[compared], rtol=1e-9)


@pytest.mark.parametrize("aggregation", ["geometric", "harmonic", "copeland", "median", "minimum"])
@pytest.mark.parametrize("gaps", [0.0, 0.12])
def test_every_aggregation_can_be_the_base(aggregation: str, gaps: float) -> None:
    result = scored(rows=20, gaps=gaps, aggregation=aggregation, min_coverage=0.0)
    plan = plan_of(result, ("weights",))
    np.testing.assert_allclose(scores_of(plan)[:40], one_by_one(plan, 40), rtol=1e-9, atol=1e-9)


def filled(result: Result, rng: np.random.Generator) -> MarketTable:
    values = result.table.values.copy()
    for column in values.T:
        gone = np.isnan(column)
        column[gone] = rng.choice(column[~gone], gone.sum())
    return replace(result.table, values=values)


def test_missing_values_are_drawn_from_the_column() -> None:
    """Every score of a draw is one that some fill of the gaps gives; all values turn up evenly."""
    values = np.array([[1.0, 5], [2, 7], [4, 6], [np.nan, 8], [3, np.nan], [9, 9]])
    result = scored(values=np.column_stack([values, *[values[:, :1]] * 0, np.ones((6, 5))]),
                    constant="neutral", min_coverage=0.0)  # fmt: skip
    plan = plan_of(result, ("missing",))
    fast = scores_of(plan)
    complete = [0, 1, 2, 5]
    np.testing.assert_allclose(
        fast[:, complete], np.repeat(fast[:1, complete], PAGE, axis=0), rtol=1e-12
    )
    for market, column in ((3, 0), (4, 1)):
        seen = np.unique(np.round(fast[:, market], 9))
        possible = []
        for value in values[~np.isnan(values[:, column]), column]:
            whole = result.table.values.copy()
            whole[market, column] = value
            other = 7 - market
            whole[other, 1 - column] = values[0, 1 - column]
            table = replace(result.table, values=whole)
            possible.append(score(result.catalogue, table, result.methodology).score[market])
        np.testing.assert_allclose(seen, np.unique(np.round(possible, 9)), rtol=1e-7)


@pytest.mark.parametrize("gaps", [0.0, 0.15])
def test_the_outcome_does_not_depend_on_blocks(
    gaps: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = scored(rows=25, gaps=gaps, min_coverage=0.0)
    plan = plan_of(result, (*SAMPLED, "missing"))
    whole = run(plan, 700, detail=True)
    monkeypatch.setattr("entryscore.robustness.engine._VALUES_AT_ONCE", 300)
    small = run(plan, 700, detail=True)
    assert (whole.ranks.counts == small.ranks.counts).all()  # type: ignore[union-attr]
    assert whole.wins is not None
    assert small.wins is not None
    assert (whole.wins == small.wins).all()
    assert whole.draws + whole.failed == 700


def test_more_draws_begin_with_the_same_ones() -> None:
    plan = plan_of(scored(), ("weights", "aggregation"))
    few, many = run(plan, 300), run(plan, 512)
    assert few.draws == 300
    first = run(plan, 256)
    assert (few.ranks.counts >= first.ranks.counts).all()  # type: ignore[union-attr]
    assert (many.ranks.counts >= few.ranks.counts).all()  # type: ignore[union-attr]


def test_an_alternative_that_fails_is_counted_and_named() -> None:
    values = np.exp(np.random.default_rng(0).normal(3, 1, (12, 7)))
    values[:, 0] = 0.0
    values[0, 0] = 1.0
    result = scored(values=values)  # winsorising leaves one value only
    outcome = run(plan_of(result, ("treatment",)), 512)
    assert outcome.draws + outcome.failed == 512
    (reason,) = outcome.failures
    assert "treatment winsorise" in reason
    assert "one value only" in reason


def test_without_uncertainty_every_draw_is_the_base() -> None:
    result = scored(gaps=0.1, min_coverage=0.0)
    outcome = run(plan_of(result, ()), 300)
    ranks = result.ranks[result.ranked]
    np.testing.assert_array_equal(outcome.ranks.quantiles(np.array([0.0, 0.5, 1.0])), [ranks] * 3)
    assert (ranks_of(result.score[result.ranked]) == ranks).all()


def test_noise_on_the_data_is_scored_like_other_values() -> None:
    base = scored(rows=15)
    noisy = replace(base.catalogue.indicators[0], uncertainty=0.2)
    catalogue = replace(base.catalogue, indicators=(noisy, *base.catalogue.indicators[1:]))
    errors = np.full(base.table.values.shape, np.nan)
    errors[4, 3] = 7.0
    table = replace(base.table, errors=errors)
    result = score(catalogue, table, base.methodology)
    stated = table.standard_errors(catalogue)
    assert stated[4, 3] == 7
    np.testing.assert_allclose(stated[:, 0], 0.2 * table.values[:, 0])
    assert (stated > 0).sum() == 16
    plan = plan_of(result, ("data",))
    found = scores_of(plan)
    for draw in (0, 1, 255):
        normal = plan.stream(draw, "data").standard_normal(stated.shape)
        values = table.values + stated * normal
        again = score(catalogue, replace(table, values=values), base.methodology)
        np.testing.assert_allclose(found[draw], again.score, rtol=1e-12)
    assert np.ptp(found[:, 4]) > 0


@pytest.mark.parametrize("settings", [{}, {"group_fill": True}, {"missing": "zero"}])
def test_a_draw_of_nothing_is_the_result(settings: dict[str, object]) -> None:
    """Nodes without a score for want of coverage have none in the draws either."""
    result = scored(rows=40, gaps=0.2, seed=8, min_coverage=0.7, min_total_coverage=0.0, **settings)
    if not settings:
        assert np.isnan(result.scores[result.ranked]).any(axis=0)[list(result.tree.inner)].any()
    for row in scores_of(plan_of(result, ()))[:2]:
        np.testing.assert_allclose(row, result.score[result.ranked], rtol=1e-12)


def test_coverage_counts_again_where_values_are_imputed() -> None:
    result = scored(rows=40, gaps=0.2, seed=8, min_coverage=0.7, min_total_coverage=0.0)
    plan = plan_of(result, ("imputation",))
    medians = page_of(plan, 0).choice["imputation"] == 1
    assert plan.alternatives["imputation"][1].name == "median"
    filled = replace(result.methodology, imputation="median")
    expected = score(result.catalogue, result.table, filled).score[result.ranked]
    np.testing.assert_allclose(scores_of(plan)[medians][0], expected, rtol=1e-12)


@pytest.mark.parametrize("markets", [1, 200, 400, 600])
@pytest.mark.parametrize("rows", [0, 1, 17, 256])
def test_a_product_by_parts_is_the_product(rows: int, markets: int) -> None:
    """600 markets and 60 leaves are too many for parts."""
    rng = np.random.default_rng(1)
    left, right = rng.random((rows, 60)), rng.random((60, markets))
    found = _product(left, right)
    np.testing.assert_allclose(found, np.einsum("rl,lm->rm", left, right), rtol=1e-13)


@pytest.mark.parametrize(
    "settings", [{"group_fill": True, "min_coverage": 1.0}, {"aggregation": "copeland"}]
)
def test_markets_that_are_not_ranked_count_where_they_do_in_the_result(
    settings: dict[str, object],
) -> None:
    base = scored(rows=20, gaps=0.1 if "group_fill" in settings else 0.0, **settings)
    gated = replace(base.catalogue.indicators[3], gate=Gate.parse("> 25"))
    catalogue = replace(
        base.catalogue,
        indicators=(*base.catalogue.indicators[:3], gated, *base.catalogue.indicators[4:]),
    )
    result = score(catalogue, base.table, base.methodology)
    assert 5 < result.ranked.sum() < 15
    found = scores_of(plan_of(result, ()))
    np.testing.assert_allclose(found[0], result.score[result.ranked], rtol=1e-12)
    weighted = scores_of(plan_of(result, ("weights",)))
    weights = page_of(plan_of(result, ("weights",)), 0).weights
    for draw in (0, 100):
        again = score(catalogue, base.table, base.methodology, weights=weights[draw])
        np.testing.assert_allclose(weighted[draw], again.score[result.ranked], rtol=1e-9)
