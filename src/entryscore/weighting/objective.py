"""Weights from the data alone: pure functions of complete columns (markets × k).

Each gives (k,) weights of 0 or more that sum to 1, whatever the order of the markets, or raises
`Unsuitable` with every fault. A single column that varies has the weight 1. A column is constant
where it has one value only, to 12 significant digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from entryscore.language import phrase
from entryscore.normalisation import is_constant
from entryscore.tree import Floats

_NOISE = 1e-12


@dataclass(frozen=True)
class Fault:
    """What is wrong, with the market's row and the column, or None where it is all of them.

    `what` is a template that `values` fills.
    """

    what: str
    hint: str
    row: int | None = None
    column: int | None = None
    values: Mapping[str, object] = field(default_factory=dict)


class Unsuitable(ValueError):
    """The method cannot weigh these columns: all the reasons."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(fault.what.format(**fault.values) for fault in faults))
        self.faults = tuple(faults)


def equal(columns: int) -> Floats:
    """1/k each."""
    return np.full(columns, 1 / columns)


def entropy(x: Floats) -> Floats:
    """Divergence 1 - entropy of p = x / sum, over their sum (Shannon 1948; Zeleny 1982).

    Raw values above 0, in any unit; directions play no part. A constant column has the weight 0.
    Raises Unsuitable for values of 0 or less, all columns constant, fewer than two markets.
    """
    _check(x, positive="entropy")
    p = x / x.sum(axis=0)
    divergence = (p * np.log(p * len(x))).sum(axis=0) / np.log(len(x))
    return _shared(np.where(is_constant(x), 0, np.maximum(divergence, 0)))


def critic(x: Floats, signs: Floats) -> Floats:
    """sd · sum(1 - r) of the oriented min-max columns (Diakoulaki et al. 1995).

    `signs` (k,): -1 for a column of which less is better. A constant column has the weight 0, and
    takes no part in the others' conflict. Raises Unsuitable where all columns are constant, where
    those that vary are perfectly correlated, and for fewer than two markets.
    """
    _check(x)
    varies = ~is_constant(x)
    weights = np.zeros(x.shape[1])
    if varies.sum() == 1:
        return np.where(varies, 1.0, 0.0)
    oriented = (x * signs)[:, varies]
    share = (oriented - oriented.min(axis=0)) / np.ptp(oriented, axis=0)
    conflict = 1 - np.corrcoef(share, rowvar=False)
    conflict[conflict < _NOISE] = 0
    weights[varies] = share.std(axis=0) * conflict.sum(axis=0)
    return _shared(weights, phrase("they are perfectly correlated, so that none adds information"))


def merec(x: Floats, signs: Floats) -> Floats:
    """What the overall performance loses without a column (Keshavarz-Ghorabaee et al. 2021).

    n = min / x, or x / max where less is better (`signs` -1); S = ln(1 + sum|ln n| / k), S' the
    same sum without the column; weights are the sums of |S' - S| over markets. Raw values above 0.
    A constant column has the weight 0. Raises Unsuitable as `entropy` does.
    """
    _check(x, positive="merec")
    size = np.abs(np.log(np.where(signs > 0, x.min(axis=0) / x, x / x.max(axis=0))))
    size[:, is_constant(x)] = 0
    total, k = size.sum(axis=1, keepdims=True), x.shape[1]
    whole, without = np.log1p(total / k), np.log1p(np.maximum(total - size, 0) / k)
    return _shared(np.abs(without - whole).sum(axis=0))


def standard_deviation(x: Floats) -> Floats:
    """The columns' standard deviations over their sum (Diakoulaki et al. 1995).

    Only columns on one scale can be compared: normalise them first. A constant column has the
    weight 0. Raises Unsuitable where all columns are constant, and for fewer than two markets.
    """
    _check(x)
    return _shared(np.where(is_constant(x), 0, x.std(axis=0)))


def loadings(x: Floats) -> Floats:
    """(k,) loadings of the first component of the correlation matrix: a unit vector, its largest
    entry positive; 0 for constant columns. Raises Unsuitable as `standard_deviation` does."""
    space, varies = _first_components(x)
    found = np.zeros(x.shape[1])
    first = space[:, -1]
    found[varies] = first * np.sign(first[np.abs(first).argmax()])
    return found


def pca(x: Floats) -> Floats:
    """Squared loadings of the first component (Handbook 2008 §6.1; Nicoletti et al. 2000).

    Where several components are equally long, none of them is the first: the mean of their squared
    loadings. A constant column has the weight 0. Raises Unsuitable as `standard_deviation` does.
    """
    space, varies = _first_components(x)
    weights = np.zeros(x.shape[1])
    weights[varies] = (space**2).sum(axis=1)
    return _shared(weights)


def _first_components(x: Floats) -> tuple[Floats, np.ndarray]:
    """(varying columns × those of the largest eigenvalue), and which columns vary."""
    _check(x)
    varies = ~is_constant(x)
    correlation = np.atleast_2d(np.corrcoef(x[:, varies], rowvar=False))
    values, vectors = np.linalg.eigh(correlation)
    return vectors[:, values > values[-1] - 1e-9 * len(values)], varies


def _check(x: Floats, positive: str = "") -> None:
    if len(x) < 2:
        raise Unsuitable([Fault(
            "fewer than two markets have a value of every indicator here",
            "fill in values, or choose an imputation",
        )])  # fmt: skip
    if positive:
        low = [
            Fault(
                "{method} weighs values above 0 only, and this is {value:g}",
                "use critic or standard_deviation", int(row), int(column),
                {"method": positive, "value": float(x[row, column])},
            )
            for row, column in np.argwhere(x <= 0)
        ]  # fmt: skip
        if low:
            raise Unsuitable(low)
    if is_constant(x).all():
        raise Unsuitable([
            Fault("every market has the same value, and so it is with all its siblings",
                  "leave the indicator out, or use equal", None, column)
            for column in range(x.shape[1])
        ])  # fmt: skip


def _shared(weights: Floats, nothing: str = phrase("they vary too little to be weighed")) -> Floats:
    if not weights.sum() > 0:
        raise Unsuitable([Fault(nothing, "use another method")])
    return np.asarray(weights / weights.sum())
