"""One market's block of text: its gaps, what they need, who brings it, and how firm that is."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from entryscore import output
from entryscore.briefing.brief import Brief
from entryscore.briefing.rows import (
    CapabilityRow,
    EvidenceRow,
    GapRow,
    capability_rows,
    evidence_rows,
    gap_rows,
    modes,
    not_observed,
)
from entryscore.briefing.words import dependence, not_assessed
from entryscore.language import ENGLISH, current, own_name, phrase, say, translated
from entryscore.partners.answer import Answer, Member
from entryscore.partners.assumptions import CORE, OPTION
from entryscore.partners.instance import describe
from entryscore.partners.portfolio import Portfolio
from entryscore.wording import wrapped

WIDTH = 100
_GAPS = 10  # shown by name
_ENOUGH = 0.5  # share observed from which portfolios tell markets apart


def _wrap(text: str) -> list[str]:
    return wrapped(text, WIDTH)


def _item(text: str) -> list[str]:
    return wrapped(text, WIDTH, "- ", "  ")


def block(brief: Brief, place: int) -> list[str]:
    of = brief.answers[place]
    title = title_of(brief, of)
    if not of.assessed:
        return [
            title, "=" * min(len(title), WIDTH), *_wrap(not_assessed([brief.label(of)])),
            *_unknown(gap_rows(brief, of)),
        ]  # fmt: skip
    return [
        title, "=" * min(len(title), WIDTH),
        *_gaps(brief, of), *_capabilities(brief, of), *_portfolio(brief, of),
        *_firmness(brief, of), *_frontier(brief, place), *_how(brief, of),
        *(line for said in unseen(brief, of) for line in _item(said)),
    ]  # fmt: skip


def title_of(brief: Brief, of: Answer) -> str:
    """The market, where it stands, and what the partners make of its score."""
    rank = brief.rank(of)
    stands = say("not ranked") if rank is None else say("rank {rank}", rank=rank)
    name = brief.label(of) if brief.label(of) != brief.code(of) else ""
    market = " ".join(filter(None, (brief.code(of), name)))
    if not of.assessed:
        score = brief.shown(of.base_score)
        return say("{market}: {stands}, score {score}", market=market, stands=stands, score=score)
    scores = [brief.shown(x) for x in (of.base_score, of.adjusted_score, of.ceiling)]
    return say(
        "{market}: {stands}, score {score}; with these partners {adjusted}, at most {ceiling}",
        market=market, stands=stands, score=scores[0], adjusted=scores[1], ceiling=scores[2],
    )  # fmt: skip


def _gaps(brief: Brief, of: Answer) -> list[str]:
    rows = gap_rows(brief, of)
    shown, rest = top_gaps(rows)
    table = [
        [output.cut(r.name, 54), f"{r.score:.1f}", f"{r.target:.1f}", f"{r.gap:.1f}",
         f"{r.kappa:.0%}", f"{r.points:.2f}"]
        for r in shown
    ]  # fmt: skip
    heads = [
        say("gap partners can narrow"), say("score"), say("target"), say("gap"), say("of it (κ)"),
        say("points at stake"),
    ]  # fmt: skip
    lines = output.columns(heads, table, right=range(1, 6)) if table else []
    lines += _wrap(rest) if rest else []
    beyond = [f"{output.cut(r.name, 54)} ({r.gap:.1f})" for r in rows if r.gap and r.kappa == 0]
    if not lines:
        lines = [say("No gap to its target that partners could narrow.")]
    if beyond:
        lines += _wrap(say("Gaps partners do not change: {gaps}.", gaps=say("; ").join(beyond)))
    return lines + _unknown(rows)


def _unknown(rows: Sequence[GapRow]) -> list[str]:
    unknown = [r.indicator for r in rows if r.score is None]
    if not unknown:
        return []
    return _wrap(say("Unknown, as the value is missing: {codes}.", codes=say(", ").join(unknown)))


def top_gaps(rows: Sequence[GapRow]) -> tuple[list[GapRow], str]:
    """The gaps with most points at stake, and a sentence on the others (none: empty)."""
    all_of_them = [r for r in rows if r.gap and r.kappa > 0]
    rest = all_of_them[_GAPS:]
    points = sum(r.points for r in rest)
    if not rest:
        return all_of_them, ""
    return all_of_them[:_GAPS], say(
        "And {count} more, {points:.2f} points at stake together.", count=len(rest), points=points
    )


def _capabilities(brief: Brief, of: Answer) -> list[str]:
    rows = [r for r in capability_rows(brief, of) if r.needed]
    if not rows:
        return []
    table = [
        [output.cut(r.name, 54), f"{r.points:.2f}", f"{r.level:.0%}", f"{r.coverage:.0%}",
         f"{r.shortfall:.0%}" if r.shortfall > 1e-9 else "",
         "" if r.needed_share is None else f"{r.needed_share:.0%}"]
        for r in rows
    ]  # fmt: skip
    heads = [
        say("capability needed"), say("points"), say("aimed at"), say("covered"), say("short by"),
        say("needed in draws"),
    ]  # fmt: skip
    lines = ["", *output.columns(heads, table, right=range(1, 6))]
    level = brief.field.result.methodology.partner_level
    reasons: dict[str, list[str]] = {}
    for r in rows:
        if r.shortfall > 1e-9:
            reasons.setdefault(_why_short(brief, r), []).append(r.name)
    for why, names in reasons.items():
        lines += _wrap(
            say("Below the level of {level:.0%}, {why}: {names}.", level=level, why=why,
                names=say(", ").join(names))
        )  # fmt: skip
    return lines


def _why_short(brief: Brief, row: CapabilityRow) -> str:
    if brief.question.budget is not None:
        return say("as the budget is short")
    return say("out of reach") if row.level > 0 else say("out of reach together with the others")


def _portfolio(brief: Brief, of: Answer) -> list[str]:
    least = brief.field.result.methodology.partner_min_points
    if not of.members:
        if of.instance.needed.any():
            return ["", *_wrap(say("No partner: none that is available brings what is needed."))]
        most = max((float(x) for x in of.instance.points), default=0.0)
        return ["", *_wrap(say(
            "No partner is needed: no capability has {least:g} points or more at stake (the most "
            "is {most:.2f}).", least=least, most=most,
        ))]  # fmt: skip
    table = [_row(brief, m) for m in of.members]
    heads = [
        say("step"), say("partner type"), say("how"), say("cost"), say("months"), say("ready"),
        say("credit"), say("share"), say("firm"),
    ]  # fmt: skip
    lines = ["", *_wrap(_verdict(brief, of)), ""]
    lines += output.columns(heads, table, right={0, *range(3, 8)})
    return [*lines, *(line for said in losses(brief, of) for line in _item(said))]


def _verdict(brief: Brief, of: Answer) -> str:
    months, budget = brief.months(of), brief.question.budget
    when = (
        say(
            "all partners count from month {month:g}, but not every level aimed at is reached",
            month=brief.all_ready(of),
        )
        if months is None
        else say("every level aimed at is reached in month {month:g}", month=months)
    )
    if budget is not None:
        return say(
            "Best portfolio for {budget:g}: cost {cost:g}, {when}. The solver's bound on the "
            "points is {bound:.2f}: no other within the budget brings more.",
            budget=budget, cost=of.cost, when=when, bound=of.portfolio.bound,
        )  # fmt: skip
    return say(
        "Cheapest portfolio: cost {cost:g}, {when}. The solver's bound on the cost is "
        "{bound:g}: none is cheaper under the stated assumptions.",
        cost=of.cost, when=when, bound=of.portfolio.bound,
    )  # fmt: skip


def _row(brief: Brief, m: Member) -> list[str]:
    return [
        str(m.generation + 1), output.cut(brief.type_name(m.partner_type), 40),
        engaged(brief.types[m.partner_type].engagement), f"{m.cost:g}", f"{m.months:g}",
        f"{m.ready:g}", f"{m.credit:+.2f}", "" if m.share is None else f"{m.share:.0%}",
        "" if m.share is None else firm_word(m.share),
    ]  # fmt: skip


def losses(brief: Brief, of: Answer) -> list[str]:
    """What the loss of each partner would mean (N-1), those without a substitute together."""
    gone = say(", ").join(map(brief.type_name, of.irreplaceable))
    found = [say("Irreplaceable: {names}.", names=gone or say("none"))] if of.members else []
    return [*found, *(_loss(brief, m) for m in of.members if m.substitute_extra_cost is not None)]


def _loss(brief: Brief, m: Member) -> str:
    who = say(" and ").join(map(brief.type_name, m.substitute))
    comes = say("{names} instead", names=who) if who else say("the others suffice")
    template = phrase("Without {name}: {comes}, cost {cost:+g}.")
    if brief.question.budget is not None:
        template = phrase("Without {name}: {comes}, cost {cost:+g}, uplift {uplift:+.2f}.")
    return say(
        template, name=brief.type_name(m.partner_type), comes=comes,
        cost=m.substitute_extra_cost or 0.0, uplift=-(m.uplift_lost or 0.0),
    )  # fmt: skip


def firm_word(share: float) -> str:
    return say("core") if share >= CORE else say("option") if share >= OPTION else say("rarely")


def engaged(engagement: str) -> str:
    """How a partner is won, as tables say it."""
    return say("engage") if engagement == "engage" else say("contract")


def _firmness(brief: Brief, of: Answer) -> list[str]:
    lines: list[str] = []
    if of.options:
        listed = say(", ").join(
            f"{brief.type_name(code)} {share:.0%}" for code, share in of.options
        )
        lines += _item(say("Options, not chosen but often optimal: {names}.", names=listed))
    if not of.members:
        return lines
    lines += _item(dependence(of.concentration, len(of.members)))
    others = [
        say("{change} (cost {cost:g})", change=_change(brief, of, p), cost=p.cost)
        for p in of.alternatives[1:]
    ]
    if others:
        lines += _item(say("Next best: {portfolios}.", portfolios=say("; ").join(others)))
    return lines


def _names(brief: Brief, of: Answer, portfolio: Portfolio) -> str:
    codes = describe(of.instance, portfolio.chosen)
    return " + ".join(map(brief.type_name, codes)) or say("nobody")


def _change(brief: Brief, of: Answer, portfolio: Portfolio) -> str:
    """What another portfolio has in the place of what."""
    here, there = (describe(of.instance, p.chosen) for p in (of.portfolio, portfolio))
    new = say(" and ").join(brief.type_name(code) for code in there if code not in here)
    old = say(" and ").join(brief.type_name(code) for code in here if code not in there)
    return say("{new} for {old}", new=new, old=old) if new else say("without {old}", old=old)


def _frontier(brief: Brief, place: int) -> list[str]:
    if not brief.frontiers:
        return []
    of = brief.answers[place]
    table = [
        [f"{months:g}", f"{p.cost:g}", _names(brief, of, p)]
        for months, p in reversed(brief.frontiers[place])
    ]
    heads = [
        say("by month"), say("cost"), say("cheapest portfolio at the levels of no deadline"),
    ]  # fmt: skip
    lines = ["", *output.columns(heads, table, right={0, 1})]
    return [
        *lines,
        say("No portfolio reaches these levels before month {month}.", month=table[0][0]),
    ]


def _how(brief: Brief, of: Answer) -> list[str]:
    """Ways of working together, KPIs and the phrases that say who brings what."""
    if not of.members:
        return []
    lines = [""]
    ways = ways_of(brief, of)
    if ways:
        lines += _item(say("Ways of working together. {ways}.", ways=say(". ").join(ways)))
    kpis = [
        say("{name}: {text}", name=r.name, text=r.kpi)
        for r in capability_rows(brief, of)
        if r.needed and r.kpi
    ]
    if kpis:
        lines += _item(say("How we will know it works. {kpis}.", kpis=say(". ").join(kpis)))
    rows = evidence_rows(brief, of)
    for member in of.members:
        own = [e for e in rows if e.provision.partner_type == member.partner_type]
        lines += _evidence(brief, own)
    return lines


def ways_of(brief: Brief, of: Answer) -> list[str]:
    """Ways of working together by chosen type."""
    found: dict[str, list[str]] = {}
    for mode, types in modes(brief, of):
        for code in types:
            found.setdefault(code, []).append(own_name(mode) or mode.code)
    order = [m.partner_type for m in of.members if m.partner_type in found]
    return [
        say("{name}: {text}", name=brief.type_name(code), text=say(", ").join(found[code]))
        for code in order
    ]


def _evidence(brief: Brief, rows: Sequence[EvidenceRow]) -> list[str]:
    """The strongest phrase on a type, the Chinese on a line of its own."""
    if not rows:
        return []
    p = max(rows, key=lambda e: e.supply).provision
    basis = say(", ").join(filter(None, (translated(p.basis), f"{p.strength:g}")))
    more = say("; {count} more in json", count=len(rows) - 1) if len(rows) > 1 else ""
    brings = say(
        "{partner} brings {capability} ({basis}{more})", partner=brief.type_name(p.partner_type),
        capability=brief.capability_name(p.capability), basis=basis, more=more,
    )  # fmt: skip
    english = p.quote_en if current() == ENGLISH or not p.quote else ""
    lines = _item(brings + (f": {english}" if english else ""))
    return [*lines, f"  「{p.quote}」"] if p.quote else lines


def unseen(brief: Brief, of: Answer, known: Collection[str] = ()) -> list[str]:
    """What cannot be assessed, without the capabilities `known` already, and how much it is."""
    found: list[str] = []
    hidden = [code for code in of.not_assessable if code not in known]
    if hidden:
        names = say(", ").join(map(brief.capability_name, hidden))
        found.append(
            say("Not assessable, as their indicators have no values: {names}.", names=names)
        )
    absent = len(not_observed(brief, of))
    if absent and not known:
        alike = of.kappa_observed < _ENOUGH
        template = (
            phrase(
                "Observed: {share:.0%} of what partners could act on (κ-weight); {count} "
                "indicators have no value here. This answers the observed part only{why}."
            )
            if absent > 1
            else phrase(
                "Observed: {share:.0%} of what partners could act on (κ-weight); {count} "
                "indicator has no value here. This answers the observed part only{why}."
            )
        )
        why = ""
        if alike:
            why = say(", so portfolios of many markets look alike until more is observed")
        found.append(say(template, share=of.kappa_observed, count=absent, why=why))
    return found
