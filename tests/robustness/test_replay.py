"""Given draws against `score` with the same settings and weights; parameters of draws made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from entryscore.pipeline import score
from entryscore.problems import UsageError
from entryscore.ranking import ranks_of
from entryscore.result import Result
from entryscore.robustness.engine import Engine
from entryscore.robustness.plan import page_of, plan_of
from entryscore.robustness.replay import parameters, ranks_under, replay
from tests.robustness.cases import scored

WEIGHTS = pd.DataFrame(
    {"p": [1.0, 4, 2], "q": [1.0, 1, 3], "a": [2.0, 0, 0.5], "e": [1.0, 1, 9]},
    index=["even", "tilted", "other"],
)
SETTINGS: tuple[dict[str, object], ...] = (
    {},
    {"normalisation": "z_score", "z_mean": 50, "z_sd": 10},
    {"normalisation": "percentile_rank", "treatment": "winsorise", "winsorise_max": 2},
    {"treatment": "winsorise", "winsorise_max": 4, "skew_limit": 0.5, "kurtosis_limit": 0},
    {"scale_low": 10, "scale_high": 20, "aggregation": "geometric"},
    {"scale_low": 1, "aggregation": "power", "power": 0.5},
    {"aggregation": "power", "power": 2},
    {"imputation": "median", "aggregation": "median"},
    {"imputation": "group_mean", "normalisation": "distance_to_reference", "cap": "no",
     "reference_market": "M002"},
)  # fmt: skip


def again(result: Result, row: Mapping[str, object], weights: np.ndarray) -> np.ndarray:
    """Ranks by `score` among the markets that are ranked in the result."""
    settings = {**row} | ({"cap": False} if "cap" in row else {})
    methodology = replace(result.methodology, **settings)  # type: ignore[arg-type]  # by name
    found = score(result.catalogue, result.table, methodology, weights=weights)
    return ranks_of(methodology.rounded(found.score[result.ranked]))


@pytest.mark.parametrize("gaps", [0.0, 0.1])
def test_rows_equal_scoring_each(gaps: float) -> None:
    result = scored(rows=30, gaps=gaps, min_coverage=0.0)
    rows = pd.DataFrame([s | {"weights": w} for s in SETTINGS for w in WEIGHTS.index])
    found = replay(result, rows, WEIGHTS)
    assert found.failures == {}
    assert found.ranks.shape == (27, result.ranked.sum())
    for k, (s, w) in enumerate((s, w) for s in SETTINGS for w in WEIGHTS.index):
        weights = result.weights.copy()
        for code, value in WEIGHTS.loc[w].items():
            weights[result.tree.position(str(code))] = value
        np.testing.assert_array_equal(found.ranks[k], again(result, s, weights))
    assert len(np.unique(found.ranks, axis=0)) > 15


def test_without_settings_or_weights_it_is_the_base() -> None:
    result = scored(rows=20)
    found = replay(result, pd.DataFrame(index=["x", "y"]))
    np.testing.assert_array_equal(found.ranks, [result.ranks, result.ranks])
    assert list(found.frame().index) == ["x", "y"]
    by_label = replay(result, pd.DataFrame(index=["other", "even"]), WEIGHTS)
    by_column = replay(result, pd.DataFrame({"weights": ["other", "even"]}), WEIGHTS)
    np.testing.assert_array_equal(by_label.ranks, by_column.ranks)
    assert (by_label.ranks[0] != by_label.ranks[1]).any()


def test_the_base_keeps_its_coverage_rules() -> None:
    result = scored(rows=40, gaps=0.25)
    assert np.isnan(result.scores[result.ranked]).any()  # nodes below that lack coverage
    found = replay(result, pd.DataFrame(index=["x"]))
    np.testing.assert_array_equal(found.ranks[0], result.ranks[result.ranked])


def test_geometric_of_scores_that_reach_0_is_of_rescaled_ones() -> None:
    result = scored(rows=20)
    found = replay(result, pd.DataFrame({"aggregation": ["geometric"]}))
    rescaled = {"aggregation": "geometric", "scale_low": 1.0, "scale_high": 100.0}
    np.testing.assert_array_equal(found.ranks[0], again(result, rescaled, result.weights))


def test_a_refused_draw_is_named_and_left_out_of_the_statistics() -> None:
    result = scored(rows=20, aggregation="geometric", scale_low=1.0)
    rows = pd.DataFrame(
        {"normalisation": ["min_max", "z_score", "percentile_rank"]}, index=["one", "two", "three"]
    )
    found = replay(result, rows)
    assert found.failures == {"two": "a ranked market has no score"}  # of negative z-scores
    assert not found.ranks[1].any()
    assert list(found.frame().index) == ["one", "three"]
    ranks = found.ranks[[0, 2]]
    stats = found.statistics()
    assert list(stats.index) == list(result.table.codes)
    np.testing.assert_array_equal(stats["mean"], ranks.mean(axis=0))
    np.testing.assert_allclose(stats["q5"], np.quantile(ranks, 0.05, axis=0))
    with pytest.raises(UsageError, match="no draw gives ranks"):
        replay(result, rows.loc[["two"]]).statistics()


def test_a_combination_that_cannot_be_made_is_named_with_its_settings() -> None:
    rows = pd.DataFrame({"normalisation": ["distance_to_reference"], "cap": [False]})
    (reason,) = replay(scored(), rows).failures.values()
    assert reason.startswith("normalisation distance_to_reference (cap = no): ")
    assert "needs a reference market" in reason


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"draws": 5}, "column draws"),
        ({"normalisation": "best"}, "normalisation=best: not a value"),
        ({"winsorise_max": 1.5}, "winsorise_max=1.5: not a value of winsorise_max .* whole"),
        ({"aggregation": "power"}, "give the exponent in a column power"),
        ({"weights": "odd"}, "no weights are given for odd"),
    ],
)
def test_what_rows_may_not_say(row: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        replay(scored(), pd.DataFrame([{"weights": "even"} | row]), WEIGHTS)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"z": 1.0}, "weights of z"),
        ({"a": -1.0}, "w: a has -1"),
        ({"a": np.nan}, "w: a has nan"),
        ({"a": 0.0, "b": 0.0}, "w: all are 0 under one parent"),
        ({"g": 1.0}, "w: g has none in the base"),
    ],
)
def test_weights_that_are_refused(weights: dict[str, float], message: str) -> None:
    given = pd.DataFrame(weights, index=["w"])
    with pytest.raises(UsageError, match=message):
        replay(scored(), pd.DataFrame({"weights": ["w"]}), given)


def test_weights_named_and_none_given() -> None:
    with pytest.raises(UsageError, match="none is given"):
        replay(scored(), pd.DataFrame({"weights": ["w"]}))


def test_parameters_score_to_the_draws() -> None:
    """A draw put together again from its row of parameters has the ranks the engine gives it."""
    result = scored(rows=20)
    plan = plan_of(result, ("weights", "treatment", "aggregation", "leave_one_out"))
    frame = parameters(plan, 300)
    assert list(frame)[:5] == ["draw", "treatment", "aggregation", "leave_one_out", "weight p"]
    assert list(frame["draw"]) == list(range(1, 301))
    pd.testing.assert_frame_equal(parameters(plan, 10), frame[:10])
    nodes = frame[[f"weight {code}" for code in result.tree.codes[1:]]]
    rows = frame.loc[frame["leave_one_out"] == "none", ["treatment", "aggregation"]]
    assert 5 < len(rows) < 200
    given = nodes.set_axis([name.removeprefix("weight ") for name in nodes], axis=1)
    found = replay(result, rows, given).frame()
    for page in (0, 1):
        for at, ranks, reason in ranks_under(Engine(plan), page_of(plan, page)):
            assert not reason
            ours = found.reindex(at + 256 * page)
            known = ours.notna().all(axis=1).to_numpy()
            np.testing.assert_array_equal(ours[known], ranks[known])


def test_parameters_name_replicates_and_what_is_left_out() -> None:
    plan = plan_of(scored(gaps=0.1, min_coverage=0.0), ("missing", "leave_one_out"))
    frame = parameters(plan, 400)
    assert list(frame["replicate"]) == list(range(400))
    assert set(frame["leave_one_out"]) == {"none", *"abcdef"}
    assert (frame["weight a"] == 2).all()
    assert parameters(plan, 0).empty
