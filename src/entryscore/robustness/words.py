"""What was assumed in the draws, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from entryscore.methodology import ASSUMPTIONS
from entryscore.robustness.plan import DISCRETE, Plan
from entryscore.robustness.ranges import Ranges

RANGE = "rank range under stated assumptions"


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
        value = getattr(settings, name, None) if name != "weights" else "as declared"
        value = {"data": "as read", "leave_one_out": "none"}.get(name, value)
        found.append(f"{name.replace('_', ' ')} {value}")
    return found


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
        return f"{count} values of ranked markets with a normal error, the others as they are"
    if name == "leave_one_out":
        return f"one of the {len(plan.left_out)} indicators left out, or none"
    found = _alternatives(plan, name)
    said = f"{', '.join(found[:-1])} or {found[-1]}" if len(found) > 1 else f"{found[0]} only"
    own = _own(plan, name)
    return f"{said}{f' (not at {own}, which has its own)' if own else ''}"


def _weights(plan: Plan) -> str:
    model = plan.weights
    share = f"±{model.noise:.0%}"
    said = {
        "uniform": f"each within {share} of the declared one, at every level",
        "dirichlet": f"about the declared shares, spread as {share}, at every level",
        "any": "every division among siblings alike, at every level",
    }[model.model]
    bounds = (model.low > 0).any() or (model.high < 1).any()
    said += ", within weight_min and weight_max" if bounds else ""
    return said + (", in the declared order" if model.ordered else "")


def _missing(plan: Plan) -> str:
    result = plan.result
    columns = result.tree.columns[result.tree.leaves[result.effective[result.tree.leaves] > 0]]
    count = int(np.isnan(result.normalised[np.ix_(result.ranked, columns)]).sum())
    if not count:
        return "no value of a ranked market is missing, so nothing is drawn"
    return f"each of {count} replaced by one observed in its column, drawn anew"


def _own(plan: Plan, name: str) -> str:
    """Codes whose own choice in their sheet no draw changes."""
    nodes = [plan.result.catalogue.node(code) for code in plan.result.tree.codes]
    codes = [node.code for node in nodes if getattr(node, name, None)]
    more = f" and {len(codes) - 4} more" if len(codes) > 4 else ""
    return f"{', '.join(codes[:4])}{more}"


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
    of = f" of {ranges.asked}" if outcome.failed else ""
    said = "; ".join(f"{a.name.replace('_', ' ')}: {a.words}" for a in assumed(ranges.plan))
    notes = [
        f"Range: {RANGE}, 5 to 95 % of {outcome.draws}{of} draws (seed {settings.seed}). {said}."
    ]
    if outcome.failed:
        notes.append(f"{outcome.failed} draws failed and are left out, see the warning.")
    moved = outside(ranges)
    if moved:
        few = ", ".join(f"{code} {rank} ({found})" for code, rank, found in moved[:6])
        more = f" and {len(moved) - 6} more" if len(moved) > 6 else ""
        notes.append(
            f"Ranked outside their range, so that these ranks rest on the very settings: {few}"
            f"{more}."
        )
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
