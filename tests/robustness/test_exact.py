"""Dominance against linear programmes, all vertices, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

import entryscore
from entryscore.catalogue import Catalogue, Indicator, Pillar
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.problems import InputError, UsageError
from entryscore.result import Result
from entryscore.robustness import admissible
from entryscore.robustness.admissible import Admissible, Weights
from entryscore.robustness.exact import dominance
from entryscore.robustness.forms import Forms, least_differences
from tests.robustness.cases import scored
from tests.robustness.exact_cases import (
    BOTH,
    bounded,
    flat,
    rescored,
    rescored_leaves,
    vertices,
)


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
