"""Dominance and potential winners against linear programmes, all vertices, and by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

import entryscore
from entryscore.aggregation import Missing, aggregate, function_of
from entryscore.catalogue import Catalogue, Indicator, Pillar
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.problems import InputError, UsageError
from entryscore.result import Result
from entryscore.robustness import admissible
from entryscore.robustness.admissible import Admissible, Weights
from entryscore.robustness.exact import dominance, potential_winners
from entryscore.robustness.forms import Forms, least_differences
from tests.robustness.cases import scored

LOOSE = {"min_coverage": 0.0, "min_total_coverage": 0.0}
BOTH: tuple[Weights, ...] = ("stated", "any")


def flat(values: list[list[float]], *indicators: Indicator, **settings: object) -> Result:
    names = "abcdefgh"[: len(values[0])]
    codes = tuple(f"M{i}" for i in range(len(values)))
    table = MarketTable(codes, codes, ("",) * len(codes), np.array(values, dtype=float))
    goals = {"normalisation": "goalposts", "goal_low": 0.0, "goal_high": 100.0}
    given = indicators or tuple(Indicator(c) for c in names)
    catalogue = Catalogue(tuple(replace(i, **goals) for i in given))  # type: ignore[arg-type]
    return entryscore.score(catalogue, table, Methodology(**settings))  # type: ignore[arg-type]


def bounded(rows: int = 9, **settings: object) -> Result:
    """Two levels with share bounds and unequal weights."""
    catalogue = Catalogue(
        (
            Indicator("a", parent="p", weight=4, weight_min=0.4),
            Indicator("b", parent="p", weight=3),
            Indicator("c", parent="p", weight=3, weight_max=0.3),
            Indicator("d", parent="q", weight=2),
            Indicator("e", parent="q", weight=1),
            Indicator("f", parent="q", weight=1, weight_min=0.2, weight_max=0.26),
        ),
        (Pillar("p", weight=3), Pillar("q", weight=2, weight_min=0.35)),
    )
    values = np.random.default_rng(8).normal(size=(rows, 6))
    codes = tuple(f"M{i}" for i in range(rows))
    table = MarketTable(codes, codes, ("",) * rows, values)
    return entryscore.score(catalogue, table, Methodology(**settings))  # type: ignore[arg-type]


def vertices(result: Result, weights: Weights) -> Iterator[np.ndarray]:
    """Weights (nodes) at all combinations of the vertices of every group of siblings."""
    tree, noise = result.tree, result.methodology.weight_noise
    groups = []
    for node in tree.inner:
        live = [c for c in tree.children[node] if result.weights[c] > 0]
        if weights == "any":
            groups.append([dict.fromkeys(live, 0.0) | {c: 1.0} for c in live])
        else:
            ends = [
                (result.weights[c] * (1 - noise), result.weights[c] * (1 + noise)) for c in live
            ]
            groups.append([dict(zip(live, w, strict=True)) for w in product(*ends)])
    for chosen in product(*groups):
        found = np.zeros(len(tree.codes))
        found[0] = 1.0
        for part in chosen:
            found[list(part)] = list(part.values())
        yield found


def rescored(
    result: Result, weights: np.ndarray, normalised: np.ndarray | None = None
) -> np.ndarray:
    """Scores (R × ranked markets) of the aggregation itself, whatever the coverage."""
    values = result.normalised if normalised is None else normalised
    functions = {n: function_of("arithmetic") for n in result.tree.inner}
    missing = Missing(result.methodology.missing, 0.0)
    found = aggregate(result.tree, weights, values[result.ranked], functions, missing)
    return np.asarray(found.scores[..., 0])


@pytest.mark.parametrize("weights", BOTH)
@pytest.mark.parametrize("noise", [0.0, 0.25, 1.0])
def test_least_differences_are_those_of_all_vertices(weights: Weights, noise: float) -> None:
    result = scored(weight_noise=noise)
    corners = [w for w in vertices(result, weights) if result.tree.shares(w)[1:].any()]
    corners = [w for w in corners if all(w[c].sum() > 0 for c in result.tree.children if c.size)]
    scores = rescored(result, np.array(corners))
    brute = (scores[:, :, None] - scores[:, None]).min(axis=0)
    found = dominance(result, weights)
    np.testing.assert_allclose(found.least, brute, atol=1e-9)
    off = ~np.eye(len(brute), dtype=bool)
    assert (found.strict[off] == (brute[off] > 1e-9)).all()
    assert (found.weak == (brute >= -1e-9)).all()


def by_programme(result: Result, weights: Weights) -> np.ndarray:
    rows, equal, to = Admissible.of(result, weights).programme()
    points = np.zeros((int(result.ranked.sum()), rows.shape[1]))
    points[:, result.tree.leaves] = rescored_leaves(result)
    least = np.zeros((len(points), len(points)))
    for i, j in np.ndindex(*least.shape):
        found = linprog(points[i] - points[j], rows, np.zeros(len(rows)), equal, to)
        least[i, j] = found.fun
    return least


def rescored_leaves(result: Result) -> np.ndarray:
    return result.normalised[np.ix_(result.ranked, result.tree.columns[result.tree.leaves])]


@pytest.mark.parametrize("enumerated", [admissible.MOST_ENUMERATED, 0])
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"weight_order": True},
        {"weight_noise": 0.06},
        {"weight_model": "any", "weight_order": True},
    ],
    ids=str,
)
def test_bounds_and_order_as_by_linear_programming(
    settings: dict[str, object], enumerated: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admissible, "MOST_ENUMERATED", enumerated)
    result = bounded(6, **settings)
    found = dominance(result)
    np.testing.assert_allclose(found.least, by_programme(result, "stated"), atol=1e-7)
    free = dominance(result, "any").least
    np.testing.assert_allclose(free, by_programme(result, "any"), atol=1e-7)
    assert (free <= found.least + 1e-9).all()
    assert (free < found.least - 1).any()


def test_admissible_shares_keep_bounds_noise_and_order() -> None:
    result = bounded(weight_order=True)
    shares = Admissible.of(result, "stated").some(np.random.default_rng(0), 500)
    at = result.tree.position
    for node in result.tree.inner:
        below = result.tree.children[node]
        np.testing.assert_allclose(shares[:, below].sum(axis=1), 1)
        ratio = shares[:, below] / result.shares[below]
        assert (ratio.max(axis=1) / ratio.min(axis=1) <= 1.25 / 0.75 + 1e-9).all()
    assert shares[:, at("a")].min() >= 0.4 - 1e-12
    assert shares[:, at("c")].max() <= 0.3 + 1e-12
    assert shares[:, at("f")].max() <= 0.26 + 1e-12
    assert shares[:, at("q")].min() >= 0.35 - 1e-12
    assert (shares[:, at("a")] >= shares[:, at("b")] - 1e-12).all()
    assert (shares[:, at("d")] >= shares[:, at("e")] - 1e-12).all()
    assert (shares[:, at("c")] > shares[:, at("b")]).any()  # equal weights have no order


@pytest.mark.parametrize("enumerated", [admissible.MOST_ENUMERATED, 0])
def test_bounds_that_cannot_be_kept_are_a_problem(
    enumerated: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admissible, "MOST_ENUMERATED", enumerated)
    result = flat([[1, 2], [2, 1]], Indicator("a", weight_min=0.9), Indicator("b"))
    with pytest.raises(InputError, match="no weights keep the bounds"):
        dominance(result)
    assert dominance(result, "any").strict.shape == (2, 2)


def test_two_indicators_by_hand() -> None:
    # shares of a: 0.75/(0.75+1.25) = 0.375 to 0.625
    result = flat([[60, 40], [50, 50], [40, 40], [60, 40]])
    found = dominance(result)
    assert found.codes == ("M0", "M1", "M2", "M3")
    np.testing.assert_allclose(
        found.least,
        [[0, -2.5, 7.5, 0], [-2.5, 0, 10, -2.5], [-12.5, -10, 0, -12.5], [0, -2.5, 7.5, 0]],
        atol=1e-12,
    )
    assert found.frame().loc["M0"].tolist() == [0, 0, 1, 0]
    assert found.weak[0].tolist() == [1, 0, 1, 1]
    free = dominance(result, "any")
    assert free.strict[0].tolist() == [0, 0, 0, 0]
    assert free.weak[0].tolist() == [1, 0, 1, 1]


@pytest.mark.parametrize("weights", BOTH)
def test_missing_values_take_any_of_their_column(weights: Weights) -> None:
    result = scored(gaps=0.2, min_coverage=0.0, min_total_coverage=0.0)
    assert np.isnan(rescored_leaves(result)).any()
    corners = np.array(list(vertices(result, weights)))
    low, high = result.normalised.copy(), result.normalised.copy()
    gaps = np.isnan(low)
    low[gaps] = np.broadcast_to(np.nanmin(low, axis=0), low.shape)[gaps]
    high[gaps] = np.broadcast_to(np.nanmax(high, axis=0), high.shape)[gaps]
    worst, best = rescored(result, corners, low), rescored(result, corners, high)
    brute = (worst[:, :, None] - best[:, None]).min(axis=0)
    np.fill_diagonal(brute, 0.0)
    found = dominance(result, weights)
    np.testing.assert_allclose(found.least, brute, atol=1e-9)
    assert not np.isnan(found.strict).any()


@pytest.mark.parametrize("missing", ["reweight", "zero"])
@pytest.mark.parametrize("weights", BOTH)
def test_re_spread_weights_are_exact_or_said_to_be_undecided(
    weights: Weights, missing: str
) -> None:
    result = scored(40, 0.12, missing=missing, min_coverage=0.0, min_total_coverage=0.0)
    found = dominance(result, weights, fills=False)
    shares = Admissible.of(result, weights).some(np.random.default_rng(5), 3000)
    positive = 0.999 * shares + 0.001 * result.shares  # a weight of 0 takes part in nothing
    scores = rescored(result, np.concatenate((positive, result.weights[None])))
    sampled = np.full(found.least.shape, np.inf)
    for i in range(len(sampled)):
        sampled[i] = (scores[:, i, None] - scores).min(axis=0)
    assert (sampled[found.strict == 1] > 0).all()
    assert (sampled[found.weak == 1] >= -1e-9).all()
    known = ~np.isnan(found.least)
    assert not np.isnan(found.strict[known]).any()
    assert (
        sampled[found.strict == 0] < 1.0
    ).all()  # a counterexample is among the samples, or near
    assert (sampled[known] >= found.least[known] - 1e-9).all()
    tight = known & ~np.eye(len(known), dtype=bool)
    assert (sampled[tight] - found.least[tight]).max() < 3.0  # samples come near the least
    if missing == "zero":
        assert known.all()
    else:
        assert 0 < np.isnan(found.strict).mean() < 0.5
        assert known.sum() > len(known)  # more than the diagonal


def test_same_gaps_compare_exactly_over_what_both_have() -> None:
    nan = np.nan
    result = flat([[60, 50, nan], [50, 40, nan], [55, nan, 90], [0, 0, 0], [100, 100, 100]])
    found = dominance(result, fills=False)
    np.testing.assert_allclose(found.least[0, 1], 10)
    assert np.isnan(found.least[0, 2])
    assert found.strict[4].tolist() == [1, 1, 1, 1, 0]  # by bounds, whatever is missing
    assert found.strict[3].tolist() == [0, 0, 0, 0, 0]
    assert dominance(result, fills=True).strict[0, 1] == 0  # the gaps may be filled otherwise


@pytest.mark.parametrize("weights", BOTH)
def test_winners_hold_when_scored_again_and_no_sample_does_better(weights: Weights) -> None:
    result = scored(25)
    found = potential_winners(result, weights)
    allowed = Admissible.of(result, weights)
    sampled = rescored(result, allowed.some(np.random.default_rng(2), 4000))
    for market in range(25):
        scores = rescored(result, found.shares[market])
        margin = scores[market] - np.delete(scores, market).max()
        np.testing.assert_allclose(margin, found.margin[market], atol=1e-9)
        others = np.delete(sampled, market, axis=1).max(axis=1)
        assert (sampled[:, market] - others).max() <= found.margin[market] + 1e-9
        assert found.first[market] == (found.margin[market] >= -1e-9)
    assert 0 < found.first.sum() < 25
    assert found.frame().loc["M000", "margin"] == found.margin[0]
    ahead = dominance(result, weights).strict
    assert not found.first[(ahead == 1).any(axis=0)].any()


@pytest.mark.parametrize("added", [1, 20])
def test_winners_as_one_plain_programme_over_indicator_weights(
    added: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entryscore.robustness.exact._ADDED", added)
    result = scored(25)
    live = result.effective[result.tree.leaves] > 0
    x = rescored_leaves(result)[:, live]
    found = potential_winners(result, "any")
    for market in range(25):
        lead = x[market] - np.delete(x, market, axis=0)
        rows = np.column_stack((-lead, np.ones(len(lead))))
        one = np.append(np.ones(x.shape[1]), 0.0)[None]
        limits = [(0, None)] * x.shape[1] + [(None, None)]
        best = linprog(-np.eye(x.shape[1] + 1)[-1], rows, np.zeros(len(lead)), one, [1.0], limits)
        np.testing.assert_allclose(found.margin[market], -best.fun, atol=1e-7)


def test_winners_keep_bounds_and_order() -> None:
    result = bounded(weight_order=True)
    found, wide = potential_winners(result), potential_winners(bounded())
    allowed = Admissible.of(result, "stated")
    sampled = rescored(result, allowed.some(np.random.default_rng(4), 4000))
    for market, shares in enumerate(found.shares):
        others = np.delete(sampled, market, axis=1).max(axis=1)
        best = (sampled[:, market] - others).max()
        assert best - 1e-9 <= found.margin[market] <= best + 2.0
        at = dict(zip(found.nodes, shares, strict=True))
        assert at["a"] >= max(0.4, at["b"], at["c"]) - 1e-9
        assert at["c"] <= 0.3 + 1e-9
        assert at["d"] >= max(at["e"], at["f"]) - 1e-9
    assert (found.margin <= wide.margin + 1e-9).all()
    assert (found.margin < wide.margin - 0.01).any()


def test_winners_by_hand() -> None:
    result = flat([[100, 0], [0, 100], [50, 50], [40, 40]])
    found = potential_winners(result, "any")
    np.testing.assert_allclose(found.margin, [50, 50, 0, -10], atol=1e-9)
    assert found.first.tolist() == [1, 1, 1, 0]
    np.testing.assert_allclose(found.shares[0], [1, 1, 0], atol=1e-9)
    np.testing.assert_allclose(found.shares[3], [1, 0.5, 0.5], atol=1e-9)
    stated = potential_winners(result)
    np.testing.assert_allclose(stated.margin, [12.5, 12.5, 0, -10], atol=1e-9)


def test_equal_markets_are_all_first_and_a_single_one_too() -> None:
    result = flat([[50, 30]] * 4)
    found = potential_winners(result, "any")
    assert found.first.tolist() == [1] * 4
    np.testing.assert_allclose(found.margin, 0, atol=1e-12)
    ahead = dominance(result)
    assert not ahead.strict.any()
    assert ahead.weak.all()
    alone = potential_winners(flat([[50, 30]]))
    assert alone.first.tolist() == [1]
    assert np.isnan(alone.margin).all()


def test_a_winner_with_gaps_may_be_filled_at_its_best_against_others_at_their_worst() -> None:
    result = flat([[90, 80], [np.nan, 50], [20, 10]], min_coverage=0.5)
    found = potential_winners(result, "any")
    np.testing.assert_allclose(found.margin, [70, 0, -70], atol=1e-9)
    assert found.first.tolist() == [1, 1, 0]


@pytest.mark.parametrize("weights", BOTH)
def test_winners_with_re_spread_weights_are_shown_or_excluded_or_undecided(
    weights: Weights,
) -> None:
    result = scored(30, 0.08, min_coverage=0.0, min_total_coverage=0.0)
    found = potential_winners(result, weights, fills=False)
    for market in np.flatnonzero(found.first == 1):
        scores = rescored(result, found.shares[market])
        assert scores[market] >= np.nanmax(scores) - 1e-9
    allowed = Admissible.of(result, weights)
    shares = 0.999 * allowed.some(np.random.default_rng(9), 4000) + 0.001 * result.shares
    sampled = rescored(result, shares)
    first = (sampled >= sampled.max(axis=1, keepdims=True)).any(axis=0)
    assert not first[found.first == 0].any()
    assert (found.first == 1).any()
    assert (found.first == 0).any()


@pytest.mark.parametrize("weights", BOTH)
def test_winners_where_a_missing_part_scores_0(weights: Weights) -> None:
    result = scored(25, 0.1, missing="zero", min_total_coverage=0.0)
    found = potential_winners(result, weights, fills=False)
    allowed = Admissible.of(result, weights)
    shares = 0.999 * allowed.some(np.random.default_rng(9), 3000) + 0.001 * result.shares
    sampled = rescored(result, shares)
    for market, own in enumerate(found.shares):
        others = np.delete(sampled, market, axis=1).max(axis=1)
        assert (sampled[:, market] - others).max() <= found.margin[market] + 1e-9
        scores = rescored(result, 0.999999 * own + 0.000001 * result.shares)
        margin = scores[market] - np.delete(scores, market).max()
        np.testing.assert_allclose(margin, found.margin[market], atol=1e-3)


def test_a_lead_over_complete_markets_is_checked_against_the_others() -> None:
    # at a = 0.625 M0 has 52.5, M1 51.625, M2 52 from b alone, M3 60
    rows = [[60, 40], [58, 41], [np.nan, 52]]
    found = potential_winners(flat(rows, **LOOSE), fills=False)
    assert found.first.tolist() == [1, 0, 1]
    assert np.isnan(found.margin[0])
    np.testing.assert_allclose(found.shares[0], [1, 0.625, 0.375])
    ahead = potential_winners(flat([*rows, [np.nan, 60]], **LOOSE), fills=False)
    assert ahead.first.tolist() == [0, 0, 0, 1]


def test_only_arithmetic_trees() -> None:
    result = flat([[50, 30], [30, 50]], aggregation="geometric")
    with pytest.raises(UsageError, match="index is geometric"):
        dominance(result)
    power = flat([[50, 30], [30, 50]], aggregation="power", power=1.0)
    assert dominance(power).least.shape == (2, 2)


def test_a_group_fill_moves_with_others_and_is_refused_unless_values_are_filled() -> None:
    catalogue = Catalogue((Indicator("a", parent="p"), Indicator("b")), (Pillar("p"),))
    table = MarketTable(
        ("A", "B", "C"), ("A", "B", "C"), ("x",) * 3, np.array([[1, 2.0], [np.nan, 3], [4, 1]])
    )
    result = entryscore.score(catalogue, table, Methodology(group_fill=True, min_coverage=0.0))
    with pytest.raises(UsageError, match="group_fill"):
        dominance(result, fills=False)
    assert not np.isnan(dominance(result, fills=True).least).any()


def test_blocks_of_pairs_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    result = scored(30, 0.1)
    forms, allowed = Forms.of(result, True), Admissible.of(result, "stated")
    whole, _ = least_differences(forms, allowed, forms.low, forms.high)
    monkeypatch.setattr("entryscore.robustness.forms._AT_ONCE", 700)
    monkeypatch.setattr("entryscore.robustness.admissible._AT_ONCE", 50)
    parts, _ = least_differences(forms, allowed, forms.low, forms.high)
    np.testing.assert_array_equal(whole, parts)
