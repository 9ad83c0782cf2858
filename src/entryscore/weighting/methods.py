"""All weighting methods by name: those from the data stand here, the others where they are
imported from.

A data-driven method acts among sibling indicators with a weight above 0, on complete rows, and what
they weigh together stays; so do the shares of the nodes above.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from entryscore.language import phrase, say
from entryscore.result import Result
from entryscore.tree import Floats
from entryscore.weighting import compared, doubt, fit, importance, objective, points
from entryscore.weighting.model import WEIGHTINGS, Question, Tuning, with_siblings
from entryscore.weighting.objective import Fault, Unsuitable

__all__ = ["WEIGHTINGS", "compared", "doubt", "fit", "importance", "points"]

Siblings = np.ndarray
_LAWS = ("market_order_invariant", "keeps_nodes")
_SPREAD = phrase(
    "These weights say how the data differ, not what matters: read them beside declared ones, and"
    " expect them to change with the markets."
)


@dataclass
class _Part:
    """The sibling indicators of one node on complete rows: `nodes` (k), `columns` (k) of values,
    `rows` (markets without gaps)."""

    result: Result
    parent: int
    nodes: Siblings
    rows: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=int))

    @property
    def columns(self) -> np.ndarray:
        return np.asarray(self.result.tree.columns[self.nodes])

    @property
    def signs(self) -> Floats:
        return np.array([self.result.catalogue.indicators[c].sign for c in self.columns])

    @property
    def codes(self) -> list[str]:
        return [self.result.tree.codes[node] for node in self.nodes]

    @property
    def name(self) -> str:
        return self.result.tree.codes[self.parent]

    def of(self, values: Floats) -> Floats:
        """(rows × k) of an array (markets × indicators)."""
        return np.asarray(values[np.ix_(self.rows, self.columns)])

    def where(self, fault: Fault) -> str:
        code = self.codes[fault.column or 0]
        table = self.result.table
        if fault.column is None:
            return self.result.catalogue.origin.where((self.name, "code"), (code, "parent"))
        if fault.row is None:
            return table.headers.get(code) or self.result.catalogue.origin.where((code, "code"))
        return table.where(table.codes[self.rows[fault.row]], code)


def _parts(result: Result) -> list[_Part]:
    """Nodes with two or more indicators that weigh something, from the top down."""
    tree = result.tree
    found = []
    for node in reversed(tree.inner):
        children = tree.children[node]
        nodes = children[(tree.columns[children] >= 0) & (result.weights[children] > 0)]
        if len(nodes) > 1:
            found.append(_Part(result, node, nodes))
    return found


def _from_data(question: Question, values: Floats, weigh: Callable[[_Part], Floats]) -> Tuning:
    """`weigh` at every part, on the rows whose `values` (markets × indicators) are complete."""
    result = question.result
    weights, flat, parts = result.weights, [], _parts(result)
    for part in parts:
        whole = np.asarray(~np.isnan(values[:, part.columns]).any(axis=1))
        part.rows = np.flatnonzero(whole)
        try:
            shares = weigh(part)
        except Unsuitable as error:
            _report(question, part, error)
            continue
        _warn_of_gaps(question, part, len(whole))
        weights = with_siblings(part.nodes, shares, weights)
        flat += [code for code, share in zip(part.codes, shares, strict=True) if share == 0]
    notes = [say(_SPREAD)]
    if flat:
        notes.append(
            say("Weight 0 by this method, as nothing varies: {flat}.", flat=", ".join(flat))
        )
    if not parts:
        notes.append(say("No node has two indicators to weigh, so that nothing changes."))
    return Tuning(weights, notes=tuple(notes))


def _report(question: Question, part: _Part, error: Unsuitable) -> None:
    for fault in error.faults:
        what = phrase("{code}: {fault}")
        if fault.column is None:
            what = phrase("indicators under {parent}: {fault}")
        question.findings.problem(
            part.where(fault), what, fault.hint, fault=say(fault.what, **fault.values),
            parent=part.name, code=part.codes[fault.column or 0],
        )  # fmt: skip


def _warn_of_gaps(question: Question, part: _Part, markets: int) -> None:
    left_out = markets - len(part.rows)
    if left_out:
        question.findings.warn(
            part.where(Fault("", "")),
            "{count} of {markets} markets lack a value of an indicator under {parent}, and are"
            " left out of its weights", "fill in the values, or choose an imputation",
            count=left_out, markets=markets, parent=part.name,
        )  # fmt: skip


@WEIGHTINGS.register(
    "equal", formula="1/k for each of k sibling indicators", source="",
    properties=(*_LAWS, "ignores_values"),
)  # fmt: skip
def equal(question: Question) -> Tuning:
    weights = question.result.weights
    for part in _parts(question.result):
        weights = with_siblings(part.nodes, objective.equal(len(part.nodes)), weights)
    return Tuning(weights, notes=(
        say("Equal among the indicators of each node; the nodes' own shares stay as declared."),
    ))  # fmt: skip


@WEIGHTINGS.register(
    "entropy", formula="d / Σd, d = 1 + Σ p ln p / ln n, p = x / Σx, x raw and above 0",
    source="Shannon 1948; Zeleny 1982", properties=(*_LAWS, "unit_invariant"),
)  # fmt: skip
def entropy(question: Question) -> Tuning:
    raw = question.result.imputed
    return _from_data(question, raw, lambda part: objective.entropy(part.of(raw)))


@WEIGHTINGS.register(
    "critic", formula="c / Σc, c_j = sd_j Σ_i (1 - r_ij) of min-max columns, costs reversed first",
    source="Diakoulaki et al. 1995", properties=(*_LAWS, "unit_invariant", "shift_invariant"),
)  # fmt: skip
def critic(question: Question) -> Tuning:
    x = question.result.treated
    return _from_data(question, x, lambda part: objective.critic(part.of(x), part.signs))


@WEIGHTINGS.register(
    "merec",
    formula="e / Σe, e_j = Σ |S' - S|, S = ln(1 + Σ|ln n| / k), S' without j, n = min / x, or"
    " x / max of a cost; x raw and above 0",
    source="Keshavarz-Ghorabaee et al. 2021", properties=(*_LAWS, "unit_invariant"),
)  # fmt: skip
def merec(question: Question) -> Tuning:
    raw = question.result.imputed
    return _from_data(question, raw, lambda part: objective.merec(part.of(raw), part.signs))


@WEIGHTINGS.register(
    "standard_deviation", formula="sd / Σsd of the normalised columns",
    source="Diakoulaki et al. 1995", properties=(*_LAWS, "unit_invariant", "shift_invariant"),
)  # fmt: skip
def standard_deviation(question: Question) -> Tuning:
    scores = question.result.normalised
    return _from_data(question, scores, lambda part: objective.standard_deviation(part.of(scores)))


@WEIGHTINGS.register(
    "pca", formula="v², v the first eigenvector of the correlations of the normalised columns",
    source="Handbook 2008 §6.1", properties=(*_LAWS, "unit_invariant", "shift_invariant"),
)  # fmt: skip
def pca(question: Question) -> Tuning:
    scores, rows = question.result.normalised, list[tuple[str, str, float]]()

    def weigh(part: _Part) -> Floats:
        loadings = objective.loadings(part.of(scores))
        pairs = zip(part.codes, loadings.tolist(), strict=True)
        rows.extend((part.name, code, loading) for code, loading in pairs)
        return objective.pca(part.of(scores))

    tuning = _from_data(question, scores, weigh)
    table = pd.DataFrame(rows, columns=["parent", "code", "loading"])
    against = list(table.loc[table["loading"] < -1e-9, "code"])
    notes = tuning.notes
    if against:
        notes += (
            say(
                "Negative loadings count by their size, though these pull the other way: {codes}.",
                codes=", ".join(against),
            ),
        )
    return Tuning(tuning.weights, notes=notes, tables={phrase("Loadings"): table})
