"""A market's gaps to the targets, the points at stake, and the score if partners closed them.

Places are 0..1: an indicator's normalised score on its scale, or between the lowest and highest
market for methods with units of their own. Formulas: README of indicators/partners.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from entryscore.contribution import spread_weights
from entryscore.normalisation import NORMALISATIONS
from entryscore.partners.ecosystem import Ecosystem, Need
from entryscore.result import Result
from entryscore.scoring import aggregate_nodes, case_of
from entryscore.tree import Floats

_AT_ONCE = 64  # portfolios scored in one block


@dataclass(frozen=True, eq=False)
class Scale:
    """Where the places of the I indicators with a weight lie: score = low + place · span (I)."""

    columns: np.ndarray
    low: Floats
    span: Floats

    def places(self, result: Result) -> Floats:
        """(markets × I); NaN where nothing is observed."""
        scores = result.normalised[:, self.columns]
        with np.errstate(invalid="ignore"):
            places = (scores - self.low) / self.span
        return np.where(np.isnan(result.scaled[:, self.columns]), np.nan, places)


@dataclass(frozen=True, eq=False)
class Gaps:
    """Of all markets (M) at once: I indicators with a weight, C capabilities.

    place, gap (M × I), NaN where not observed; target, kappa (I); need (I × C): A;
    weight (M × I): re-spread effective weight; capabilities: their codes.
    """

    result: Result
    scale: Scale
    indicators: tuple[str, ...]
    capabilities: tuple[str, ...]
    place: Floats
    target: Floats
    gap: Floats
    weight: Floats
    kappa: Floats
    need: Floats
    named: tuple[str, ...]  # as the table of needs names each indicator: itself or its proxied one

    def closing(self, need: Floats | None = None) -> Floats:
        """(I × C) A / max(1, Σ A): the part of a gap each capability closes."""
        need = self.need if need is None else need
        return np.asarray(need / np.maximum(1.0, need.sum(axis=1, keepdims=True)))

    def stakes(self, market: int) -> Floats:
        """(I) points at stake by indicator: 100 w κ g."""
        return np.asarray(100 * self.weight[market] * self.kappa * np.nan_to_num(self.gap[market]))

    def points(self, market: int) -> Floats:
        """(C) points at stake by capability."""
        return np.asarray(self.stakes(market) @ self.closing())


def gaps_of(result: Result, ecosystem: Ecosystem) -> Gaps:
    """Gaps to the column `target`, else to the setting `partner_target`."""
    tree, catalogue = result.tree, result.catalogue
    live = np.array([n for n in tree.leaves if result.effective[n] > 0], dtype=int)
    columns = tree.columns[live]
    indicators = [catalogue.indicators[c] for c in columns]
    scale = _scale(result, columns)
    place = scale.places(result)
    target = _targets(result, place, columns)
    needs = _needs_by_indicator(ecosystem)
    known = [needs.get(i.code) or needs.get(i.proxy_for or "") or {} for i in indicators]
    capabilities = tuple(c.code for c in ecosystem.capabilities)
    position = {code: k for k, code in enumerate(capabilities)}
    need = np.zeros((len(live), len(capabilities)))
    kappa = np.zeros(len(live))
    for row, rows in enumerate(known):
        for code, item in rows.items():
            if code in position:
                need[row, position[code]] = item.need
                kappa[row] = item.addressable
    named = tuple(
        i.code if i.code in needs else i.proxy_for if i.proxy_for in needs else ""
        for i in indicators
    )
    return Gaps(
        result, scale, tuple(i.code for i in indicators), capabilities, place, target,
        np.maximum(0.0, target - place), spread_weights(result)[:, live], kappa, need,
        tuple(name or "" for name in named),
    )  # fmt: skip


def _needs_by_indicator(ecosystem: Ecosystem) -> Mapping[str, dict[str, Need]]:
    found: dict[str, dict[str, Need]] = {}
    for item in ecosystem.needs:
        found.setdefault(item.indicator, {})[item.capability] = item
    return found


def _scale(result: Result, columns: np.ndarray) -> Scale:
    settings = result.methodology
    low = np.full(len(columns), settings.scale_low)
    span = np.full(len(columns), settings.scale_high - settings.scale_low)
    for i, column in enumerate(columns):
        method = settings.normalisation_of(result.catalogue.indicators[column])
        if "own_scale" in NORMALISATIONS[method].properties:
            scores = result.normalised[:, column]
            low[i] = np.nanmin(scores)
            span[i] = np.nanmax(scores) - low[i]
    return Scale(columns, low, np.where(span > 0, span, np.nan))


def _targets(result: Result, place: Floats, columns: np.ndarray) -> Floats:
    setting = result.methodology.partner_target
    targets = np.full(len(columns), np.nan)
    for i, column in enumerate(columns):
        own = result.catalogue.indicators[column].target
        ranked = place[result.ranked, i]
        ranked = ranked[~np.isnan(ranked)]
        if own is not None:
            targets[i] = own / 100
        elif setting != "p75":
            targets[i] = float(setting) / 100
        elif ranked.size:
            targets[i] = np.percentile(ranked, 75)
    return targets


def is_plain(result: Result) -> bool:
    """Whether uplift is Σ points · coverage: weighted means throughout, on a scale of 100."""
    settings, columns = result.methodology, result.tree.columns[result.tree.leaves]
    methods = {settings.normalisation_of(result.catalogue.indicators[c]) for c in columns}
    own_units = any("own_scale" in NORMALISATIONS[m].properties for m in methods)
    means = all(result.aggregation(node) == "arithmetic" for node in result.tree.inner)
    span = settings.scale_high - settings.scale_low
    return means and not own_units and span == 100 and not result.filled.any()


def rescored(gaps: Gaps, market: int, coverage: Floats) -> Floats:
    """(…) score of the market with x' = x + κ g · (coverage of the indicator), coverages (…, C);
    targets, bounds and every other market as in the base run."""
    result = gaps.result
    lift = gaps.kappa * np.nan_to_num(gaps.gap[market]) * np.nan_to_num(gaps.scale.span)
    flat = coverage.reshape(-1, coverage.shape[-1])
    raised = flat @ gaps.closing().T * lift
    case = case_of(result)
    apart = not result.methodology.group_fill and all(
        case.aggregation(node) != "copeland" for node in result.tree.inner
    )
    rows = np.array([market]) if apart else np.arange(len(result.score))
    here = int(np.flatnonzero(rows == market)[0])
    scores = np.empty(len(flat))
    for start in range(0, len(flat), _AT_ONCE):
        block = raised[start : start + _AT_ONCE]
        table = np.repeat(result.normalised[None, rows], len(block), axis=0)
        table[:, here, gaps.scale.columns] += block
        found = aggregate_nodes(case, result.weights, table)
        scores[start : start + _AT_ONCE] = found.scores[:, here, 0]
    return scores.reshape(coverage.shape[:-1])
