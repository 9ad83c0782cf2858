"""Who carries the uplift of a portfolio: exact Shapley values, and how concentrated they are."""

from __future__ import annotations

from math import comb

import numpy as np

from entryscore.partners.instance import Chosen, Instance, finish
from entryscore.tree import Floats

DEPENDENT = 0.18  # Herfindahl-Hirschman index from which a market hangs on few partners
_AT_ONCE = 4096


def shapley(instance: Instance, chosen: Chosen) -> Floats:
    """(T) each member's part of the uplift; the parts sum to it, 0 for the rest.

    A coalition's worth is the uplift of those of its members whose prerequisites are in it
    (Shapley 1953; Faigle & Kern 1992 for precedence)."""
    members = np.flatnonzero(chosen)
    n = len(members)
    worth = _worths(instance, members)
    subsets = np.arange(2**n)
    size = _bits(subsets, n).sum(axis=1)
    parts = np.zeros(len(chosen))
    for place, member in enumerate(members):
        without = subsets[(subsets >> place) & 1 == 0]
        weight = np.array([1 / (n * comb(n - 1, k)) for k in range(n)])[size[without]]
        parts[member] = float(weight @ (worth[without | (1 << place)] - worth[without]))
    return parts


def concentration(parts: Floats) -> float:
    """Herfindahl-Hirschman index of the parts, 1/n (even) to 1 (all on one); 0 without uplift."""
    total = parts.sum()
    return float(((parts / total) ** 2).sum()) if total > 0 else 0.0


def _bits(subsets: np.ndarray, n: int) -> np.ndarray:
    return np.asarray((subsets[:, None] >> np.arange(n)) & 1 == 1)


def _worths(instance: Instance, members: np.ndarray) -> Floats:
    n, base = len(members), float(instance.uplift(np.zeros(len(instance.types), dtype=bool)))
    tied = bool(instance.requires or instance.requires_any)
    found = []
    for start in range(0, 2**n, _AT_ONCE):
        block = np.arange(start, min(start + _AT_ONCE, 2**n))
        held = np.zeros((len(block), len(instance.types)), dtype=bool)
        held[:, members] = _bits(block, n)
        if tied:
            held = np.array([np.isfinite(finish(instance, row)) for row in held])
        found.append(instance.uplift(held) - base)
    return np.concatenate(found)
