"""An explanation as json."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

import numpy as np

from entryscore import output
from entryscore.explanation import Explanation
from entryscore.problems import Problem
from entryscore.reaching import Goal
from entryscore.robustness.leaves import LeafChange
from entryscore.robustness.swaps import Swap
from entryscore.telling import sentences


def as_json(told: Explanation, *, sha256: str, warnings: Iterable[Problem] = ()) -> str:
    """The same as the text in full precision, with its sentences; null where a number is missing.
    `contributions` add up to `score`, `against.difference` to the difference of the scores."""
    result, m = told.result, told.market
    scored = not np.isnan(result.score[m])
    alone = scored and told.other is None
    sentence = [*sentences.headline(told), sentences.coverage(told)]
    return output.dump(
        sha256,
        market=result.table.codes[m],
        name=result.table.names[m],
        group=result.table.groups[m],
        scenario=result.scenario,
        rank=_whole(result.ranks[m]),
        ranked=int(result.ranked.sum()),
        score=output.plain(result.score[m]),
        coverage=output.plain(result.coverage[m]),
        band=result.bands[m],
        rank_low=output.plain(result.rank_low[m]),
        rank_high=output.plain(result.rank_high[m]),
        unranked=list(told.unranked),
        missing=told.missing,
        sentences=[*sentence, *(sentences.standing(told) if scored else [])],
        contributions=output.frame_rows(told.parts) if scored else [],
        strengths=output.frame_rows(told.strengths()) if scored else [],
        weaknesses=output.frame_rows(told.weaknesses()) if scored else [],
        next_rank=_goal(told, told.next) if alone else None,
        top_5=_goal(told, told.top) if alone else None,
        gates=output.frame_rows(told.gates),
        against=_against(told),
        warnings=[warning.as_dict() for warning in warnings],
    )


def _whole(value: float) -> int | None:
    return None if np.isnan(value) else int(value)


def _goal(told: Explanation, goal: Goal | None) -> dict[str, object] | None:
    if goal is None:
        return None
    said = [sentences.goal_weight(told, goal), *sentences.goal_values(told, goal)]
    return {
        "rank": goal.rank,
        "now": goal.rival,
        "gap": goal.gap,
        "weight": None if goal.weight is None else asdict(goal.weight),
        "values": output.frame_rows(goal.values),
        "out_of_reach": list(goal.out_of_reach),
        "swap": None if goal.swap is None else _swap(goal.swap),
        "sentences": said,
    }


def _against(told: Explanation) -> dict[str, object] | None:
    if told.other is None:
        return None
    result, a, b = told.result, told.market, told.other
    known = not np.isnan(result.score[[a, b]]).any()
    return {
        "market": result.table.codes[b],
        "name": result.table.names[b],
        "rank": _whole(result.ranks[b]),
        "score": output.plain(result.score[b]),
        "difference": output.plain(result.score[a] - result.score[b]),
        "parts": output.frame_rows(told.difference) if known else [],
        "swap": None if told.swap is None else _swap(told.swap),
        "sentences": sentences.against(told),
    }


def _swap(swap: Swap) -> dict[str, object]:
    return {
        "ahead": swap.ahead,
        "behind": swap.behind,
        "lead": swap.lead,
        "nodes": output.frame_rows(swap.nodes),
        "numeric": swap.numeric,
        "total": _change(swap.total),
        "square": _change(swap.square),
        "reason": swap.reason,
    }


def _change(change: LeafChange | None) -> dict[str, object] | None:
    if change is None:
        return None
    return {"size": change.size, "weights": output.frame_rows(change.weights)}
