"""Sentences to be quoted about one market."""

from __future__ import annotations

import numpy as np
import pandas as pd

from entryscore.explanation import Explanation
from entryscore.output import number
from entryscore.reaching import Goal
from entryscore.result import Result
from entryscore.robustness.swaps import Swap


def label(result: Result, market: int | str) -> str:
    """`Peru (PER)`, or the code alone where the market has no name of its own."""
    place = result.table.codes.index(market) if isinstance(market, str) else market
    code, name = result.table.codes[place], result.table.names[place]
    return f"{name} ({code})" if name and name != code else code


def short(result: Result, market: int | str) -> str:
    place = result.table.codes.index(market) if isinstance(market, str) else market
    return result.table.label(place)


def named(result: Result, code: str) -> str:
    return result.catalogue.node(code).name or code


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
        scored = "" if np.isnan(result.score[m]) else f", with a score of {number(result.score[m])}"
        return [f"{name} has no rank{scored}.", *told.unranked]
    found = [f"{name} ranks {result.ranks[m]:.0f} of {ranked} with a score of "
             f"{number(result.score[m])}{_band(result, m)}."]  # fmt: skip
    inside = group_rank(result, m)
    if inside:
        found.append(inside)
    if not np.isnan(result.rank_low[m]):
        low, high = result.rank_low[m], result.rank_high[m]
        span = f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}"
        found.append(
            f"Rank range under stated assumptions: {span} (5 to 95 % of "
            f"{result.methodology.draws} draws)."
        )
    return found


def _band(result: Result, market: int) -> str:
    return f", in the band {result.bands[market]}" if result.bands[market] else ""


def group_rank(result: Result, market: int) -> str:
    group = result.table.groups[market]
    peers = np.array(result.table.groups) == group
    peers &= result.ranked
    if not group or peers.sum() < 2:
        return ""
    place = 1 + int((result.ranks[peers] < result.ranks[market]).sum())
    return f"In its group {group} it is {place} of {int(peers.sum())}."


def coverage(told: Explanation) -> str:
    share = told.result.coverage[told.market]
    if not told.missing:
        return "Every indicator that counts is observed."
    return f"{share:.0%} of the weight is observed; no value of: {', '.join(told.missing)}."


def standing(told: Explanation) -> list[str]:
    """The two or three indicators that lift it most above the median market, and hold it back."""
    found = []
    for frame, words in (
        (told.strengths(), "It stands out above the median market by"),
        (told.weaknesses(), "It is held back by"),
    ):
        if len(frame):
            listed = [f"{_name(row)} ({row['edge']:+.1f})" for _, row in frame.head(3).iterrows()]
            found.append(f"{words}, in points: {_and(listed)}.")
    return found


def _name(row: pd.Series) -> str:
    return str(row["name"] or row["code"])


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def goal_head(told: Explanation, goal: Goal) -> str:
    rival = label(told.result, goal.rival)
    gap = f"{score_text(goal.gap)} points ahead" if goal.gap > 1e-9 else "ahead by ties only"
    return f"To reach rank {goal.rank} (now {rival}, {gap})"


def goal_weight(told: Explanation, goal: Goal) -> str:
    """The smallest change of one weight, or that there is none."""
    result, change = told.result, goal.weight
    if change is None:
        return "No change of a single weight does it."
    parent = result.tree.codes[result.tree.parents[result.tree.position(change.node)]]
    under = "the index" if parent == "index" else named(result, parent)
    verb = "raise" if change.needed > change.share else "lower"
    level = f"level with {short(result, change.rival)}, " if change.rival else ""
    return (
        f"By one weight: {verb} {named(result, change.node)} from {percent(change.share)} to "
        f"{_outwards(change.share, change.needed)} of {under}, the others in proportion; it is "
        f"then {level}at rank {change.rank}."
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
    found = [value_words(row) for _, row in goal.values.head(3).iterrows()]
    lines = [f"By one value: {text}" for text in found]
    if not found:
        lines.append("No single indicator does it, even at the best value seen.")
    elif goal.out_of_reach:
        count = len(goal.out_of_reach)
        lines.append(
            f"{count} other indicator{'s do' if count > 1 else ' does'} not do it alone, even at "
            "the best value seen."
        )
    return lines


def value_words(row: pd.Series) -> str:
    places, unit = int(row["decimals"]), f" ({row['unit']})" if row["unit"] else ""
    now, needed = f"{row['value']:,.{places}f}", f"{row['needed']:,.{places}f}"
    verb = "rises" if row["change"] > 0 else "falls"
    passes = f"passing {row['passes']} of {row['of']} markets" if row["passes"] else "passing none"
    return (
        f"{_name(row)} {verb} from {now} to {needed}{unit}, "
        f"{passes}: rank {row['rank']}, score {score_text(row['score'])}."
    )


def gates(told: Explanation) -> list[str]:
    found = []
    for _, row in told.gates.iterrows():
        value = "" if np.isnan(row["value"]) else f" with {row['value']:,.6g}"
        state = {"failed": "failed", "unverified": "not verified: no value", "met": "met"}
        near = ", within 10 % of the threshold" if row["near"] else ""
        found.append(f"{_name(row)} {row['condition']}: {state[row['state']]}{value}{near}.")
    return found


def against(told: Explanation) -> list[str]:
    """How the two differ, and what makes them level."""
    assert told.other is not None
    result, a, b = told.result, told.market, told.other
    if np.isnan(result.score[[a, b]]).any():
        lacking = a if np.isnan(result.score[a]) else b
        return [f"{label(result, lacking)} has no score, so that the two cannot be compared."]
    difference = float(result.score[a] - result.score[b])
    if abs(difference) < 1e-9:
        found = [f"{label(result, a)} and {label(result, b)} have the same score."]
    else:
        word = "ahead of" if difference > 0 else "behind"
        found = [
            f"{label(result, a)} is {score_text(abs(difference))} points {word} "
            f"{label(result, b)}: {score_text(float(result.score[a]))} to "
            f"{score_text(float(result.score[b]))}."
        ]
    found += _sides(told)
    if told.swap is None:
        found.append("Only two ranked markets can swap their ranks.")
    else:
        found += swap_words(told.result, told.swap)
    return found


def _sides(told: Explanation) -> list[str]:
    parts, found = told.difference, []
    for sign, words in ((1, "ahead"), (-1, "behind")):
        side = parts[parts["difference"] * sign > 1e-9]
        if len(side):
            listed = [
                f"{_name(row)} {row['difference']:+.1f}" for _, row in side.head(3).iterrows()
            ]
            total = side["difference"].sum()
            found.append(
                f"{short(told.result, told.market)} is {words} by {abs(total):.1f} points in "
                f"{len(side)} indicator{'s' if len(side) > 1 else ''}, most of all: "
                f"{_and(listed)}."
            )
    return found


def swap_words(result: Result, swap: Swap) -> list[str]:
    """The smallest change of one weight and of all indicators' weights that makes two level."""
    found = []
    if swap.lead <= 1e-9:
        return ["They are level already: any change of weights that favours one swaps them."]
    if len(swap.nodes):
        row = swap.nodes.iloc[0]
        node, share, tie = str(row["node"]), float(row["share"]), float(row["tie"])
        parent = result.tree.codes[result.tree.parents[result.tree.position(node)]]
        under = "the index" if parent == "index" else named(result, parent)
        found.append(
            f"Smallest change of one weight that swaps them: {named(result, node)} from "
            f"{percent(share)} to beyond {_outwards(share, tie)} of {under}, the others in "
            "proportion."
        )
    else:
        found.append("No change of a single weight swaps them.")
    if swap.total is None:
        found.append(f"Of all weights together the smallest change is not known: {swap.reason}.")
        return found
    moves = swap.total.weights.assign(change=lambda w: w["after"] - w["before"])
    moves = moves[moves["change"].abs() > 1e-9].sort_values("change", kind="stable")
    listed = [
        f"{named(result, str(row['indicator']))} {row['before']:.1%} to {row['after']:.1%}"
        for _, row in moves.iterrows()
    ]
    found.append(
        f"Smallest change of all indicators' weights together: moving more than "
        f"{swap.total.size / 2:.1%} of the index swaps them: {_and(listed)}."
    )
    return found
