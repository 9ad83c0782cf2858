"""Words that tables share: headings and flags, and lines of running text."""

from __future__ import annotations

import re
from textwrap import TextWrapper

from entryscore.language import ENGLISH, current, phrase, say
from entryscore.naming import text_width

HEADINGS = {  # of columns, by their names in csv and json
    "rank": phrase("rank"), "code": phrase("code"), "name": phrase("name"),
    "group": phrase("group"), "score": phrase("score"), "range": phrase("range"),
    "coverage": phrase("coverage"), "band": phrase("band"), "gate": phrase("gate"),
    "weight": phrase("weight"), "unit": phrase("unit"), "value": phrase("value"),
    "points": phrase("points"), "edge": phrase("edge"), "median": phrase("median"),
    "group median": phrase("group median"), "in group": phrase("in group"), "of": phrase("of"),
    "difference": phrase("difference"), "share": phrase("share"), "tuned": phrase("tuned"),
    "change": phrase("change"), "of index": phrase("of index"), "then": phrase("then"),
    "effect": phrase("effect"), "effect then": phrase("effect then"), "move": phrase("move"),
    "tau_b": phrase("tau b"), "expert": phrase("expert"), "first": phrase("first"),
    "first_name": phrase("first name"), "second": phrase("second"), "third": phrase("third"),
    "rank_before": phrase("rank before"), "rank_after": phrase("rank after"),
    "score_after": phrase("score after"), "spread": phrase("spread"),
    "scenario": phrase("scenario"), "against": phrase("against"),
    "ranked in both": phrase("ranked in both"), "moved": phrase("moved"),
    "mean_shift": phrase("mean shift"), "adjusted_score": phrase("adjusted score"),
    "adjusted_rank": phrase("adjusted rank"), "min": phrase("min"), "mean": phrase("mean"),
    "max": phrase("max"), "sd": phrase("sd"), "skew": phrase("skew"), "kurt": phrase("kurt"),
    "observed": phrase("observed"), "flag": phrase("flag"), "transform": phrase("transform"),
    "treatment": phrase("treatment"), "relation": phrase("relation"), "a": phrase("a"),
    "b": phrase("b"), "within": phrase("within"), "n": phrase("n"), "r": phrase("r"),
    "node": phrase("node"), "children": phrase("children"), "markets": phrase("markets"),
    "alpha": phrase("alpha"), "parts": phrase("parts"), "opposed": phrase("opposed"),
    "declared_share": phrase("declared share"), "effective_weight": phrase("effective weight"),
    "main_effect_linear": phrase("main effect linear"),
    "main_effect_binned": phrase("main effect binned"), "effect_share": phrase("effect share"),
    "rank_in_group": phrase("rank in group"), "of_group": phrase("of group"),
    "distance": phrase("distance"), "shared_weight": phrase("shared weight"),
    "level": phrase("level"), "largest_move": phrase("largest move"), "market": phrase("market"),
    "market_name": phrase("market name"), "method": phrase("method"),
    "rank_against": phrase("rank against"), "score_against": phrase("score against"),
}  # fmt: skip
FLAGS = {  # what cells of some columns say
    "redundant": phrase("redundant"), "dominates": phrase("dominates"),
    "opposed": phrase("opposed"), "against its parent": phrase("against its parent"),
    "outlier": phrase("outlier"), "against": phrase("against"), "more": phrase("more"),
    "less": phrase("less"), "sibling": phrase("sibling"), "parent": phrase("parent"),
    "across": phrase("across"), "log": phrase("log"),
}  # fmt: skip
METHODS = frozenset((  # settings' values as sentences name them; in English as they are typed
    phrase("none"), phrase("auto"), phrase("winsorise"), phrase("log"), phrase("mean"),
    phrase("median"), phrase("group_mean"), phrase("group_median"), phrase("pillar_mean"),
    phrase("arithmetic"), phrase("geometric"), phrase("harmonic"), phrase("power"),
    phrase("minimum"), phrase("copeland"), phrase("min_max"), phrase("z_score"),
    phrase("rank"), phrase("percentile_rank"), phrase("borda"), phrase("goalposts"),
    phrase("scaled"), phrase("distance_to_reference"), phrase("distance_to_target"),
    phrase("distance_to_max"), phrase("reweight"), phrase("zero"), phrase("exclude"),
))  # fmt: skip
FLAGGED = frozenset(("flag", "relation", "treatment"))  # the columns
_PIECE = re.compile(r"[\u2e80-\u9fff\uff00-\uff60]|[^\s\u2e80-\u9fff\uff00-\uff60]+|\s+")
_CLOSING, _OPENING = "，。；：、！？）」』】》％,.;:!?)%", "（「『【《("


def method(name: str) -> str:
    """A setting's value within a sentence; one without a translation as it is typed."""
    return say(name) if name in METHODS else name


def heading(column: str) -> str:
    """The heading over a column; of one without a translation its own name."""
    return say(HEADINGS[column]) if column in HEADINGS else column.replace("_", " ")


def flag(text: str) -> str:
    """The words of a cell in a column of FLAGGED, which may hold several."""
    return say(", ").join(_flag(word) for word in text.split(", "))


def _flag(word: str) -> str:
    if word in FLAGS:
        return say(FLAGS[word])
    kind, _, count = word.partition(" ")
    if kind == "winsorised":  # with the number of values
        return say("winsorised {count}", count=count)
    return word


def wrapped(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """The text in lines of at most so many columns, the first and the others indented so.

    Chinese breaks between any two characters, but not before a closing sign or after an opening
    one.
    """
    if current() == ENGLISH:
        return TextWrapper(
            width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
        ).wrap(text)
    lines, line = [], first
    for piece in _pieces(text):
        if text_width(line + piece.rstrip()) > width and line.strip():
            lines.append(line.rstrip())
            line, piece = rest, piece.lstrip()
        line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> list[str]:
    """What stays on one line, blanks at its end."""
    pieces: list[str] = []
    for piece in _PIECE.findall(text):
        glued = piece.isspace() or piece[0] in _CLOSING
        if pieces and (glued or pieces[-1][-1] in _OPENING):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces
