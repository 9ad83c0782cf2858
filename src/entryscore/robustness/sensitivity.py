"""Which uncertain assumption moves the ranking: Sobol' indices of the mean shift of ranks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from entryscore.language import say
from entryscore.problems import InputError, Problem, UsageError
from entryscore.robustness.engine import Engine
from entryscore.robustness.places import Ints
from entryscore.robustness.plan import DISCRETE, PAGE, Draws, Plan, page_of
from entryscore.robustness.replay import ranks_under
from entryscore.tree import Floats

SAMPLES, RESAMPLES, REPLICATES, CONFIDENCE = 1024, 200, 1024, 0.95
_CHOSEN = (*DISCRETE, "leave_one_out")


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """First-order and total indices per assumption (D), each with half the width of its 95 %
    bootstrap interval; 0 where the output does not vary, which `notes` says.

    The output of a run is the mean over ranked markets of |rank - rank in the base|, `shift` its
    mean over the 2 `used` independent runs. `samples` base samples were asked for, and the
    D + 2 runs of `used` of them went in; `failures` counts failed runs by reason.
    """

    assumptions: tuple[str, ...]
    first: Floats
    first_half: Floats
    total: Floats
    total_half: Floats
    shift: float
    samples: int
    used: int
    failures: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def runs(self) -> int:
        return self.samples * (len(self.assumptions) + 2)

    def frame(self) -> pd.DataFrame:
        """One row per assumption, in the plan's order, the intervals as their two ends."""
        return pd.DataFrame(
            {
                "assumption": self.assumptions,
                "first": self.first,
                "first_low": self.first - self.first_half,
                "first_high": self.first + self.first_half,
                "total": self.total,
                "total_low": self.total - self.total_half,
                "total_high": self.total + self.total_half,
            }
        )


def sensitivity(
    plan: Plan,
    samples: int = SAMPLES,
    *,
    resamples: int = RESAMPLES,
    replicates: int = REPLICATES,
    seed: int | None = None,
) -> Sensitivity:
    """Sobol' indices of the plan's assumptions, by SALib (Saltelli et al. 2010).

    One factor u in [0, 1) per assumption: alternative ⌊u k⌋ of k, or draw ⌊u R⌋ of the first R =
    `replicates` draws of the plan for weights, missing and data. `samples` is a power of two; they
    make samples x (D + 2) runs. The same seed (by default the setting) gives the same indices.

    Raises UsageError for numbers that do not fit and where nothing is uncertain, InputError where
    fewer than two base samples have all their runs.
    """
    _check(plan, samples, resamples, replicates)
    from SALib.analyze import sobol as analysis  # a second to import, so only here
    from SALib.sample import sobol as sampling

    names, own = plan.assumptions, plan.result.methodology.seed if seed is None else seed
    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    design = sampling.sample(problem, samples, calc_second_order=False, seed=_stream(own, 0))
    shift, failures = _shifts(plan, draws_of(plan, design, replicates))
    by_sample = shift.reshape(samples, len(names) + 2)
    whole = np.asarray(~np.isnan(by_sample).any(axis=1))
    used, notes = int(whole.sum()), _failure_notes(failures, whole, len(shift))
    if used < 2:
        raise InputError(
            [Problem("", "no Sobol' indices: " + "; ".join(failures), "see the settings named")]
        )
    kept = by_sample[whole]
    base = kept[:, [0, -1]]
    if np.ptp(base) == 0:
        zero = np.zeros(len(names))
        indices = {"S1": zero, "S1_conf": zero, "ST": zero, "ST_conf": zero}
        notes += (_flat_note(kept),)
    else:
        indices = analysis.analyze(
            problem, kept.ravel(), calc_second_order=False, num_resamples=resamples,
            conf_level=CONFIDENCE, seed=_stream(own, 1),
        )  # fmt: skip
    first, first_half, total, total_half = (
        np.asarray(indices[key], dtype=float) for key in ("S1", "S1_conf", "ST", "ST_conf")
    )
    return Sensitivity(
        names, first, first_half, total, total_half, float(base.mean()), samples, used,
        failures, notes,
    )  # fmt: skip


def draws_of(plan: Plan, design: Floats, replicates: int = REPLICATES) -> Draws:
    """Draws for factors (R × assumptions) in [0, 1)."""
    factor = dict(zip(plan.assumptions, design.T, strict=True))
    choice = {
        name: _part(factor[name], plan.choices(name))
        for name in _CHOSEN
        if name in plan.assumptions
    }
    none = np.zeros(len(design), dtype=np.int64)
    missing, noise = (
        _part(factor[name], replicates) if name in factor else none for name in ("missing", "data")
    )
    weights = np.repeat(plan.result.weights[None], len(design), axis=0)
    if "weights" in factor:
        pages = [page_of(plan, page).weights for page in range(-(-replicates // PAGE))]
        weights = np.concatenate(pages)[_part(factor["weights"], replicates)]
    return Draws(weights, choice, missing, noise)


def _part(factor: Floats, count: int) -> Ints:
    return (factor * count).astype(np.int64)


def _shifts(plan: Plan, draws: Draws) -> tuple[Floats, Counter[str]]:
    """(R) mean absolute shift of ranks, NaN where the run failed; failures by reason."""
    engine = Engine(plan)
    nominal = plan.result.ranks[engine.markets]
    shift = np.full(len(draws), np.nan)
    failures: Counter[str] = Counter()
    for rows, ranks, reason in ranks_under(engine, draws):
        if reason:
            failures[reason] += len(rows)
        else:
            shift[rows] = np.abs(ranks - nominal).mean(axis=1)
    return shift, failures


def _failure_notes(failures: Counter[str], whole: np.ndarray, runs: int) -> tuple[str, ...]:
    if not failures:
        return ()
    left, reasons = int((~whole).sum()), "; ".join(f"{n} x {r}" for r, n in failures.items())
    return (
        say(
            "{failed} of {runs} runs failed ({reasons}); {left} of {samples} base samples, "
            "with all their runs, are left out",
            failed=failures.total(),
            runs=runs,
            reasons=reasons,
            left=left,
            samples=len(whole),
        ),
    )


def _flat_note(kept: Floats) -> str:
    if np.ptp(kept) == 0:
        return say(
            "every run shifts ranks by {shift:g} on average: no assumption matters",
            shift=kept[0, 0],
        )
    return say("the base samples all shift ranks alike, too few to tell: ask for more")


def _stream(seed: int, use: int) -> int:
    """A seed for SALib, which takes 0 for none."""
    return int(np.random.SeedSequence([seed, use]).generate_state(1)[0]) | 1


def _check(plan: Plan, samples: int, resamples: int, replicates: int) -> None:
    if not plan.assumptions:
        raise UsageError(say("Sobol' indices: no assumption is uncertain"))
    if not plan.result.ranked.any():
        raise UsageError(say("Sobol' indices: no market is ranked"))
    if samples < 2 or samples & (samples - 1):
        raise UsageError(
            say("Sobol' indices: {samples} samples are no power of two", samples=samples)
        )
    if resamples < 2 or replicates < 1:
        raise UsageError(say("Sobol' indices: at least 2 resamples and 1 replicate"))
