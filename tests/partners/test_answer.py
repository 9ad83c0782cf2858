"""Gaps, points, and the adjusted score against formulas worked out apart, and against scoring."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from entryscore.partners.answer import Answer, Field, answer
from entryscore.partners.ecosystem import Presence
from entryscore.partners.gaps import is_plain
from entryscore.partners.instance import is_portfolio
from entryscore.partners.programme import leverages, shared
from entryscore.pipeline import score
from entryscore.result import Result
from tests.partners.cases import ECOSYSTEM, scored

NAN = np.nan


def test_gaps_and_points_by_the_formulas() -> None:
    result = scored(partner_target=70.0)
    gaps = Field.of(result, ECOSYSTEM).gaps
    assert gaps.indicators == ("usage", "video", "rules", "income")
    assert gaps.target.tolist() == [0.7, 0.9, 0.7, 0.7]
    assert gaps.kappa.tolist() == [0.25, 0.5, 0.5, 0.0]
    place = result.normalised[:, :4] / 100
    np.testing.assert_allclose(gaps.place, place)
    np.testing.assert_allclose(gaps.gap, np.maximum(0, [0.7, 0.9, 0.7, 0.7] - place))
    assert np.isnan(gaps.gap[2, 1])
    np.testing.assert_allclose(gaps.weight[0], [4 / 9, 2 / 9, 1 / 6, 1 / 6])
    np.testing.assert_allclose(gaps.weight[2], [2 / 3, 0, 1 / 6, 1 / 6])  # re-spread
    g = np.nan_to_num(gaps.gap[0])
    closing = 100 * np.array([4 / 9 * 0.25 * g[0], 2 / 9 * 0.5 * g[1], 1 / 6 * 0.5 * g[2]])
    wanted = [closing[0] * 0.9 / 1.4, closing[0] * 0.5 / 1.4 + closing[1] * 0.8, closing[2]]
    np.testing.assert_allclose(gaps.points(0), wanted)


def test_the_default_target_is_the_upper_quartile_of_the_ranked() -> None:
    result = scored(gappy=False)
    gaps = Field.of(result, ECOSYSTEM).gaps
    for i in (0, 2, 3):
        assert gaps.target[i] == pytest.approx(np.percentile(gaps.place[:, i], 75))
    assert gaps.target[1] == 0.9


def test_availability_is_said_derived_or_assumed() -> None:
    result = scored()
    supply = Field.of(result, ECOSYSTEM).supply
    assert supply.types == ("agency", "creator", "ministry", "telco")
    telcos = result.table.values[:, 4]
    place = (telcos - telcos.min()) / np.ptp(telcos)
    np.testing.assert_allclose(supply.available[:, 3], 0.2 + 0.8 * place)
    assert supply.available[1].tolist()[:3] == [0, 1, 1]
    assert supply.assumed[1].tolist() == [False, True, True, False]
    assert supply.cost[:, 1].tolist() == [4, 4, 7, 4, 4, 4]


METHODS = (
    {},
    {"aggregation": "geometric", "scale_low": 1.0},
    {"aggregation": "copeland"},
    {"normalisation": "z_score"},
    {"normalisation": "rank"},
    {"scale_high": 1.0},
    {"group_fill": True, "min_coverage": 1.0},
    {"missing": "zero"},
    {"aggregation": "median"},
)


@pytest.mark.parametrize("settings", METHODS)
@pytest.mark.parametrize("gappy", [False, True])
def test_the_adjusted_score_is_that_of_the_market_with_partners_lift(
    settings: dict[str, object], gappy: bool
) -> None:
    result = scored(gappy=gappy, **settings)
    field = Field.of(result, ECOSYSTEM)
    for market in range(6):
        if np.isnan(result.score[market]):
            continue
        found = answer(field, market)
        assert found.adjusted_score == pytest.approx(
            by_hand(result, field, found), rel=1e-9, abs=1e-9
        )
        uplift = found.adjusted_score - found.base_score
        assert sum(m.credit for m in found.members) == pytest.approx(uplift, abs=1e-9)
        assert found.adjusted_score <= found.ceiling + 1e-9 or not is_plain(result)
        assert is_portfolio(found.instance, found.portfolio.chosen)
    assert is_plain(result) or settings


def by_hand(result: Result, field: Field, found: Answer) -> float:
    """Raises the market's normalised scores and aggregates again, by `score`'s own steps."""
    from entryscore.case import Case
    from entryscore.problems import Findings
    from entryscore.scoring import aggregate_nodes

    gaps, m = field.gaps, found.market
    closing = gaps.need / np.maximum(1, gaps.need.sum(axis=1, keepdims=True))
    lift = np.nan_to_num(gaps.kappa * gaps.gap[m]) * (closing @ found.coverage)
    table = result.normalised.copy()
    for i, code in enumerate(gaps.indicators):
        column = result.catalogue.position(code)
        method = result.methodology.normalisation
        span = result.methodology.scale_high - result.methodology.scale_low
        if method in ("z_score", "rank"):
            span = np.nanmax(table[:, column]) - np.nanmin(table[:, column])
        table[m, column] += lift[i] * span
    case = Case(result.catalogue, result.table, result.methodology, result.tree, Findings())
    return float(aggregate_nodes(case, result.weights, table).scores[m, 0])


def test_raising_the_workbook_s_own_values_gives_the_adjusted_score() -> None:
    """With goalposts, so that the scale stays: the lifted values are scored from the start."""
    base = scored(normalisation="min_max", gappy=False)
    goals = [
        replace(i, goal_low=0.0, goal_high=100.0) if i.scored else i
        for i in base.catalogue.indicators
    ]
    catalogue = replace(base.catalogue, indicators=tuple(goals))
    methodology = replace(base.methodology, normalisation="goalposts")
    result = score(catalogue, base.table, methodology)
    field = Field.of(result, ECOSYSTEM)
    for market in range(6):
        found = answer(field, market)
        gaps = field.gaps
        lift = gaps.kappa * gaps.gap[market] * (gaps.closing() @ found.coverage) * 100
        values = base.table.values.copy()
        values[market, :4] += lift * np.array([1, 1, -1, 1])
        again = score(catalogue, replace(base.table, values=values), methodology)
        assert found.adjusted_score == pytest.approx(again.score[market], rel=1e-9)


def test_what_is_not_observed_cannot_be_assessed() -> None:
    found = answer(Field.of(scored(), ECOSYSTEM), 2)
    # net, rules and income are observed; video and absent are not: (0.25 + 0.5) / 2
    assert found.kappa_observed == pytest.approx(0.75 / 2.0)
    assert found.not_assessable == ()
    lacking = replace(ECOSYSTEM, needs=ECOSYSTEM.needs[:3] + ECOSYSTEM.needs[5:])
    assert answer(Field.of(scored(), lacking), 0).not_assessable == ("law",)


def test_a_market_without_a_provider_has_a_shortfall_and_no_error() -> None:
    said = {("A", t.code): Presence(availability=0.0) for t in ECOSYSTEM.types}
    alone = replace(ECOSYSTEM, presence=said)
    found = answer(Field.of(scored(partner_target=100.0), alone), 0, draws=3)
    assert found.members == ()
    assert found.adjusted_score == found.base_score
    assert found.shortfall[found.instance.needed].tolist() == [0.5] * found.instance.needed.sum()
    assert found.months == 0


def test_draws_are_the_same_whatever_else_is_asked() -> None:
    field = Field.of(scored(partner_target=100.0), ECOSYSTEM)
    one = answer(field, 3, draws=20)
    answer(field, 1, draws=7)
    two = answer(field, 3, draws=20)
    assert one.firmness is not None
    assert two.firmness is not None
    assert one.firmness.held.tolist() == two.firmness.held.tolist()
    assert ((one.firmness.held >= 0) & (one.firmness.held <= 1)).all()
    assert all(m.core == (m.share is not None and m.share >= 0.8) for m in one.members)
    assert answer(field, 3).firmness is None


@pytest.mark.parametrize("once", [0.0, 0.3, 1.0])
def test_shared_programmes_against_all_combinations(once: float) -> None:
    field = Field.of(scored(partner_target=100.0, partner_min_points=0.1), ECOSYSTEM)
    answers = [answer(field, m) for m in (0, 3, 4)]
    cases, best = [a.instance for a in answers], [a.portfolio for a in answers]
    programme = shared(cases, best, once)
    options = []
    for case, portfolio in zip(cases, best, strict=True):
        held = (np.arange(16)[:, None] >> np.arange(4)) & 1 == 1
        good = [x for x in held if is_portfolio(case, x)]
        options.append([x for x in good if (case.coverage(x) >= portfolio.levels - 1e-9).all()])
    each = np.array([case.cost for case in cases])
    costs = [
        (1 - once) * (each * chosen).sum() + once * each.max(axis=0)[chosen.any(axis=0)].sum()
        for chosen in (
            np.array([a, b, c]) for a in options[0] for b in options[1] for c in options[2]
        )
    ]
    assert programme.cost == pytest.approx(min(costs))
    assert programme.bound == pytest.approx(programme.cost, abs=1e-6)
    assert programme.saved >= -1e-9
    if once == 0:
        assert programme.cost == pytest.approx(sum(a.cost for a in answers))


def test_leverage_is_what_all_would_pay_without_the_type() -> None:
    field = Field.of(scored(partner_target=100.0), ECOSYSTEM)
    answers = [answer(field, m) for m in range(6)]
    found = leverages([a.instance for a in answers], [a.portfolio for a in answers])
    for line in found:
        extra = [
            m.substitute_extra_cost
            for a in answers
            for m in a.members
            if m.partner_type == line.partner_type
        ]
        assert line.markets == len(extra)
        assert len(line.stranded) == extra.count(None)
        assert line.regret == pytest.approx(sum(x for x in extra if x is not None))
