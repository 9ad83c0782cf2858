"""The weighting methods that ask for points, or for an order.

Points act at every node with some on its children; the others keep their declared weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from entryscore.language import say
from entryscore.tree import Floats
from entryscore.weighting import judgement
from entryscore.weighting.model import WEIGHTINGS, Question, Tuning
from entryscore.weighting.panel import Panel, siblings, tuning_of

_LAWS = ("market_order_invariant", "ignores_values")


def _from_points(question: Question) -> Tuning:
    """Each expert's points over their sum among siblings, averaged over the experts."""
    judgements, result = question.judgements, question.result
    if not any(judgements.points.values()):
        question.findings.problem(
            judgements.where.get(("Budget",), "Budget"),
            "there are no points, and this method needs some",
            "fill in the sheet Budget: code, and one column of points per expert",
        )  # fmt: skip
    tree = result.tree
    groups = [[tree.codes[child] for child in nodes] for nodes in tree.children]
    judgement.pointless(judgements.points, groups, judgements.where, question.findings)
    panels = []
    for node in reversed(tree.inner):
        typed = {e: set(groups[node]) & set(points) for e, points in judgements.points.items()}
        judged = {code for said in typed.values() for code in said}
        nodes = siblings(result, node, judged)
        experts = _experts(question, typed, [tree.codes[child] for child in nodes])
        if experts:
            mean = np.mean(list(experts.values()), axis=0)
            panels.append(Panel(tree.codes[node], nodes, mean, experts))
    return tuning_of(question, panels)


def _experts(
    question: Question, typed: Mapping[str, set[str]], codes: Sequence[str]
) -> dict[str, Floats]:
    judgements, found = question.judgements, {}
    for expert, said in typed.items():
        if not said:
            continue
        shares = judgement.shared_points(judgements.points[expert], codes)
        cells = [judgements.where.get(("Budget", expert, code), "Budget") for code in codes
                 if code in said]  # fmt: skip
        missing = [code for code in codes if code not in said]
        if np.isnan(shares).any():
            continue
        if missing:
            question.findings.warn(
                cells[0], "{expert} says nothing on {codes}: counted as 0 points",
                "type the points", expert=expert, codes=", ".join(missing),
            )  # fmt: skip
        found[expert] = shares
    return found


@WEIGHTINGS.register(
    "budget", formula="mean over experts of points / Σ points of the siblings",
    source="Handbook 2008 §6.2", properties=_LAWS,
)  # fmt: skip
def budget(question: Question) -> Tuning:
    return _from_points(question)


@WEIGHTINGS.register(
    "swing", formula="mean over experts of p / Σp, p the points of a swing from worst to best,"
    " 100 for the most important one",
    source="von Winterfeldt & Edwards 1986", properties=_LAWS,
)  # fmt: skip
def swing(question: Question) -> Tuning:
    return _from_points(question)


@WEIGHTINGS.register(
    "rank_order", formula="(1/p + … + 1/k) / k at place p of k by declared weight; ties share the"
    " mean", source="Barron & Barrett 1996", properties=_LAWS,
)  # fmt: skip
def rank_order(question: Question) -> Tuning:
    result = question.result
    panels, flat = [], []
    for parent in reversed(result.tree.inner):
        nodes = siblings(result, parent, set())
        if len(nodes) > 1:
            shares = judgement.rank_order(result.weights[nodes])
            panels.append(Panel(result.tree.codes[parent], nodes, shares))
            if np.ptp(shares) < 1e-12:
                flat.append(result.tree.codes[parent])
    notes = [say("Only the order of the declared weights counts.")]
    if flat:
        notes.append(say("All tie, so that all are equal, under: {codes}.", codes=", ".join(flat)))
    return tuning_of(question, panels, notes)
