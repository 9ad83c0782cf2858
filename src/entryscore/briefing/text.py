"""The answer for a reader: a block per market, or one table for many, and what holds for all."""

from __future__ import annotations

from textwrap import TextWrapper

import numpy as np

from entryscore import output
from entryscore.briefing.block import WIDTH, block
from entryscore.briefing.brief import Brief
from entryscore.briefing.words import COUNTRY, notes, programme_rule
from entryscore.partners.answer import Answer
from entryscore.partners.assumptions import CORE, OPTION
from entryscore.partners.instance import describe

BLOCKS = 3  # up to so many markets have a block each
_ACROSS = 12  # markets beside each other


def as_text(brief: Brief) -> str:
    result = brief.field.result
    lines = [*output.heading(result, named=result.scenario != "base"), _asked(brief), ""]
    lines += _wrap(COUNTRY)
    if len(brief.answers) <= BLOCKS:
        for place in range(len(brief.answers)):
            lines += ["", *block(brief, place)]
    else:
        lines += ["", *_markets(brief), *_matrix(brief)]
        lines += ["", *_wrap(_see_more(brief))]
    lines += _shared(brief)
    lines += ["", "Assumptions", *(line for note in notes(brief) for line in _item(note))]
    return "\n".join([*lines, ""])


_wrap = TextWrapper(WIDTH, break_on_hyphens=False).wrap
_item = TextWrapper(WIDTH, break_on_hyphens=False, initial_indent="- ", subsequent_indent="  ").wrap


def _asked(brief: Brief) -> str:
    question = brief.question
    which = ", ".join(brief.code(a) for a in brief.answers)
    if not question.named:
        which = f"the {len(brief.answers)} highest ranked (setting shortlist)"
    parts = [f"Local partners for {which}"]
    if question.budget is not None:
        parts.append(f"budget {question.budget:g} each")
    if np.isfinite(question.deadline):
        parts.append(f"ready by month {question.deadline:g}")
    return "; ".join(parts)


def _markets(brief: Brief) -> list[str]:
    heads = [
        "rank", "code", "name", "score", "with partners", "at most", "needed", "partners", "cost",
        "levels by", "all ready", "short", "observed",
    ]  # fmt: skip
    rows = []
    for of in brief.answers:
        months = brief.months(of)
        needed = of.instance.needed
        rank = brief.rank(of)
        rows.append(
            [
                "–" if rank is None else str(rank), brief.code(of),
                output.cut(brief.label(of), 24), brief.shown(of.base_score),
                brief.shown(of.adjusted_score), brief.shown(of.ceiling), str(int(needed.sum())),
                str(len(of.members)), f"{of.cost:g}", "–" if months is None else f"{months:g}",
                f"{brief.all_ready(of):g}",
                str(int((needed & (of.shortfall > 0)).sum()) or ""), f"{of.kappa_observed:.0%}",
            ]
        )  # fmt: skip
    return [
        *output.columns(heads, rows, right={0, *range(3, 13)}),
        "",
        *_wrap(
            "Needed: capabilities with enough points at stake. Levels by: the month in which all "
            "of them are covered. Short: those that stay below the level. Observed: the share of "
            "what partners could act on that the workbook has values for; the rest cannot be "
            "assessed, and where it is large the portfolios of many markets look alike."
        ),
    ]


def _matrix(brief: Brief) -> list[str]:
    """Needed capabilities, then partner types, against markets."""
    lines: list[str] = []
    for first in range(0, len(brief.answers), _ACROSS):
        part = brief.answers[first : first + _ACROSS]
        for table in (_capabilities(brief, part), _types(brief, part)):
            lines += ["", *table] if table else []
    legend = (
        f"C: in the portfolio, and in at least {CORE:.0%} of the optimal ones (core); x: in the "
        f"portfolio; o: not in it, but in at least {OPTION:.0%} of the optimal ones (option)."
        if brief.question.draws
        else "x: in the portfolio."
    )
    return [*lines, "", *_wrap(legend)] if lines else ["", "No partner is needed in any of them."]


def _capabilities(brief: Brief, part: tuple[Answer, ...]) -> list[str]:
    rows = []
    for c, code in enumerate(brief.field.gaps.capabilities):
        cells = [f"{a.instance.points[c]:.2f}" if a.instance.needed[c] else "" for a in part]
        if any(cells):
            rows.append([output.cut(brief.capability_name(code), 36), *cells])
    heads = ["points at stake by needed capability", *(brief.code(a) for a in part)]
    return _keep_columns(heads, rows)


def _types(brief: Brief, part: tuple[Answer, ...]) -> list[str]:
    rows = []
    for code in brief.types:
        cells = [mark(a, code) for a in part]
        if any(cells):
            rows.append([output.cut(brief.type_name(code), 36), *cells])
    heads = ["partner type", *(brief.code(a) for a in part)]
    return _keep_columns(heads, rows)


def mark(of: Answer, code: str) -> str:
    """C: chosen and core, x: chosen, o: an option, blank: neither."""
    for member in of.members:
        if member.partner_type == code:
            return "C" if member.core else "x"
    return "o" if code in dict(of.options) else ""


def _keep_columns(heads: list[str], rows: list[list[str]]) -> list[str]:
    """A matrix with a column for every market, also for one without a mark."""
    if not rows:
        return []
    filled = [[rows[0][0], *(cell or "·" for cell in rows[0][1:])], *rows[1:]]
    filled = [[row[0], *(cell or "·" for cell in row[1:])] for row in filled]
    return output.columns(heads, filled, right=range(1, len(heads)))


def _see_more(brief: Brief) -> str:
    code = next((brief.code(a) for a in brief.answers if a.members), brief.code(brief.answers[0]))
    return (
        f"For gaps, order of approach, substitutes and evidence name up to {BLOCKS} markets, as in "
        f"`entryscore partners BOOK.xlsx {code}`; --format json has all of it."
    )


def _shared(brief: Brief) -> list[str]:
    programme = brief.programme
    if programme is None:
        return []
    alone = sum(a.cost for a in brief.answers)
    lines = ["", f"One programme for these {len(brief.answers)} markets"]
    lines += _wrap(
        f"{programme_rule()} Each market by itself: cost {alone:g}. The same portfolios with "
        f"shared agreements: {programme.separate:g}. Chosen together: {programme.cost:g}, "
        f"{programme.saved / (programme.separate or 1):.0%} less (solver's bound "
        f"{programme.bound:g})."
    )
    lines += ["", *_leverage(brief)]
    return lines + _changes(brief)


def _changes(brief: Brief) -> list[str]:
    """Markets whose portfolio is another one in the joint programme."""
    assert brief.programme is not None
    found = []
    for of, chosen in zip(brief.answers, brief.programme.chosen, strict=True):
        if (chosen != of.portfolio.chosen).any():
            types = ", ".join(describe(of.instance, chosen))
            found += _wrap(f"In the programme {brief.code(of)} takes: {types}.")
    return ["", *found] if found else []


def _leverage(brief: Brief) -> list[str]:
    rows = []
    for x in brief.leverage:
        stranded = ", ".join(brief.code(brief.answers[i]) for i in x.stranded)
        rows.append([output.cut(brief.type_name(x.partner_type), 36), str(x.markets),
                     f"{x.regret:g}", stranded])  # fmt: skip
    heads = ["partner type", "markets", "extra cost without it", "cannot do without"]
    return output.columns(heads, rows, right={1, 2})
