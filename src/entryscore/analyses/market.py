"""One market: where it is strong and weak, and which markets are like it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from entryscore import analysis
from entryscore.analyses.part import Part, Question, market_names, score_format, whole, with_names
from entryscore.language import phrase, say
from entryscore.result import Result

MOST = 5  # indicators or markets listed


def strengths(question: Question) -> Part:
    return _standing(question, "best")


def weaknesses(question: Question) -> Part:
    return _standing(question, "worst")


def _standing(question: Question, end: str) -> Part:
    """The indicators at one end, no more than half of those observed."""
    result, market = question.result, _market(question)
    function = analysis.strengths if end == "best" else analysis.weaknesses
    everything = function(result, market, len(result.tree.leaves))
    chosen = everything.head(min(MOST, max(1, len(everything) // 2)))
    here = result.table.codes.index(market)
    group = result.table.groups[here]
    found = with_names(result, chosen)
    columns = result.tree.columns[[result.tree.position(code) for code in found["code"]]]
    present = ~np.isnan(result.normalised[:, columns])
    inside = np.array(result.table.groups) == group
    frame = pd.DataFrame(
        {
            "code": found["code"], "name": found["name"], "value": found["value"],
            "score": found["score"], "rank": whole(found["rank"]), "of": present.sum(axis=0),
            "rank_in_group": whole(found["rank_in_group"]),
            "of_group": present[inside].sum(axis=0),
        }
    )  # fmt: skip
    if not group:
        frame[["rank_in_group", "of_group"]] = pd.NA
    template = {
        ("best", False): phrase(
            "The indicators in which it stands best among all markets of the index; rank 1 is the "
            "best."
        ),
        ("worst", False): phrase(
            "The indicators in which it stands worst among all markets of the index; rank 1 is the "
            "best."
        ),
        ("best", True): phrase(
            "The indicators in which it stands best among all markets of the index, and within its "
            "group {group}; rank 1 is the best."
        ),
        ("worst", True): phrase(
            "The indicators in which it stands worst among all markets of the index, and within "
            "its group {group}; rank 1 is the best."
        ),
    }[end, bool(group)]
    return Part(
        _called(result, market),
        say(template, group=group),
        frame, frame, {"score": score_format(result.normalised)},
        () if len(frame) else (say("{market} has no value in any indicator", market=market),),
        nodes="code",
    )  # fmt: skip


def similar(question: Question) -> Part:
    result, market = question.result, _market(question)
    near = analysis.similar_markets(result, market, MOST)
    codes = [str(code) for code in near.index]
    rows = [result.table.codes.index(code) for code in codes]
    names = market_names(result)
    found = pd.DataFrame(
        {
            "code": codes, "name": [names[code] for code in codes],
            "group": [result.table.groups[i] for i in rows],
            "rank": whole(pd.Series(result.ranks[rows])), "score": result.score[rows],
            "distance": near["distance"].to_numpy(),
            "shared_weight": near["shared_weight"].to_numpy(),
        }
    )  # fmt: skip
    return Part(
        say("the markets most like {market}", market=_called(result, market)),
        say(
            "Distance: the typical difference of indicator scores, weighted; 0 is the same "
            "profile. Shared weight: how much of the index could be compared."
        ),
        found, found,
        {"score": score_format(result.score), "distance": score_format(result.normalised),
         "shared_weight": ".0%"},
        () if len(found) else (say("No market shares a value with it"),),
    )  # fmt: skip


def _market(question: Question) -> str:
    assert question.market is not None
    return question.market


def _called(result: Result, market: str) -> str:
    name = market_names(result)[market]
    return f"{name} ({market})" if name and name != market else market
