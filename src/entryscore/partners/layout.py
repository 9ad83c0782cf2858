"""Where the boxes of the partner picture stand: a column per kind, few crossings, no overlap."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

SIZE, LEADING = 13.0, 17.0  # of labels, in pixels
PAD_X, PAD_Y, APART = 10.0, 5.0, 7.0
MOST_LINES = 3
_SWEEPS = 24
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDTHS = {  # of ASCII in em: the wider of DejaVu Sans and Liberation Sans (= Arial)
    0.28: "'ijl", 0.3: "I", 0.32: " ,.", 0.34: "/:;\\|", 0.36: "-f", 0.39: "()[]", 0.4: "!t",
    0.42: "r", 0.46: '"', 0.5: "*J`", 0.52: "s", 0.53: "z", 0.55: "c", 0.56: "?L_", 0.58: "k",
    0.6: "vxy", 0.61: "FT", 0.62: "aeo", 0.64: "$0123456789bdghnpqu{}", 0.67: "EKPSY",
    0.69: "ABVXZ", 0.73: "CR", 0.74: "U", 0.75: "N", 0.76: "H", 0.77: "D", 0.78: "&G",
    0.79: "OQ", 0.82: "w", 0.84: "#+<=>^~", 0.87: "M", 0.95: "%", 0.98: "m", 0.99: "W",
    1.02: "@",
}  # fmt: skip
_EM = {letter: width for width, letters in _WIDTHS.items() for letter in letters}


def extent(text: str, size: float = SIZE) -> float:
    """Pixels the text takes at most in the usual sans-serif fonts, regular weight."""

    def em(c: str) -> float:
        if unicodedata.combining(c):
            return 0.0
        if unicodedata.east_asian_width(c) in "WFA":
            return 1.02
        base = unicodedata.normalize("NFD", c)[0]
        return _EM.get(base, 1.1 if c.isupper() else 0.95)

    return size * sum(map(em, text))


def wrapped(text: str, room: float, most: int = MOST_LINES, size: float = SIZE) -> list[str]:
    """Lines no wider than the room; what does not fit in `most` lines ends in an ellipsis.

    >>> wrapped("Local technology company", 100)
    ['Local', 'technology', 'company']
    """
    lines = [""]
    for piece in _pieces(" ".join(text.split()), room, size):
        if extent((lines[-1] + piece).rstrip(), size) <= room:
            lines[-1] += piece
        else:
            lines.append(piece)
    lines = [line.strip() for line in lines if line.strip()] or [""]
    if len(lines) > most:
        last = lines[most - 1]
        while extent(last + "…", size) > room:
            last = last[:-1]
        lines = [*lines[: most - 1], last.rstrip() + "…"]
    return lines


def _pieces(text: str, room: float, size: float) -> Iterable[str]:
    """What a line may end after: words with their blank, wide letters, parts of long words."""
    piece = ""
    for c in text:
        wide = unicodedata.east_asian_width(c) in "WF"
        if piece and (wide or extent(piece + c, size) > room):
            yield piece
            piece = ""
        piece += c
        if wide or c == " ":
            yield piece
            piece = ""
    if piece:
        yield piece


@dataclass(frozen=True)
class Box:
    node: str
    x: float
    y: float
    width: float
    lines: tuple[str, ...]

    @property
    def height(self) -> float:
        return len(self.lines) * LEADING + 2 * PAD_Y

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    @property
    def right(self) -> float:
        return self.x + self.width


Links = Sequence[tuple[str, str]]  # from a column to the next


def ordered(columns: Sequence[Sequence[str]], links: Sequence[Links]) -> list[list[str]]:
    """The columns by barycentre: of all sweeps to and fro the order with the fewest crossings.

    `links[k]` joins column k and k + 1. A node without links stands last.
    """
    best = now = [list(column) for column in columns]
    fewest = sum(crossings(now[k], now[k + 1], links[k]) for k in range(len(links)))
    for sweep in range(_SWEEPS):
        forth = sweep % 2 == 0
        now = list(now)
        steps = range(len(links)) if forth else reversed(range(len(links)))
        for k in steps:
            fixed, moved = (k, k + 1) if forth else (k + 1, k)
            pairs = [(b, a) for a, b in links[k]] if forth else links[k]
            now[moved] = _by_barycentre(now[moved], now[fixed], pairs)
        count = sum(crossings(now[k], now[k + 1], links[k]) for k in range(len(links)))
        if count < fewest:
            best, fewest = now, count
    return best


def _by_barycentre(moved: list[str], fixed: list[str], pairs: Links) -> list[str]:
    place = {node: i for i, node in enumerate(fixed)}
    ends: dict[str, list[int]] = {}
    for node, other in pairs:
        ends.setdefault(node, []).append(place[other])
    centre = {n: sum(ends[n]) / len(ends[n]) if n in ends else float("inf") for n in moved}
    return sorted(moved, key=lambda node: centre[node])


def crossings(left: Sequence[str], right: Sequence[str], links: Links) -> int:
    """
    >>> crossings("ab", "xy", [("a", "y"), ("b", "x")])
    1
    """
    first = {node: i for i, node in enumerate(left)}
    second = {node: i for i, node in enumerate(right)}
    count, seen = 0, list[int]()
    for _, end in sorted((first[a], second[b]) for a, b in links):
        count += len(seen) - bisect_right(seen, end)
        insort(seen, end)
    return count


def boxes(
    columns: Sequence[Sequence[str]],
    texts: Mapping[str, str],
    places: Sequence[tuple[float, float]],
    top: float,
) -> dict[str, Box]:
    """Boxes by node; `places`: left edge and width of each column. Short columns are spread over
    the height of the longest."""
    made = [
        [Box(n, x, 0.0, width, tuple(wrapped(texts[n], width - 2 * PAD_X))) for n in column]
        for column, (x, width) in zip(columns, places, strict=True)
    ]
    filled = [sum(box.height + APART for box in column) for column in made]
    highest = max(filled, default=0.0)
    found = {}
    for column, taken in zip(made, filled, strict=True):
        slack = (highest - taken) / max(len(column), 1)
        y = top + slack / 2
        for box in column:
            found[box.node] = Box(box.node, box.x, y, box.width, box.lines)
            y += box.height + APART + slack
    return found
