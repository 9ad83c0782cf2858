"""What was assumed in the draws, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from entryscore.language import phrase, say
from entryscore.methodology import ASSUMPTIONS
from entryscore.naming import few_of
from entryscore.robustness.plan import DISCRETE, Plan
from entryscore.robustness.ranges import Ranges
from entryscore.wording import method

ASSUMED = {
    "weights": phrase("weights"), "normalisation": phrase("normalisation"),
    "treatment": phrase("treatment"), "imputation": phrase("imputation"),
    "aggregation": phrase("aggregation"), "missing": phrase("missing"),
    "leave_one_out": phrase("leave one out"), "data": phrase("data"),
}  # fmt: skip
RANGE = phrase("rank range under stated assumptions")


@dataclass(frozen=True)
class Assumption:
    """An uncertain assumption; `alternatives`: what it can be, the base first, () where drawn from
    a continuum."""

    name: str
    alternatives: tuple[str, ...]
    words: str


def assumed(plan: Plan) -> list[Assumption]:
    """The uncertain assumptions, in the contract's order."""
    return [Assumption(name, _alternatives(plan, name), _words(plan, name)) for name in
            plan.assumptions]  # fmt: skip


def held(plan: Plan) -> list[str]:
    """What no draw changes: the other assumptions, with their settings."""
    settings = plan.result.methodology
    found = []
    for name in ASSUMPTIONS:
        if name in plan.assumptions:
            continue
        value = getattr(settings, name, None) if name != "weights" else say("as declared")
        value = {"data": say("as read"), "leave_one_out": say("none")}.get(name, value)
        told = method(value) if isinstance(value, str) else value
        found.append(say("{assumption} {value}", assumption=spoken(name), value=told))
    return found


def spoken(assumption: str) -> str:
    """An uncertain assumption's name in sentences."""
    return say(ASSUMED[assumption])


def _alternatives(plan: Plan, name: str) -> tuple[str, ...]:
    if name in DISCRETE:
        return tuple(alternative.name for alternative in plan.alternatives[name])
    if name == "leave_one_out":
        return ("none", *(plan.result.tree.codes[int(node)] for node in plan.left_out))
    return ()


def _words(plan: Plan, name: str) -> str:
    if name == "weights":
        return _weights(plan)
    if name == "missing":
        return _missing(plan)
    if name == "data":
        errors = plan.result.table.standard_errors(plan.result.catalogue)
        count = int((errors[plan.result.ranked] > 0).sum())
        return say(
            "{count} values of ranked markets with a normal error, the others as they are",
            count=count,
        )
    if name == "leave_one_out":
        return say("one of the {count} indicators left out, or none", count=len(plan.left_out))
    found = _alternatives(plan, name)
    if len(found) > 1:
        *first, last = map(method, found)
        said = say("{options} or {last}", options=say(", ").join(first), last=last)
    else:
        said = say("{option} only", option=method(found[0]))
    own = _own(plan, name)
    return said + (say(" (not at {codes}, which has its own)", codes=own) if own else "")


def _weights(plan: Plan) -> str:
    model = plan.weights
    share = f"±{model.noise:.0%}"
    said = {
        "uniform": say("each within {share} of the declared one, at every level", share=share),
        "dirichlet": say(
            "about the declared shares, spread as {share}, at every level", share=share
        ),
        "any": say("every division among siblings alike, at every level"),
    }[model.model]
    bounds = (model.low > 0).any() or (model.high < 1).any()
    said += say(", within weight_min and weight_max") if bounds else ""
    return said + (say(", in the declared order") if model.ordered else "")


def _missing(plan: Plan) -> str:
    result = plan.result
    columns = result.tree.columns[result.tree.leaves[result.effective[result.tree.leaves] > 0]]
    count = int(np.isnan(result.normalised[np.ix_(result.ranked, columns)]).sum())
    if not count:
        return say("no value of a ranked market is missing, so nothing is drawn")
    return say("each of {count} replaced by one observed in its column, drawn anew", count=count)


def _own(plan: Plan, name: str) -> str:
    """Codes whose own choice in their sheet no draw changes."""
    nodes = [plan.result.catalogue.node(code) for code in plan.result.tree.codes]
    codes = [node.code for node in nodes if getattr(node, name, None)]
    return few_of(codes, 4)


def told(assumption: Assumption) -> str:
    """What is uncertain, and how it is drawn."""
    return say("{assumption}: {words}", assumption=spoken(assumption.name), words=assumption.words)


def span(low: float, high: float) -> str:
    """A range as a table has it, rounded outward.

    >>> span(2.0, 2.0), span(2.95, 7.05)
    ('2', '2–8')
    """
    if np.isnan(low):
        return ""
    first, last = int(np.floor(low + 1e-9)), int(np.ceil(high - 1e-9))
    return str(first) if first == last else f"{first}–{last}"


def outside(ranges: Ranges) -> list[tuple[str, int, str]]:
    """Code, rank and range of the ranked markets whose rank lies outside its range, in rank
    order."""
    result = ranges.result
    found = []
    for i in result.order:
        rank, low, high = (float(x[i]) for x in (result.ranks, result.rank_low, result.rank_high))
        if rank < np.floor(low + 1e-9) or rank > np.ceil(high - 1e-9):
            found.append((result.table.codes[i], int(rank), span(low, high)))
    return found


def range_notes(ranges: Ranges) -> list[str]:
    """Sentences to stand under a table with ranges."""
    outcome, settings = ranges.outcome, ranges.result.methodology
    if outcome is None or not outcome.draws:
        return []
    draws = str(outcome.draws)
    if outcome.failed:
        draws = say("{draws} of {asked}", draws=outcome.draws, asked=ranges.asked)
    said = say("; ").join(map(told, assumed(ranges.plan)))
    notes = [
        say(
            "Range: {range}, 5 to 95 % of {draws} draws (seed {seed}). {assumptions}.",
            range=say(RANGE), draws=draws, seed=settings.seed, assumptions=said,
        )
    ]  # fmt: skip
    if outcome.failed:
        notes.append(
            say("{count} draws failed and are left out, see the warning.", count=outcome.failed)
        )
    moved = [f"{code} {rank} ({found})" for code, rank, found in outside(ranges)]
    if moved:
        notes.append(
            say(
                "Ranked outside their range, so that these ranks rest on the very settings: "
                "{markets}.", markets=few_of(moved, 6),
            )
        )  # fmt: skip
    return notes


def range_parts(ranges: Sequence[Ranges]) -> dict[str, object]:
    """What ranges rest on, as json has it: `assumptions` with their `alternatives`, what is `held`,
    `draws`, `seed`, `failed_draws` by scenario and reason."""
    plan, settings = ranges[0].plan, ranges[0].result.methodology
    return {
        "assumptions": [
            {"assumption": a.name, "alternatives": list(a.alternatives), "description": a.words}
            for a in assumed(plan)
        ],
        "held": held(plan),
        "draws": settings.draws,
        "seed": settings.seed,
        "failed_draws": [
            {"scenario": one.result.scenario, "draws": times, "reason": why}
            for one in ranges if one.outcome is not None
            for why, times in one.outcome.failures.most_common()
        ],
    }  # fmt: skip
