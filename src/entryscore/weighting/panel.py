"""What several experts say at a node, brought together, with how far they agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from entryscore.language import phrase, say
from entryscore.naming import did_you_mean
from entryscore.problems import UsageError
from entryscore.result import Result
from entryscore.tree import Floats
from entryscore.weighting.judgement import kendall_w, similarity
from entryscore.weighting.model import Question, Tuning, with_siblings

COMBINATIONS = ("judgements", "priorities")
UNNAMED = "unnamed"


@dataclass(frozen=True, eq=False)
class Panel:
    """One node: `nodes` (k) of its children, their `shares` (k), and what each expert says."""

    parent: str
    nodes: np.ndarray
    shares: Floats
    experts: Mapping[str, Floats] = field(default_factory=dict)


def combination(question: Question, default: str) -> str:
    """The option `combine`; UsageError for an unknown one."""
    chosen = str(question.options.get("combine") or default)
    if chosen not in COMBINATIONS:
        raise UsageError(
            say(
                "combine = {chosen}: no such way ({advice})",
                chosen=chosen,
                advice=did_you_mean(chosen, COMBINATIONS),
            )
        )
    return chosen


def siblings(result: Result, parent: int, judged: set[str]) -> np.ndarray:
    """Children that weigh something or are judged; others keep their weight of 0."""
    children = result.tree.children[parent]
    said = np.array([result.tree.codes[child] in judged for child in children], dtype=bool)
    return np.asarray(children[said | (result.weights[children] > 0)])


def tuning_of(
    question: Question,
    panels: Sequence[Panel],
    notes: Sequence[str] = (),
    tables: Mapping[str, pd.DataFrame] | None = None,
) -> Tuning:
    """The panels' shares as weights of nodes. An expert's weights are the common ones where the
    expert says nothing."""
    result = question.result
    weights = result.weights
    for panel in panels:
        weights = with_siblings(panel.nodes, panel.shares, weights)
    named = dict.fromkeys(name for panel in panels for name in panel.experts)
    notes = [*notes, *_kept(result, panels)]
    if len(named) < 2:
        return Tuning(weights, notes=tuple(notes), tables=dict(tables or {}))
    experts = {}
    for name in named:
        own = weights
        for panel in panels:
            if name in panel.experts:
                own = with_siblings(panel.nodes, panel.experts[name], own)
        experts[name] = own
    found = {
        phrase("Consensus"): _consensus(panels),
        phrase("Experts"): _spread(result, panels, list(named)),
    }
    notes.append(_agreement(found["Consensus"]))
    return Tuning(weights, experts, tuple(notes), dict(tables or {}) | found)


def _kept(result: Result, panels: Sequence[Panel]) -> list[str]:
    tree, judged = result.tree, {panel.parent for panel in panels}
    left = [
        tree.codes[node] for node in reversed(tree.inner)
        if tree.codes[node] not in judged and (result.weights[tree.children[node]] > 0).sum() > 1
    ]  # fmt: skip
    if not left:
        return []
    codes = ", ".join(left)
    return [say("Kept as declared, for want of judgements, under: {codes}.", codes=codes)]


def _consensus(panels: Sequence[Panel]) -> pd.DataFrame:
    """(parents × 3) how many experts, Kendall's W of their orders, similarity of their shares."""
    rows = []
    for panel in panels:
        if len(panel.experts) > 1:
            shares = np.stack(list(panel.experts.values()))
            rows.append((panel.parent, len(shares), kendall_w(shares), similarity(shares)))
    return pd.DataFrame(rows, columns=["parent", "experts", "kendall_w", "similarity"])


def _spread(result: Result, panels: Sequence[Panel], names: Sequence[str]) -> pd.DataFrame:
    """(nodes judged) combined share, mean, sd (over n - 1), least and most, then each expert's."""
    rows = []
    for panel in panels:
        for place, node in enumerate(panel.nodes):
            said = {name: float(panel.experts[name][place]) for name in names
                    if name in panel.experts}  # fmt: skip
            each = np.array(list(said.values()) or [np.nan])
            rows.append({
                "code": result.tree.codes[node], "parent": panel.parent,
                "combined": float(panel.shares[place]), "mean": each.mean(),
                "sd": each.std(ddof=1) if len(each) > 1 else np.nan,
                "min": each.min(), "max": each.max(),
                **{name: said.get(name, np.nan) for name in names},
            })  # fmt: skip
    return pd.DataFrame(rows)


def _agreement(consensus: pd.DataFrame) -> str:
    if consensus.empty:
        return say("No two experts judge the same node, so that agreement cannot be measured.")
    order, alike = consensus["kendall_w"].mean(), consensus["similarity"].mean()
    spoken = say("not defined, all tie") if np.isnan(order) else f"{order:.2f}"
    return say(
        "Consensus, mean over {count} node(s): Kendall's W of the orders {order}, "
        "similarity of the shares {alike:.2f} (both 1 where all agree).",
        count=len(consensus),
        order=spoken,
        alike=alike,
    )
