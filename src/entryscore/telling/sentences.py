"""Sentences to be quoted about one market."""

from __future__ import annotations

import numpy as np
import pandas as pd

from entryscore.explanation import Explanation
from entryscore.language import phrase, say, translated
from entryscore.output import number
from entryscore.reaching import Goal
from entryscore.result import Result
from entryscore.robustness.swaps import Swap

_AHEAD = (  # by one indicator, by several
    phrase("{name} is ahead by {points:.1f} points in {count} indicator, most of all: {names}."),
    phrase("{name} is ahead by {points:.1f} points in {count} indicators, most of all: {names}."),
)
_BEHIND = (
    phrase("{name} is behind by {points:.1f} points in {count} indicator, most of all: {names}."),
    phrase("{name} is behind by {points:.1f} points in {count} indicators, most of all: {names}."),
)


def label(result: Result, market: int | str) -> str:
    """`Peru (PER)`, or the code alone where the market has no name of its own."""
    place = result.table.codes.index(market) if isinstance(market, str) else market
    code, name = result.table.codes[place], result.table.names[place]
    return f"{name} ({code})" if name and name != code else code


def short(result: Result, market: int | str) -> str:
    place = result.table.codes.index(market) if isinstance(market, str) else market
    return result.table.label(place)


def named(result: Result, code: str) -> str:
    return result.catalogue.called(code)


def percent(share: float) -> str:
    return f"{share:.1%}"


def score_text(value: float) -> str:
    """One decimal, or two below 10, where scores such as z-scores are."""
    return number(value) if abs(value) >= 10 else f"{value:.2f}"


def headline(told: Explanation) -> list[str]:
    """Rank, score, group, coverage, band, rank range; or why there is no rank."""
    result, m = told.result, told.market
    name, ranked = label(result, m), int(result.ranked.sum())
    if not result.ranked[m]:
        first = say("{name} has no rank.", name=name)
        if not np.isnan(result.score[m]):
            first = say("{name} has no rank, with a score of {score}.", name=name,
                        score=number(result.score[m]))  # fmt: skip
        return [first, *told.unranked]
    template = phrase("{name} ranks {rank:.0f} of {ranked} with a score of {score}.")
    if result.bands[m]:
        template = phrase(
            "{name} ranks {rank:.0f} of {ranked} with a score of {score}, in the band {band}."
        )
    found = [
        say(template, name=name, rank=result.ranks[m], ranked=ranked,
            score=number(result.score[m]), band=result.bands[m])
    ]  # fmt: skip
    inside = group_rank(result, m)
    if inside:
        found.append(inside)
    if not np.isnan(result.rank_low[m]):
        low, high = result.rank_low[m], result.rank_high[m]
        span = f"{low:.0f}"
        if low != high:
            span = say("{low:.0f} to {high:.0f}", low=low, high=high)
        found.append(
            say(
                "Rank range under stated assumptions: {range} (5 to 95 % of {draws} draws).",
                range=span, draws=result.methodology.draws,
            )
        )  # fmt: skip
    return found


def group_rank(result: Result, market: int) -> str:
    group = result.table.groups[market]
    peers = np.array(result.table.groups) == group
    peers &= result.ranked
    if not group or peers.sum() < 2:
        return ""
    place = 1 + int((result.ranks[peers] < result.ranks[market]).sum())
    return say(
        "In its group {group} it is {place} of {count}.",
        group=group,
        place=place,
        count=int(peers.sum()),
    )


def coverage(told: Explanation) -> str:
    share = told.result.coverage[told.market]
    if not told.missing:
        return say("Every indicator that counts is observed.")
    return say(
        "{share:.0%} of the weight is observed; no value of: {missing}.",
        share=share,
        missing=", ".join(told.missing),
    )


def standing(told: Explanation) -> list[str]:
    """The two or three indicators that lift it most above the median market, and hold it back."""
    found = []
    for frame, words in (
        (told.strengths(), phrase("It stands out above the median market by, in points: {names}.")),
        (told.weaknesses(), phrase("It is held back by, in points: {names}.")),
    ):
        if len(frame):
            listed = [
                f"{_name(told.result, row)} ({row['edge']:+.1f})"
                for _, row in frame.head(3).iterrows()
            ]
            found.append(say(words, names=_and(listed)))
    return found


def _name(result: Result, row: pd.Series) -> str:
    return named(result, str(row["code"]))


def _and(parts: list[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return say("{names} and {last}", names=say(", ").join(parts[:-1]), last=parts[-1])


def goal_head(told: Explanation, goal: Goal) -> str:
    rival = label(told.result, goal.rival)
    gap = say("ahead by ties only")
    if goal.gap > 1e-9:
        gap = say("{points} points ahead", points=score_text(goal.gap))
    return say("To reach rank {rank} (now {rival}, {gap})", rank=goal.rank, rival=rival, gap=gap)


def goal_weight(told: Explanation, goal: Goal) -> str:
    """The smallest change of one weight, or that there is none."""
    result, change = told.result, goal.weight
    if change is None:
        return say("No change of a single weight does it.")
    parent = result.tree.codes[result.tree.parents[result.tree.position(change.node)]]
    under = say("the index") if parent == "index" else named(result, parent)
    verb = say("raise") if change.needed > change.share else say("lower")
    template = phrase(
        "By one weight: {verb} {node} from {share} to {needed} of {under}, the "
        "others in proportion; it is then level with {rival}, at rank {rank}."
    )
    if not change.rival:
        template = phrase(
            "By one weight: {verb} {node} from {share} to {needed} of {under}, the "
            "others in proportion; it is then at rank {rank}."
        )
    return say(
        template,
        verb=verb,
        node=named(result, change.node),
        share=percent(change.share),
        needed=_outwards(change.share, change.needed),
        under=under,
        rival=short(result, change.rival) if change.rival else "",
        rank=change.rank,
    )


def _outwards(now: float, then: float) -> str:
    """The share in percent, to as many decimals as it takes to show a change, rounded away."""
    for decimals in (1, 2, 4, 8):
        size = 10**decimals
        exact = then * 100 * size
        shown = np.ceil(exact - 1e-6) if then > now else np.floor(exact + 1e-6)
        if f"{shown / size:.{decimals}f}" != f"{now * 100:.{decimals}f}":
            return f"{min(max(shown / size, 0.0), 100.0):.{decimals}f}%"
    return percent(then)


def goal_values(told: Explanation, goal: Goal) -> list[str]:
    """The first three indicators whose value alone does it, and how many cannot."""
    found = [value_words(told.result, row) for _, row in goal.values.head(3).iterrows()]
    lines = [say("By one value: {text}", text=text) for text in found]
    if not found:
        lines.append(say("No single indicator does it, even at the best value seen."))
    elif goal.out_of_reach:
        count = len(goal.out_of_reach)
        template = (
            phrase("{count} other indicators do not do it alone, even at the best value seen.")
            if count > 1
            else phrase(
                "{count} other indicator does not do it alone, even at the best value seen."
            )
        )
        lines.append(say(template, count=count))
    return lines


def value_words(result: Result, row: pd.Series) -> str:
    places, unit = int(row["decimals"]), f" ({translated(row['unit'])})" if row["unit"] else ""
    now, needed = f"{row['value']:,.{places}f}", f"{row['needed']:,.{places}f}"
    verb = say("rises") if row["change"] > 0 else say("falls")
    passes = say("passing none")
    if row["passes"]:
        passes = say("passing {count} of {of} markets", count=row["passes"], of=row["of"])
    return say(
        "{name} {verb} from {now} to {needed}{unit}, {passes}: rank {rank}, score {score}.",
        name=_name(result, row),
        verb=verb,
        now=now,
        needed=needed,
        unit=unit,
        passes=passes,
        rank=row["rank"],
        score=score_text(row["score"]),
    )


def gates(told: Explanation) -> list[str]:
    found = []
    for _, row in told.gates.iterrows():
        value = ""
        if not np.isnan(row["value"]):
            value = say(" with {value:,.6g}", value=row["value"])
        state = {
            "failed": say("failed"), "unverified": say("not verified: no value"),
            "met": say("met"),
        }  # fmt: skip
        near = say(", within 10 % of the threshold") if row["near"] else ""
        found.append(
            say(
                "{name} {condition}: {state}{value}{near}.", name=_name(told.result, row),
                condition=row["condition"], state=state[row["state"]], value=value, near=near,
            )
        )  # fmt: skip
    return found


def against(told: Explanation) -> list[str]:
    """How the two differ, and what makes them level."""
    assert told.other is not None
    result, a, b = told.result, told.market, told.other
    if np.isnan(result.score[[a, b]]).any():
        lacking = a if np.isnan(result.score[a]) else b
        return [
            say(
                "{lacking} has no score, so that the two cannot be compared.",
                lacking=label(result, lacking),
            )
        ]
    difference = float(result.score[a] - result.score[b])
    if abs(difference) < 1e-9:
        found = [say("{a} and {b} have the same score.", a=label(result, a), b=label(result, b))]
    else:
        template = (
            phrase("{name} is {points} points ahead of {other}: {score} to {other_score}.")
            if difference > 0
            else phrase("{name} is {points} points behind {other}: {score} to {other_score}.")
        )
        found = [
            say(
                template, name=label(result, a), points=score_text(abs(difference)),
                other=label(result, b), score=score_text(float(result.score[a])),
                other_score=score_text(float(result.score[b])),
            )
        ]  # fmt: skip
    found += _sides(told)
    if told.swap is None:
        found.append(say("Only two ranked markets can swap their ranks."))
    else:
        found += swap_words(told.result, told.swap)
    return found


def _sides(told: Explanation) -> list[str]:
    parts, found = told.difference, []
    for sign, words in ((1, _AHEAD), (-1, _BEHIND)):
        side = parts[parts["difference"] * sign > 1e-9]
        if len(side):
            listed = [
                f"{_name(told.result, row)} {row['difference']:+.1f}"
                for _, row in side.head(3).iterrows()
            ]
            total = side["difference"].sum()
            found.append(
                say(
                    words[len(side) > 1], name=short(told.result, told.market), points=abs(total),
                    count=len(side), names=_and(listed),
                )
            )  # fmt: skip
    return found


def swap_words(result: Result, swap: Swap) -> list[str]:
    """The smallest change of one weight and of all indicators' weights that makes two level."""
    found = []
    if swap.lead <= 1e-9:
        return [say("They are level already: any change of weights that favours one swaps them.")]
    if len(swap.nodes):
        row = swap.nodes.iloc[0]
        node, share, tie = str(row["node"]), float(row["share"]), float(row["tie"])
        parent = result.tree.codes[result.tree.parents[result.tree.position(node)]]
        under = say("the index") if parent == "index" else named(result, parent)
        found.append(
            say(
                "Smallest change of one weight that swaps them: {node} from {share} to beyond "
                "{tie} of {under}, the others in proportion.",
                node=named(result, node),
                share=percent(share),
                tie=_outwards(share, tie),
                under=under,
            )
        )
    else:
        found.append(say("No change of a single weight swaps them."))
    if swap.total is None:
        found.append(
            say(
                "Of all weights together the smallest change is not known: {reason}.",
                reason=swap.reason,
            )
        )
        return found
    moves = swap.total.weights.assign(change=lambda w: w["after"] - w["before"])
    moves = moves[moves["change"].abs() > 1e-9].sort_values("change", kind="stable")
    listed = [
        say(
            "{name} {before:.1%} to {after:.1%}",
            name=named(result, str(row["indicator"])),
            before=row["before"],
            after=row["after"],
        )
        for _, row in moves.iterrows()
    ]
    found.append(
        say(
            "Smallest change of all indicators' weights together: moving more than "
            "{size:.1%} of the index swaps them: {names}.",
            size=swap.total.size / 2,
            names=_and(listed),
        )
    )
    return found
