"""Parts of the partner picture in SVG: lines, text, what may stand in an attribute."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from entryscore.partners.layout import NOT_XML, Box
from entryscore.spreadsheet import RULE

ARCS = 120.0  # room to the right of the partners for the lines between them


@dataclass
class Line:
    """`level`: 0..1, how strongly it is drawn; `kind`: its entry of the legend; `told`: what a
    viewer shows when one points at it."""

    kind: str
    source: Box
    target: Box
    colour: str
    level: float
    dashes: str = ""
    told: str = ""


def sample_line(x: float, y: float, line: Line | None) -> str:
    if line is not None and line.kind != "held":
        look = style(line.colour, 0.9, line.dashes)
        return f'<path d="M{x:.1f},{y:.1f} h36" {look}{arrow(line)}/>'
    fill, stroke = (line.colour, line.colour) if line else ("FFFFFF", RULE)
    return (
        f'<rect x="{x:.1f}" y="{y - 6:.1f}" width="36" height="12" rx="3" fill="#{fill}" '
        f'stroke="#{stroke}"/>'
    )


def curve(line: Line) -> str:
    a, b = line.source, line.target
    if a.x == b.x:  # two partners: an arc to the right of their column, as far as they are apart
        bulge = a.right + 30 + min(ARCS - 40, abs(a.middle - b.middle) / 8)
        path = (
            f"M{a.right:.1f},{a.middle:.1f} C{bulge:.1f},{a.middle:.1f} "
            f"{bulge:.1f},{b.middle:.1f} {b.right + 2:.1f},{b.middle:.1f}"
        )
    else:
        bend = (a.right + b.x) / 2
        path = (
            f"M{a.right:.1f},{a.middle:.1f} C{bend:.1f},{a.middle:.1f} "
            f"{bend:.1f},{b.middle:.1f} {b.x:.1f},{b.middle:.1f}"
        )
    look = style(line.colour, line.level, line.dashes) + arrow(line)
    told = f"<title>{safe(line.told)}</title>" if line.told else ""
    return f'<path class="{line.kind}" d="{path}" {look}>{told}</path>'


def style(colour: str, level: float, dashes: str) -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'fill="none" stroke="#{colour}" stroke-opacity="{level:.2f}" '
        f'stroke-width="{0.8 + 1.4 * level:.2f}"{dashed}'
    )


def arrow(line: Line) -> str:
    return ' marker-end="url(#arrow)"' if line.kind in ("requires", "requires_any") else ""


def text_at(x: float, y: float, text: str, look: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{safe(text)}</text>'


def tidy(text: str) -> str:
    return " ".join(NOT_XML.sub("", text).split())


def safe(text: str) -> str:
    return escape(text, quote=True)
