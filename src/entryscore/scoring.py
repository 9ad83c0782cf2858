"""From treated values to scores: orientation, normalisation, aggregation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from entryscore.aggregation import AGGREGATIONS, Aggregated, Missing, aggregate, function_of
from entryscore.case import Case
from entryscore.catalogue import Indicator
from entryscore.language import phrase
from entryscore.normalisation import (
    NORMALISATIONS,
    Bounds,
    is_constant,
    needs_goalposts,
    normalise,
)
from entryscore.problems import Findings
from entryscore.result import Result
from entryscore.tree import Floats


def normalise_values(
    case: Case, treated: Floats, goals: Mapping[str, Floats], live: NDArray[np.intp]
) -> Floats:
    """Oriented, so that higher is better, then normalised; NaN in columns that are not scored."""
    settings, indicators = case.methodology, case.indicators(live)
    signs = np.array([i.sign for i in indicators])
    oriented = treated[:, live] * signs
    low, high = goals["goal_low"][live], goals["goal_high"][live]
    best = np.where(signs > 0, high, -low)
    bounds = Bounds(
        np.where(signs > 0, low, -high), best, case.reference,
        settings.cap, settings.z_mean, settings.z_sd, (settings.scale_low, settings.scale_high),
    )  # fmt: skip
    constant = is_constant(oriented)
    for i, indicator in enumerate(indicators):
        name = case.method(indicator)
        if indicator.code in case.spoilt:
            _check_goals(case, indicator, name)
            continue
        if "data_driven" in NORMALISATIONS[name].properties and constant[i]:
            _report_constant(case, indicator, bool(is_constant(case.table.values[:, [live[i]]])[0]))
            continue
        _check_goals(case, indicator, name)
        if name == "distance_to_target" and best[i] <= np.nanmin(oriented[:, i]):
            case.found.problem(
                case.column_cell(indicator.code, _better_end(indicator)),
                "the target of {code} is not better than the worst market",
                "set a better target", code=indicator.code,
            )  # fmt: skip
        if name == "distance_to_reference" and case.reference is not None:
            _check_reference_value(case, int(live[i]), oriented[:, i])
    normalised = np.full_like(treated, np.nan)
    normalised[:, live] = normalise(oriented, [case.method(i) for i in indicators], bounds)
    for column, indicator in zip(live, indicators, strict=True):
        for market in np.flatnonzero(np.isinf(normalised[:, column])):
            case.found.problem(
                case.cell(market, column), "the score of {code} is infinite under {method}",
                "check the value and the bounds, or choose another normalisation",
                code=indicator.code, method=case.method(indicator),
            )  # fmt: skip
    return normalised


def _report_constant(case: Case, indicator: Indicator, as_read: bool) -> None:
    where, code = case.header(indicator.code), indicator.code
    if case.methodology.constant == "neutral":
        case.found.warn(where, "{code} has one value only: everyone scores mid-scale", code=code)
    elif as_read:
        case.found.problem(
            where, "{code} has one value only, so it cannot tell markets apart",
            "leave the indicator out, use goalposts, or set constant = neutral",
            code=code,
        )  # fmt: skip
    else:
        case.found.problem(
            where, "{code} has one value only after scaling, transform and treatment",
            "change its treatment or transform, use goalposts, or set constant = neutral",
            code=code,
        )  # fmt: skip


def _better_end(indicator: Indicator) -> str:
    return "goal_high" if indicator.sign > 0 else "goal_low"


def _check_goals(case: Case, indicator: Indicator, name: str) -> None:
    ends = ("goal_low", "goal_high") if name != "distance_to_target" else (_better_end(indicator),)
    for end in ends if needs_goalposts(name) else ():
        if getattr(indicator, end) is None:
            case.found.problem(
                case.column_cell(indicator.code, end),
                "{end} of {code} is blank, and {method} needs it",
                "type it, or choose another normalisation",
                end=end, code=indicator.code, method=name,
            )  # fmt: skip


def _check_reference_value(case: Case, column: int, oriented: Floats) -> None:
    market = case.reference
    assert market is not None
    names = {"market": case.table.codes[market], "code": case.catalogue.codes[column]}
    advice = phrase("choose another reference market, or another normalisation for this indicator")
    if np.isnan(oriented[market]):
        what = phrase("the reference market {market} has no value of {code}")
    elif oriented[market] <= np.nanmin(oriented):
        what = phrase("the reference market {market} is the worst in {code}")
    else:
        return
    case.found.problem(case.cell(market, column), what, advice, **names)


def case_of(result: Result) -> Case:
    """The case of a result, to aggregate again; what is found goes nowhere."""
    return Case(result.catalogue, result.table, result.methodology, result.tree, Findings())


def aggregate_nodes(case: Case, weights: Floats, normalised: Floats) -> Aggregated:
    settings, tree = case.methodology, case.tree
    functions = {n: function_of(case.aggregation(n), settings.power) for n in tree.inner}
    groups = case.table.group_positions[0] if settings.group_fill else None
    missing = Missing(settings.missing, settings.min_coverage, groups)
    aggregated = aggregate(tree, weights, normalised, functions, missing)
    for node in tree.inner:
        name = case.aggregation(node)
        refuses = "refuses_negative" in AGGREGATIONS[name].properties
        if not refuses or (name == "power" and settings.power in (None, 1)):
            continue
        below = [c for c in tree.children[node] if weights[c] > 0]
        negative = [c for c in below if np.any(aggregated.scores[..., c] < 0)]
        if negative:
            code = tree.codes[node]
            own = (code, "aggregation") in case.catalogue.origin
            case.found.problem(
                case.column_cell(code, "aggregation") if own else case.setting("aggregation"),
                "{node} has a {name} aggregation, and {child} has negative scores",
                "use arithmetic here, or the normalisation min_max, which gives none",
                node=code, name=name, child=tree.codes[negative[0]],
            )  # fmt: skip
    return aggregated
