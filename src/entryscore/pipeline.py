"""The construction of an index, step by step, from values as read to ranks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from entryscore import diagnosis
from entryscore.aggregation import Aggregated, Missing, aggregate, function_of
from entryscore.catalogue import Catalogue, Indicator
from entryscore.imputation import IMPUTATIONS, Relations
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.normalisation import (
    NEEDS_GOALPOSTS,
    NORMALISATIONS,
    Bounds,
    is_constant,
    normalise,
)
from entryscore.problems import Findings
from entryscore.ranking import ranks_of
from entryscore.result import GateOutcome, Result
from entryscore.transformation import DOMAINS, outside, transform
from entryscore.treatment import TREATMENTS, Limits
from entryscore.tree import Floats, Tree, build_tree

_TOLERANCE = 1e-9
_NOT_NEGATIVE = ("geometric", "harmonic", "power")


def score(
    catalogue: Catalogue,
    table: MarketTable,
    methodology: Methodology | None = None,
    *,
    weights: Floats | None = None,
    scenario: str = "base",
) -> Result:
    """Scores and ranks; InputError lists everything that is wrong with the input."""
    findings = Findings()
    result = construct(
        catalogue, table, methodology or Methodology(), findings, weights=weights, scenario=scenario
    )
    findings.raise_if_any()
    assert result is not None  # nothing was wrong
    return result


def construct(
    catalogue: Catalogue,
    table: MarketTable,
    methodology: Methodology,
    findings: Findings,
    *,
    weights: Floats | None = None,
    scenario: str = "base",
) -> Result | None:
    """The same, reporting into `findings`; None where a problem was found."""
    tree = build_tree(catalogue)
    found = Findings()
    case = _Case(catalogue, table, methodology, tree, found)
    if not table.codes:
        findings.problem("Markets", "no market is included", "add a row per market")
        return None
    case.check_settings()

    gates = _test_gates(case)
    scaled = _scale(case)
    used, dropped = _drop_empty(case, scaled, tree.declared if weights is None else weights)
    live = np.array([c for c in case.columns if catalogue.codes[c] not in dropped], dtype=int)
    imputed = _impute(case, scaled, live)
    transformed, goals = _transform(case, imputed, live)
    treated, treatment = _treat(case, transformed, live)
    normalised = _normalise(case, treated, goals, live)
    aggregated = _aggregate(case, used, normalised)
    coverage = _coverage(tree, used, scaled)
    ranked = _ranked(case, aggregated.scores[:, 0], coverage, gates)
    ranks = ranks_of(methodology.rounded(aggregated.scores[:, 0]), ranked)

    diagnosis.warn_of_scores(case, used, normalised, aggregated.scores, live)
    findings.extend(found)
    if found.problems:
        return None
    unknown = np.full(len(table.codes), np.nan)
    stages = (
        scaled,
        imputed,
        transformed,
        treated,
        normalised,
        used,
        coverage,
        ranked,
        ranks,
        unknown,
    )
    for stage in (*stages, aggregated.scores, aggregated.filled, aggregated.coverage):
        stage.setflags(write=False)
    return Result(
        catalogue=catalogue, tree=tree, table=table, methodology=methodology, scenario=scenario,
        weights=used, scaled=scaled, imputed=imputed, transformed=transformed, treated=treated,
        normalised=normalised, scores=aggregated.scores, filled=aggregated.filled,
        node_coverage=aggregated.coverage, coverage=coverage, gates=gates, ranked=ranked,
        ranks=ranks, rank_low=unknown, rank_high=unknown, treatment=treatment, dropped=dropped,
        warnings=findings.warnings,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Case:
    """What every step looks at, and where it reports."""

    catalogue: Catalogue
    table: MarketTable
    methodology: Methodology
    tree: Tree
    found: Findings
    spoilt: set[str] = field(default_factory=set)  # indicators with a problem; no more about them

    @cached_property
    def columns(self) -> NDArray[np.intp]:
        """The indicators of the tree, as columns of values."""
        return self.tree.columns[self.tree.leaves]

    def indicators(self, columns: Iterable[int]) -> list[Indicator]:
        return [self.catalogue.indicators[c] for c in columns]

    def method(self, indicator: Indicator) -> str:
        return indicator.normalisation or self.methodology.normalisation

    def aggregation(self, node: int) -> str:
        own: str | None = getattr(self.catalogue.node(self.tree.codes[node]), "aggregation", None)
        return own or self.methodology.aggregation

    def header(self, code: str) -> str:
        return self.table.headers.get(code) or self.catalogue.origin.where((code, "code"))

    def setting(self, *names: str) -> str:
        return self.methodology.origin.where(*((name,) for name in names))

    def cell(self, market: int | np.intp, column: int) -> str:
        return self.table.where(self.table.codes[market], self.catalogue.codes[column])

    def column_cell(self, code: str, column: str) -> str:
        return self.catalogue.origin.where((code, column), (column,))

    def check_settings(self) -> None:
        settings, found = self.methodology, self.found
        methods = {self.method(i) for i in self.indicators(self.columns)}
        aggregations = {self.aggregation(node) for node in self.tree.inner}
        if settings.scale_low >= settings.scale_high:
            found.problem(
                self.setting("scale_high", "scale_low"),
                "scale_high is {high:g} and scale_low {low:g}", "put the higher one in scale_high",
                high=settings.scale_high, low=settings.scale_low,
            )  # fmt: skip
        if "power" in aggregations and settings.power is None:
            found.problem(
                self.setting("power", "aggregation"),
                "aggregation is power, and the setting power is blank", "type the exponent",
            )  # fmt: skip
        if settings.missing == "zero" and ("copeland" in aggregations or "z_score" in methods):
            found.problem(
                self.setting("missing"),
                "missing = zero with {method}, where 0 is the middle of the table",
                "use reweight or exclude",
                method="copeland" if "copeland" in aggregations else "z_score",
            )
        if "distance_to_reference" in methods:
            self._check_reference()

    def _check_reference(self) -> None:
        code = self.methodology.reference_market
        if code is None:
            self.found.problem(
                self.setting("reference_market", "normalisation"),
                "distance_to_reference needs a reference market", "type its code",
            )  # fmt: skip
        elif self.reference is None:
            self.found.problem(
                self.setting("reference_market"),
                "{code} is not among the markets", "type the code of a market", code=code,
            )  # fmt: skip

    @property
    def reference(self) -> int | None:
        code = self.methodology.reference_market
        return self.table.codes.index(code) if code in self.table.codes else None


def _test_gates(case: _Case) -> tuple[GateOutcome, ...]:
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


def _scale(case: _Case) -> Floats:
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


def _drop_empty(case: _Case, scaled: Floats, weights: Floats) -> tuple[Floats, tuple[str, ...]]:
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
    for node in tree.inner:
        below = tree.children[node]
        if below.size and not np.any(weights[below] > 0):
            found.problem(
                case.column_cell(tree.codes[below[0]], "weight"),
                "all weights under {parent} are 0", "give at least one of them a weight",
                parent=tree.codes[node],
            )  # fmt: skip
        elif np.any(used[below] > 0):
            continue
        elif node:
            used[node] = 0.0
            found.warn(
                case.column_cell(tree.codes[node], "code"),
                "{code} has no indicator with a value and a weight: left out",
                code=tree.codes[node],
            )  # fmt: skip
        else:
            found.problem("Markets", "no indicator with a weight has a value", "type some values")
    return used, tuple(dropped)


def _impute(case: _Case, scaled: Floats, live: NDArray[np.intp]) -> Floats:
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


def _transform(
    case: _Case, imputed: Floats, live: NDArray[np.intp]
) -> tuple[Floats, Mapping[str, Floats]]:
    """Values, and the goalposts by end, (indicators), in the same terms."""
    transformed = imputed.copy()
    goals = {}
    advice = "correct it, or choose another transform: {name} takes {domain}"
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
                value=imputed[market, column], name=name, domain=DOMAINS[name],
            )  # fmt: skip
        transformed[:, column] = transform(imputed[:, column], name)
        for end, goal in goals.items():
            if outside(goal[column], name):
                case.found.problem(
                    case.column_cell(indicator.code, end), "{value:g} has no {name}", advice,
                    value=goal[column], name=name, domain=DOMAINS[name],
                )  # fmt: skip
            goal[column] = transform(goal[column], name)
    return transformed, goals


def _treat(
    case: _Case, transformed: Floats, live: NDArray[np.intp]
) -> tuple[Floats, dict[str, str]]:
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


def _chosen_treatments(case: _Case, live: NDArray[np.intp]) -> dict[int, str]:
    """The treatment of each column that may be treated."""
    chosen = {}
    for column, indicator in zip(live, case.indicators(live), strict=True):
        name = indicator.treatment or case.methodology.treatment
        if name == "none":
            continue
        if case.method(indicator) not in NEEDS_GOALPOSTS:
            chosen[int(column)] = name
        elif indicator.treatment:
            case.found.warn(
                case.column_cell(indicator.code, "treatment"),
                "{code} is not treated: its scale is fixed by goalposts ({method})",
                code=indicator.code, method=case.method(indicator),
            )  # fmt: skip
    return chosen


def _report_untreated(case: _Case, chosen: Mapping[int, str], done: Mapping[str, str]) -> None:
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


def _normalise(
    case: _Case, treated: Floats, goals: Mapping[str, Floats], live: NDArray[np.intp]
) -> Floats:
    """Oriented, so that higher is better, then normalised; NaN in columns that are not scored."""
    settings, indicators = case.methodology, case.indicators(live)
    signs = np.array([i.sign for i in indicators])
    oriented = treated[:, live] * signs
    low, high = goals["goal_low"][live], goals["goal_high"][live]
    bounds = Bounds(
        np.where(signs > 0, low, -high), np.where(signs > 0, high, -low), case.reference,
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
        if name == "distance_to_target" and bounds.best[i] <= np.nanmin(oriented[:, i]):  # type: ignore[index]
            case.found.problem(
                case.column_cell(indicator.code, _better_end(indicator)),
                "the target of {code} is not better than the worst market",
                "set a better target", code=indicator.code,
            )  # fmt: skip
        if name == "distance_to_reference" and case.reference is not None:
            _check_reference_value(case, int(live[i]), oriented[:, i])
    normalised = np.full_like(treated, np.nan)
    normalised[:, live] = normalise(oriented, [case.method(i) for i in indicators], bounds)
    return normalised


def _report_constant(case: _Case, indicator: Indicator, as_read: bool) -> None:
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


def _check_goals(case: _Case, indicator: Indicator, name: str) -> None:
    ends = ("goal_low", "goal_high") if name != "distance_to_target" else (_better_end(indicator),)
    for end in ends if name in NEEDS_GOALPOSTS else ():
        if getattr(indicator, end) is None:
            case.found.problem(
                case.column_cell(indicator.code, end),
                "{end} of {code} is blank, and {method} needs it",
                "type it, or choose another normalisation",
                end=end, code=indicator.code, method=name,
            )  # fmt: skip


def _check_reference_value(case: _Case, column: int, oriented: Floats) -> None:
    market = case.reference
    assert market is not None
    names = {"market": case.table.codes[market], "code": case.catalogue.codes[column]}
    advice = "choose another reference market, or another normalisation for this indicator"
    if np.isnan(oriented[market]):
        what = "the reference market {market} has no value of {code}"
    elif oriented[market] <= np.nanmin(oriented):
        what = "the reference market {market} is the worst in {code}"
    else:
        return
    case.found.problem(case.cell(market, column), what, advice, **names)


def _aggregate(case: _Case, weights: Floats, normalised: Floats) -> Aggregated:
    settings, tree = case.methodology, case.tree
    functions = {n: function_of(case.aggregation(n), settings.power) for n in tree.inner}
    groups = case.table.group_positions[0] if settings.group_fill else None
    missing = Missing(settings.missing, settings.min_coverage, groups)
    aggregated = aggregate(tree, weights, normalised, functions, missing)
    for node in tree.inner:
        name = case.aggregation(node)
        if name not in _NOT_NEGATIVE or (name == "power" and settings.power in (None, 1)):
            continue
        below = [c for c in tree.children[node] if weights[c] > 0]
        negative = [c for c in below if np.any(aggregated.scores[:, c] < 0)]
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


def _coverage(tree: Tree, weights: Floats, scaled: Floats) -> Floats:
    """(markets) share of effective indicator weight observed."""
    effective = tree.effective(weights)[tree.leaves]
    observed = ~np.isnan(scaled[:, tree.columns[tree.leaves]])
    total = effective.sum()
    return np.asarray((observed * effective).sum(axis=1) / (total if total > 0 else np.nan))


def _ranked(
    case: _Case, scores: Floats, coverage: Floats, gates: tuple[GateOutcome, ...]
) -> NDArray[np.bool_]:
    ranked = ~np.isnan(scores) & (coverage >= case.methodology.min_total_coverage - _TOLERANCE)
    ranked[[gate.market for gate in gates if gate.drops]] = False
    return np.asarray(ranked)
