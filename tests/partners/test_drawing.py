"""The picture: every label in its box, no boxes over one another, safe whatever the names."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree

import pytest

from entryscore.bundled import load_catalogue
from entryscore.partners.bundled import load_ecosystem
from entryscore.partners.drawing import draw
from entryscore.partners.graph import build_graph
from entryscore.partners.layout import crossings, extent, ordered, wrapped

SVG = "{http://www.w3.org/2000/svg}"
LONG = "新興行業及細分領域的合作伙伴與本土政府機構行業協會等相關方建立緊密聯系" * 2
WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def picture(lang="en", gaps=True, name=None, title=""):
    own, catalogue = load_ecosystem(), load_catalogue("emerging_market")
    if name is not None:
        own = replace(
            own,
            types=tuple(replace(t, name=name, name_zh=name) for t in own.types),
            capabilities=tuple(replace(c, name=name, name_zh=name) for c in own.capabilities),
        )
        rows = tuple(replace(i, name=name, name_zh=name) for i in catalogue.indicators)
        catalogue = replace(catalogue, indicators=rows)
    scored = [i.code for i in catalogue.indicators if i.scored]
    market = {c: None if k % 9 == 0 else (k % 7) / 10 for k, c in enumerate(scored)}
    chosen = {"M": ["telecom_operator", "government_agency", "content_creator"]} if gaps else None
    graph = build_graph(
        own, catalogue, {"M": market} if gaps else None, chosen=chosen,
        names={"M": name or "Market"}, title=title,
    )  # fmt: skip
    return ElementTree.fromstring(draw(graph, lang))


def rectangle(element):
    x, y, w, h = (float(element.get(name)) for name in ("x", "y", "width", "height"))
    return x, y, x + w, y + h


def label_box(text):
    size = float(text.get("font-size", 13))
    x, y = float(text.get("x")), float(text.get("y"))
    return x, y - size, x + extent(text.text or "", size), y + 0.3 * size


def apart(a, b):
    return a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("gaps", [True, False])
@pytest.mark.parametrize("name", [None, LONG, WORD], ids=["own", "long", "one word"])
def test_labels_neither_overlap_nor_leave_the_picture(lang, gaps, name) -> None:
    root = picture(lang, gaps, name, title=(name or "") * 3)
    groups = root.findall(f"{SVG}g")
    assert len(groups) == 98 + gaps
    _, _, width, height = map(float, root.get("viewBox").split())
    boxes = [rectangle(group.find(f"{SVG}rect")) for group in groups]
    for group, box in zip(groups, boxes, strict=True):
        for text in group.findall(f"{SVG}text"):
            x0, y0, x1, y1 = label_box(text)
            assert box[0] <= x0 < x1 <= box[2], text.text
            assert box[1] <= y0 < y1 <= box[3], text.text
    texts = [label_box(text) for text in root.findall(f"{SVG}text")]
    assert len(texts) > 6  # title, note, heads, legend
    for box in (*boxes, *texts):
        assert 0 <= box[0] < box[2] <= width
        assert 0 <= box[1] < box[3] <= height
    assert all(apart(a, b) for a, b in combinations([*boxes, *texts], 2))


def test_hostile_names_stay_text() -> None:
    name = "</text><script>alert('x')</script>&\"\x00\ud800<"
    root = picture(name=name, title=name)
    assert not list(root.iter(f"{SVG}script"))
    labels = {t.text for t in root.iter(f"{SVG}text") if t.get("class") == "label"}
    assert any(text and "<script>" in text for text in labels)


def test_what_is_chosen_stands_out() -> None:
    root = picture()
    chosen = [g for g in root.findall(f"{SVG}g") if "chosen" in g.get("class")]
    assert len(chosen) == 3
    fills = {g.find(f"{SVG}rect").get("fill") for g in chosen}
    others = {
        g.find(f"{SVG}rect").get("fill")
        for g in root.findall(f"{SVG}g")
        if g.get("class") == "partner"
    }
    assert not fills & others
    kinds = {p.get("class") for p in root.findall(f"{SVG}path")}
    assert kinds >= {"has_gap", "unknown", "closes", "held", "other", "requires", "requires_any"}
    assert "conflicts" not in kinds  # off in the bundled tables
    quotes = [t.text for p in root.findall(f"{SVG}path") for t in p.findall(f"{SVG}title")]
    assert any("與本土電信運營商、硬件廠商、應用商店等多方合作" in text for text in quotes)


def test_a_stronger_line_is_darker() -> None:
    root = picture(gaps=False)
    lines = [p for p in root.findall(f"{SVG}path") if p.get("class") == "provides"]
    by_strength: dict[float, set[str]] = {}
    for line in lines:
        told = line.find(f"{SVG}title").text.partition(": ")[2]
        by_strength.setdefault(float(told.partition(";")[0]), set()).add(line.get("stroke-opacity"))
    shown = [by_strength[strength] for strength in sorted(by_strength)]
    assert all(len(opacity) == 1 for opacity in shown)
    assert [max(o) for o in shown] == sorted({max(o) for o in shown})
    assert len(shown) == 5


def test_an_empty_graph_and_many_markets() -> None:
    own, catalogue = load_ecosystem(), load_catalogue("emerging_market")
    empty = replace(own, types=(), capabilities=(), provisions=(), needs=(), relations=(), modes=())
    assert ElementTree.fromstring(draw(build_graph(empty, catalogue))).tag == f"{SVG}svg"
    gaps = {f"M{k}": {"internet_penetration": 0.2, "rule_of_law": 0.4} for k in range(12)}
    root = ElementTree.fromstring(draw(build_graph(own, catalogue, gaps)))
    assert len(root.findall(f"{SVG}g")) == 98 + 12


def test_barycentres_halve_the_crossings_of_the_bundled_graph() -> None:
    own = load_ecosystem()
    columns = [sorted({n.indicator for n in own.needs}), sorted(c.code for c in own.capabilities),
               sorted(t.code for t in own.types)]  # fmt: skip
    links = [[(n.indicator, n.capability) for n in own.needs if n.capability],
             [(p.capability, p.partner_type) for p in own.provisions]]  # fmt: skip
    before = sum(crossings(columns[k], columns[k + 1], links[k]) for k in (0, 1))
    found = ordered(columns, links)
    assert [sorted(column) for column in found] == columns
    assert sum(crossings(found[k], found[k + 1], links[k]) for k in (0, 1)) < 0.5 * before


def test_lines_fit_their_room() -> None:
    for text in (LONG, WORD, "a b " * 90, "", "電 信 operator"):
        for line in wrapped(text, 120):
            assert extent(line) <= 120
    assert wrapped(LONG, 120)[-1].endswith("…")
    assert "".join(wrapped(WORD, 120, most=99)) == WORD
