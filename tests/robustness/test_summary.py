"""Statistics of ranks against closed forms and NumPy over the ranks themselves."""

from __future__ import annotations

import numpy as np
import pytest

import entryscore
from entryscore.catalogue import Catalogue, Indicator
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.problems import InputError, UsageError
from entryscore.ranking import ranks_of
from entryscore.result import Result
from entryscore.robustness.central import confidence_factors
from entryscore.robustness.engine import Engine
from entryscore.robustness.places import Counts, Kept, places_of
from entryscore.robustness.plan import page_of, plan_of
from entryscore.robustness.run import run
from entryscore.robustness.summary import (
    acceptability,
    central_weights,
    rank_range,
    ranks_table,
    shifts_alone,
    verdicts,
    winning,
)
from entryscore.robustness.weights import WeightModel
from tests.robustness.cases import scored


def two_indicators(values: list[list[float]], **settings: object) -> Result:
    """Scaled by fixed goalposts 0 and 1, so a score is w x + (1 - w) y."""
    catalogue = Catalogue(
        tuple(Indicator(c, goal_low=0.0, goal_high=1.0) for c in "xy"[: len(values[0])])
    )
    codes = tuple("ABCDEF"[: len(values)])
    table = MarketTable(codes, codes, ("",) * len(codes), np.array(values))
    return entryscore.score(
        catalogue,
        table,
        Methodology(normalisation="goalposts", **settings),  # type: ignore[arg-type]
    )


def test_any_weights_on_two_indicators() -> None:
    """A ahead of B where 0.9 w + 0.1 (1 - w) > 0.5, so for w > 1/2: half of all weights."""
    result = two_indicators([[0.9, 0.1], [0.5, 0.5]], weight_model="any")
    outcome = run(plan_of(result, ("weights",)), 40_000, detail=True)
    assert outcome.wins is not None
    assert outcome.wins[0, 1] / 40_000 == pytest.approx(0.5, abs=0.01)
    central = central_weights(result, outcome)
    assert central is not None
    assert central.loc["A", "x"] == pytest.approx(0.75, abs=0.01)  # uniform on 1/2..1
    assert central.loc["B", "x"] == pytest.approx(0.25, abs=0.01)
    assert central["draws"].sum() == 40_000


def test_uniform_noise_on_two_indicators() -> None:
    """Equal weights times 1 ± 0.5: w > 0.6 where u > 1.5 v, with u, v uniform on 0.5..1.5: the
    triangle below v = u / 1.5 in the square has area (0.75 + 0) · ... = 1/2 · 0.75 · 0.5."""
    result = two_indicators([[1.0, 0.0], [0.6, 0.6]], weight_noise=0.5)
    outcome = run(plan_of(result, ("weights",)), 40_000)
    assert outcome.ranks.top(1)[0] == pytest.approx(0.5 * 0.75 * 0.5, abs=0.01)


def test_equal_markets_share_the_first_place_in_every_draw() -> None:
    result = two_indicators([[0.4, 0.6]] * 4)
    outcome = run(plan_of(result, ("weights", "aggregation")), 500, detail=True)
    assert (outcome.ranks.top(1) == 1).all()
    wins = winning(result, outcome)
    assert wins is not None
    assert (wins.to_numpy() == 0.5).all()
    assert (verdicts(result, outcome)["verdict"].iloc[:3] == "tie").all()


def test_a_dominated_market_is_never_ahead() -> None:
    result = two_indicators([[0.9, 0.8], [0.8, 0.7], [0.1, 0.75]], weight_model="any")
    outcome = run(plan_of(result, ("weights",)), 2000, detail=True)
    wins = winning(result, outcome)
    assert wins is not None
    assert wins.loc["B", "A"] == 0
    assert wins.loc["A", "B"] == 1
    assert verdicts(result, outcome)["verdict"].iloc[0] == "robust"
    assert (ranks_table(result, outcome)["p_top_1"] == [1, 0, 0]).all()


@pytest.mark.parametrize("kind", [Counts, Kept])
def test_quantiles_and_tops_are_numpys(kind: type[Counts] | type[Kept]) -> None:
    rng = np.random.default_rng(1)
    tally, other, all_ranks = kind(9), kind(9), []
    for part in (tally, other):
        scores = np.round(rng.normal(0, 1, (37, 9)), 1)  # with ties
        part.add(places_of(scores, 10))
        all_ranks.append(ranks_of(scores))
    tally.merge(other)  # type: ignore[arg-type]  # both of the same kind
    ranks = np.concatenate(all_ranks)
    shares = np.array([0.0, 0.05, 0.31, 0.5, 0.95, 1.0])
    np.testing.assert_allclose(tally.quantiles(shares), np.quantile(ranks, shares, axis=0))
    for n in (1, 3, 9):
        np.testing.assert_allclose(tally.top(n), (ranks <= n).mean(axis=0))


@pytest.mark.parametrize("size", [1.0, 1e9])  # the second does not fit one float
@pytest.mark.parametrize("decimals", [10, 0])
def test_places_are_the_ranks_of_rounded_scores(size: float, decimals: int) -> None:
    scores = np.round(np.random.default_rng(2).normal(0, 3, (50, 40)), 1) * size
    scores[:, 1] = scores[:, 0] + 1e-12
    places = places_of(scores, decimals)
    np.testing.assert_array_equal(places.ranks() + 1, ranks_of(np.round(scores, decimals)))
    np.testing.assert_array_equal(places.first(), places.ranks() == 0)


def test_tables_are_made_of_the_same_draws() -> None:
    result = scored(rows=14, gaps=0.1, min_coverage=0.0)
    plan = plan_of(result)
    outcome = run(plan, 256, detail=True)
    scores = np.full((256, int(result.ranked.sum())), np.nan)
    for rows, part, _ in Engine(plan).scores(page_of(plan, 0)):
        scores[rows] = part
    ranks = ranks_of(np.round(scores, 10))
    bounds = rank_range(result, outcome)
    np.testing.assert_allclose(bounds.low[result.ranked], np.quantile(ranks, 0.05, axis=0))
    np.testing.assert_allclose(bounds.high[result.ranked], np.quantile(ranks, 0.95, axis=0))
    assert np.isnan(bounds.low[~result.ranked]).all()
    table = ranks_table(result, outcome).set_index("code")
    accepted, wins = acceptability(result, outcome), winning(result, outcome)
    assert accepted is not None
    assert wins is not None
    np.testing.assert_allclose(accepted.sum(axis=1), 1)
    assert list(accepted.index) == list(table.index) == list(wins.index)
    for place, market in enumerate(np.flatnonzero(result.ranked)):
        code = result.table.codes[market]
        assert table.loc[code, "rank_median"] == np.median(ranks[:, place])
        assert accepted.loc[code, 2] == (ranks[:, place] == 2).mean()
    lines = verdicts(result, outcome)
    for line in lines.iloc[:-1].itertuples():
        assert line.p_ahead == pytest.approx(wins.loc[line.code, line.next])


def test_confidence_factors() -> None:
    result = two_indicators([[0.9, 0.1], [0.5, 0.5], [0.1, 0.1]], weight_model="any")
    plan = plan_of(result, ("weights",))
    central = central_weights(result, run(plan, 1000, detail=True))
    assert central is not None
    assert confidence_factors(plan, central, 100).to_dict() == {"A": 1.0, "B": 1.0}
    both = plan_of(result, ("weights", "aggregation"))
    central = central_weights(result, run(both, 1000, detail=True))
    assert central is not None
    factors = confidence_factors(both, central, 400)
    assert ((factors >= 0) & (factors <= 1)).all()


@pytest.mark.parametrize("model", ["uniform", "dirichlet", "any"])
def test_weights_keep_bounds_order_and_zeros(model: str) -> None:
    result = scored(weight_model=model, weight_order=True, weight_noise=0.6)
    plan = WeightModel.of(result)
    low, high = plan.low.copy(), plan.high.copy()
    low[result.tree.position("b")], high[result.tree.position("p")] = 0.35, 0.45
    bounded = WeightModel(result.tree, plan.declared, model, 0.6, low, high, True)
    weights = bounded.draw(np.random.default_rng(0), 500)
    shares = result.tree.shares(weights)
    assert (weights[:, result.tree.position("g")] == 0).all()
    assert (shares[:, result.tree.position("b")] >= 0.35 - 1e-9).all()
    assert (shares[:, result.tree.position("p")] <= 0.45 + 1e-9).all()
    assert (shares[:, result.tree.position("a")] >= shares[:, result.tree.position("b")]).all()
    assert (shares[:, result.tree.position("d")] >= shares[:, result.tree.position("c")]).all()
    assert np.ptp(shares[:, result.tree.position("a")]) > 0.05


def test_dirichlet_spreads_like_the_noise() -> None:
    result = two_indicators([[0.1, 0.2], [0.2, 0.1]], weight_model="dirichlet", weight_noise=0.3)
    drawn = WeightModel.of(result).draw(np.random.default_rng(0), 20_000)
    shares = result.tree.shares(drawn)[:, 1]
    assert shares.mean() == pytest.approx(0.5, abs=0.003)
    assert shares.std() / 0.5 == pytest.approx(0.3 / np.sqrt(3), rel=0.03)


def test_bounds_that_cannot_be_kept_are_a_problem() -> None:
    result = scored()
    plan = WeightModel.of(result)
    low = plan.low.copy()
    low[result.tree.position("b")] = 0.99
    tight = WeightModel(result.tree, plan.declared, "uniform", 0.25, low, plan.high, False)
    with pytest.raises(InputError, match="widen"):
        tight.draw(np.random.default_rng(0), 10)


def test_ranks_that_do_not_fit_into_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entryscore.robustness.run.MOST_COUNTED", 5)
    monkeypatch.setattr("entryscore.robustness.run.MOST_KEPT", 100)
    with pytest.raises(UsageError, match="12 markets: at most 8 draws"):
        run(plan_of(scored()), 9)


@pytest.mark.parametrize(("others", "ahead", "word"), [(3, 1 / 4, "fragile"), (1, 1 / 2, "tie")])
def test_mostly_behind_the_next_is_fragile_and_not_a_tie(
    others: int, ahead: float, word: str
) -> None:
    """A leads on what is known of it; drawn for what is not, B's 0.8 puts it ahead, 0 behind."""
    values = [[0.9, np.nan], [0.8, 0.8], *[[0.1, 0.0]] * others]
    result = two_indicators(values, uncertain=("missing",), min_coverage=0.5)
    line = verdicts(result, run(plan_of(result), 4000, detail=True)).iloc[0]
    assert (line["code"], line["next"], line["verdict"]) == ("A", "B", word)
    assert line["p_ahead"] == pytest.approx(ahead, abs=0.03)


@pytest.mark.parametrize("model", ["uniform", "dirichlet", "any"])
def test_an_order_binds_across_ties_and_not_within(model: str) -> None:
    catalogue = Catalogue(
        tuple(Indicator(c, weight=w) for c, w in zip("abc", (4, 3, 3), strict=True))
    )
    table = MarketTable(("A", "B"), ("A", "B"), ("", ""), np.array([[1.0, 2, 3], [3, 1, 2]]))
    methodology = Methodology(weight_model=model, weight_order=True, weight_noise=0.5)
    result = entryscore.score(catalogue, table, methodology)
    shares = result.tree.shares(WeightModel.of(result).draw(np.random.default_rng(0), 800))[:, 1:]
    assert (shares[:, 0] >= shares[:, 1:].max(axis=1) - 1e-9).all()
    assert 0.4 < (shares[:, 1] > shares[:, 2]).mean() < 0.6


def test_shifts_are_the_mean_distance_from_the_base_rank() -> None:
    result = scored(rows=9)
    plan = plan_of(result, ("weights", "aggregation"))
    scores = np.full((256, 9), np.nan)
    for rows, part, _ in Engine(plan_of(result, ("weights",))).scores(
        page_of(plan_of(result, ("weights",)), 0)
    ):
        scores[rows] = part
    alone = shifts_alone(plan, 256)
    distance = np.abs(ranks_of(np.round(scores, 10)) - result.ranks).mean()
    assert alone["weights"] == pytest.approx(distance)
    assert list(alone.values()) == sorted(alone.values(), reverse=True)
    assert set(alone) == {"weights", "aggregation"}
