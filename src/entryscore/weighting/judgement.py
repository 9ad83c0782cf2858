"""Weights from judgements: pure functions of comparison matrices (k × k), ratios and points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from entryscore.language import say
from entryscore.problems import Findings
from entryscore.quiet import quiet
from entryscore.tree import Floats
from entryscore.weighting.model import Judgement

# Saaty 1980, for 1 to 15 things compared; other tables differ by up to 5 %.
RANDOM_INDEX = (
    0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59,
)  # fmt: skip
LIMIT = 0.1  # a consistency ratio above it asks for a revision (Saaty 1980)
_SAME = 0.02  # ratios this near say the same: 1/3 may be typed as 0.33


@dataclass(frozen=True, eq=False)
class Priorities:
    """`weights` (k) sum to 1. `lambda_max` is the largest eigenvalue, `ci` (lambda_max - k) /
    (k - 1), `ri` the random index, `cr` their ratio (NaN beyond 15 things). `missing`: pairs."""

    weights: Floats
    lambda_max: float
    ci: float
    ri: float
    cr: float
    missing: int


@dataclass(frozen=True, eq=False)
class BestWorst:
    """`weights` (k) sum to 1. `xi`: the largest deviation |w_B - a_Bj w_j|, |w_j - a_jW w_W|, 0
    where the judgements agree. `cr`: max |a_Bj a_jW - a_BW| / (a_BW² - a_BW) (Liang 2020)."""

    weights: Floats
    xi: float
    cr: float


def contradictions(pairwise: Sequence[Judgement], findings: Findings) -> None:
    """Reports pairs that one expert compares twice with different results, at the later row."""
    first: dict[tuple[str, str, str, str], Judgement] = {}
    for row in pairwise:
        a, b = sorted((row.a, row.b))
        known = first.setdefault((row.parent, row.expert, a, b), row)
        said = known.ratio if known.a == row.a else 1 / known.ratio
        if abs(np.log(row.ratio / said)) > _SAME:
            findings.problem(
                row.where, "{a} over {b} is {ratio:.4g} here, and {said:.4g} in {other}",
                "keep one of the two", a=row.a, b=row.b, ratio=row.ratio, said=said,
                other=known.where or say("another row"),
            )  # fmt: skip


def pointless(
    points: Mapping[str, Mapping[str, float]],
    siblings: Sequence[Sequence[str]],
    where: Mapping[tuple[str, ...], str],
    findings: Findings,
) -> None:
    """Reports experts whose points on siblings are all 0, at the first of them."""
    for codes in siblings:
        for expert, said in points.items():
            typed = [code for code in codes if code in said]
            if typed and not any(said[code] for code in typed):
                findings.problem(
                    where.get(("Budget", expert, typed[0]), "Budget"),
                    "{expert} gives no point to any of {codes}",
                    "give at least one of them points, or empty these cells", expert=expert,
                    codes=", ".join(typed),
                )  # fmt: skip


def matrix_of(pairwise: Sequence[Judgement], codes: Sequence[str]) -> Floats:
    """(k × k) a_ij: how many times as important i is as j; NaN where nobody says. The first of two
    rows on a pair counts."""
    place = {code: i for i, code in enumerate(codes)}
    found = np.full((len(codes), len(codes)), np.nan)
    np.fill_diagonal(found, 1)
    for row in pairwise:
        i, j = place[row.a], place[row.b]
        if np.isnan(found[i, j]):
            found[i, j], found[j, i] = row.ratio, 1 / row.ratio
    return found


def combined(matrices: Sequence[Floats]) -> Floats:
    """Geometric mean of what is known, the only one that keeps a_ij = 1 / a_ji (Aczél & Saaty
    1983)."""
    stack = np.log(np.stack(matrices))
    known = (~np.isnan(stack)).sum(axis=0)
    return np.where(known, np.exp(np.nansum(stack, axis=0) / np.maximum(known, 1)), np.nan)


def unconnected(matrix: Floats) -> list[tuple[int, int]]:
    """The missing pairs, one of which is needed, where no chain of comparisons joins all; else
    none."""
    known = ~np.isnan(matrix)
    reach = np.linalg.matrix_power(known.astype(float), len(matrix)) > 0
    if reach.all():
        return []
    return [(i, j) for i, j in combinations(range(len(matrix)), 2) if not reach[i, j]]


def ahp(matrix: Floats) -> Priorities:
    """The principal eigenvector (Saaty 1980). Of an incomplete matrix: 0 for what is missing, and
    the diagonal raised by as many as are missing in the row (Harker 1987, Alternative modes of
    questioning in the analytic hierarchy process).

    The ratio of an incomplete matrix flatters: fewer comparisons contradict each other less.
    Raises ValueError where `unconnected` has pairs.
    """
    if unconnected(matrix):
        raise ValueError("no chain of comparisons joins all")
    k, gaps = len(matrix), np.isnan(matrix)
    filled = np.where(gaps, 0, matrix) + np.diag(gaps.sum(axis=1))
    values, vectors = np.linalg.eig(filled)
    largest = values.real.argmax()
    weights = np.abs(vectors[:, largest].real)
    ci = max(0.0, (float(values[largest].real) - k) / (k - 1)) if k > 2 else 0.0
    ri = RANDOM_INDEX[k - 1] if k <= len(RANDOM_INDEX) else float("nan")
    cr = ci / ri if ri else 0.0
    return Priorities(
        weights / weights.sum(), float(values[largest].real), ci, ri, cr, int(gaps.sum()) // 2
    )


def triads(matrix: Floats, count: int = 3) -> list[tuple[int, int, int, float]]:
    """The most inconsistent triads (i, j, k), worst first: a_ij a_jk is `factor` times a_ik, or
    the other way round; consistent ones are not listed."""
    found = []
    for i, j, k in combinations(range(len(matrix)), 3):
        factor = abs(np.log(matrix[i, j] * matrix[j, k] * matrix[k, i]))
        if factor > 1e-9:
            found.append((i, j, k, float(np.exp(factor))))
    return sorted(found, key=lambda triad: (-round(triad[3], 9), triad))[:count]


def best_worst(best: int, worst: int, to_others: Floats, to_worst: Floats) -> BestWorst:
    """The linear best-worst method (Rezaei 2016): the only weights with the smallest xi, by LP.

    `to_others` (k): the best over each, `to_worst` (k): each over the worst; both 1 or more, and
    1 for itself.
    """
    from scipy.optimize import linprog

    k = len(to_others)
    rows = np.zeros((2, k, k))
    for j in range(k):
        rows[0, j, best] += 1
        rows[0, j, j] -= to_others[j]
        rows[1, j, j] += 1
        rows[1, j, worst] -= to_worst[j]
    sides = np.vstack([rows.reshape(-1, k), -rows.reshape(-1, k)])
    with quiet():
        solved = linprog(
            np.r_[np.zeros(k), 1], A_ub=np.c_[sides, -np.ones(len(sides))],
            b_ub=np.zeros(len(sides)), A_eq=[[1.0] * k + [0]], b_eq=[1], method="highs",
        )  # fmt: skip
    if not solved.success:
        raise RuntimeError(f"the best-worst problem was not solved: {solved.message}")
    weights = np.maximum(solved.x[:k], 0)
    top = to_others[worst]
    off = np.abs(to_others * to_worst - top).max()
    return BestWorst(
        weights / weights.sum(), float(solved.fun), float(off / (top**2 - top)) if top > 1 else 0.0
    )


def rank_order(weights: Floats) -> Floats:
    """Rank-order centroids of an order of importance (Barron & Barrett 1996).

    The place p of k has (1/p + … + 1/k) / k; ties share the mean of their places'.
    """
    k = len(weights)
    centroids = pd.Series(np.cumsum(1 / np.arange(k, 0, -1))[::-1] / k)
    order = np.argsort(-weights, kind="stable")
    tied = (weights[order] / weights.max()).round(10)
    shares = np.empty(k)
    shares[order] = centroids.groupby(tied).transform("mean")
    return shares


def shared_points(points: Mapping[str, float], codes: Sequence[str]) -> Floats:
    """(k) one expert's points over their sum; what has none counts 0. NaN where all are 0."""
    found = np.array([points.get(code, 0.0) for code in codes])
    total = found.sum()
    return np.asarray(found / total if total > 0 else np.full(len(codes), np.nan))


def kendall_w(shares: Floats) -> float:
    """Agreement of the orders of (experts × k) shares, 0 to 1, corrected for ties (Kendall &
    Babington Smith 1939); NaN where every expert ties all."""
    ranks = pd.DataFrame(shares).round(10).rank(axis=1)
    m, k = ranks.shape
    ties = sum(float((n**3 - n).sum()) for n in (row.value_counts() for _, row in ranks.iterrows()))
    sums = ranks.sum()
    most = m**2 * (k**3 - k) - m * ties
    return float(12 * ((sums - sums.mean()) ** 2).sum() / most) if most > 0 else float("nan")


def similarity(shares: Floats) -> float:
    """Mean over pairs of experts of 1 - sum|p - q| / 2, the part of the weight that both give
    alike (Renkonen 1938), of (experts × k) shares."""
    pairs = combinations(shares, 2)
    return float(np.mean([1 - np.abs(p - q).sum() / 2 for p, q in pairs]))
