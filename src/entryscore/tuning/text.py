"""A tuning as text for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from entryscore import output
from entryscore.language import phrase, say
from entryscore.tuning.tuned import Tuned
from entryscore.wording import wrapped

ROWS = 10  # movers and experts shown
TABLE_ROWS = 20
WIDTH = 100
_FORMATS = {
    "share": ".1%", "tuned": ".1%", "change": "+.1%", "of index": ".1%", "then": ".1%",
    "effect": ".2f", "effect then": ".2f", "move": "+d", "tau b": ".2f",
}  # fmt: skip


def as_text(tuned: Tuned) -> str:
    lines = output.heading(tuned.before, named=tuned.before.scenario != "base")
    lines += ["", *_weights(tuned), "", *_moves(tuned)]
    if tuned.experts:
        lines += ["", *_experts(tuned)]
    for title, table in tuned.tuning.tables.items():
        if len(table):
            lines += ["", *said(f"{sentence_case(say(title))}:"), *table_lines(table, TABLE_ROWS)]
    if tuned.tuning.notes:
        lines += ["", say("How firm this is:")]
        lines += [line for note in tuned.tuning.notes for line in item(note)]
    return "\n".join([*lines, ""])


def said(text: str) -> list[str]:
    return wrapped(text, WIDTH)


def item(text: str) -> list[str]:
    return wrapped(text, WIDTH, "- ", "  ")


def sentence_case(title: str) -> str:
    words = title.replace("_", " ")
    return words[:1].upper() + words[1:]


def table_lines(
    frame: pd.DataFrame, rows: int, formats: Mapping[str, str] | None = None
) -> list[str]:
    """The first rows, and how many more there are."""
    ranks = [name for name in frame if str(name) == "rank" or str(name).endswith("_rank")]
    frame = frame.astype(dict.fromkeys(ranks, "Float64")).astype(dict.fromkeys(ranks, "Int64"))
    lines = output.frame_table(frame.head(rows), formats or {})
    left = len(frame) - rows
    return [*lines, say("… {count} more in json", count=left)] if left > 0 else lines


def _weights(tuned: Tuned) -> list[str]:
    detail, tree = tuned.detail, tuned.before.tree
    depth = [tree.depth(node) - 1 for node in range(1, len(tree.codes))]
    frame = pd.DataFrame(
        {
            "code": ["  " * d + code for d, code in zip(depth, detail["code"], strict=True)],
            "name": detail["name"],
            "share": detail["declared"], "tuned": detail["tuned"],
            "change": detail["tuned"] - detail["declared"],
            "of index": detail["effective_before"], "then": detail["effective_after"],
            "effect": detail["main_effect_before"], "effect then": detail["main_effect_after"],
        }
    )  # fmt: skip
    return [
        say("Weights by {method}", method=tuned.method),
        *said(
            say(
                "Share: of its siblings' weight, present and tuned. Of index: weight in the index, "
                "present and then. Effect: what the indicator really explains of the index, 0 to 1 "
                "(main effect)."
            )
        ),
        "",
        *output.frame_table(output.in_language(frame, tuned.before), _FORMATS),
    ]


def _moves(tuned: Tuned) -> list[str]:
    facts, found = tuned.agreement, tuned.movers
    moved, markets = facts["moved"], facts["markets"]
    tau = facts["tau_b"]
    agreed = ""
    if not np.isnan(_float(tau)):
        agreed = say("; tau-b {tau:.2f} (1: the same order)", tau=tau)
    shift = _float(facts["mean_shift"])
    template = phrase("{moved} of {markets} ranked markets move{agreed}.")
    if moved:
        template = phrase(
            "{moved} of {markets} ranked markets move by {shift:.1f} ranks on average{agreed}."
        )
    lines = [
        say("Ranks that move (+ falls, - rises)"),
        *said(say(template, moved=moved, markets=markets, shift=shift, agreed=agreed)),
        *said(_top_words(tuned)),
        *_one_only(tuned),
    ]
    if len(found):
        shown = found[["code", "name", "rank_before", "rank_after", "move"]].assign(
            score=found["score_before"], score_after=found["score_after"]
        )
        many = len(shown) - ROWS
        lines += ["", *output.frame_table(shown.head(ROWS), score_formats(tuned) | _FORMATS)]
        lines += [say("… {count} more in json", count=many)] if many > 0 else []
    return lines


def _one_only(tuned: Tuned) -> list[str]:
    """Markets that gain or lose their rank."""
    old, new = np.isnan(tuned.before.ranks), np.isnan(tuned.after.ranks)
    codes = np.array(tuned.before.table.codes)
    pairs = (
        (phrase("No longer ranked: {codes}."), ~old & new),
        (phrase("Newly ranked: {codes}."), old & ~new),
    )
    return [
        line for words, which in pairs if which.any()
        for line in said(say(words, codes=", ".join(codes[which])))
    ]  # fmt: skip


def score_formats(tuned: Tuned) -> dict[str, str]:
    large = np.nanmax(np.abs(tuned.before.score), initial=0.0) >= 10
    form = ".1f" if large else ".2f"
    return {"score": form, "score_after": form}


def _float(value: object) -> float:
    return float(str(value))


def _top_words(tuned: Tuned) -> str:
    facts = tuned.agreement
    entered, left = facts["entered"], facts["left"]
    if not entered and not left:
        same = list(tuned.before.order[:1]) == list(tuned.after.order[:1])
        template = phrase("Same markets hold the top {top}.")
        if same:
            template = phrase("Same markets hold the first place and the top {top}.")
        return say(template, top=facts["top"])
    return say(
        "Top {top}: {entered} in, {left} out.", top=facts["top"],
        entered=_listed(entered) or say("no market"), left=_listed(left) or say("no market"),
    )  # fmt: skip


def _listed(codes: object) -> str:
    return ", ".join(codes) if isinstance(codes, Iterable) else ""


def _experts(tuned: Tuned) -> list[str]:
    lines = [
        say("What each would rank first, alone"),
        *said(say("Tau b: how far the expert's own ranking agrees with the combined one.")),
        "",
        *table_lines(tuned.opinions, ROWS, _FORMATS | {"tau_b": ".2f"}),
    ]
    firsts = tuned.opinions["first"].value_counts()
    if len(firsts) == 1:
        lines.append(say("All would rank {code} first.", code=firsts.index[0]))
    return lines
