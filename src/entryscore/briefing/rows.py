"""One market's answer as rows: gaps, capabilities, evidence, ways of working together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from entryscore.briefing.brief import Brief
from entryscore.language import translated
from entryscore.partners.answer import Answer
from entryscore.partners.ecosystem import Mode, Provision


@dataclass(frozen=True)
class GapRow:
    """Score, target and gap on 0..100; None where the value is missing. `points`: at stake."""

    indicator: str
    name: str
    score: float | None
    target: float | None
    gap: float | None
    weight: float
    kappa: float
    points: float
    capabilities: tuple[str, ...]


@dataclass(frozen=True)
class CapabilityRow:
    """`level`: the coverage aimed at, 0 where none is; `shortfall`: from the setting
    partner_level; `needed_share`: of the draws in which it was needed."""

    code: str
    name: str
    points: float
    needed: bool
    level: float
    coverage: float
    shortfall: float
    needed_share: float | None
    kpi: str


@dataclass(frozen=True)
class EvidenceRow:
    """Who brings what, by which phrase; `supply`: strength times availability."""

    provision: Provision
    supply: float


def gap_rows(brief: Brief, of: Answer) -> list[GapRow]:
    """Every indicator with a weight, the most at stake first, then the largest gap."""
    gaps, market = brief.field.gaps, of.market
    stakes = gaps.stakes(market)
    rows = []
    for i, code in enumerate(gaps.indicators):
        place = float(gaps.place[market, i])
        known = not np.isnan(place)
        target = float(gaps.target[i])
        rows.append(
            GapRow(
                code, brief.field.result.catalogue.called(code),
                100 * place if known else None,
                None if np.isnan(target) else 100 * target,
                100 * float(gaps.gap[market, i]) if known and not np.isnan(target) else None,
                float(gaps.weight[market, i]), float(gaps.kappa[i]), float(stakes[i]),
                tuple(
                    c for c, a in zip(gaps.capabilities, gaps.need[i], strict=True)
                    if a > 0 and gaps.kappa[i] > 0
                ),
            )
        )  # fmt: skip
    return sorted(rows, key=lambda r: (-r.points, -(r.gap or 0.0)))


def not_observed(brief: Brief, of: Answer) -> tuple[str, ...]:
    """Indicators of the table of needs that partners could act on and that have no value here."""
    gaps = brief.field.gaps
    here = ~np.isnan(gaps.place[of.market])
    seen = {name for name, known in zip(gaps.named, here, strict=True) if known and name}
    wanted = dict.fromkeys(n.indicator for n in brief.field.ecosystem.needs if n.addressable > 0)
    return tuple(code for code in wanted if code not in seen)


def capability_rows(brief: Brief, of: Answer) -> list[CapabilityRow]:
    """Every capability with points at stake, the most first."""
    case, coverage, asked = of.instance, of.coverage, brief.asked(of)
    rows = []
    for c in np.flatnonzero(case.points > 0):
        code = case.capabilities[c]
        rows.append(
            CapabilityRow(
                code, brief.capability_name(code), float(case.points[c]), bool(case.needed[c]),
                float(asked[c]), float(coverage[c]), max(0.0, case.level - float(coverage[c])),
                None if of.firmness is None else float(of.firmness.needed[c]),
                translated(brief.capabilities[code].kpi),
            )
        )  # fmt: skip
    return sorted(rows, key=lambda r: -r.points)


def needed_codes(of: Answer) -> tuple[str, ...]:
    case = of.instance
    return tuple(c for c, needed in zip(case.capabilities, case.needed, strict=True) if needed)


def evidence_rows(brief: Brief, of: Answer) -> list[EvidenceRow]:
    """For each chosen type, in the order of approach, what it brings of what is needed (of all
    that is at stake where it brings none of that)."""
    case = of.instance
    column = {code: c for c, code in enumerate(case.capabilities)}
    row = {code: t for t, code in enumerate(case.types)}
    needed = needed_codes(of)
    rows = []
    for member in of.members:
        brought = [
            EvidenceRow(p, float(case.supply[row[p.partner_type], column[p.capability]]))
            for p in brief.field.ecosystem.provisions
            if p.partner_type == member.partner_type and case.points[column[p.capability]] > 0
        ]
        rows += [e for e in brought if e.provision.capability in needed] or brought
    return rows


def modes(brief: Brief, of: Answer) -> list[tuple[Mode, tuple[str, ...]]]:
    """Ways of working together that fit, each with the chosen types it is named for: they bring
    a needed capability the mode serves (or the mode names none)."""
    used = {(e.provision.partner_type, e.provision.capability) for e in evidence_rows(brief, of)}
    found = []
    for mode in brief.field.ecosystem.modes:
        types = tuple(
            m.partner_type for m in of.members
            if m.partner_type in mode.partner_types
            and any(
                t == m.partner_type and (c in mode.capabilities or not mode.capabilities)
                for t, c in used
            )
        )  # fmt: skip
        if types:
            found.append((mode, types))
    return found
