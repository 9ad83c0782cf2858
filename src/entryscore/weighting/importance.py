"""Weights that give every node an equal (or stated) importance, none below 0.

Importance of a node: its correlation with the index over the markets that have both scores, or, as
`main_effect`, the square of it with its sign (the linear main effect). Becker, Saisana, Paruolo &
Vandecasteele 2017 (Ecological Indicators 80) ask for shares of importance; so do we:
h_i = r_i / Σ r_j.

Options (`Question.options`):

* `level`: depth of the nodes concerned, 1 (default) for the children of the index; `siblings` for
  every group of siblings and its parent instead of the index, from the bottom up.
* `importance`: `correlation` (default) or `main_effect`.
* `target`: relative importance by code; 1 where not named.
* `move`: which weights may differ from the declared ones: `level`, those of the nodes concerned;
  `above`, those of the nodes above them too; `all` (default), those below too. Further ones move
  only where the nearer ones do not reach the target, and then as little as needed.

Largest deviation from the target first, then nearness to the declared shares. With complete data
and arithmetic means the deviation is a quotient of linear functions of a level's weights, so the
local search ends at the least there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from entryscore.language import phrase, say
from entryscore.naming import did_you_mean
from entryscore.problems import UsageError
from entryscore.result import Result
from entryscore.tree import Floats, Tree
from entryscore.weighting.model import WEIGHTINGS, Question, Tuning
from entryscore.weighting.programmes import cheapest, nearest
from entryscore.weighting.rescoring import scores_under, weights_of

IMPORTANCES = ("correlation", "main_effect")
MOVES = ("level", "above", "all")
SIBLINGS = "siblings"
REACHED = 1e-6  # largest deviation of a share of importance that counts as equality
_STEP, _SLACK, _NO_STEP = 1e-6, 1e-9, 1e-5
_ITERATIONS = 60
Ints = NDArray[np.intp]


@WEIGHTINGS.register(
    "equal_importance",
    formula="min max |r_i / Σ r_j - t_i| over w ≥ 0, r_i the correlation of node i with the index",
    source="Becker, Saisana, Paruolo & Vandecasteele 2017",
    properties=("market_order_invariant", "unit_invariant"),
)  # fmt: skip
def equal_importance(question: Question) -> Tuning:
    """Raises UsageError for an option that says nothing known.

    Nodes of weight 0 keep it; nodes with one value only (or fewer than 3 markets) have no
    correlation, keep their shares and are left out of the target, with a note.
    """
    result, options = question.result, question.options
    level, move = str(options.get("level", 1)), str(options.get("move", "all"))
    measure = str(options.get("importance", "correlation"))
    for name, value, allowed in (("move", move, MOVES), ("importance", measure, IMPORTANCES)):
        if value not in allowed:
            raise UsageError(
                say(
                    "{name} {value}: not known ({advice})",
                    name=name,
                    value=value,
                    advice=did_you_mean(value, allowed),
                )
            )
    targets = _targets(result.tree, options.get("target", {}))
    shares = result.shares.copy()
    notes: list[str] = []
    rows: list[pd.DataFrame] = []
    for top, nodes in _groups(result, level):
        balance = Balance.of(result, top, nodes, targets, measure, shares)
        if len(balance.nodes) > 1:
            found, said = _balanced(balance, shares, "level" if level == SIBLINGS else move)
            rows.append(_table(balance, shares, found))
            shares = found
            notes.append(said)
        notes += balance.notes
    if not rows:
        notes.append(say("No two nodes there vary, so the weights stay as declared."))
    table = {phrase("Importance"): pd.concat(rows, ignore_index=True)} if rows else {}
    return Tuning(weights_of(result, shares), notes=tuple(notes), tables=table)


def _targets(tree: Tree, given: object) -> Mapping[str, float]:
    if not isinstance(given, Mapping):
        raise UsageError(say("target: give a number by code"))
    for code, number in given.items():
        if code not in tree:
            raise UsageError(
                say(
                    "target {code}: no such node ({advice})",
                    code=code,
                    advice=did_you_mean(code, tree.codes[1:]),
                )
            )
        if not (isinstance(number, int | float) and 0 < number < np.inf):
            raise UsageError(
                say("target {code}: {number} (give a number above 0)", code=code, number=number)
            )
    return given


def _groups(result: Result, level: str) -> list[tuple[int, Ints]]:
    """(node above, nodes concerned), in the order of work."""
    tree, live = result.tree, result.effective > 0
    if level == SIBLINGS:
        groups = [(n, tree.children[n][live[tree.children[n]]]) for n in tree.inner if live[n]]
        return [(node, below) for node, below in groups if below.size > 1]
    depths = np.array([tree.depth(i) for i in range(len(tree.codes))])
    nodes = np.flatnonzero((depths.astype(str) == level) & live & (depths > 0))
    if not nodes.size:
        raise UsageError(
            say(
                "level {level}: no nodes (1 to {max}, or {siblings})",
                level=level,
                max=depths.max(),
                siblings=SIBLINGS,
            )
        )
    return [(0, nodes)]


@dataclass(frozen=True, eq=False)
class Balance:
    """Shares of importance of `nodes` for `top`, and what they should be (`target`, adds to 1)."""

    result: Result
    top: int
    nodes: Ints
    target: Floats
    measure: str
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, result: Result, top: int, nodes: Ints, targets: Mapping[str, float], measure: str,
        shares: Floats,
    ) -> Balance:  # fmt: skip
        codes = result.tree.codes
        balance = cls(result, top, nodes, np.ones(len(nodes)), measure)
        known = ~np.isnan(balance.correlations(shares[None])[0])
        target = np.array([float(targets.get(codes[i], 1.0)) for i in nodes[known]])
        left = ", ".join(codes[i] for i in nodes[~known])
        notes = (
            (say("No correlation with {codes}, share kept: {left}.", codes=codes[top], left=left),)
            if left
            else ()
        )
        return replace(balance, nodes=nodes[known], target=target / target.sum(), notes=notes)

    def correlations(self, shares: Floats) -> Floats:
        """(R × nodes) under shares (R × nodes of the tree); NaN where there is none."""
        parts = [
            _correlation(scores[..., self.nodes], scores[..., self.top, None])
            for scores in scores_under(self.result, shares)
        ]
        return np.concatenate(parts)

    def importance(self, shares: Floats) -> Floats:
        """(R × nodes) h, its sum 1; NaN where the correlations do not add up to more than 0."""
        r = self.correlations(shares)
        r = r * np.abs(r) if self.measure == "main_effect" else r
        total = r.sum(axis=1, keepdims=True)
        return np.asarray(r / np.where(total > 0, total, np.nan))

    def deviation(self, shares: Floats) -> float:
        far = np.abs(self.importance(shares[None])[0] - self.target).max()
        return float("inf") if np.isnan(far) else float(far)

    def movable(self, move: str) -> Ints:
        """The nodes whose shares may move."""
        tree, live = self.result.tree, self.result.effective > 0
        if move == "all":
            return np.flatnonzero(live)[1:]
        if move == "level":
            return self.nodes
        paths = [tree.path(int(node)) for node in self.nodes]
        return np.unique(np.array([node for path in paths for node in path], dtype=np.intp))


def _correlation(x: Floats, y: Floats) -> Floats:
    """(R × k) of x (R × markets × k) and y (R × markets × 1), pairwise complete, from 3 markets."""
    both = ~np.isnan(x) & ~np.isnan(y)
    count = np.maximum(both.sum(axis=1, keepdims=True), 1)
    x, y = np.where(both, x, 0.0), np.where(both, y, 0.0)
    x = np.where(both, x - x.sum(axis=1, keepdims=True) / count, 0.0)
    y = np.where(both, y - y.sum(axis=1, keepdims=True) / count, 0.0)
    size = np.abs(x).max(axis=1, initial=0.0) > _SLACK
    size &= (np.abs(y).max(axis=1, initial=0.0) > _SLACK) & (count[:, 0] >= 3)
    scale = np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    return np.asarray((x * y).sum(axis=1) / np.where(size, scale, np.nan))


def _balanced(balance: Balance, start: Floats, move: str) -> tuple[Floats, str]:
    """Shares of all nodes, and a sentence on how near they come."""
    best, said = start, ""
    for stage in MOVES[: MOVES.index(move) + 1]:
        nodes = balance.movable(stage)
        for first in _starts(balance, best, nodes):
            found = _search(balance, first, nodes, start)
            if balance.deviation(found) < balance.deviation(best) - _SLACK:
                best = found
            if balance.deviation(best) <= REACHED:
                break
        far = balance.deviation(best)
        if far <= REACHED:
            break
        said += say(
            "With {what} alone no weights of 0 or more found come nearer than {far:.4f} "
            "to every node's target. ",
            what=say(_WORDS[stage]),
            far=far,
        )
    top, kind = balance.result.tree.codes[balance.top], balance.measure.replace("_", " ")
    if far <= REACHED:
        said += say(
            "Shares of {kind} with {top} are as asked, by moving {what}.",
            kind=kind,
            top=top,
            what=say(_WORDS[stage]),
        )
    else:
        said += say(
            "Shares of {kind} with {top} are as asked to within {far:.4f} of 1.",
            kind=kind,
            top=top,
            far=far,
        )
    return best, said


_WORDS = {
    "level": phrase("the weights of these nodes"),
    "above": phrase("these and the weights above them"), "all": phrase("weights at every level"),
}  # fmt: skip


def _starts(balance: Balance, best: Floats, nodes: Ints) -> list[Floats]:
    """The best so far, equal shares, and the fixed point of w ← w · target / importance."""
    equal, point = best.copy(), best.copy()
    tree = balance.result.tree
    for parent in np.unique(tree.parents[nodes]):
        group = nodes[tree.parents[nodes] == parent]
        equal[group] = best[group].sum() / len(group)
    own = balance.nodes[np.isin(balance.nodes, nodes)]
    at = np.isin(balance.nodes, nodes)
    for _ in range(50):
        h = np.nan_to_num(balance.importance(point[None])[0][at])
        pull = np.sqrt(balance.target[at] / np.maximum(h, balance.target[at] / 4))
        for parent in np.unique(tree.parents[own]):
            group = tree.parents[own] == parent
            raised = point[own[group]] * pull[group]
            point[own[group]] = raised / raised.sum() * point[own[group]].sum()
    return [best, equal, point]


def _search(balance: Balance, start: Floats, nodes: Ints, declared: Floats) -> Floats:
    """Shares from `start` that bring the largest deviation down, then nearest to the declared.

    Successive linear programmes within a radius: the deviation linearised, then, at its least, the
    nearest point; a step that does not help halves the radius.
    """
    shares, far, radius = start, balance.deviation(start), 1.0
    for _ in range(_ITERATIONS):
        if not np.isfinite(far) or radius < _NO_STEP:
            break
        step = _step(balance, shares, nodes, declared, radius)
        new = balance.deviation(step)
        gain = far - new
        nearer = _distance(shares, declared) - _distance(step, declared)
        if gain > _SLACK or (new <= max(far, REACHED / 10) and nearer > _SLACK):
            shares, far, radius = step, new, min(1.0, 2 * radius)
        else:
            radius /= 4
    return shares


def _distance(shares: Floats, declared: Floats) -> float:
    return float(np.linalg.norm(shares - declared))


def _step(balance: Balance, shares: Floats, nodes: Ints, declared: Floats, radius: float) -> Floats:
    parents, k = balance.result.tree.parents[nodes], len(nodes)
    h = balance.importance(shares[None])[0]
    moved = np.repeat(shares[None], k, axis=0)
    moved[np.arange(k), nodes] += _STEP
    slopes = ((balance.importance(moved) - h) / _STEP).T  # (targets × nodes)
    slopes = np.nan_to_num(slopes)
    off = h - balance.target - slopes @ shares[nodes]
    groups = (parents == np.unique(parents)[:, None]).astype(float)
    sums, one = groups @ shares[nodes], np.eye(k)
    rows = np.concatenate((-slopes, slopes, one, -one))
    low, high = np.maximum(0.0, shares[nodes] - radius), shares[nodes] + radius
    slack = np.repeat([1.0, 0.0], [2 * len(h), 2 * k])  # rows · s + slack · e >= least
    least = np.concatenate((off, -off, low, -high))
    found = cheapest(
        np.append(np.zeros(k), 1.0), np.column_stack((rows, slack)), least,
        np.column_stack((groups, np.zeros(len(groups)))), sums,
    )  # fmt: skip
    if found is None:
        return shares
    least -= slack * (max(0.0, found[-1]) + _SLACK)
    closest = nearest(declared[nodes], rows, least, groups, sums)
    step = shares.copy()
    step[nodes] = np.maximum(0.0, found[:k] if closest is None else closest)
    return step


def _table(balance: Balance, before: Floats, after: Floats) -> pd.DataFrame:
    tree, both = balance.result.tree, np.stack((before, after))
    r, h = balance.correlations(both), balance.importance(both)
    return pd.DataFrame(
        {
            "node": [tree.codes[i] for i in balance.nodes],
            "with": tree.codes[balance.top],
            "declared_share": before[balance.nodes], "tuned_share": after[balance.nodes],
            "correlation_before": r[0], "correlation_after": r[1],
            "importance_before": h[0], "importance_after": h[1], "target": balance.target,
        }
    )  # fmt: skip
