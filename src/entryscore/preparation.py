"""From values as read to treated values: gates, denominators, imputation, transform, treatment."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from entryscore.case import Case
from entryscore.imputation import IMPUTATIONS, Relations
from entryscore.language import phrase, say
from entryscore.normalisation import needs_goalposts
from entryscore.result import GateOutcome
from entryscore.transformation import DOMAINS, outside, transform
from entryscore.treatment import TREATMENTS, Limits
from entryscore.tree import Floats, children_by_parent


def outcomes_of_gates(case: Case) -> tuple[GateOutcome, ...]:
    """Gates on values as read; those that are met are not listed."""
    outcomes = []
    for column, indicator in enumerate(case.catalogue.indicators):
        gate = indicator.gate
        if gate is None:
            continue
        texts = case.table.texts.get(indicator.code, (None,) * len(case.table.codes))
        for market, (text, number) in enumerate(
            zip(texts, case.table.values[:, column], strict=True)
        ):
            value = text if np.isnan(number) else float(number)
            if isinstance(value, str) and not gate.is_text:
                case.found.problem(
                    case.cell(market, column), "{text!r} is not a number, and the gate is {gate}",
                    "type a number, or write a gate such as = yes", text=value, gate=gate.condition,
                )  # fmt: skip
            elif value is None:
                drops = indicator.on_missing_gate == "fail"
                outcomes.append(
                    GateOutcome(market, indicator.code, gate.condition, "unverified", drops)
                )
            elif not gate.met(
                f"{value:g}" if gate.is_text and not isinstance(value, str) else value
            ):
                outcomes.append(GateOutcome(market, indicator.code, gate.condition, "failed", True))
    return tuple(sorted(outcomes, key=lambda outcome: outcome.market))


def scale(case: Case) -> Floats:
    """Values divided by their denominators."""
    scaled = case.table.values.astype(float, copy=True)
    codes = case.catalogue.codes
    for column, indicator in enumerate(case.catalogue.indicators):
        code = indicator.scale_by
        if code is None:
            continue
        where = case.column_cell(indicator.code, "scale_by")
        if code not in codes:
            case.found.problem(
                where, "scale_by names {code}, which is no indicator",
                "type the code of an indicator, such as one with the role denominator", code=code,
            )  # fmt: skip
            continue
        below = case.catalogue.position(code)
        by = case.table.values[:, below]
        texts = case.table.texts.get(code, ())
        if any(t is not None and np.isnan(v) for t, v in zip(texts, by, strict=False)):
            case.found.problem(
                where,
                "scale_by names {code}, which holds text",
                "name a column of numbers",
                code=code,
            )
            continue
        for market in np.flatnonzero(by == 0):
            case.spoilt.add(indicator.code)
            case.found.problem(
                case.cell(market, below), "{code} is 0, and other values are divided by it",
                "correct it, or leave the cell empty if the value is not known", code=code,
            )  # fmt: skip
        with np.errstate(over="ignore"):
            scaled[:, column] /= np.where(by == 0, np.nan, by)
        for market in np.flatnonzero(np.isinf(scaled[:, column])):
            case.found.problem(
                case.cell(market, column), "divided by {code} it is infinite",
                "check both values", code=code,
            )  # fmt: skip
    return scaled


def drop_empty(case: Case, scaled: Floats, weights: Floats) -> tuple[Floats, tuple[str, ...]]:
    """Weights with 0 for what has no value at all, and the indicators concerned."""
    tree, found = case.tree, case.found
    used = np.array(weights, dtype=float)
    empty = np.asarray(np.isnan(scaled).all(axis=0))
    dropped = []
    for node in tree.leaves:
        if empty[tree.columns[node]]:
            code = tree.codes[node]
            dropped.append(code)
            used[node] = 0.0
            found.warn(case.header(code), "{code} has no value for any market: left out", code=code)
    spoilt = _report_zero_weights(case, weights)
    for node in tree.inner:
        if np.any(used[tree.children[node]] > 0) or tree.codes[node] in spoilt:
            continue
        if node:
            used[node] = 0.0
            found.warn(
                case.column_cell(tree.codes[node], "code"),
                "{code} has no indicator with a value and a weight: left out",
                code=tree.codes[node],
            )  # fmt: skip
        elif not (spoilt or case.troubled):
            found.problem("Markets", "no indicator with a weight has a value", "type some values")
    return used, tuple(dropped)


def _report_zero_weights(case: Case, weights: Floats) -> set[str]:
    """The parents whose children all have a weight of 0, those in a circle included."""
    spoilt = set()
    for parent, children in children_by_parent(case.catalogue).items():
        known = [
            weights[case.tree.position(code)] if code in case.tree else
            case.catalogue.node(code).weight
            for code in children
        ]  # fmt: skip
        if not any(weight > 0 for weight in known):
            spoilt.add(parent)
            case.found.problem(
                case.column_cell(children[0], "weight"), "all weights under {parent} are 0",
                "give at least one of them a weight", parent=parent,
            )  # fmt: skip
    return spoilt


def impute(case: Case, scaled: Floats, live: NDArray[np.intp]) -> Floats:
    name = case.methodology.imputation
    if name == "none":
        return scaled
    indicators = case.indicators(live)
    parents = np.array([i.parent for i in indicators])
    relations = Relations(
        case.table.group_positions[0],
        [np.flatnonzero(parents == parent) for parent in dict.fromkeys(parents)],
        np.array([i.sign for i in indicators]),
    )
    imputed = scaled.copy()
    imputed[:, live] = IMPUTATIONS[name].function(scaled[:, live], relations)
    for column, indicator in zip(live, indicators, strict=True):
        left = int(np.isnan(imputed[:, column]).sum())
        if left:
            case.found.warn(
                case.header(indicator.code),
                "{code}: {method} finds nothing to go by, and leaves missing values: {count}",
                count=left, code=indicator.code, method=name,
            )  # fmt: skip
    return imputed


def transform_values(
    case: Case, imputed: Floats, live: NDArray[np.intp]
) -> tuple[Floats, Mapping[str, Floats]]:
    """Values, and the goalposts by end, (indicators), in the same terms."""
    transformed = imputed.copy()
    goals = {}
    advice = phrase("correct it, or choose another transform: {name} takes {domain}")
    for end in ("goal_low", "goal_high"):
        typed = [getattr(i, end) for i in case.catalogue.indicators]
        goals[end] = np.array([np.nan if goal is None else goal for goal in typed], dtype=float)
    for column, indicator in zip(live, case.indicators(live), strict=True):
        name = indicator.transform
        if name == "none":
            continue
        for market in np.flatnonzero(outside(imputed[:, column], name)):
            case.spoilt.add(indicator.code)
            case.found.problem(
                case.cell(market, column), "{value:g} has no {name}", advice,
                value=imputed[market, column], name=name, domain=say(DOMAINS[name]),
            )  # fmt: skip
        transformed[:, column] = transform(imputed[:, column], name)
        for end, goal in goals.items():
            if outside(goal[column], name):
                case.found.problem(
                    case.column_cell(indicator.code, end), "{value:g} has no {name}", advice,
                    value=goal[column], name=name, domain=say(DOMAINS[name]),
                )  # fmt: skip
            goal[column] = transform(goal[column], name)
    return transformed, goals


def treat(case: Case, transformed: Floats, live: NDArray[np.intp]) -> tuple[Floats, dict[str, str]]:
    """Treated values, and what was done to which indicator."""
    settings = case.methodology
    limits: Limits = (settings.skew_limit, settings.kurtosis_limit, settings.winsorise_max)
    treated, done = transformed.copy(), {}
    chosen = _chosen_treatments(case, live)
    for name in dict.fromkeys(chosen.values()):
        columns = [column for column, other in chosen.items() if other == name]
        treated[:, columns] = TREATMENTS[name].function(transformed[:, columns], limits)
    for column in chosen:
        before, after = transformed[:, column], treated[:, column]
        changed = np.flatnonzero(~np.isnan(before) & (before != after))
        if changed.size:  # a winsorised value is another market's, a logarithm is not
            logged = not np.any(before == after[changed[0]])
            done[case.catalogue.codes[column]] = "log" if logged else f"winsorised {changed.size}"
    _report_untreated(case, chosen, done)
    return treated, done


def _chosen_treatments(case: Case, live: NDArray[np.intp]) -> dict[int, str]:
    """The treatment of each column that may be treated."""
    chosen = {}
    for column, indicator in zip(live, case.indicators(live), strict=True):
        name = indicator.treatment or case.methodology.treatment
        if name == "none":
            continue
        if not needs_goalposts(case.method(indicator)):
            chosen[int(column)] = name
        elif indicator.treatment:
            case.found.warn(
                case.column_cell(indicator.code, "treatment"),
                "{code} is not treated: its scale is fixed by goalposts ({method})",
                code=indicator.code, method=case.method(indicator),
            )  # fmt: skip
    return chosen


def _report_untreated(case: Case, chosen: Mapping[int, str], done: Mapping[str, str]) -> None:
    by_setting = False
    for column, name in chosen.items():
        indicator = case.catalogue.indicators[column]
        if not indicator.treatment:
            by_setting |= indicator.code in done
        elif indicator.code not in done:
            case.found.warn(
                case.column_cell(indicator.code, "treatment"),
                "the treatment {name} finds nothing to treat in {code}",
                name=name, code=indicator.code,
            )  # fmt: skip
    if case.methodology.treatment != "none" and not by_setting:
        case.found.warn(
            case.setting("treatment"), "the treatment {name} finds nothing to treat",
            name=case.methodology.treatment,
        )  # fmt: skip
