"""What a weighting method is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from entryscore.problems import Findings
from entryscore.registry import Registry
from entryscore.result import Result
from entryscore.tree import Floats


@dataclass(frozen=True)
class Judgement:
    """One row of the sheet Pairwise: a is `ratio` times as important as b, under `parent`."""

    parent: str
    a: str
    b: str
    ratio: float
    expert: str = ""
    where: str = ""


@dataclass(frozen=True)
class Preference:
    """One row of the sheet Preferences: `better` should rank above `worse` (market codes)."""

    better: str
    worse: str
    strength: float = 1.0
    where: str = ""


@dataclass(frozen=True, eq=False)
class Judgements:
    """The sheets Pairwise, Budget and Preferences as read.

    `points`: by expert, points by code of a node. `where` gives the cell of an expert's points for
    ("Budget", expert, code), and of the sheet itself for ("Budget",), ("Pairwise",),
    ("Preferences",).
    """

    pairwise: tuple[Judgement, ...] = ()
    points: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    preferences: tuple[Preference, ...] = ()
    where: Mapping[tuple[str, ...], str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Question:
    """The scored base, the judgements, and where problems and warnings go.

    `options`: what the command line may set for a method (such as a target or a combination rule).
    """

    result: Result
    judgements: Judgements = field(default_factory=Judgements)
    findings: Findings = field(default_factory=Findings)
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Tuning:
    """`weights` (nodes of the tree, raw, on any scale; nodes the method says nothing about keep
    their declared ones). `experts`: weights (nodes) by expert, where there are several.

    `notes`: sentences on how firm this is, for the reader; `tables`: further results by title.
    """

    weights: Floats
    experts: Mapping[str, Floats] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)


Weighting = Callable[[Question], Tuning]
WEIGHTINGS: Registry[Weighting] = Registry("weighting method")


def with_siblings(children: np.ndarray, shares: Floats, base: Floats) -> Floats:
    """A copy of `base` (nodes) in which the children share what they had in all as `shares` say."""
    weights = base.copy()
    total = base[children].sum()
    weights[children] = shares / shares.sum() * (total if total > 0 else 1.0)
    return weights
