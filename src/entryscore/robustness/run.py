"""All draws of a plan, counted: ranks, wins, weights that put a market first."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from entryscore.language import phrase, say
from entryscore.methodology import Methodology
from entryscore.problems import UsageError
from entryscore.result import Result
from entryscore.robustness.engine import Engine
from entryscore.robustness.places import (
    MOST_COUNTED,
    MOST_KEPT,
    Counts,
    Ints,
    Kept,
    Places,
    places_of,
    tally_for,
)
from entryscore.robustness.plan import PAGE, Draws, Plan, page_of
from entryscore.tree import Floats

_KEPT_FREE = 1_000_000  # floats, 8 MB, of address space only; else each page costs 400 page faults
NO_SCORE = phrase("a ranked market has no score")
_FEW = 128  # draws at once, which a byte can count
MOST_PAIRED = 300  # markets up to which every pair is compared


@dataclass(eq=False)
class Outcome:
    """What is counted over the draws of `markets` (positions of the M ranked ones).

    With detail: `ahead` (M - 1) draws in which a market is ahead of the next in the base ranking
    (in rank order, ties by code), half of those in which they tie; `wins` (M × M) the same of the
    row's market and the column's, None above 300 markets; `first_weights` (M × nodes) sum of the
    shares among siblings in draws that put the market first, `first_draws` (M) how many.
    """

    markets: Ints
    ranks: Counts | Kept
    failures: Counter[str] = field(default_factory=Counter)
    ahead: Floats | None = None
    wins: Floats | None = None
    first_weights: Floats | None = None
    first_draws: Ints | None = None

    @property
    def draws(self) -> int:
        """The draws that the statistics are made over."""
        return self.ranks.draws

    @property
    def failed(self) -> int:
        return sum(self.failures.values())

    def merge(self, other: Outcome) -> None:
        self.ranks.merge(other.ranks)
        self.failures += other.failures
        for name in ("ahead", "wins", "first_weights", "first_draws"):
            mine = getattr(self, name)
            if mine is not None:
                mine += getattr(other, name)


def decimals_of(methodology: Methodology) -> int:
    return 10 if methodology.rank_decimals is None else methodology.rank_decimals


def run(
    plan: Plan,
    draws: int,
    *,
    detail: bool = False,
    jobs: int = 1,
    step: Callable[[int], None] = lambda done: None,
) -> Outcome:
    """`draws` draws of the plan. The outcome does not depend on `jobs`; `step` is told how many
    draws are done. Raises UsageError where ranks would not fit into memory."""
    np.empty(_KEPT_FREE)  # freed at once: from now on glibc keeps what a page frees for the next
    markets = int(plan.result.ranked.sum())
    if markets > MOST_COUNTED and markets * draws > MOST_KEPT:
        raise UsageError(
            say(
                "{markets} markets: at most {draws} draws",
                markets=markets,
                draws=MOST_KEPT // markets,
            )
        )
    pages = range(-(-draws // PAGE))
    outcome = _empty(plan, detail)
    for page, part in zip(pages, _parts(plan, pages, draws, detail, jobs), strict=True):
        outcome.merge(part)
        step(min(draws, (page + 1) * PAGE))
    return outcome


def _parts(plan: Plan, pages: range, draws: int, detail: bool, jobs: int) -> Iterable[Outcome]:
    if jobs == 1 or len(pages) < 2:
        engine = Engine(plan)
        return (_one_page(engine, page, draws, detail) for page in pages)
    from joblib import Parallel, delayed

    several = _pages_at_once(len(pages), jobs)
    chunks = [pages[i : i + several] for i in range(0, len(pages), several)]
    parallel = Parallel(n_jobs=jobs, return_as="generator")
    with _interrupts_wait():
        found = parallel(delayed(_some_pages)(plan, list(c), draws, detail) for c in chunks)
    return (part for chunk in found for part in chunk)


def _pages_at_once(pages: int, jobs: int) -> int:
    return max(1, pages // (8 * jobs)) if jobs > 0 else 8


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Ctrl-C is held back meanwhile; processes started here never hear it, so that only this one
    says something of it and ends them."""
    mask = getattr(signal, "pthread_sigmask", None)  # Windows has none
    if mask is None:
        yield
        return
    from joblib.externals.loky.backend.resource_tracker import ensure_running

    ensure_running()  # when it has to start, it lets interrupts through again
    before = mask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        mask(signal.SIG_SETMASK, before)


def _some_pages(plan: Plan, pages: list[int], draws: int, detail: bool) -> list[Outcome]:
    engine = Engine(plan)
    return [_one_page(engine, page, draws, detail) for page in pages]


def _one_page(engine: Engine, page: int, draws: int, detail: bool) -> Outcome:
    whole = page_of(engine.plan, page)
    wanted = min(PAGE, draws - page * PAGE)
    part = Draws(
        whole.weights[:wanted], {k: v[:wanted] for k, v in whole.choice.items()},
        whole.replicate[:wanted],
    )  # fmt: skip
    outcome = _empty(engine.plan, detail)
    decimals = decimals_of(engine.result.methodology)
    for rows, scores, failure in engine.scores(part):
        good = ~np.isnan(scores).any(axis=1)
        if not good.all():
            reason = failure or say(NO_SCORE)
            outcome.failures[reason] += int((~good).sum())
            rows, scores = rows[good], scores[good]
        if len(rows):
            places = places_of(scores, decimals)
            outcome.ranks.add(places)
            if detail:
                _add_detail(outcome, places, engine.plan, part.weights[rows])
    return outcome


def _empty(plan: Plan, detail: bool) -> Outcome:
    markets = np.flatnonzero(plan.result.ranked)
    count = len(markets)
    outcome = Outcome(markets, tally_for(count))
    if detail:
        outcome.ahead = np.zeros(max(0, count - 1))
        outcome.wins = np.zeros((count, count)) if count <= MOST_PAIRED else None
        outcome.first_weights = np.zeros((count, len(plan.result.tree.codes)))
        outcome.first_draws = np.zeros(count, dtype=np.int64)
    return outcome


def _add_detail(outcome: Outcome, places: Places, plan: Plan, weights: Floats) -> None:
    first = places.first().astype(float)
    assert outcome.first_weights is not None
    assert outcome.first_draws is not None
    outcome.first_weights += first.T @ plan.result.tree.shares(weights)
    outcome.first_draws += first.sum(axis=0).astype(np.int64)
    ranks = places.ranks()
    order = in_rank_order(plan.result, outcome.markets)
    upper, lower = ranks[:, order[:-1]], ranks[:, order[1:]]
    assert outcome.ahead is not None
    outcome.ahead += (upper < lower).sum(axis=0) + 0.5 * (upper == lower).sum(axis=0)
    if outcome.wins is not None:
        outcome.wins += _wins(ranks)


def _wins(ranks: Ints) -> Floats:
    """(M × M) draws in which the row's market is ahead, and half of those in which they tie."""
    behind = np.zeros((ranks.shape[1],) * 2)
    for start in range(0, len(ranks), _FEW):
        some = ranks[start : start + _FEW].astype(np.int16)
        for i, mine in enumerate(some.T):
            less = (mine[:, None] < some).view(np.uint8)
            behind[i] += np.add.reduce(less, axis=0, dtype=np.uint8)
    return np.asarray((len(ranks) + behind - behind.T) / 2)


def in_rank_order(result: Result, markets: Ints) -> Ints:
    """Positions within `markets`, which are all ranked ones, by rank, ties by code."""
    return np.searchsorted(markets, result.order[: len(markets)])
