"""The partner graph as one typed networkx graph, and its files.

Nodes are `kind:code`; an edge's key is its relation. Attributes are text, numbers and booleans
only, and absent where nothing is known, so that every format can hold them.
"""

from __future__ import annotations

import io
import math
import re
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from entryscore.catalogue import Catalogue, Indicator
from entryscore.files import moment, replacing
from entryscore.language import ENGLISH, current
from entryscore.partners.ecosystem import Ecosystem, Need
from entryscore.partners.layout import NOT_XML

if TYPE_CHECKING:
    from networkx import MultiDiGraph

    Graph = MultiDiGraph[str]

MARKET, NEED, CAPABILITY, PARTNER, MODE = "market", "need", "capability", "partner", "mode"
KINDS = (MARKET, NEED, CAPABILITY, PARTNER, MODE)
FORMATS = (".graphml", ".gexf", ".mmd", ".svg")
ALIKE = 0.6  # Jaccard similarity of capability sets from which types can stand in for each other

Node = tuple[str, dict[str, Any]]
Edge = tuple[str, str, str, dict[str, Any]]


def build_graph(
    ecosystem: Ecosystem,
    catalogue: Catalogue,
    gaps: Mapping[str, Mapping[str, float | None]] | None = None,
    *,
    availability: Mapping[str, Mapping[str, float]] | None = None,
    chosen: Mapping[str, Collection[str]] | None = None,
    names: Mapping[str, str] | None = None,
    weights: Mapping[str, float] | None = None,
    targets: Mapping[str, float] | None = None,
    title: str = "",
) -> Graph:
    """One graph of the ecosystem and the given markets, in sorted order.

    `gaps`: by market and indicator, 0..1, None where the value is missing (an edge `has_gap` with
    `unknown`; no edge where the gap is 0). `availability`: by market and type; a type that is not
    named is assumed to be there, one with 0 has no edge. `chosen`: the portfolios by market.
    `weights`, `targets`: of indicators. Needs that no indicator of the catalogue stands for have
    `observed` = False.
    """
    import networkx as nx

    gaps, availability, chosen = gaps or {}, availability or {}, chosen or {}
    markets = sorted({*gaps, *availability, *chosen})
    labels = names or {}
    nodes: list[Node] = [_node(MARKET, m, labels.get(m, m), "") for m in markets]
    nodes += [
        _node(PARTNER, t.code, t.name, t.name_zh, family=t.family, engagement=t.engagement,
              cost=t.cost, months=t.months,
              chosen=any(t.code in held for held in chosen.values()) if chosen else None)
        for t in ecosystem.types
    ]  # fmt: skip
    nodes += [
        _node(CAPABILITY, c.code, c.name, c.name_zh, group=c.group, kpi=c.kpi)
        for c in ecosystem.capabilities
    ]
    nodes += [
        _node(MODE, m.code, m.name, m.name_zh, quote_zh=m.quote,
              capabilities="|".join(m.capabilities))
        for m in ecosystem.modes
    ]  # fmt: skip
    need_nodes, closes = _needs(ecosystem, catalogue, gaps, weights or {}, targets or {})
    edges = [*closes, *_provides(ecosystem), *_relations(ecosystem), *_substitutes(ecosystem)]
    edges += _via(ecosystem)
    for market in markets:
        edges += _market_edges(
            ecosystem, market, gaps.get(market, {}), availability.get(market, {}),
            chosen.get(market),
        )  # fmt: skip
    graph: Graph = nx.MultiDiGraph()
    if title:
        graph.graph["title"] = title
    graph.add_nodes_from(sorted([*nodes, *need_nodes], key=lambda node: _place(node[0])))
    for source, target, key, data in _ordered(edges, graph):
        graph.add_edge(source, target, key, **data)
    return graph


def _place(node: str) -> tuple[int, str]:
    return KINDS.index(node.partition(":")[0]), node


def _node(kind: str, code: str, label: str, label_zh: str, **more: object) -> Node:
    known = {"kind": kind, "code": code, "label": label or code, "label_zh": label_zh, **more}
    return f"{kind}:{code}", _plain(known)


def _edge(source: str, target: str, relation: str, **more: object) -> Edge:
    return source, target, relation, _plain({"relation": relation, **more})


def _plain(attributes: Mapping[str, object]) -> dict[str, Any]:
    """Python's own text, numbers and booleans; what is missing or empty is left out."""
    plain: dict[str, Any] = {}
    for name, value in attributes.items():
        value = value.item() if hasattr(value, "item") else value
        if value is None or value == "" or (isinstance(value, float) and not math.isfinite(value)):
            continue
        plain[name] = NOT_XML.sub("", value) if isinstance(value, str) else value
    return plain


def _ordered(edges: Iterable[Edge], graph: Graph) -> Iterator[Edge]:
    """Sorted, between nodes that exist; of several groups between two types one edge is made."""
    merged: dict[tuple[str, str, str], dict[str, Any]] = {}
    for source, target, key, data in edges:
        if source not in graph or target not in graph:
            continue
        first = merged.setdefault((source, target, key), data)
        if first is not data and "group" in data:
            first["group"] = "|".join(filter(None, (first.get("group", ""), data["group"])))
    for source, target, key in sorted(merged):
        yield source, target, key, merged[source, target, key]


def _needs(
    ecosystem: Ecosystem,
    catalogue: Catalogue,
    gaps: Mapping[str, Mapping[str, float | None]],
    weights: Mapping[str, float],
    targets: Mapping[str, float],
) -> tuple[list[Node], list[Edge]]:
    """The catalogue's indicators with needs or gaps, then the needs it has no indicator for."""
    rows: dict[str, list[Need]] = {}
    for need in ecosystem.needs:
        rows.setdefault(need.indicator, []).append(need)
    with_gap = {code for market in gaps.values() for code in market}
    stands: dict[str, tuple[Indicator, list[Need]]] = {}
    for i in catalogue.indicators:
        own = rows.get(i.code) or rows.get(i.proxy_for or "") or []
        if i.scored and (own or i.code in with_gap):
            stands[i.code] = i, own
    met = {need.indicator for _, own in stands.values() for need in own}
    for code in rows.keys() - met - stands.keys():
        stands[code] = Indicator(code, name=code.replace("_", " ")), rows[code]
    nodes = [
        _node(NEED, code, i.name, i.name_zh, weight=weights.get(code), target=targets.get(code),
              kappa=max((n.addressable for n in own), default=0.0),
              effect=own[0].effect if own else "none", observed=code in catalogue.codes)
        for code, (i, own) in stands.items()
    ]  # fmt: skip
    edges = [
        _edge(f"{CAPABILITY}:{n.capability}", f"{NEED}:{code}", "closes", need=n.need, note=n.note)
        for code, (_, own) in stands.items()
        for n in own
    ]
    return nodes, edges


def _provides(ecosystem: Ecosystem) -> Iterator[Edge]:
    for p in ecosystem.provisions:
        yield _edge(
            f"{PARTNER}:{p.partner_type}", f"{CAPABILITY}:{p.capability}", "provides",
            strength=p.strength, basis=p.basis, quote_zh=p.quote, quote_en=p.quote_en, note=p.note,
        )  # fmt: skip


def _relations(ecosystem: Ecosystem) -> Iterator[Edge]:
    for r in ecosystem.relations:
        yield _edge(
            f"{PARTNER}:{r.source}", f"{PARTNER}:{r.target}", r.relation,
            group=r.group, used=r.used, basis=r.basis, note=r.note,
        )  # fmt: skip


def _substitutes(ecosystem: Ecosystem) -> Iterator[Edge]:
    """Pairs of types that bring much the same; the edge runs from the lower code."""
    brings: dict[str, set[str]] = {}
    for p in ecosystem.provisions:
        brings.setdefault(p.partner_type, set()).add(p.capability)
    for a, b in combinations(sorted(brings), 2):
        alike = len(brings[a] & brings[b]) / len(brings[a] | brings[b])
        if alike >= ALIKE:
            yield _edge(
                f"{PARTNER}:{a}", f"{PARTNER}:{b}", "substitutes", weight=alike, basis="computed"
            )


def _via(ecosystem: Ecosystem) -> Iterator[Edge]:
    for mode in ecosystem.modes:
        for code in mode.partner_types:
            yield _edge(f"{PARTNER}:{code}", f"{MODE}:{mode.code}", "via")


def _market_edges(
    ecosystem: Ecosystem,
    market: str,
    gaps: Mapping[str, float | None],
    availability: Mapping[str, float],
    portfolio: Collection[str] | None,
) -> Iterator[Edge]:
    source = f"{MARKET}:{market}"
    for code, gap in gaps.items():
        if gap is None or not math.isfinite(gap):
            yield _edge(source, f"{NEED}:{code}", "has_gap", unknown=True)
        elif gap > 0:
            yield _edge(source, f"{NEED}:{code}", "has_gap", gap=float(gap))
    for t in ecosystem.types:
        there = float(availability.get(t.code, 1.0))
        if there > 0:
            yield _edge(
                source, f"{PARTNER}:{t.code}", "available", availability=there,
                assumed=t.code not in availability,
                chosen=None if portfolio is None else t.code in portfolio,
            )  # fmt: skip


def write_graph(graph: Graph, path: Path, *, force: bool = False) -> None:
    """Writes the format its suffix says (FORMATS), whole or not at all, with the same bytes for
    the same graph. Raises ValueError for another suffix, InputError where it cannot be written."""
    data = as_bytes(graph, path.suffix.lower())
    with replacing(path, force=force) as stream:
        stream.write(data)


def as_bytes(graph: Graph, suffix: str) -> bytes:
    """The file; pictures in the current language."""
    from entryscore.partners.drawing import draw

    if suffix == ".svg":
        return draw(graph).encode()
    if suffix == ".mmd":
        return _mermaid(graph).encode()
    if suffix not in FORMATS:
        raise ValueError(f"{suffix or 'no suffix'}: a graph is written as {', '.join(FORMATS)}")
    import networkx as nx

    out = io.BytesIO()
    if suffix == ".graphml":
        nx.write_graphml_xml(graph, out)
        return out.getvalue()
    nx.write_gexf(graph, out)
    day = time.strftime("%Y-%m-%d", time.gmtime(moment())).encode()
    return re.sub(rb'(lastmodifieddate=")[^"]*', rb"\g<1>" + day, out.getvalue())


_SHAPES = {
    MARKET: ("([", "])"), NEED: ("[", "]"), CAPABILITY: ("(", ")"), PARTNER: ("[[", "]]"),
    MODE: ("{{", "}}"),
}  # fmt: skip
_FIGURES = ("gap", "need", "strength", "availability", "weight")


def _mermaid(graph: Graph) -> str:
    """A flowchart; above 500 edges a viewer needs a higher `maxEdges`."""
    short = {node: f"n{place}" for place, node in enumerate(graph)}
    lines = ["flowchart LR"]
    for kind in KINDS:
        members = [node for node in graph if graph.nodes[node]["kind"] == kind]
        if not members:
            continue
        lines.append(f"  subgraph {kind}")
        left, right = _SHAPES[kind]
        for node in members:
            data = graph.nodes[node]
            text = (data.get("label_zh", "") if current() != ENGLISH else "") or data["label"]
            lines.append(f'    {short[node]}{left}"{_escaped(text)}"{right}')
        lines.append("  end")
    for source, target, key, data in graph.edges(keys=True, data=True):
        figure = next((f" {data[name]:.2f}" for name in _FIGURES if name in data), "")
        arrow = "-.->" if data.get("unknown") or not data.get("used", True) else "-->"
        lines.append(f'  {short[source]} {arrow}|"{key}{figure}"| {short[target]}')
    held = [short[node] for node in graph if graph.nodes[node].get("chosen")]
    if held:
        lines += ["  classDef chosen stroke-width:4px", f"  class {','.join(held)} chosen"]
    return "\n".join([*lines, ""])


def _escaped(text: str) -> str:
    """As Mermaid reads it within quotes: anything but words and plain marks by its number."""
    plain = " ".join(text.split())
    return "".join(c if c.isalnum() or c in " -.,:/'’" else f"#{ord(c)};" for c in plain)
