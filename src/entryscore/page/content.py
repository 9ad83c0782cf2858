"""What the page holds: the index, its markets and settings, as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

import entryscore
from entryscore.contribution import spread_weights
from entryscore.language import current, own_name, phrase, say
from entryscore.page.words import words as spoken
from entryscore.report.model import Report
from entryscore.result import Result
from entryscore.tree import Floats
from entryscore.wording import method

_NOISE_DECIMALS = 10
LIVE = frozenset(
    ["arithmetic", "geometric", "harmonic", "power", "minimum", "median", "copeland"]
)  # what engine.js knows; anything else makes the page static

_MEANS = {  # called so in a sentence
    "arithmetic": phrase("arithmetic"), "geometric": phrase("geometric"),
    "harmonic": phrase("harmonic"), "power": phrase("power"),
}  # fmt: skip

Content = dict[str, Any]


def page_content(report: Report, scenarios: Mapping[str, Mapping[str, float]]) -> Content:
    """Everything the scripts need, in the current language. NaN is None; markets stand in the
    order of their codes."""
    result, words = report.result, spoken()
    order = sorted(range(len(result.table.codes)), key=lambda i: result.table.codes[i])
    reason = _static(report, words)
    gates, everywhere = _gates(result)
    groups, group_names = result.table.group_positions
    dropped = {gate.market for gate in result.gates if gate.drops}
    return {
        "lang": current(), "words": words, "title": report.title,
        "headline": _headline(report, words), "assumptions": _assumptions(report, words),
        "illustration": report.is_illustration,
        "source": words["source"].format(
            version=entryscore.__version__, sha256=report.sha256, command=report.command
        ),
        "static": reason,
        "settings": _settings(result), "nodes": _nodes(report),
        "everywhere": "; ".join(everywhere), "groups": group_names,
        "markets": [_market(result, i, int(groups[i]), gates[i], i in dropped) for i in order],
        "run": {
            "ranks": _plain(result.ranks[order]),
            "all": _plain(result.scores[order].T) if reason else None,
            "spread": _plain(spread_weights(result)[order]) if reason else None,
            "scenario": result.scenario,
        },
        "scenarios": [
            {"name": name, "weights": _plain(weights)}
            for name, weights in _scenarios(result, scenarios).items()
        ],
    }  # fmt: skip


def _plain(values: Floats) -> Any:
    """Nested lists, None for NaN."""
    if values.ndim > 1:
        return [_plain(row) for row in values]
    return [None if value != value else value for value in values.tolist()]


def _settings(result: Result) -> Content:
    settings = result.methodology
    return {
        "power": 1.0 if settings.power is None else settings.power,
        "missing": settings.missing, "min_coverage": settings.min_coverage,
        "min_total_coverage": settings.min_total_coverage, "group_fill": settings.group_fill,
        "decimals": _NOISE_DECIMALS if settings.rank_decimals is None else settings.rank_decimals,
        "bands": [
            {"name": b.name, "bound": b.bound if np.isfinite(b.bound) else None,
             "inclusive": b.inclusive}
            for b in settings.bands
        ],
    }  # fmt: skip


def _nodes(report: Report) -> list[Content]:
    """In the tree's order; `leaf`: place in a market's values, -1 above the indicators; `empty`:
    no value below, so that its weight is 0 whatever happens."""
    result, tree = report.result, report.result.tree
    empty = _empty(result)
    leaves = {int(node): place for place, node in enumerate(tree.leaves)}
    return [
        {"code": code, "name": _name(report, node), "parent": int(tree.parents[node]),
         "leaf": leaves.get(node, -1), "empty": bool(empty[node]),
         "weight": float(result.weights[node]),
         "aggregation": result.aggregation(node) if node not in leaves else None}
        for node, code in enumerate(tree.codes)
    ]  # fmt: skip


def _name(report: Report, node: int) -> str:
    return report.name(node) if node else own_name(report.result.catalogue.index) or say("Index")


def _market(result: Result, i: int, group: int, gates: Sequence[str], dropped: bool) -> Content:
    """`observed`: a 1 per indicator with a value of its own, imputed ones not counted."""
    tree, table = result.tree, result.table
    columns = tree.columns[tree.leaves]
    observed = ~np.isnan(result.scaled[i, columns])
    return {
        "code": table.codes[i], "name": table.label(i),
        "group": group,
        "gate": "; ".join(gates), "dropped": dropped,
        "values": _plain(result.normalised[i, columns]),
        "observed": "".join("01"[int(known)] for known in observed),
        "low": _plain(result.rank_low[[i]])[0], "high": _plain(result.rank_high[[i]])[0],
    }  # fmt: skip


def _gates(result: Result) -> tuple[list[list[str]], list[str]]:
    """Each market's gate outcomes, and those that all markets share, which are said once."""
    markets = len(result.table.codes)
    counts = Counter(gate.told() for gate in result.gates)
    everywhere = [text for text, count in counts.items() if count == markets]
    own: list[list[str]] = [[] for _ in range(markets)]
    for gate in result.gates:
        if gate.told() not in everywhere:
            own[gate.market].append(gate.told())
    return own, everywhere


def _empty(result: Result) -> np.ndarray:
    """(nodes) whether no market has a value below."""
    tree = result.tree
    empty = np.zeros(len(tree.codes), dtype=bool)
    empty[tree.leaves] = np.isnan(result.scaled[:, tree.columns[tree.leaves]]).all(axis=0)
    for node in tree.inner:
        empty[node] = bool(empty[tree.children[node]].all())
    return empty


def _scenarios(result: Result, stored: Mapping[str, Mapping[str, float]]) -> dict[str, Floats]:
    """(nodes) weights of the sheets and of every stored scenario; 0 where nothing has a value."""
    tree, empty = result.tree, _empty(result)
    found = {}
    for name in dict.fromkeys(("base", *stored)):
        weights = stored.get(name, {})
        nodes = [weights.get(c, w) for c, w in zip(tree.codes, tree.declared, strict=True)]
        found[name] = np.where(empty, 0.0, np.array(nodes, dtype=float))
    return found


def _static(report: Report, words: Mapping[str, str]) -> str:
    """Why the weights cannot move on the page; blank where they can."""
    result, tree = report.result, report.result.tree
    unknown = [a for n in tree.inner if (a := result.aggregation(n)) not in LIVE]
    if unknown:
        return words["static_aggregation"].format(name=method(unknown[0]))
    empty = _empty(result)
    for node in tree.inner:
        if not empty[node] and not np.any(result.weights[tree.children[node]] > 0):
            return words["static_left_out"].format(name=report.name(node))
    return ""


def _headline(report: Report, words: Mapping[str, str]) -> str:
    result = report.result
    first = [result.table.label(i) for i in report.ranked if result.ranks[i] == 1]
    if not first:
        return words["nobody"]
    told = words["headline"] if len(first) == 1 else words["tie"]
    return told.format(
        name=first[0], names=", ".join(first), ranked=len(report.ranked),
        all=len(result.table.codes),
    )  # fmt: skip


def _assumptions(report: Report, words: Mapping[str, str]) -> str:
    """One sentence: scale, aggregation, treatment, missing values, who is ranked."""
    result, settings = report.result, report.result.methodology
    tree = result.tree
    used = [result.catalogue.indicators[c] for c in tree.columns[tree.leaves]]
    how = words.get(f"scale_{settings.normalisation}", settings.normalisation)
    parts = [words["assume_scale"].format(how=how)]
    if any(i.normalisation not in (None, settings.normalisation) for i in used):
        parts[0] += f" ({words['assume_own']})"
    means = sorted({result.aggregation(n) for n in tree.inner})
    told = [words["mean"].format(name=say(_MEANS[m])) if m in _MEANS else method(m) for m in means]
    how = told[0] if len(told) == 1 else words["assume_mixed"].format(names=say(", ").join(told))
    parts.append(words["assume_aggregation"].format(how=how))
    if settings.treatment != "none":
        parts.append(words["assume_treatment"].format(how=method(settings.treatment)))
    if settings.imputation != "none":
        parts.append(words["assume_imputation"].format(how=method(settings.imputation)))
    parts.append(words[f"assume_{settings.missing}"].format(low=f"{settings.min_coverage:.0%}"))
    if settings.group_fill:
        parts.append(words["assume_fill"])
    parts.append(words["assume_ranked"].format(low=f"{settings.min_total_coverage:.0%}"))
    return words["assumptions"].format(parts=say("; ").join(parts))
