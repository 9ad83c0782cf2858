from dataclasses import replace

import numpy as np
import pytest

from entryscore.catalogue import Catalogue, Gate, Indicator, Pillar
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.pipeline import score
from entryscore.problems import InputError

NAN = np.nan


def table(*rows: list[float], groups: str = "", **texts: tuple[str | None, ...]) -> MarketTable:
    codes = tuple("ABCDEFGHIJ"[: len(rows)])
    return MarketTable(
        codes, codes, tuple(groups) or ("",) * len(rows), np.array(rows, float), texts
    )


def catalogue(*indicators: Indicator, pillars: tuple[Pillar, ...] = ()) -> Catalogue:
    return Catalogue(indicators or (Indicator("x"), Indicator("y")), pillars)


ROWS = ([0.0, 10.0], [5.0, 20.0], [10.0, 0.0])


def problems(c: Catalogue, t: MarketTable, **settings: object) -> list[str]:
    with pytest.raises(InputError) as caught:
        score(c, t, Methodology(**settings))  # type: ignore[arg-type]
    return [str(problem) for problem in caught.value.problems]


def test_the_whole_way_by_hand() -> None:
    c = catalogue(
        Indicator("gdp", parent="p", weight=3, scale_by="people"),
        Indicator("cost", parent="p", direction="lower_is_better"),
        Indicator("rule", parent="q", normalisation="goalposts", goal_low=0, goal_high=10),
        Indicator("people", role="denominator"),
        pillars=(Pillar("p", weight=2), Pillar("q")),
    )
    t = table([10, 1, 5, 10], [40, 3, 20, 10], [30, 2, NAN, 10])
    result = score(c, t)
    assert result.tree.codes == ("index", "p", "gdp", "cost", "q", "rule")
    np.testing.assert_allclose(result.scores[0], [100 / 3, 25, 0, 100, 50, 50])
    np.testing.assert_allclose(result.scores[1], [250 / 3, 75, 100, 0, 100, 100])
    np.testing.assert_allclose(result.score[2], 200 / 3 * 0.75 + 50 * 0.25)
    np.testing.assert_allclose(result.coverage, [1, 1, 2 / 3])
    assert result.ranks.tolist() == [3, 1, 2]


def test_gates_keep_the_score_and_take_the_rank() -> None:
    c = catalogue(
        Indicator("x", gate=Gate.parse("< 8")),
        Indicator("ok", role="info", gate=Gate.parse("= yes"), on_missing_gate="fail"),
    )
    t = table([0, NAN], [5, NAN], [10, NAN], [9.9, NAN], ok=("yes", None, "yes", "No"))
    result = score(c, t)
    assert result.gate_texts == ("", "ok = yes (unverified)", "x < 8", "x < 8; ok = yes")
    np.testing.assert_array_equal(result.ranks, [1, NAN, NAN, NAN])
    assert result.score[2] == 100


def test_group_fill_counts_as_present() -> None:
    c = catalogue(Indicator("x", parent="p"), Indicator("y", parent="q"))
    t = table([0, 1], [10, 2], [NAN, 3], [NAN, 4], groups="aaab")
    result = score(c, t, Methodology(group_fill=True, min_total_coverage=0.5, min_coverage=1))
    np.testing.assert_allclose(result.score, [0, (100 + 100 / 3) / 2, (50 + 200 / 3) / 2, NAN])
    assert result.filled[2, result.tree.position("p")]


def test_empty_indicators_and_pillars_are_left_out() -> None:
    c = catalogue(Indicator("x", parent="p"), Indicator("y", parent="q"))
    result = score(c, table([0, NAN], [10, NAN]))
    assert result.dropped == ("y",)
    assert result.weights.tolist() == [1, 1, 1, 0, 0]
    assert result.score.tolist() == [0, 100]
    assert result.coverage.tolist() == [1, 1]


def test_weights_of_zero_never_count() -> None:
    c = catalogue(Indicator("x"), Indicator("y", weight=0))
    t = table([0, NAN], [5, -1], [10, 3])
    for missing in ("reweight", "zero", "exclude"):
        for aggregation in ("arithmetic", "geometric", "harmonic", "minimum", "median"):
            result = score(c, t, Methodology(missing=missing, aggregation=aggregation))
            np.testing.assert_allclose(result.score, [0, 50, 100], atol=1e-12)


def test_problems_are_all_found() -> None:
    c = catalogue(
        Indicator("same"), Indicator("goal", normalisation="scaled", goal_low=1),
        Indicator("per", scale_by="zero"), Indicator("what", scale_by="nothing"),
        Indicator("ln", transform="log"), Indicator("zero", role="denominator"),
        Indicator("word", role="info", gate=Gate.parse("> 3")),
    )  # fmt: skip
    t = table([1, 1, 1, 1, 1, 0, NAN], [1, 2, 2, 2, -1, 1, NAN], word=("high", None))
    found = problems(c, t, scale_low=5, scale_high=5)
    for part in ("same has one value", "goal_high of goal", "zero is 0", "names nothing",
                 "-1 has no log", "'high' is not a number", "scale_high"):  # fmt: skip
        assert sum(part in line for line in found) == 1, (part, found)
    assert len(found) == 7


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"normalisation": "distance_to_reference"}, "needs a reference market"),
        ({"normalisation": "distance_to_reference", "reference_market": "Z"}, "Z is not among"),
        ({"normalisation": "distance_to_reference", "reference_market": "A"}, "worst in x"),
        ({"aggregation": "power"}, "power is blank"),
        ({"missing": "zero", "aggregation": "copeland"}, "with copeland"),
        ({"missing": "zero", "normalisation": "z_score"}, "with z_score"),
        ({"aggregation": "geometric", "normalisation": "z_score"}, "use arithmetic"),
        ({"normalisation": "distance_to_target"}, "goal_high of x is blank"),
    ],
)
def test_settings_that_cannot_work(settings: dict[str, object], part: str) -> None:
    assert any(part in line for line in problems(catalogue(), table(*ROWS), **settings))


def test_targets_must_beat_the_worst() -> None:
    c = catalogue(Indicator("x", direction="lower_is_better", goal_low=10.0))
    assert (
        "not better than the worst"
        in problems(c, table([1], [10]), normalisation="distance_to_target")[0]
    )


def test_all_zero_siblings() -> None:
    c = catalogue(Indicator("x", weight=0), Indicator("y", weight=0))
    assert "all weights under index are 0" in problems(c, table(*ROWS))[0]


def test_neutral_constants_warn() -> None:
    result = score(catalogue(), table([1, 3], [1, 4]), Methodology(constant="neutral"))
    assert result.score.tolist() == [25, 75]
    assert any("mid-scale" in str(w) for w in result.warnings)


def test_warnings() -> None:
    c = catalogue(
        Indicator("x"), Indicator("twin"), Indicator("piled"),
        Indicator("goal", normalisation="goalposts", goal_low=0, goal_high=9, treatment="log"),
    )  # fmt: skip
    t = table(*([i, 2 * i, i == 4, i % 3] for i in range(5)))
    lines = "\n".join(
        map(str, score(c, t, Methodology(treatment="winsorise", skew_limit=99)).warnings)
    )
    for part in ("fewer than 8 markets (5)", "scale of piled", "twin and its sibling x",
                 "goal is not treated", "finds nothing to treat"):  # fmt: skip
        assert part in lines, (part, lines)


def test_ranks_compare_rounded_scores() -> None:
    c, t = (
        catalogue(Indicator("x", normalisation="goalposts", goal_low=0, goal_high=100)),
        table([50.4], [50.1]),
    )
    assert score(c, t).ranks.tolist() == [1, 2]
    assert score(c, t, replace(Methodology(), rank_decimals=0)).ranks.tolist() == [1, 1]


def test_auto_logs_what_winsorising_would_flatten() -> None:
    t = table([0], [0], [0], [0], [0], [0], [1])
    c = catalogue(Indicator("x"))
    assert "after scaling, transform and treatment" in problems(c, t, treatment="winsorise")[0]
    result = score(c, t, Methodology(treatment="auto"))
    assert result.treatment == {"x": "log"}
    assert result.score.tolist() == [0, 0, 0, 0, 0, 0, 100]


def test_goalposts_and_values_go_through_the_same_transform_and_orientation() -> None:
    x = Indicator("x", direction="lower_is_better", transform="log", goal_low=1, goal_high=100)
    result = score(catalogue(x), table([1], [10], [1000]), Methodology(normalisation="goalposts"))
    np.testing.assert_allclose(result.score, [100, 50, 0])


def test_an_outlier_is_treated_before_it_is_oriented() -> None:
    x = Indicator("x", direction="lower_is_better", treatment="log")
    rows = [[float(i)] for i in (1, 2, 3, 4, 5, 6, 7, 8, 9, 1000)]
    result = score(catalogue(x), table(*rows))
    np.testing.assert_allclose(result.treated[:, 0], np.log(np.array(rows)[:, 0] - 1 + 9.99))
    assert result.ranks[0] == 1
