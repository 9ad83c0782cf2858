"""The weighting methods that compare pairs.

They act at every node with judgements on its children; the others keep their declared weights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from entryscore.language import phrase, say
from entryscore.naming import few_of
from entryscore.tree import Floats
from entryscore.weighting import judgement
from entryscore.weighting.judgement import LIMIT, Priorities
from entryscore.weighting.model import WEIGHTINGS, Judgement, Question, Tuning
from entryscore.weighting.panel import UNNAMED, Panel, combination, siblings, tuning_of

_LAWS = ("market_order_invariant", "ignores_values")
ByExpert = Mapping[str, Sequence[Judgement]]
_MOST_PAIRS = 6


def compared(question: Question) -> dict[int, dict[str, list[Judgement]]]:
    """The rows of Pairwise by parent (node) and expert; what is wrong with them is reported."""
    tree, findings = question.result.tree, question.findings
    found: dict[int, dict[str, list[Judgement]]] = {}
    for row in question.judgements.pairwise:
        parent = tree.position(row.parent) if row.parent in tree else -1
        codes = {tree.codes[child] for child in tree.children[parent]} if parent >= 0 else set()
        if row.a == row.b or not {row.a, row.b} <= codes:
            findings.problem(
                row.where or "Pairwise", "{a} and {b} are no two children of {parent}",
                "compare siblings", a=row.a, b=row.b, parent=row.parent,
            )  # fmt: skip
        else:
            found.setdefault(parent, {}).setdefault(row.expert or UNNAMED, []).append(row)
    judgement.contradictions(question.judgements.pairwise, findings)
    if not question.judgements.pairwise:
        findings.problem(
            question.judgements.where.get(("Pairwise",), "Pairwise"),
            "no pair is compared, and this method needs some",
            "fill in the sheet Pairwise: parent, a, b, ratio (a over b, 1/9 to 9) and, for"
            " several experts, expert",
        )  # fmt: skip
    return dict(sorted(found.items()))


class Node:
    """The judgements on the children of one node, and where to report on them."""

    def __init__(self, question: Question, parent: int, by_expert: ByExpert) -> None:
        self.question, self.by_expert = question, by_expert
        tree = question.result.tree
        rows = [row for said in by_expert.values() for row in said]
        self.nodes = siblings(question.result, parent, {c for r in rows for c in (r.a, r.b)})
        self.parent = tree.codes[parent]
        self.codes = [tree.codes[node] for node in self.nodes]
        self.first = rows[0].where or "Pairwise"

    def about(self, expert: str) -> str:
        return f"{self.parent}, {expert}" if len(self.by_expert) > 1 and expert else self.parent

    def problem(self, where: str, what: str, hint: str, **values: object) -> None:
        self.question.findings.problem(where or self.first, what, hint, **values)


@WEIGHTINGS.register(
    "ahp", formula="principal eigenvector of the comparisons a over b, under each parent;"
    " incomplete ones by Harker 1987; several experts: geometric means (Aczél & Saaty 1983)",
    source="Saaty 1980", properties=_LAWS,
)  # fmt: skip
def ahp(question: Question) -> Tuning:
    combine = combination(question, "judgements")
    panels, consistency, triads = [], list[dict[str, object]](), list[dict[str, object]]()
    for parent, by_expert in compared(question).items():
        node = Node(question, parent, by_expert)
        matrices = {e: judgement.matrix_of(rows, node.codes) for e, rows in by_expert.items()}
        if combine == "judgements" and len(matrices) > 1:
            matrices[""] = judgement.combined(list(matrices.values()))
        solved = _solved(node, matrices, combine)
        _diagnose(node, matrices, solved, consistency, triads)
        whole = solved.pop("", None)
        experts = {expert: found.weights for expert, found in solved.items()}
        if whole is not None or experts:
            shares = whole.weights if whole else np.mean(list(experts.values()), axis=0)
            panels.append(Panel(node.parent, node.nodes, shares, experts))
    tables = {
        phrase("Consistency"): pd.DataFrame(consistency),
        phrase("Inconsistent triads"): pd.DataFrame(triads),
    }
    notes = [_consistency_note(tables["Consistency"])] if consistency else []
    return tuning_of(question, panels, notes, {k: t for k, t in tables.items() if len(t)})


def _solved(node: Node, matrices: Mapping[str, Floats], combine: str) -> dict[str, Priorities]:
    """By expert ("": all together); an expert whose comparisons leave gaps no chain closes is a
    problem, unless the common matrix closes them."""
    found = {}
    for expert, matrix in matrices.items():
        pairs = judgement.unconnected(matrix)
        if not pairs:
            found[expert] = judgement.ahp(matrix)
        elif not expert or "" not in matrices:
            names = [f"{node.codes[i]} – {node.codes[j]}" for i, j in pairs]
            node.problem(
                node.by_expert[expert][0].where if expert else "",
                "{about}: no chain of comparisons joins all the siblings; missing: {pairs}",
                "compare one of these pairs, or more", about=node.about(expert),
                pairs=few_of(names, _MOST_PAIRS, "; "),
            )  # fmt: skip
    return found


def _diagnose(
    node: Node,
    matrices: Mapping[str, Floats],
    solved: Mapping[str, Priorities],
    consistency: list[dict[str, object]],
    triads: list[dict[str, object]],
) -> None:
    for expert, found in solved.items():
        label = expert or "all"
        consistency.append({
            "parent": node.parent, "expert": label, "compared": len(found.weights),
            "missing": found.missing, "lambda_max": found.lambda_max, "ci": found.ci,
            "ri": found.ri, "cr": found.cr, "consistent": not found.cr > LIMIT,
        })  # fmt: skip
        if not found.cr > LIMIT:
            continue
        worst = judgement.triads(matrices[expert])
        for i, j, k, factor in worst:
            a = matrices[expert]
            triads.append({
                "parent": node.parent, "expert": label, "a": node.codes[i], "b": node.codes[j],
                "c": node.codes[k], "a_over_b": a[i, j], "b_over_c": a[j, k], "a_over_c": a[i, k],
                "factor": factor,
            })  # fmt: skip
        node.question.findings.warn(
            node.by_expert[expert][0].where or node.first if expert else node.first,
            "{about}: the comparisons contradict each other, consistency ratio {cr:.3f} above"
            " {limit:g}; most of all {triads}", "compare these again", about=node.about(expert),
            cr=found.cr, limit=LIMIT,
            triads="; ".join(", ".join(node.codes[i] for i in triad[:3]) for triad in worst),
        )  # fmt: skip


def _consistency_note(table: pd.DataFrame) -> str:
    highest = table["cr"].max()
    text = say(
        "Largest consistency ratio {highest:.3f} (Saaty's random index of 1980; up to {limit}).",
        highest=highest, limit=LIMIT,
    )  # fmt: skip
    if table["missing"].any():
        text += say(" Ratios of incomplete comparisons flatter.")
    return text


@WEIGHTINGS.register(
    "best_worst", formula="min ξ: |w_B - a_Bj w_j| ≤ ξ, |w_j - a_jW w_W| ≤ ξ, Σw = 1, by LP",
    source="Rezaei 2015, 2016 (linear)", properties=_LAWS,
)  # fmt: skip
def best_worst(question: Question) -> Tuning:
    combine = combination(question, "priorities")
    panels, rows = [], list[dict[str, object]]()
    for parent, by_expert in compared(question).items():
        node = Node(question, parent, by_expert)
        asked = {expert: _asked(node, expert) for expert in by_expert}
        whole = {e: said for e, said in asked.items() if said is not None}
        if len(whole) < len(asked):
            continue
        solved = {e: judgement.best_worst(*said) for e, said in whole.items()}
        experts = {e: found.weights for e, found in solved.items()}
        shares = np.mean(list(experts.values()), axis=0)
        if combine == "judgements" and len(whole) > 1:
            common = _common(node, whole)
            if common is None:
                continue
            whole[""], solved[""] = common, judgement.best_worst(*common)
            shares = solved[""].weights
        for expert, found in solved.items():
            best, worst = whole[expert][:2]
            rows.append({
                "parent": node.parent, "expert": expert or "all", "best": node.codes[best],
                "worst": node.codes[worst], "xi": found.xi, "cr": found.cr,
            })  # fmt: skip
        panels.append(Panel(node.parent, node.nodes, shares, experts))
    notes = []
    if rows:
        largest = max(float(str(row["xi"])) for row in rows)
        notes.append(
            say(
                "Largest deviation ξ {largest:.4f} (0: the judgements agree exactly).",
                largest=largest,
            )
        )
    return tuning_of(question, panels, notes, {"Consistency": pd.DataFrame(rows)} if rows else {})


Asked = tuple[int, int, Floats, Floats]


def _asked(node: Node, expert: str) -> Asked | None:
    """Best, worst, best over others and others over worst; None, and reported, where a row is
    missing or says that another one is better or worse."""
    ratios = {(row.a, row.b): row for row in node.by_expert[expert]}
    best = _end(node, expert, "best", lambda x, y: ratios.get((x, y)))
    worst = _end(node, expert, "worst", lambda x, y: ratios.get((y, x)))
    if best is None or worst is None:
        return None
    codes = node.codes
    to_others = [ratios[codes[best], c].ratio if c != codes[best] else 1.0 for c in codes]
    to_worst = [ratios[c, codes[worst]].ratio if c != codes[worst] else 1.0 for c in codes]
    return best, worst, np.array(to_others), np.array(to_worst)


def _end(
    node: Node, expert: str, name: str, row_of: Callable[[str, str], Judgement | None]
) -> int | None:
    """The sibling compared with all others and never the weaker (or stronger) one."""
    rows = {
        x: {y: row for y in node.codes if y != x and (row := row_of(x, y)) is not None}
        for x in node.codes
    }
    code = max(rows, key=lambda x: (len(rows[x]), sum(np.log(r.ratio) for r in rows[x].values())))
    said, column = rows[code], "a" if name == "best" else "b"
    missing = [y for y in node.codes if y != code and y not in said]
    if missing:
        node.problem(
            node.by_expert[expert][0].where,
            "{about}: no sibling stands as {column} against all others, so none is the {name};"
            " {code} lacks: {missing}", "compare the {name} with every sibling, as {column}",
            about=node.about(expert), column=column, name=name, code=code,
            missing=", ".join(missing),
        )  # fmt: skip
        return None
    wrong = [row for row in said.values() if row.ratio < 1]
    for row in wrong:  # one wording for both ends, so that a row is reported once
        node.problem(
            row.where, "{about}: {a} over {b} is below 1, though {a} stands as a, or {b} as b,"
            " against all others, as the best and the worst do",
            "type 1 or more, or compare another one with all", about=node.about(expert),
            a=row.a, b=row.b,
        )  # fmt: skip
    return None if wrong else node.codes.index(code)


def _common(node: Node, asked: Mapping[str, Asked]) -> Asked | None:
    """Geometric means of the experts' ratios, who must have the same best and worst."""
    ends = {said[:2] for said in asked.values()}
    if len(ends) > 1:
        node.problem(
            "", "{parent}: the experts differ in the best or the worst one, so that their"
            " judgements cannot be combined", "combine their priorities", parent=node.parent,
        )  # fmt: skip
        return None
    best, worst = next(iter(ends))
    to_others, to_worst = (
        np.exp(np.mean([np.log(said[side]) for said in asked.values()], axis=0)) for side in (2, 3)
    )
    return best, worst, to_others, to_worst
