"""Everything there is to say on how sure the ranks of a result are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from entryscore.language import say
from entryscore.problems import InputError, Problem, UsageError
from entryscore.result import Result
from entryscore.robustness.central import confidence_factors
from entryscore.robustness.exact import Dominance, PotentialWinners, dominance, potential_winners
from entryscore.robustness.plan import PAGE
from entryscore.robustness.ranges import Ranges, rank_ranges
from entryscore.robustness.run import MOST_PAIRED, Outcome
from entryscore.robustness.sensitivity import SAMPLES, Sensitivity, sensitivity
from entryscore.robustness.stability import stability
from entryscore.robustness.summary import (
    acceptability,
    central_weights,
    ranks_table,
    verdicts,
    winning,
)
from entryscore.robustness.words import spoken

MOST_ACCEPTED = 500  # markets up to which every rank of each is told
MOST_EXACT = 300  # markets up to which there are exact answers
_CONFIDENCE_DRAWS = 1000
_COSTLY_SAMPLES = 256  # where every run scores the data anew
_LATER_STEPS = 3


@dataclass(frozen=True, eq=False)
class Exact:
    """Answers without sampling: over the stated weights, and `anyhow` over any weights. `stable`:
    the range of each share over which the top `top` stay."""

    dominance: Dominance
    winners: PotentialWinners
    anyhow: PotentialWinners
    stable: pd.DataFrame
    top: int


@dataclass(frozen=True, eq=False)
class Standing:
    """`ranks`: a row per ranked market with the columns of the csv; `verdicts`: against the next;
    the others as in `robustness.summary`; `confidence` by market that can come first. `missing`
    says what could not be worked out, and why."""

    ranges: Ranges
    outcome: Outcome
    ranks: pd.DataFrame
    verdicts: pd.DataFrame
    acceptability: pd.DataFrame | None
    winning: pd.DataFrame | None
    central: pd.DataFrame | None
    confidence: pd.Series[float]
    sensitivity: Sensitivity | None
    exact: Exact | None
    missing: tuple[str, ...]

    @property
    def result(self) -> Result:
        return self.ranges.result


def work(result: Result) -> int:
    """How many steps `assemble` reports."""
    return -(-result.methodology.draws // PAGE) + _LATER_STEPS


def assemble(result: Result, *, jobs: int = 1, step: Callable[[], None] = lambda: None) -> Standing:
    """Draws, their sensitivity and the exact answers.

    Raises UsageError without draws, InputError where no market is ranked or nothing can be drawn.
    """
    if not result.methodology.draws:
        raise UsageError(say("the setting draws is 0: say how many with --draws N"))
    if not result.ranked.any():
        raise InputError([Problem("Markets", "no market is ranked", "see what dropped each")])
    ranges = rank_ranges(result, detail=True, jobs=jobs, step=lambda done: step())
    outcome, result = ranges.outcome, ranges.result
    assert outcome is not None
    central = central_weights(result, outcome) if outcome.draws else None
    confidence = _confidence(ranges, central)
    step()
    moving, why_not = _sensitivity(ranges)
    step()
    exact, why_inexact = _exact(result)
    step()
    return Standing(
        ranges, outcome, ranks_table(result, outcome), verdicts(result, outcome),
        acceptability(result, outcome) if len(outcome.markets) <= MOST_ACCEPTED else None,
        winning(result, outcome), central, confidence, moving, exact,
        (*_too_many(len(outcome.markets)), *why_not, *why_inexact),
    )  # fmt: skip


def _confidence(ranges: Ranges, central: pd.DataFrame | None) -> pd.Series[float]:
    if central is None:
        return pd.Series(dtype=float)
    return confidence_factors(ranges.plan, central, min(ranges.asked, _CONFIDENCE_DRAWS))


def _sensitivity(ranges: Ranges) -> tuple[Sensitivity | None, tuple[str, ...]]:
    if len(ranges.plan.assumptions) == 1:
        only = spoken(ranges.plan.assumptions[0])
        return None, (
            say(
                "Only one assumption is uncertain, {only}: nothing else can move the ranks.",
                only=only,
            ),
        )
    samples = _COSTLY_SAMPLES if "data" in ranges.plan.assumptions else SAMPLES
    try:
        return sensitivity(ranges.plan, samples), ()
    except InputError as error:
        return None, tuple(f"{problem.message}." for problem in error.problems)


def _exact(result: Result) -> tuple[Exact | None, tuple[str, ...]]:
    if int(result.ranked.sum()) > MOST_EXACT:
        return None, (say("No exact answers above {count} ranked markets.", count=MOST_EXACT),)
    top = result.methodology.shortlist
    top = top if top < int(result.ranked.sum()) else 1  # who else could come in
    try:
        return Exact(
            dominance(result), potential_winners(result), potential_winners(result, "any"),
            stability(result, top), top,
        ), ()  # fmt: skip
    except UsageError as error:
        return None, (say("No exact answers: {error}.", error=error),)


def _too_many(markets: int) -> tuple[str, ...]:
    found = []
    if markets > MOST_ACCEPTED:
        found.append(
            say(
                "The probability of every single rank is left out above {count}.",
                count=MOST_ACCEPTED,
            )
        )
    if markets > MOST_PAIRED:
        found.append(
            say(
                "Pairs are compared with the next in rank only above {count} markets.",
                count=MOST_PAIRED,
            )
        )
    return tuple(found)
