"""An explanation for the terminal."""

from __future__ import annotations

import numpy as np
import pandas as pd

from entryscore import output
from entryscore.explanation import Explanation
from entryscore.language import phrase, say
from entryscore.reaching import Goal
from entryscore.telling import sentences
from entryscore.wording import wrapped

WIDTH = 100
_FORMATS = {"weight": ".1%", "points": ".2f", "edge": "+.2f", "group edge": "+.2f"}


def as_text(told: Explanation) -> str:
    lines = output.heading(told.result, named=told.result.scenario != "base")
    lines += ["", *_said([*sentences.headline(told), sentences.coverage(told)])]
    if told.other is not None:
        lines += ["", *_against(told)]
    elif not np.isnan(told.result.score[told.market]):
        lines += _alone(told)
    if len(told.gates):
        lines += ["", say("Gates"), *_items(sentences.gates(told))]
    return "\n".join([*lines, ""])


def _said(texts: list[str]) -> list[str]:
    return wrapped(say(" ").join(texts), WIDTH)


def _items(texts: list[str]) -> list[str]:
    return [
        line for text in texts
        for line in wrapped(text, WIDTH, "- ", "  ")
    ]  # fmt: skip


def _alone(told: Explanation) -> list[str]:
    lines = [*_said(sentences.standing(told)), "", *_parts(told)]
    for title, frame in (
        (phrase("Strengths: points against the median market"), told.strengths()),
        (phrase("Weaknesses: points against the median market"), told.weaknesses()),
    ):
        if len(frame):
            lines += ["", *_standing(told, title, frame)]
    for goal in (told.next, told.top):
        if goal is not None:
            lines += ["", *_goal(told, goal)]
    return lines


def _parts(told: Explanation) -> list[str]:
    parts = told.parts
    frame = parts[["code", "name", "value", "unit"]].assign(
        score=parts["score"], weight=parts["weight"], points=parts["points"],
    )  # fmt: skip
    scores = ".1f" if np.nanmax(np.abs(told.result.scores)) >= 10 else ".2f"
    total = f"{parts['points'].sum():.2f}"
    return [
        say("What the score is made of: points = weight × score, {total} in all", total=total),
        *([say("(shares of the score: its nodes are no plain means)")] if _split(told) else []),
        "",
        *output.frame_table(output.in_language(frame, told.result), _FORMATS | {"score": scores}),
    ]


def _split(told: Explanation) -> bool:
    """Whether some points are not weight × score."""
    parts = told.parts
    plain = parts["weight"] * parts["score"].fillna(0.0)
    return bool((plain - parts["points"]).abs().max() > 1e-6)


def _standing(told: Explanation, title: str, frame: pd.DataFrame) -> list[str]:
    group = told.result.table.groups[told.market]
    shown = frame[["code", "name", "value", "median"]].copy()
    if frame["group_median"].notna().any():
        shown["group median"] = frame["group_median"]
    shown["rank"], shown["of"] = frame["rank"], frame["of"]
    shown["points"] = frame["edge"]
    words = say(title)
    if frame["group_edge"].notna().any():
        shown["in group"] = frame["group_edge"]
        words += say(", and against the median of {group}", group=group)
    formats = {"points": "+.2f", "in group": "+.2f"}
    shown = output.in_language(shown, told.result)
    return [*_said([words]), *output.frame_table(shown, formats)]


def _goal(told: Explanation, goal: Goal) -> list[str]:
    return [
        *_said([sentences.goal_head(told, goal)]),
        *_items([sentences.goal_weight(told, goal), *sentences.goal_values(told, goal)]),
    ]


def _against(told: Explanation) -> list[str]:
    lines = _items(sentences.against(told))
    result, other = told.result, told.other
    assert other is not None
    if np.isnan(result.score[[told.market, other]]).any():
        return lines
    found = told.difference
    a, b = result.table.codes[told.market], result.table.codes[other]
    points = {code: say("points {code}", code=code) for code in (a, b)}
    frame = pd.DataFrame(
        {
            "code": found["code"], "name": found["name"],
            a: found["value"], b: found["other_value"],
            points[a]: found["points"], points[b]: found["other_points"],
            "difference": found["difference"],
        }
    )  # fmt: skip
    formats = {points[a]: ".2f", points[b]: ".2f", "difference": "+.2f"}
    total = found["difference"].sum()
    return [
        *lines, "", say("The difference by indicator: {total:+.2f} in all", total=total), "",
        *output.frame_table(output.in_language(frame, result), formats),
    ]  # fmt: skip
