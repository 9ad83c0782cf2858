"""What a reader is told of how sure the ranks are, in sentences; of the figures nothing is lost."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from entryscore import output
from entryscore.language import phrase, say
from entryscore.naming import few_of
from entryscore.robustness.exact import PotentialWinners
from entryscore.robustness.ranges import Ranges
from entryscore.robustness.sensitivity import Sensitivity
from entryscore.robustness.summary import TIE, central_weights, verdicts
from entryscore.robustness.words import RANGE, assumed, held, outside, spoken, told
from entryscore.standing.findings import Exact, Standing

_FEW = 8
VERDICTS = phrase(
    "Verdict against the next in rank, by the share of draws in which the market is ahead of it "
    "(level counts half): robust from 90 %, tie between 40 and 60 % or level in the ranking, else "
    "fragile; below 40 % the next is mostly ahead."
)


def drawn(ranges: Ranges) -> list[str]:
    """How often what was drawn: a sentence, then the assumptions one by one."""
    outcome, settings = ranges.outcome, ranges.result.methodology
    assert outcome is not None
    failed = (
        say(
            "{failed} of {asked} draws failed and are in no figure",
            failed=outcome.failed, asked=ranges.asked,
        )
        if outcome.failed
        else say("none failed")
    )  # fmt: skip
    found = [
        say(
            "Range: {range}, 5 to 95 % of {draws} draws (seed {seed}; {failed}). In each draw "
            "every assumption is drawn at once:",
            range=say(RANGE), draws=outcome.draws, seed=settings.seed, failed=failed,
        )
    ]  # fmt: skip
    found += map(told, assumed(ranges.plan))
    kept = say(", ").join(held(ranges.plan)) or say("nothing")
    found.append(say("held in every draw: {assumptions}", assumptions=kept))
    why_failed = outcome.failures.most_common()
    return [*found, *(say("failed {count} ×: {why}", count=n, why=why) for why, n in why_failed)]


def placed(ranges: Ranges, called: Callable[[str], str] = str) -> list[str]:
    """Who comes first, and whose rank the draws do not bear out. `called`: what a market of a code
    is called."""
    outcome, result = ranges.outcome, ranges.result
    if outcome is None or not outcome.draws:
        return []
    found = []
    central = central_weights(result, outcome)
    if central is not None:
        firsts = central["draws"].sort_values(ascending=False, kind="stable")
        counts = zip(firsts.index, firsts.tolist(), strict=True)
        shares = [f"{called(str(code))} {share(n / outcome.draws)}" for code, n in counts]
        found.append(say("First place: {shares} of the draws.", shares=_listed(shares)))
    lines = verdicts(result, outcome)
    behind = lines[lines["p_ahead"] < 1 - TIE].to_dict("records")
    if behind:
        pairs = [
            say("{code} of {next} ({share})", code=called(a["code"]), next=called(a["next"]),
                share=share(a["p_ahead"]))
            for a in behind
        ]  # fmt: skip
        found.append(say("Ahead of the next in rank in few draws: {pairs}.", pairs=_listed(pairs)))
    moved = [f"{called(code)} {rank} ({between})" for code, rank, between in outside(ranges)]
    if moved:
        found.append(
            say(
                "Ranked outside their range, so that these ranks rest on the very settings: "
                "{markets}.",
                markets=_listed(moved),
            )
        )
    return found


def moving(found: Sensitivity) -> list[str]:
    """Which assumption matters most."""
    said = [
        say(
            "Ranks shift by {shift:.1f} on average over the draws. First order: the share "
            "of that shift's variance which an assumption explains alone; total: with its "
            "interplay with the others (Sobol' indices with 95 % intervals, {runs} runs).",
            shift=found.shift,
            runs=found.runs,
        )
    ]
    most = int(np.argmax(found.total))
    if found.total[most] > 0:
        name = spoken(found.assumptions[most])
        said.insert(
            0,
            say(
                "The shift of ranks rests most on {name}: total {total:.0%}.",
                name=name,
                total=found.total[most],
            ),
        )
    return [*said, *(f"{note[0].upper()}{note[1:]}." for note in found.notes)]


def exactly(standing: Standing, exact: Exact) -> list[str]:
    """What holds for all admissible weights, from linear programmes and breakpoints."""
    filled = "missing" in standing.result.methodology.uncertain
    template = (
        phrase(
            "Not sampled but exact, for arithmetic means, over all weights {admissible} and "
            "whatever the missing values are:"
        )
        if filled
        else phrase("Not sampled but exact, for arithmetic means, over all weights {admissible}:")
    )
    found = [say(template, admissible=_admissible(standing))]
    template = phrase("{count} can be first under these weights: {names}{undecided}")
    found.append(_firsts(exact.winners, template))
    strict = exact.dominance.strict
    size, open_ = len(strict), int(np.isnan(strict).sum())
    decided = int(np.nansum(strict))
    pairs = size * (size - 1) // 2
    undecided = say("; {count} comparisons undecided", count=open_) if open_ else ""
    if pairs:
        found.append(
            say(
                "of {pairs} pairs of markets {decided} ({share:.0%}) have the same order under "
                "all of these weights", pairs=pairs, decided=decided, share=decided / pairs,
            ) + undecided
        )  # fmt: skip
    template = phrase("{count} can be first under any weights at all: {names}{undecided}")
    found.append(_firsts(exact.anyhow, template))
    return found


def _firsts(winners: PotentialWinners, template: str) -> str:
    can = [code for code, first in zip(winners.codes, winners.first, strict=True) if first == 1]
    open_ = int(np.isnan(winners.first).sum())
    undecided = say("; {count} undecided", count=open_) if open_ else ""
    return say(template, count=len(can), names=_listed(can), undecided=undecided)


def _admissible(standing: Standing) -> str:
    model = standing.ranges.plan.weights
    said = (
        []
        if model.model == "any"
        else [say("within ±{noise:.0%} of the declared ones", noise=model.noise)]
    )
    if (model.low > 0).any() or (model.high < 1).any():
        said.append(say("within weight_min and weight_max"))
    if model.ordered:
        said.append(say("in the declared order"))
    return ", ".join(said) or say("there are")


def stable_rows(exact: Exact) -> list[tuple[str, float, float, float]]:
    """Node, share, and the range over which the top stay; the tightest first."""
    numbers = exact.stable[["share", "low", "high"]].to_numpy(dtype=float)
    rows = [
        (str(node), float(now), float(low), float(high))
        for node, (now, low, high) in zip(exact.stable["node"], numbers, strict=True)
        if not np.isnan(low)
    ]

    def room(row: tuple[str, float, float, float]) -> float:
        """How far the share can move before the top changes."""
        _, now, low, high = row
        return min(now - low if low > 0 else np.inf, high - now if high < 1 else np.inf)

    return sorted(rows, key=room)


def _listed(names: list[str]) -> str:
    return few_of(names, _FEW) if names else say("none")


_VERDICTS = {"robust": phrase("robust"), "tie": phrase("tie"), "fragile": phrase("fragile")}


def verdict(word: str) -> str:
    """A verdict as tables show it."""
    return say(_VERDICTS[word]) if word else ""


def share(value: float) -> str:
    """A probability as tables show it: 0% and 100% only where no draw says otherwise.

    >>> share(0.0), share(0.004), share(0.5), share(0.999)
    ('0%', '<1%', '50%', '>99%')
    """
    if np.isnan(value):
        return ""
    whole = int(output.number(100 * value, 0))
    if whole == 0 and value > 0:
        return "<1%"
    return ">99%" if whole == 100 and value < 1 else f"{whole}%"
