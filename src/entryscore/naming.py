"""Comparing names as people type them: loosely, and nearly."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence

from entryscore.language import say

_LIKENESS = 0.8


def loose(text: str) -> str:
    """The text without case, spaces, `_` and `-`.

    >>> loose("Valid_Min ") == loose("valid-min")
    True
    """
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", text).casefold())


def _without_digits(text: str) -> str:
    return re.sub(r"\d+", "", text)


def nearest(text: str, options: Iterable[str]) -> str | None:
    """The option that `text` nearly is, or None; never one that differs in digits only.

    >>> nearest("directon", ["direction", "unit"])
    'direction'
    >>> nearest("naem", ["name"])
    'name'
    >>> nearest("gdp_2019", ["gdp_2020"]) is None
    True
    """
    typed = loose(text)
    candidates = {
        loose(option): option
        for option in options
        if loose(option) == typed or _without_digits(loose(option)) != _without_digits(typed)
    }
    found = [name for name in candidates if _swapped(typed, name)]
    found += difflib.get_close_matches(typed, candidates, n=1, cutoff=_LIKENESS)
    return candidates[found[0]] if found else None


def _swapped(a: str, b: str) -> bool:
    """Two neighbouring letters typed the other way round, in a word of at least four."""
    apart = [i for i, pair in enumerate(zip(a, b, strict=False)) if pair[0] != pair[1]]
    if len(a) != len(b) or len(a) < 4 or len(apart) != 2 or apart[1] != apart[0] + 1:
        return False
    first, second = apart
    return a[first] == b[second] and a[second] == b[first]


def did_you_mean(text: str, options: Iterable[str], cutoff: float = 0.5) -> str:
    """A hint that names the nearest option, or else all of them."""
    names = list(options)
    by_loose = {loose(name): name for name in names}
    found = difflib.get_close_matches(loose(text), by_loose, n=1, cutoff=cutoff)
    if found:
        return say("did you mean {name!r}?", name=by_loose[found[0]])
    if len(names) > 30:
        return say("no such name is known")
    return say("choose one of: {names}", names=", ".join(names))


def few_of(names: Sequence[str], most: int, between: str = ", ") -> str:
    """The first of them, and how many more there are.

    >>> few_of(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    shown = between.join(names[:most])
    if len(names) <= most:
        return shown
    return say("{names} and {count} more", names=shown, count=len(names) - most)


def text_width(text: str) -> int:
    """Columns the text takes where every letter has the same width.

    >>> text_width("中国"), text_width("Peru")
    (4, 4)
    """
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
