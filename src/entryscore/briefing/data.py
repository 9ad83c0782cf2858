"""The answer for machines: json and csv in full precision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from entryscore import output
from entryscore.briefing.brief import Brief
from entryscore.briefing.rows import (
    capability_rows,
    evidence_rows,
    gap_rows,
    modes,
    not_observed,
)
from entryscore.briefing.words import COUNTRY, dependence, notes
from entryscore.language import say
from entryscore.partners.answer import Answer, Member
from entryscore.partners.credit import DEPENDENT
from entryscore.partners.instance import describe
from entryscore.partners.portfolio import Portfolio
from entryscore.partners.programme import ONCE
from entryscore.problems import Problem

CSV_COLUMNS = (
    "code", "name", "base_rank", "base_score", "adjusted_score", "ceiling", "portfolio_cost",
    "portfolio_months", "step", "partner_type", "partner_name", "engagement", "cost", "months",
    "ready", "credit", "share", "core", "substitute", "substitute_extra_cost",
)  # fmt: skip


def as_json(brief: Brief, *, sha256: str | None, warnings: Iterable[Problem] = ()) -> str:
    result, question = brief.field.result, brief.question
    settings = result.methodology.plain().items()
    return output.dump(
        sha256,
        scenario=result.scenario,
        settings={key: output.plain(value) for key, value in settings},
        warnings=[warning.as_dict() for warning in warnings],
        question={
            "budget": question.budget, "deadline": _finite(question.deadline),
            "draws": question.draws, "markets": "named" if question.named else "shortlist",
        },
        statement=say(COUNTRY),
        assumptions=notes(brief),
        markets=[_market(brief, place) for place in range(len(brief.answers))],
        programmes=_programmes(brief),
        leverage=[
            {
                "partner_type": x.partner_type, "markets": x.markets, "regret": x.regret,
                "stranded": [brief.code(brief.answers[i]) for i in x.stranded],
            }
            for x in brief.leverage
        ],
    )  # fmt: skip


def _finite(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else float(value)


def _market(brief: Brief, place: int) -> dict[str, Any]:
    of = brief.answers[place]
    case = of.instance
    found: dict[str, Any] = {
        "code": brief.code(of),
        "name": brief.field.result.table.names[of.market],
        "base_rank": brief.rank(of),
        "base_score": _finite(of.base_score),
        "adjusted_score": _finite(of.adjusted_score),
        "ceiling": _finite(of.ceiling),
        "cost": of.cost,
        "months": brief.months(of),
        "all_ready": brief.all_ready(of),
        "bound": _finite(of.portfolio.bound),
        "portfolio": [_member(brief, of, member) for member in of.members],
        "capabilities": [
            {
                "code": r.code, "points": r.points, "needed": r.needed, "level": r.level,
                "coverage": r.coverage, "shortfall": r.shortfall, "needed_share": r.needed_share,
                "kpi": r.kpi or None,
            }
            for r in capability_rows(brief, of)
        ],
        "gaps": [
            {
                "indicator": r.indicator, "score": r.score, "target": r.target, "gap": r.gap,
                "weight": r.weight, "kappa": r.kappa, "points": r.points,
                "capabilities": list(r.capabilities),
            }
            for r in gap_rows(brief, of)
        ],
        "irreplaceable": list(of.irreplaceable),
        "not_assessable": list(of.not_assessable),
        "not_observed": list(not_observed(brief, of)),
        "kappa_observed": of.kappa_observed,
        "availability_assumed": list(brief.assumed(of)),
        "hhi": of.concentration if of.members else None,
        "dependent": of.concentration > DEPENDENT if of.members else None,
        "dependence": dependence(of.concentration, len(of.members)) if of.members else None,
        "options": [{"partner_type": code, "share": share} for code, share in of.options],
        "alternatives": [_alternative(of, p) for p in of.alternatives],
        "order": _order(of),
        "evidence": [
            {
                "partner_type": e.provision.partner_type, "capability": e.provision.capability,
                "strength": e.provision.strength, "supply": e.supply,
                "basis": e.provision.basis or None, "quote_zh": e.provision.quote or None,
                "quote_en": e.provision.quote_en or None,
            }
            for e in evidence_rows(brief, of)
        ],
        "modes": [
            {
                "code": mode.code, "name": mode.name or None, "name_zh": mode.name_zh or None,
                "quote_zh": mode.quote or None, "partner_types": list(types),
            }
            for mode, types in modes(brief, of)
        ],
    }  # fmt: skip
    if brief.frontiers:
        found["frontier"] = [
            {"months": _finite(months), "cost": p.cost, "types": list(describe(case, p.chosen))}
            for months, p in brief.frontiers[place]
        ]
    return found


def _member(brief: Brief, of: Answer, member: Member) -> dict[str, Any]:
    return {
        "partner_type": member.partner_type,
        "name": brief.types[member.partner_type].name or None,
        "engagement": brief.types[member.partner_type].engagement,
        "cost": member.cost,
        "months": member.months,
        "ready": member.ready,
        "step": member.generation + 1,
        "share": member.share,
        "core": member.core,
        "credit": member.credit,
        "substitute": _substitute(member),
        "substitute_extra_cost": member.substitute_extra_cost,
        "uplift_lost": member.uplift_lost,
        "availability": float(
            brief.field.supply.available[of.market, of.instance.types.index(member.partner_type)]
        ),
    }


def _substitute(member: Member) -> str | None:
    """The types that come in; None where the type is irreplaceable."""
    return None if member.substitute_extra_cost is None else " + ".join(member.substitute)


def _alternative(of: Answer, portfolio: Portfolio) -> dict[str, Any]:
    uplift = float(of.instance.uplift(portfolio.chosen))
    return {
        "types": list(describe(of.instance, portfolio.chosen)),
        "cost": portfolio.cost,
        "adjusted_score": of.base_score + uplift,
    }


def _order(of: Answer) -> list[list[str]]:
    """The types by step: those of a step can be approached at once."""
    steps: dict[int, list[str]] = {}
    for member in of.members:
        steps.setdefault(member.generation, []).append(member.partner_type)
    return [steps[step] for step in sorted(steps)]


def _programmes(brief: Brief) -> list[dict[str, Any]]:
    programme = brief.programme
    if programme is None:
        return []
    types = brief.answers[0].instance.types
    chosen = [
        {
            "partner_type": types[p],
            "markets": [
                brief.code(brief.answers[i]) for i in np.flatnonzero(programme.chosen[:, p])
            ],
        }
        for p in np.flatnonzero(programme.chosen.any(axis=0))
    ]
    return [
        {
            "types": chosen, "cost": programme.cost, "separate_cost": programme.separate,
            "saved": programme.saved, "bound": programme.bound, "paid_once": ONCE,
            "unshared_cost": sum(a.cost for a in brief.answers),
        }
    ]  # fmt: skip


def as_csv(brief: Brief) -> str:
    """A row per market and chosen type; a market without any has one row, its type blank."""
    rows = [row for of in brief.answers for row in _csv_rows(brief, of)]
    return output.frame_csv(pd.DataFrame(rows, columns=list(CSV_COLUMNS), dtype=object))


def _csv_rows(brief: Brief, of: Answer) -> list[dict[str, object]]:
    market: dict[str, object] = {
        "code": brief.code(of), "name": brief.field.result.table.names[of.market],
        "base_rank": brief.rank(of), "base_score": of.base_score,
        "adjusted_score": of.adjusted_score, "ceiling": of.ceiling, "portfolio_cost": of.cost,
        "portfolio_months": brief.months(of),
    }  # fmt: skip
    if not of.members:
        return [market]
    return [
        market | {
            "step": m.generation + 1, "partner_type": m.partner_type,
            "partner_name": brief.types[m.partner_type].name,
            "engagement": brief.types[m.partner_type].engagement, "cost": m.cost,
            "months": m.months, "ready": m.ready, "credit": m.credit, "share": m.share,
            "core": m.core, "substitute": _substitute(m),
            "substitute_extra_cost": m.substitute_extra_cost,
        }
        for m in of.members
    ]  # fmt: skip
