"""What a reader is told of how sure the ranks are, in sentences; of the figures nothing is lost."""

from __future__ import annotations

import numpy as np

from entryscore import output
from entryscore.robustness.ranges import Ranges
from entryscore.robustness.sensitivity import Sensitivity
from entryscore.robustness.summary import TIE, central_weights, verdicts
from entryscore.robustness.words import RANGE, assumed, held, outside
from entryscore.standing.findings import Exact, Standing

_FEW = 8
VERDICTS = (
    "Verdict against the next in rank, by the share of draws in which the market is ahead of it "
    "(level counts half): robust from 90 %, tie between 40 and 60 % or level in the ranking, else "
    "fragile; below 40 % the next is mostly ahead."
)


def drawn(ranges: Ranges) -> list[str]:
    """How often what was drawn: a sentence, then the assumptions one by one."""
    outcome, settings = ranges.outcome, ranges.result.methodology
    assert outcome is not None
    failed = (
        f"{outcome.failed} of {ranges.asked} draws failed and are in no figure"
        if outcome.failed
        else "none failed"
    )
    found = [
        f"Range: {RANGE}, 5 to 95 % of {outcome.draws} draws (seed {settings.seed}; {failed}). In "
        "each draw every assumption is drawn at once:"
    ]
    found += [f"{a.name.replace('_', ' ')}: {a.words}" for a in assumed(ranges.plan)]
    found.append(f"held in every draw: {', '.join(held(ranges.plan)) or 'nothing'}")
    return [*found, *(f"failed {n} ×: {why}" for why, n in outcome.failures.most_common())]


def placed(ranges: Ranges) -> list[str]:
    """Who comes first, and whose rank the draws do not bear out."""
    outcome, result = ranges.outcome, ranges.result
    if outcome is None or not outcome.draws:
        return []
    found = []
    central = central_weights(result, outcome)
    if central is not None:
        firsts = central["draws"].sort_values(ascending=False, kind="stable")
        counts = zip(firsts.index, firsts.tolist(), strict=True)
        shares = [f"{code} {share(n / outcome.draws)}" for code, n in counts]
        found.append(f"First place: {_listed(shares)} of the draws.")
    lines = verdicts(result, outcome)
    behind = lines[lines["p_ahead"] < 1 - TIE].to_dict("records")
    if behind:
        pairs = [f"{a['code']} of {a['next']} ({share(a['p_ahead'])})" for a in behind]
        found.append(f"Ahead of the next in rank in few draws: {_listed(pairs)}.")
    moved = [f"{code} {rank} ({between})" for code, rank, between in outside(ranges)]
    if moved:
        found.append(
            "Ranked outside their range, so that these ranks rest on the very settings: "
            f"{_listed(moved)}."
        )
    return found


def moving(found: Sensitivity) -> list[str]:
    """Which assumption matters most."""
    said = [
        f"Ranks shift by {found.shift:.1f} on average over the draws. First order: the share of "
        "that shift's variance which an assumption explains alone; total: with its interplay with "
        f"the others (Sobol' indices with 95 % intervals, {found.runs} runs)."
    ]
    most = int(np.argmax(found.total))
    if found.total[most] > 0:
        name = found.assumptions[most].replace("_", " ")
        said.insert(0, f"The shift of ranks rests most on {name}: total {found.total[most]:.0%}.")
    return [*said, *(f"{note[0].upper()}{note[1:]}." for note in found.notes)]


def exactly(standing: Standing, exact: Exact) -> list[str]:
    """What holds for all admissible weights, from linear programmes and breakpoints."""
    filled = "missing" in standing.result.methodology.uncertain
    whatever = " and whatever the missing values are" if filled else ""
    found = [
        f"Not sampled but exact, for arithmetic means, over all weights {_admissible(standing)}"
        f"{whatever}:"
    ]
    for winners, which in ((exact.winners, "these weights"), (exact.anyhow, "any weights at all")):
        can = [c for c, x in zip(winners.codes, winners.first, strict=True) if x == 1]
        open_ = int(np.isnan(winners.first).sum())
        undecided = f"; {open_} undecided" if open_ else ""
        found.append(f"{len(can)} can be first under {which}: {_listed(can)}{undecided}")
    strict = exact.dominance.strict
    size, open_ = len(strict), int(np.isnan(strict).sum())
    decided = int(np.nansum(strict))
    pairs = size * (size - 1) // 2
    undecided = f"; {open_} comparisons undecided" if open_ else ""
    if pairs:
        found.append(
            f"of {pairs} pairs of markets {decided} ({decided / pairs:.0%}) have the same order "
            f"under all of them{undecided}"
        )
    return found


def _admissible(standing: Standing) -> str:
    model = standing.ranges.plan.weights
    said = [] if model.model == "any" else [f"within ±{model.noise:.0%} of the declared ones"]
    if (model.low > 0).any() or (model.high < 1).any():
        said.append("within weight_min and weight_max")
    if model.ordered:
        said.append("in the declared order")
    return ", ".join(said) or "there are"


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
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return f"{', '.join(names[:_FEW])}{more}" if names else "none"


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
