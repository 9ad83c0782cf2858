"""What a market's score would gain if one node's score rose, and the formulas of it.

Where all means above are arithmetic this is the node's weight times the rise. Elsewhere the score
of every parent is made again: of a mean f⁻¹(Σ s f(x)) the child's term s f(x) is replaced.
"""

from __future__ import annotations

import numpy as np

from entryscore.aggregation import TOLERANCE, function_of
from entryscore.result import Result
from entryscore.tree import Floats

QUASI = ("geometric", "harmonic", "power")  # f: ln x, 1/x, (x / 100)^p
KNOWN = ("arithmetic", "minimum", *QUASI)
_UNIT = 100.0  # large powers of scores would overflow


def form_of(result: Result, node: int) -> str:
    """The aggregation that makes a node's score; the powers 1 and 0 are the arithmetic and the
    geometric mean."""
    name, p = result.aggregation(node), result.methodology.power
    if name != "power":
        return name
    if p is None or p == 1:
        return "arithmetic"
    return "geometric" if abs(p) < TOLERANCE else name


def forms_above(result: Result, node: int) -> list[str]:
    tree = result.tree
    return [form_of(result, int(tree.parents[n])) for n in tree.path(node)]


def unknown_form(result: Result, node: int) -> str:
    """The aggregation above the node under which the gain is not known; empty where it is."""
    return next((name for name in forms_above(result, node) if name not in KNOWN), "")


def raised(result: Result, market: int, node: int, score: float) -> list[float]:
    """Scores of the nodes above, up to the index, with another score of the node."""
    tree, found = result.tree, []
    for child in tree.path(node):
        parent = int(tree.parents[child])
        below = tree.children[parent]
        x = result.scores[market, below].copy()
        x[below == child] = score
        weights = np.where(np.isnan(x), 0.0, result.weights[below])
        function = function_of(result.aggregation(parent), result.methodology.power)
        score = float(function(np.nan_to_num(x)[None], weights[None])[0])
        found.append(score)
    return found


def term(result: Result, kind: str, score: str) -> str:
    """The formula f(x)."""
    if kind == "geometric":
        return f"LN({score})"
    return (
        f"1/{score}" if kind == "harmonic" else f"({score}/{_UNIT})^({result.methodology.power!r})"
    )


def term_of(result: Result, kind: str, scores: Floats) -> Floats:
    """Values of f(x), 0 where x is not positive."""
    x = np.where(scores > 0, scores, 1.0)
    if kind == "geometric":
        found = np.log(x)
    else:
        p = result.methodology.power
        found = 1 / x if kind == "harmonic" else (x / _UNIT) ** (1.0 if p is None else p)
    return np.where(scores > 0, found, 0.0)


def inverse(result: Result, kind: str, total: str) -> str:
    """The formula f⁻¹(x)."""
    if kind == "geometric":
        return f"EXP({total})"
    if kind == "harmonic":
        return f"1/({total})"
    return f"{_UNIT}*({total})^(1/({result.methodology.power!r}))"


def zero_absorbs(result: Result, kind: str) -> bool:
    """Whether a mean is 0 where a child is."""
    p = result.methodology.power
    return kind in ("geometric", "harmonic") or (kind == "power" and p is not None and p < 0)
