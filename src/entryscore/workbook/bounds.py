"""Bounds on weights: shares among siblings, of the columns weight_min and weight_max."""

from __future__ import annotations

from collections.abc import Sequence

from entryscore.catalogue import Catalogue, Indicator, Pillar
from entryscore.problems import Findings
from entryscore.tree import build_tree

Node = Indicator | Pillar
_CLOSE = 1e-9


def check_bounds(catalogue: Catalogue, findings: Findings) -> None:
    """Bounds that no weights can keep are a problem, declared weights outside them a warning."""
    tree = build_tree(catalogue)
    shares = dict(zip(tree.codes, tree.shares(tree.declared).tolist(), strict=True))
    nodes: tuple[Node, ...] = (*catalogue.pillars, *catalogue.indicators)
    for node in nodes:
        _check_order(node, catalogue, findings)
    for parent in tree.inner:
        below = [catalogue.node(tree.codes[c]) for c in tree.children[parent]]
        siblings = [node for node in below if node.weight > 0]  # others stay at 0 in every draw
        if not _check_sums(siblings, catalogue, findings):
            continue
        for node in siblings:
            _warn_of_declared(node, shares[node.code], catalogue, findings)


def _low(node: Node) -> float:
    return 0.0 if node.weight_min is None else node.weight_min


def _high(node: Node) -> float:
    return 1.0 if node.weight_max is None else node.weight_max


def _check_order(node: Node, catalogue: Catalogue, findings: Findings) -> None:
    if _low(node) > _high(node):
        findings.problem(
            catalogue.origin.where((node.code, "weight_max"), (node.code, "weight_min")),
            "weight_max {high:g} is below weight_min {low:g}",
            "the least share stands in weight_min",
            high=_high(node), low=_low(node),
        )  # fmt: skip


def _check_sums(siblings: Sequence[Node], catalogue: Catalogue, findings: Findings) -> bool:
    """Whether some shares that add to 1 lie within the bounds."""
    lowest, highest = sum(map(_low, siblings)), sum(map(_high, siblings))
    codes = ", ".join(node.code for node in siblings)
    if lowest > 1 + _CLOSE:
        first = next(node for node in siblings if _low(node) > 0)
        findings.problem(
            catalogue.origin.where((first.code, "weight_min")),
            "weight_min of the siblings {codes} adds to {total:g}, more than 1",
            "lower some", codes=codes, total=lowest,
        )  # fmt: skip
    if siblings and highest < 1 - _CLOSE:
        findings.problem(
            catalogue.origin.where((siblings[0].code, "weight_max")),
            "weight_max of the siblings {codes} adds to {total:g}, less than 1",
            "raise some, or leave one blank", codes=codes, total=highest,
        )  # fmt: skip
    return lowest <= 1 + _CLOSE and highest >= 1 - _CLOSE


def _warn_of_declared(node: Node, share: float, catalogue: Catalogue, findings: Findings) -> None:
    if not _low(node) - _CLOSE <= share <= _high(node) + _CLOSE and _low(node) <= _high(node):
        findings.warn(
            catalogue.origin.where((node.code, "weight"), (node.code, "code")),
            "the share of {code} among its siblings is {share:.3g}, outside its bounds "
            "{low:g} to {high:g}: the draws of weights keep them, the score does not",
            "change the weight or the bounds",
            code=node.code, share=share, low=_low(node), high=_high(node),
        )  # fmt: skip
