"""The answer for a reader: a block per market, or one table for many, and what holds for all."""

from __future__ import annotations

import numpy as np

from entryscore import output
from entryscore.briefing.block import WIDTH, block
from entryscore.briefing.brief import Brief
from entryscore.briefing.words import COUNTRY, not_assessed, notes, programme_rule
from entryscore.language import say
from entryscore.partners.answer import Answer
from entryscore.partners.assumptions import CORE, OPTION
from entryscore.partners.instance import describe
from entryscore.wording import wrapped

BLOCKS = 3  # up to so many markets have a block each
_ACROSS = 12  # markets beside each other
_SHORT = 11  # column of the table of markets


def as_text(brief: Brief) -> str:
    result = brief.field.result
    lines = [*output.heading(result, named=result.scenario != "base"), _asked(brief), ""]
    lines += _wrap(say(COUNTRY))
    if len(brief.answers) <= BLOCKS:
        for place in range(len(brief.answers)):
            lines += ["", *block(brief, place)]
    else:
        lines += ["", *_markets(brief), *_matrix(brief)]
        lines += ["", *_wrap(_see_more(brief))]
    lines += _shared(brief)
    lines += ["", say("Assumptions"), *(line for note in notes(brief) for line in _item(note))]
    return "\n".join([*lines, ""])


def _wrap(text: str) -> list[str]:
    return wrapped(text, WIDTH)


def _item(text: str) -> list[str]:
    return wrapped(text, WIDTH, "- ", "  ")


def _asked(brief: Brief) -> str:
    question = brief.question
    which = say(", ").join(brief.code(a) for a in brief.answers)
    if not question.named:
        which = say("the {count} highest ranked (setting shortlist)", count=len(brief.answers))
    parts = [say("Local partners for {markets}", markets=which)]
    if question.budget is not None:
        parts.append(say("budget {budget:g} each", budget=question.budget))
    if np.isfinite(question.deadline):
        parts.append(say("ready by month {month:g}", month=question.deadline))
    return say("; ").join(parts)


def _markets(brief: Brief) -> list[str]:
    heads = [
        say("rank"), say("code"), say("name"), say("score"), say("with partners"), say("at most"),
        say("needed"), say("partners"), say("cost"), say("levels by"), say("all ready"),
        say("short"), say("observed"),
    ]  # fmt: skip
    rows = []
    for of in brief.answers:
        rank = brief.rank(of)
        rows.append(
            [
                "–" if rank is None else str(rank), brief.code(of),
                output.cut(brief.label(of), 24), brief.shown(of.base_score),
                *_found(brief, of), f"{of.kappa_observed:.0%}",
            ]
        )  # fmt: skip
    explained = say(
        "Needed: capabilities with enough points at stake. Levels by: the month in which all of "
        "them are covered."
    )
    if any(row[_SHORT] for row in rows):
        explained += say(" Short: those that stay below the level.")
    explained += say(
        " Observed: the share of what partners could act on that the workbook has values for; the "
        "rest cannot be assessed, and where it is large the portfolios of many markets look alike."
    )
    return [*output.columns(heads, rows, right={0, *range(3, 13)}), "", *_wrap(explained)]


def _found(brief: Brief, of: Answer) -> list[str]:
    """The cells from the score with partners to what is short; dashes where nothing is known."""
    if not of.assessed:
        return ["–"] * 7 + [""]
    months, needed = brief.months(of), of.instance.needed
    return [
        brief.shown(of.adjusted_score), brief.shown(of.ceiling), str(int(needed.sum())),
        str(len(of.members)), f"{of.cost:g}", "–" if months is None else f"{months:g}",
        f"{brief.all_ready(of):g}", str(int((needed & (of.shortfall > 0)).sum()) or ""),
    ]  # fmt: skip


def _matrix(brief: Brief) -> list[str]:
    """Needed capabilities, then partner types, against markets."""
    lines: list[str] = []
    for first in range(0, len(brief.answers), _ACROSS):
        part = brief.answers[first : first + _ACROSS]
        for table in (_capabilities(brief, part), _types(brief, part)):
            lines += ["", *table] if table else []
    legend = (
        say(
            "C: in the portfolio, and in at least {core:.0%} of the optimal ones (core); x: in the "
            "portfolio; o: not in it, but in at least {option:.0%} of the optimal ones (option).",
            core=CORE, option=OPTION,
        )
        if brief.question.draws
        else say("x: in the portfolio.")
    )  # fmt: skip
    if lines:
        lines += ["", *_wrap(legend)]
    elif all(of.assessed for of in brief.answers):
        lines = ["", say("No partner is needed in any of them.")]
    elif assessed := [brief.code(of) for of in brief.answers if of.assessed]:
        said = say("No partner is needed in {markets}.", markets=say(", ").join(assessed))
        lines = ["", *_wrap(said)]
    unknown = [brief.code(of) for of in brief.answers if not of.assessed]
    return [*lines, "", *_wrap(not_assessed(unknown))] if unknown else lines


def _capabilities(brief: Brief, part: tuple[Answer, ...]) -> list[str]:
    rows = []
    for c, code in enumerate(brief.field.gaps.capabilities):
        cells = [f"{a.instance.points[c]:.2f}" if a.instance.needed[c] else "" for a in part]
        if any(cells):
            rows.append([output.cut(brief.capability_name(code), 36), *cells])
    heads = [say("points at stake by needed capability"), *(brief.code(a) for a in part)]
    return _keep_columns(heads, rows)


def _types(brief: Brief, part: tuple[Answer, ...]) -> list[str]:
    rows = []
    for code in brief.types:
        cells = [mark(a, code) for a in part]
        if any(cells):
            rows.append([output.cut(brief.type_name(code), 36), *cells])
    heads = [say("partner type"), *(brief.code(a) for a in part)]
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
    return say(
        "For gaps, order of approach, substitutes and evidence name up to {count} markets, as in "
        "`entryscore partners BOOK.xlsx {code}`; --format json has all of it.",
        count=BLOCKS, code=code,
    )  # fmt: skip


def _shared(brief: Brief) -> list[str]:
    programme = brief.programme
    if programme is None:
        return []
    alone = sum(a.cost for a in brief.answers)
    lines = ["", say("One programme for these {count} markets", count=len(brief.answers))]
    lines += _wrap(
        say(
            "{rule} Each market by itself: cost {alone:g}. The same portfolios with shared "
            "agreements: {separate:g}. Chosen together: {cost:g}, {saved:.0%} less (solver's bound "
            "{bound:g}).",
            rule=programme_rule(), alone=alone, separate=programme.separate, cost=programme.cost,
            saved=programme.saved / (programme.separate or 1), bound=programme.bound,
        )
    )  # fmt: skip
    lines += ["", *_leverage(brief)]
    return lines + _changes(brief)


def _changes(brief: Brief) -> list[str]:
    """Markets whose portfolio is another one in the joint programme."""
    assert brief.programme is not None
    found = []
    for of, chosen in zip(brief.answers, brief.programme.chosen, strict=True):
        if (chosen != of.portfolio.chosen).any():
            types = say(", ").join(describe(of.instance, chosen))
            found += _wrap(
                say("In the programme {market} takes: {types}.", market=brief.code(of), types=types)
            )
    return ["", *found] if found else []


def _leverage(brief: Brief) -> list[str]:
    rows = []
    for x in brief.leverage:
        stranded = say(", ").join(brief.code(brief.answers[i]) for i in x.stranded)
        rows.append([output.cut(brief.type_name(x.partner_type), 36), str(x.markets),
                     f"{x.regret:g}", stranded])  # fmt: skip
    heads = [
        say("partner type"), say("markets"), say("extra cost without it"), say("cannot do without"),
    ]  # fmt: skip
    return output.columns(heads, rows, right={1, 2})
