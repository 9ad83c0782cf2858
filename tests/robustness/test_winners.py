"""Potential winners against linear programmes, samples, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from entryscore.robustness.admissible import Admissible, Weights
from entryscore.robustness.exact import dominance, potential_winners
from tests.robustness.cases import scored
from tests.robustness.exact_cases import (
    BOTH,
    LOOSE,
    bounded,
    flat,
    rescored,
    rescored_leaves,
)


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
