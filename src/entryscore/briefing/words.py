"""What may be claimed, in words; the same sentences stand in the text, the json and the sheet."""

from __future__ import annotations

import numpy as np

from entryscore.briefing.brief import Brief
from entryscore.partners.assumptions import CORE, OPTION, SPREAD, TARGET_SPREAD
from entryscore.partners.credit import DEPENDENT
from entryscore.partners.gaps import is_plain
from entryscore.partners.programme import ONCE

COUNTRY = (
    "The country does not change; this is how much of its disadvantage partners could spare us."
)
ANTI_CORRUPTION = (
    "{types}: engage, never pay. The cost shown is our own staff time; anti-corruption rules "
    "bind every contact (no payments, gifts or favours to officials)."
)
_TABLES = {
    "PartnerTypes": "costs and months",
    "Provides": "strengths",
    "Needs": "A (what a capability closes of a gap) and κ (how far partners can spare us a gap)",
}


def notes(brief: Brief) -> list[str]:
    """The assumptions behind every number, and what the numbers are not."""
    found = [_exact(brief), _proposals(brief), *_index(brief), _targets(brief), _draws(brief)]
    assumed = {code for a in brief.answers for code in brief.assumed(a)}
    if assumed:
        names = ", ".join(brief.type_name(code) for code in brief.types if code in assumed)
        found.append(
            f"Availability is taken as 1 where nobody stated it (sheet Partners): {names}."
        )
    found.append(
        "Uplift grows with the gap, so weak markets gain most: read an adjusted score beside the "
        "base rank. Lifting one market alone gives a score, no rank (score --partners lifts and "
        "ranks all)."
    )
    if brief.engaged:
        found.append(anti_corruption(brief))
    return found


def anti_corruption(brief: Brief) -> str:
    return ANTI_CORRUPTION.format(types=", ".join(map(brief.type_name, brief.engaged)))


def _exact(brief: Brief) -> str:
    question, level = brief.question, brief.field.result.methodology.partner_level
    late = f", ready by month {question.deadline:g}" if np.isfinite(question.deadline) else ""
    if question.budget is not None:
        return (
            f"Each portfolio has the largest total of points for a cost of at most "
            f"{question.budget:g} per market{late}: exact under the stated assumptions, by the "
            "solver's bound."
        )
    return (
        f"Each portfolio is the cheapest that covers every needed capability to {level:.0%}{late} "
        "(or to 0.9 of what can be reached, where that is less): exact under the stated "
        "assumptions, by the solver's bound."
    )


def _proposals(brief: Brief) -> str:
    own = brief.field.ecosystem.own
    bundled = [words for sheet, words in _TABLES.items() if sheet not in own]
    lead = "Strengths, costs, months, A and κ are the workbook's own. "
    if bundled:
        listed = ", ".join(bundled)
        lead = f"{listed[:1].upper()}{listed[1:]} are proposals of the bundled tables. "
    return (
        lead + "A strength is the strength of evidence in the document, not a measured effect. "
        "Costs are an index on one scale for all types, not money."
    )


def _index(brief: Brief) -> list[str]:
    if is_plain(brief.field.result):
        return []
    return [
        "Points are hundredths of an indicator's range, weighted; adjusted scores and credits "
        "come from scoring the market again, with targets and bounds as in the base run, and are "
        "in the units of the score."
    ]


def _targets(brief: Brief) -> str:
    setting = brief.field.result.methodology.partner_target
    general = (
        "the 75th percentile of the ranked markets" if setting == "p75" else f"a score of {setting}"
    )
    typed = [
        brief.field.result.catalogue[i].target is not None for i in brief.field.gaps.indicators
    ]
    if all(typed):
        return "Targets are those of the column target."
    blank = " where the column target is blank" if any(typed) else ""
    return f"Targets are {general}{blank} (setting partner_target)."


def _draws(brief: Brief) -> str:
    draws = brief.question.draws
    if not draws:
        return "No draws of the assumptions were made: how firm a portfolio is was not tested."
    return (
        f"Shares are of the optimal portfolios over {draws} draws of every assumption "
        f"(±{SPREAD:.0%}, targets ±{TARGET_SPREAD:.0%}): core from {CORE:.0%}, option from "
        f"{OPTION:.0%}."
    )


def programme_rule() -> str:
    return (
        f"Of a type's cost {ONCE:.0%} is paid once for all markets that use it, the rest in each "
        "(a proposal, like the costs)."
    )


def dependence(concentration: float, partners: int) -> str:
    """How far the uplift hangs on few; below six partners the index is always above the flag."""
    if partners == 1:
        return "Dependence: the whole uplift hangs on one type."
    flag = "hangs on few types" if concentration > DEPENDENT else "is spread out"
    why = "; with fewer than six types always" if partners < 6 else ""
    return (
        f"Dependence: the uplift {flag} (HHI of the credits {concentration:.2f}, flag above "
        f"{DEPENDENT}{why})."
    )
