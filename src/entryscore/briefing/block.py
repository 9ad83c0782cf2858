"""One market's block of text: its gaps, what they need, who brings it, and how firm that is."""

from __future__ import annotations

from textwrap import TextWrapper

from entryscore import output
from entryscore.briefing.brief import Brief
from entryscore.briefing.rows import (
    capability_rows,
    evidence_rows,
    gap_rows,
    modes,
    not_observed,
)
from entryscore.briefing.words import dependence
from entryscore.partners.answer import Answer, Member
from entryscore.partners.assumptions import CORE, OPTION
from entryscore.partners.instance import describe
from entryscore.partners.portfolio import Portfolio

WIDTH = 110
_wrap = TextWrapper(WIDTH, break_on_hyphens=False).wrap
_item = TextWrapper(WIDTH, break_on_hyphens=False, initial_indent="- ", subsequent_indent="  ").wrap


def block(brief: Brief, place: int) -> list[str]:
    of = brief.answers[place]
    rank = brief.rank(of)
    stands = f"rank {rank}" if rank is not None else "not ranked"
    name = brief.label(of) if brief.label(of) != brief.code(of) else ""
    scores = [output.number(x) for x in (of.base_score, of.adjusted_score, of.ceiling)]
    title = (
        f"{' '.join(filter(None, (brief.code(of), name)))}: {stands}, score {scores[0]}; "
        f"with these partners {scores[1]}, at most {scores[2]}"
    )
    return [
        title, "=" * min(len(title), WIDTH),
        *_gaps(brief, of), *_capabilities(brief, of), *_portfolio(brief, of),
        *_firmness(brief, of), *_frontier(brief, place), *_how(brief, of), *_unseen(brief, of),
    ]  # fmt: skip


def _gaps(brief: Brief, of: Answer) -> list[str]:
    rows = gap_rows(brief, of)
    shown = [r for r in rows if r.gap and r.kappa > 0]
    table = [
        [output.cut(r.name, 54), f"{r.score:.1f}", f"{r.target:.1f}", f"{r.gap:.1f}",
         f"{r.kappa:.0%}", f"{r.points:.2f}"]
        for r in shown
    ]  # fmt: skip
    heads = ["gap partners can narrow", "score", "target", "gap", "of it (κ)", "points at stake"]
    lines = output.columns(heads, table, right=range(1, 6)) if table else []
    beyond = [f"{output.cut(r.name, 54)} ({r.gap:.1f})" for r in rows if r.gap and r.kappa == 0]
    if not lines:
        lines = ["No gap to its target that partners could narrow."]
    if beyond:
        lines += _wrap(f"Gaps partners do not change: {'; '.join(beyond)}.")
    unknown = [r.indicator for r in rows if r.score is None]
    if unknown:
        lines += _wrap(f"Unknown, as the value is missing: {', '.join(unknown)}.")
    return lines


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
    heads = ["capability needed", "points", "aimed at", "covered", "short by", "needed in draws"]
    lines = ["", *output.columns(heads, table, right=range(1, 6))]
    low = [r for r in rows if r.shortfall > 1e-9]
    if low:
        level = brief.field.result.methodology.partner_level
        names = ", ".join(r.name for r in low)
        why = "nobody there reaches it" if brief.question.budget is None else "the budget is short"
        lines += _wrap(f"Below the level of {level:.0%}: {names} ({why}).")
    return lines


def _portfolio(brief: Brief, of: Answer) -> list[str]:
    least = brief.field.result.methodology.partner_min_points
    if not of.members:
        if of.instance.needed.any():
            return ["", *_wrap("No partner: none that is available brings what is needed.")]
        most = max((float(x) for x in of.instance.points), default=0.0)
        return ["", *_wrap(
            f"No partner is needed: no capability has {least:g} points or more at stake (the most "
            f"is {most:.2f})."
        )]  # fmt: skip
    table = [_row(brief, m) for m in of.members]
    heads = ["step", "partner type", "how", "cost", "months", "ready", "credit", "share", "firm"]
    lines = ["", *_wrap(_verdict(brief, of)), ""]
    lines += output.columns(heads, table, right={0, *range(3, 8)})
    return [*lines, *(line for m in of.members for line in _item(_loss(brief, m)))]


def _verdict(brief: Brief, of: Answer) -> str:
    months, budget = brief.months(of), brief.question.budget
    when = (
        f"all its partners count from month {brief.all_ready(of):g}, but not every level is reached"
        if months is None
        else f"every level is reached in month {months:g}"
    )
    if budget is not None:
        return (
            f"Best portfolio for {budget:g}: cost {of.cost:g}, {when}. The solver's bound on the "
            f"points is {of.portfolio.bound:.2f}: no other within the budget brings more."
        )
    return (
        f"Cheapest portfolio: cost {of.cost:g}, {when}. The solver's bound on the cost is "
        f"{of.portfolio.bound:g}: none is cheaper under the stated assumptions."
    )


def _row(brief: Brief, m: Member) -> list[str]:
    return [
        str(m.generation + 1), output.cut(brief.type_name(m.partner_type), 40),
        brief.types[m.partner_type].engagement, f"{m.cost:g}", f"{m.months:g}", f"{m.ready:g}",
        f"{m.credit:+.2f}", "" if m.share is None else f"{m.share:.0%}",
        "" if m.share is None else _firm(m.share),
    ]  # fmt: skip


def _loss(brief: Brief, m: Member) -> str:
    """What the loss of the partner would mean (N-1)."""
    name = brief.type_name(m.partner_type)
    if m.substitute_extra_cost is None:
        return f"Without {name}: irreplaceable, the levels are out of reach."
    who = " and ".join(map(brief.type_name, m.substitute))
    comes = f"{who} instead" if who else "the others suffice"
    less = "" if brief.question.budget is None else f", uplift {-(m.uplift_lost or 0.0):+.2f}"
    return f"Without {name}: {comes}, cost {m.substitute_extra_cost:+g}{less}."


def _firm(share: float) -> str:
    return "core" if share >= CORE else "option" if share >= OPTION else "rarely"


def _firmness(brief: Brief, of: Answer) -> list[str]:
    lines: list[str] = []
    if of.options:
        listed = ", ".join(f"{brief.type_name(code)} {share:.0%}" for code, share in of.options)
        lines += _item(f"Options, not chosen but often optimal: {listed}.")
    if not of.members:
        return lines
    lines += _item(dependence(of.concentration, len(of.members)))
    if not of.irreplaceable:
        lines += _item("Irreplaceable: none.")
    others = [f"{_names(brief, of, p)} (cost {p.cost:g})" for p in of.alternatives[1:]]
    if others:
        lines += _item(f"Next best: {'; '.join(others)}.")
    return lines


def _names(brief: Brief, of: Answer, portfolio: Portfolio) -> str:
    codes = describe(of.instance, portfolio.chosen)
    return " + ".join(map(brief.type_name, codes)) or "nobody"


def _frontier(brief: Brief, place: int) -> list[str]:
    if not brief.frontiers:
        return []
    of = brief.answers[place]
    table = [
        [f"{months:g}", f"{p.cost:g}", _names(brief, of, p)]
        for months, p in reversed(brief.frontiers[place])
    ]
    heads = ["by month", "cost", "cheapest portfolio at the levels of no deadline"]
    return ["", *output.columns(heads, table, right={0, 1})]


def _how(brief: Brief, of: Answer) -> list[str]:
    """Ways of working together, KPIs and the phrases that say who brings what."""
    if not of.members:
        return []
    lines = [""]
    found = [
        f"{mode.name or mode.code} ({', '.join(map(brief.type_name, types))})"
        for mode, types in modes(brief, of)
    ]
    if found:
        lines += _item(f"Ways of working together: {'; '.join(found)}.")
    kpis = [f"{r.name}: {r.kpi}" for r in capability_rows(brief, of) if r.needed and r.kpi]
    if kpis:
        lines += _item(f"How we will know it works. {'. '.join(kpis)}.")
    for e in evidence_rows(brief, of):
        p = e.provision
        basis = ", ".join(filter(None, (p.basis, f"{p.strength:g}")))
        lines += _item(
            f"{brief.type_name(p.partner_type)} brings {brief.capability_name(p.capability)} "
            f"({basis}){': ' if p.quote_en else ''}{p.quote_en}"
        )
        if p.quote:
            lines.append(f"  「{p.quote}」")
    return lines


def _unseen(brief: Brief, of: Answer) -> list[str]:
    lines: list[str] = []
    if of.not_assessable:
        names = ", ".join(map(brief.capability_name, of.not_assessable))
        lines += _item(f"Not assessable, as their indicators have no values: {names}.")
    absent = len(not_observed(brief, of))
    if absent:
        lines += _item(
            f"Observed: {of.kappa_observed:.0%} of what partners could act on (κ-weight); "
            f"{absent} indicators have no values here. This answers the observed part only, so "
            "portfolios of many markets look alike until more is observed."
        )
    return lines
