"""A result with the range of each rank, and what the ranges were made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from entryscore.language import phrase
from entryscore.problems import InputError, Problem
from entryscore.result import Result
from entryscore.robustness.plan import Plan, plan_of
from entryscore.robustness.run import Outcome, run
from entryscore.robustness.summary import rank_range


@dataclass(frozen=True, eq=False)
class Ranges:
    """`result` with `rank_low` and `rank_high` filled in; `outcome` is what was counted over the
    draws of `plan`, None where none were made."""

    result: Result
    plan: Plan
    outcome: Outcome | None
    warnings: tuple[Problem, ...] = ()

    @property
    def asked(self) -> int:
        """How many draws were asked for."""
        return self.result.methodology.draws

    @property
    def known(self) -> bool:
        """Whether there are ranges."""
        return self.outcome is not None and self.outcome.draws > 0


def rank_ranges(
    result: Result,
    *,
    detail: bool = False,
    jobs: int = 1,
    step: Callable[[int], None] = lambda done: None,
) -> Ranges:
    """The ranges for the settings draws, seed and uncertain; `detail`, `jobs`, `step`: see `run`.

    Without draws or ranked markets the ranges stay unknown. Raises InputError where the bounds of
    weights leave almost nothing to draw from, UsageError for more ranks than fit into memory.
    """
    plan, draws = plan_of(result), result.methodology.draws
    if not draws or not result.ranked.any():
        return Ranges(result, plan, None)
    outcome = run(plan, draws, detail=detail, jobs=jobs, step=step)
    found = rank_range(result, outcome)
    for ends in (found.low, found.high):
        ends.setflags(write=False)
    filled = replace(result, rank_low=found.low, rank_high=found.high)
    return Ranges(filled, replace(plan, result=filled), outcome, _failed(outcome, draws, result))


def ranges_or_warning(result: Result, *, detail: bool = False) -> Ranges:
    """As `rank_ranges`; where nothing can be drawn, unknown ranges and a warning that says why."""
    try:
        return rank_ranges(result, detail=detail)
    except InputError as error:
        said = tuple(
            Problem(
                problem.where, "no rank ranges: {why}", problem.hint,
                {**problem.values, "why": problem.message},
            )
            for problem in error.problems
        )  # fmt: skip
        return Ranges(result, plan_of(result), None, said)


def _failed(outcome: Outcome, draws: int, result: Result) -> tuple[Problem, ...]:
    """One warning for all draws that failed."""
    if not outcome.failed:
        return ()
    reasons = "; ".join(f"{times} × {why}" for why, times in outcome.failures.most_common())
    if result.scenario == "base":
        what = phrase("rank ranges: {failed} of {draws} draws failed and are left out: {reasons}")
    else:
        what = phrase(
            "rank ranges of scenario {scenario}: {failed} of {draws} draws failed and are left "
            "out: {reasons}"
        )
    values = {"scenario": result.scenario, "failed": outcome.failed, "draws": draws}
    return (Problem("", what, "", {**values, "reasons": reasons}),)
