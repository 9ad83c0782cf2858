"""What may be claimed, in words; the same sentences stand in the text, the json and the sheet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from entryscore.briefing.brief import Brief
from entryscore.language import phrase, say
from entryscore.partners.assumptions import CORE, OPTION, SPREAD, TARGET_SPREAD
from entryscore.partners.credit import DEPENDENT
from entryscore.partners.gaps import is_plain
from entryscore.partners.programme import ONCE

COUNTRY = phrase(
    "The country does not change; this is how much of its disadvantage partners could spare us."
)
ANTI_CORRUPTION = phrase(
    "{types}: engage, never pay. The cost shown is our own staff time; anti-corruption rules "
    "bind every contact (no payments, gifts or favours to officials)."
)
_TABLES = {
    "PartnerTypes": phrase("costs and months"),
    "Provides": phrase("strengths"),
    "Needs": phrase(
        "A (what a capability closes of a gap) and κ (how far partners can spare us a gap)"
    ),
}


def not_assessed(markets: Sequence[str]) -> str:
    """Of markets, by name or code, where nothing that partners could act on is observed."""
    return say(
        "Nothing that partners could act on is observed in {markets}, so this cannot be assessed; "
        "that does not mean that no partner is needed. See the sheet Needs and the column "
        "proxy_for.", markets=say(", ").join(markets),
    )  # fmt: skip


def notes(brief: Brief) -> list[str]:
    """The assumptions behind every number, and what the numbers are not."""
    found = [_exact(brief), _proposals(brief), *_index(brief), _targets(brief), _draws(brief)]
    assumed = {code for a in brief.answers for code in brief.assumed(a)}
    if assumed:
        names = say(", ").join(brief.type_name(code) for code in brief.types if code in assumed)
        found.append(
            say(
                "Availability is taken as 1 where nobody stated it (sheet Partners): {names}.",
                names=names,
            )
        )
    found.append(
        say(
            "Uplift grows with the gap, so weak markets gain most: read an adjusted score beside "
            "the base rank. Lifting one market alone gives a score, no rank (score --partners "
            "lifts and ranks all)."
        )
    )
    if brief.engaged:
        found.append(anti_corruption(brief))
    return found


def anti_corruption(brief: Brief) -> str:
    return say(ANTI_CORRUPTION, types=say(", ").join(map(brief.type_name, brief.engaged)))


def _exact(brief: Brief) -> str:
    question, level = brief.question, brief.field.result.methodology.partner_level
    late = ""
    if np.isfinite(question.deadline):
        late = say(", ready by month {month:g}", month=question.deadline)
    if question.budget is not None:
        return say(
            "Each portfolio has the largest total of points for a cost of at most {budget:g} per "
            "market{late}: exact under the stated assumptions, by the solver's bound.",
            budget=question.budget, late=late,
        )  # fmt: skip
    return say(
        "Each portfolio is the cheapest that covers every needed capability to {level:.0%}{late} "
        "(or to 0.9 of what can be reached, where that is less): exact under the stated "
        "assumptions, by the solver's bound.", level=level, late=late,
    )  # fmt: skip


def _proposals(brief: Brief) -> str:
    own = brief.field.ecosystem.own
    bundled = [say(words) for sheet, words in _TABLES.items() if sheet not in own]
    lead = say("Strengths, costs, months, A and κ are the workbook's own. ")
    if bundled:
        listed = say(", ").join(bundled)
        lead = say(
            "{parts} are proposals of the bundled tables. ",
            parts=f"{listed[:1].upper()}{listed[1:]}",
        )
    return lead + say(
        "A strength is the strength of evidence in the document, not a measured effect. Costs are "
        "an index on one scale for all types, not money."
    )


def _index(brief: Brief) -> list[str]:
    if is_plain(brief.field.result):
        return []
    return [
        say(
            "Points are hundredths of an indicator's range, weighted; adjusted scores and credits "
            "come from scoring the market again, with targets and bounds as in the base run, and "
            "are in the units of the score."
        )
    ]


def _targets(brief: Brief) -> str:
    setting = brief.field.result.methodology.partner_target
    general = say("a score of {score}", score=setting)
    if setting == "p75":
        general = say("the 75th percentile of the ranked markets")
    typed = [
        brief.field.result.catalogue[i].target is not None for i in brief.field.gaps.indicators
    ]
    if all(typed):
        return say("Targets are those of the column target.")
    if any(typed):
        return say(
            "Targets are {targets} where the column target is blank (setting partner_target).",
            targets=general,
        )
    return say("Targets are {targets} (setting partner_target).", targets=general)


def _draws(brief: Brief) -> str:
    draws = brief.question.draws
    if not draws:
        return say("No draws of the assumptions were made: how firm a portfolio is was not tested.")
    return say(
        "Shares are of the optimal portfolios over {draws} draws of every assumption "
        "(±{spread:.0%}, targets ±{targets:.0%}): core from {core:.0%}, option from {option:.0%}.",
        draws=draws, spread=SPREAD, targets=TARGET_SPREAD, core=CORE, option=OPTION,
    )  # fmt: skip


def programme_rule() -> str:
    return say(
        "Of a type's cost {share:.0%} is paid once for all markets that use it, the rest in each "
        "(a proposal, like the costs).", share=ONCE,
    )  # fmt: skip


def dependence(concentration: float, partners: int) -> str:
    """How far the uplift hangs on few; below six partners the index is always above the flag."""
    if partners == 1:
        return say("Dependence: the whole uplift hangs on one type.")
    flag = say("hangs on few types") if concentration > DEPENDENT else say("is spread out")
    return say(
        "Dependence: the uplift {flag} (HHI of the credits {hhi:.2f}, flag above {limit}{why}).",
        flag=flag, hhi=concentration, limit=DEPENDENT,
        why=say("; with fewer than six types always") if partners < 6 else "",
    )  # fmt: skip
