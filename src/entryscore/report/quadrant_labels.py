"""Where the labels of a bubble chart stand, so that they cover neither bubbles nor each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SIDES = ("t", "b", "r", "l")  # top, bottom, right, left
_PASSES = 3
_OUTSIDE = 4.0  # a label cut by the frame is worse than one over a bubble


@dataclass(frozen=True)
class Box:
    """Edges, in centimetres of the plot."""

    left: float
    low: float
    right: float
    high: float

    def shared(self, other: Box) -> float:
        """The area both cover, square centimetres."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.high, other.high) - max(self.low, other.low)
        return max(wide, 0.0) * max(high, 0.0)

    @property
    def area(self) -> float:
        return (self.right - self.left) * (self.high - self.low)


@dataclass(frozen=True)
class Bubble:
    """Centre and radius, and width and height of its label, all in centimetres."""

    x: float
    y: float
    radius: float
    wide: float
    high: float

    @property
    def box(self) -> Box:
        r = self.radius
        return Box(self.x - r, self.y - r, self.x + r, self.y + r)

    def label(self, side: str) -> Box:
        x, y, r, w, h = self.x, self.y, self.radius, self.wide, self.high
        if side in "tb":
            low = y + r if side == "t" else y - r - h
            return Box(x - w / 2, low, x + w / 2, low + h)
        left = x + r if side == "r" else x - r - w
        return Box(left, y - h / 2, left + w, y + h / 2)


def sides(bubbles: Sequence[Bubble], frame: Box, taken: Sequence[Box]) -> list[str]:
    """A side for each label, least covered first tried: by the other bubbles, by the other labels
    as they stand, by `taken`, by the frame. Each label is placed again as the others move."""
    found = [SIDES[0]] * len(bubbles)
    placed: dict[int, Box] = {}
    for _ in range(_PASSES):
        for i, bubble in enumerate(bubbles):
            others = [b.box for k, b in enumerate(bubbles) if k != i]
            others += [box for k, box in placed.items() if k != i] + list(taken)

            def covered(side: str, own: Bubble = bubble, others: list[Box] = others) -> float:
                box = own.label(side)
                outside = box.area - box.shared(frame)
                return _OUTSIDE * outside + sum(map(box.shared, others))

            found[i] = min(SIDES, key=covered)
            placed[i] = bubble.label(found[i])
    return found
