"""The partner graph as a picture: markets, needs, capabilities and partners in columns (SVG)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from entryscore.language import current, phrase, say, using
from entryscore.partners.layout import (
    LEADING,
    PAD_X,
    PAD_Y,
    SIZE,
    Box,
    boxes,
    extent,
    ordered,
    wrapped,
)
from entryscore.partners.svg import ARCS, Line, curve, safe, sample_line, text_at, tidy
from entryscore.spreadsheet import INK, PALETTE, RULE

if TYPE_CHECKING:
    from networkx import MultiDiGraph

    Graph = MultiDiGraph[str]

COLUMNS = {"market": 170.0, "need": 300.0, "capability": 270.0, "partner": 270.0}
_COLOUR = dict(zip(COLUMNS, PALETTE, strict=False))
_CONFLICT, _QUIET, _OTHER = PALETTE[5], "5F6B76", "93A1AE"
_BETWEEN, _MARGIN = 190.0, 30.0
_HEAD, _LEGEND, _TITLE_LEADING = 28.0, 30.0, 30.0
_FONT = "Arial, Helvetica, 'Noto Sans', 'Noto Sans CJK TC', 'Microsoft JhengHei', sans-serif"
WORDS = {
    "title": phrase("Partners for the gaps of the market"),
    "market": phrase("Market"),
    "need": phrase("Gaps"),
    "capability": phrase("Capabilities"),
    "partner": phrase("Partner types"),
    "has_gap": phrase("gap of the market"),
    "unknown": phrase("no value: gap unknown"),
    "closes": phrase("capability that closes the gap"),
    "provides": phrase("partner type that brings it"),
    "held": phrase("chosen, and what it brings"),
    "other": phrase("what others could bring"),
    "requires": phrase("requires"),
    "requires_any": phrase("requires one of these"),
    "conflicts": phrase("excludes"),
    "quiet": phrase("no gap, or none that partners can spare"),
    "note": phrase(
        "The darker a line, the larger the gap, the share of it closed, or the "
        "strength of the evidence. Strengths and shares are proposals, not measured effects."
    ),
}


def draw(graph: Graph, lang: str | None = None) -> str:
    """An SVG document; the same graph gives the same text. `lang`: en or zh; else the current."""
    with using(lang or current()):
        picture = _Picture(graph)
    return "\n".join([*picture.document(), ""])


class _Picture:
    def __init__(self, graph: Graph) -> None:
        self.graph, self.lang = graph, current()
        self.words = {key: say(text) for key, text in WORDS.items()}
        kinds = [k for k in COLUMNS if any(self._shown(n, k) for n in graph)]
        columns = [[n for n in graph if self._shown(n, k)] for k in kinds]
        drawn = {n for column in columns for n in column}
        self.edges = [
            (a, b, k, d)
            for a, b, k, d in graph.edges(keys=True, data=True)
            if a in drawn and b in drawn
        ]
        self.live = self._live()
        self.kinds = kinds
        places, x = [], _MARGIN
        for kind in kinds:
            places.append((x, COLUMNS[kind]))
            x += COLUMNS[kind] + _BETWEEN
        self.width = max(x - _BETWEEN + ARCS + _MARGIN, 900.0)
        self.places = places
        title = str(graph.graph.get("title") or self.words["title"])
        room = self.width - 2 * _MARGIN
        self.title = wrapped(tidy(title), 0.87 * room, size=22)  # bold is wider
        self.note = wrapped(self.words["note"], room)
        top = _MARGIN + _TITLE_LEADING * len(self.title) + LEADING * len(self.note) + 2 * _HEAD
        self.top = top
        texts = {n: self._text(n) for n in drawn}
        self.boxes = boxes(ordered(columns, self._links(kinds)), texts, places, top)
        self.lines = [*self._lines()]

    def _shown(self, node: str, kind: str) -> bool:
        data = self.graph.nodes[node]
        return bool(data["kind"] == kind and data.get("observed", True))

    def _text(self, node: str) -> str:
        data = self.graph.nodes[node]
        chinese = data.get("label_zh", "") if self.lang == "zh" else ""
        return tidy(str(chinese or data["label"]))

    def _live(self) -> set[str]:
        """What partners can do something about: needs with a gap and a kappa (any gap where no
        market is shown), the capabilities that close them, the partners that bring those."""
        nodes = self.graph.nodes
        gaps = [(b, d) for _, b, key, d in self.edges if key == "has_gap"]
        markets = any(data["kind"] == "market" for _, data in nodes(data=True))
        open_ = {b for b, d in gaps if "gap" in d} if markets else set(nodes)
        needs = {n for n in open_ if nodes[n]["kind"] == "need" and nodes[n].get("kappa", 0) > 0}
        capabilities = {a for a, b, key, _ in self.edges if key == "closes" and b in needs}
        partners = {a for a, b, key, _ in self.edges if key == "provides" and b in capabilities}
        held = {n for n, data in nodes(data=True) if data.get("chosen")}
        return needs | capabilities | partners | held

    def _links(self, kinds: list[str]) -> list[list[tuple[str, str]]]:
        """The edges that are drawn between each column and the next."""
        keys = {("market", "need"): "has_gap", ("need", "capability"): "closes",
                ("capability", "partner"): "provides"}  # fmt: skip
        found = []
        for pair in pairwise(kinds):
            key = keys.get(pair, "")
            ends = [(a, b) for a, b, k, _ in self.edges if k == key and self._matters(key, b)]
            found.append(ends if key == "has_gap" else [(b, a) for a, b in ends])
        return found

    def _matters(self, key: str, target: str) -> bool:
        return key == "has_gap" or target in self.live

    def _lines(self) -> Iterator[Line]:
        for a, b, key, data in self.edges:
            source, target = self.boxes[a], self.boxes[b]
            if key == "has_gap":
                yield self._gap(source, target, data)
            elif key in ("closes", "provides") and self._matters(key, b):
                yield self._supply(key, a, b, data)
            elif key in ("requires", "requires_any") or (
                key == "conflicts" and data.get("used", True)
            ):
                aside = self.graph.nodes[a].get("chosen") is False
                colour = _CONFLICT if key == "conflicts" else INK
                dashes = {"requires_any": "5 4", "conflicts": "2 3"}.get(key, "")
                yield Line(key, source, target, colour, 0.35 if aside else 0.9, dashes)

    def _gap(self, source: Box, target: Box, data: dict[str, Any]) -> Line:
        if "gap" not in data:
            return Line("unknown", source, target, _QUIET, 0.6, "3 4")
        gap = float(data["gap"])
        told = f"{gap:.2f}"
        return Line("has_gap", source, target, _COLOUR["need"], 0.25 + 0.7 * min(1, gap), "", told)

    def _supply(self, key: str, a: str, b: str, data: dict[str, Any]) -> Line:
        """Drawn from the left box to the right one."""
        chosen = self.graph.nodes[a].get("chosen")
        level = 0.15 + 0.75 * float(data.get("need" if key == "closes" else "strength", 0.5))
        kind, colour = key, _COLOUR["capability" if key == "closes" else "partner"]
        if key == "provides" and chosen is not None:
            kind, colour = ("held", colour) if chosen else ("other", _OTHER)
        figures = [f"{data[name]:g}" for name in ("need", "strength") if name in data]
        words = [str(data[name]) for name in ("basis", "quote_zh", "quote_en") if name in data]
        told = tidy(f"{self._text(a)} → {self._text(b)}: {'; '.join([*figures, *words])}")
        return Line(kind, self.boxes[b], self.boxes[a], colour, level, "", told)

    def document(self) -> Iterator[str]:
        bottom = max((box.y + box.height for box in self.boxes.values()), default=self.top)
        legend = list(self._legend(bottom + _LEGEND))
        height = bottom + _LEGEND + LEADING * 1.6 * self.legend_rows + _MARGIN
        size = f'width="{self.width:.0f}" height="{height:.0f}"'
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
            f'viewBox="0 0 {self.width:.0f} {height:.0f}" font-family="{_FONT}" '
            f'font-size="{SIZE:g}">'
        )
        yield f"<title>{safe(' '.join(self.title))}</title>"
        yield (
            '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" '
            'markerHeight="9" markerUnits="userSpaceOnUse" orient="auto">'
            f'<path d="M0,0 L8,4 L0,8 z" fill="#{INK}"/></marker>'
            "</defs>"
        )
        yield f'<rect width="{self.width:.0f}" height="{height:.0f}" fill="#FFFFFF"/>'
        yield from self._head()
        ranked = sorted(self.lines, key=lambda line: (line.colour != _OTHER, line.level))
        yield from (curve(line) for line in ranked)
        for node in self.graph:
            if node in self.boxes:
                yield from self._box(node)
        yield from legend
        yield "</svg>"

    def _head(self) -> Iterator[str]:
        y = _MARGIN + 20
        for line in self.title:
            yield text_at(_MARGIN, y, line, f'font-size="22" font-weight="bold" fill="#{INK}"')
            y += _TITLE_LEADING
        for line in self.note:
            yield text_at(_MARGIN, y, line, f'fill="#{_QUIET}"')
            y += LEADING
        for kind, (x, width) in zip(self.kinds, self.places, strict=True):
            style = f'font-size="15" font-weight="bold" fill="#{INK}"'
            yield text_at(x, self.top - 20, self.words[kind], style)
            yield (
                f'<rect x="{x:.1f}" y="{self.top - 14:.1f}" width="{width:.1f}" height="3" '
                f'fill="#{_COLOUR[kind]}"/>'
            )

    def _box(self, node: str) -> Iterator[str]:
        box, data = self.boxes[node], self.graph.nodes[node]
        kind, chosen = data["kind"], bool(data.get("chosen"))
        alive = node in self.live or kind == "market"
        colour = f"#{_COLOUR[kind]}"
        full = chosen or kind == "market"
        fill, ink = (colour, "#FFFFFF") if full else ("#FFFFFF", f"#{INK if alive else _QUIET}")
        stroke = colour if alive else f"#{RULE}"
        yield f'<g class="{kind}{" chosen" if chosen else ""}">'
        yield f"<title>{safe(self._told(node))}</title>"
        yield (
            f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" '
            f'height="{box.height:.1f}" rx="5" fill="{fill}" stroke="{stroke}" stroke-width="1.3"/>'
        )
        for i, line in enumerate(box.lines):
            y = box.y + PAD_Y + LEADING * i + SIZE
            yield text_at(box.x + PAD_X, y, line, f'class="label" fill="{ink}"')
        yield "</g>"

    def _told(self, node: str) -> str:
        """What a viewer shows when one points at the box."""
        data = self.graph.nodes[node]
        names = (
            "weight",
            "target",
            "kappa",
            "effect",
            "family",
            "engagement",
            "cost",
            "months",
            "kpi",
        )
        told = [
            f"{name} {data[name]:g}" if isinstance(data[name], float) else f"{name} {data[name]}"
            for name in names
            if name in data
        ]
        return tidy("; ".join([self._text(node), *told]))

    def _legend(self, y: float) -> Iterator[str]:
        """Only what is in the picture, in rows of the picture's width."""
        samples = {line.kind: line for line in self.lines}
        x, self.legend_rows = _MARGIN, 1
        order = [key for key in self.words if key in samples]
        quiet = any(n not in self.live for n in self.boxes if not n.startswith("market:"))
        for key in [*order, *(["quiet"] if quiet else [])]:
            text = self.words[key]
            wide = 44 + extent(text) + 24
            if x + wide > self.width - _MARGIN:
                x, self.legend_rows = _MARGIN, self.legend_rows + 1
            line = LEADING * 1.6 * (self.legend_rows - 1) + y
            yield sample_line(x, line, samples.get(key))
            yield text_at(x + 44, line + 4, text, f'fill="#{INK}"')
            x += wide
