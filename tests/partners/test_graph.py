"""The typed graph, and the files it is written to."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

from entryscore.bundled import load_catalogue
from entryscore.catalogue import Catalogue, Indicator
from entryscore.partners.bundled import load_ecosystem
from entryscore.partners.ecosystem import (
    Capability,
    Ecosystem,
    Mode,
    Need,
    PartnerType,
    Provision,
    Relation,
)
from entryscore.partners.graph import FORMATS, as_bytes, build_graph, write_graph
from entryscore.problems import InputError

CATALOGUE = Catalogue((Indicator("gdp", "GDP", "國內生產總值"), Indicator("n", proxy_for="net")))
SMALL = Ecosystem(
    (PartnerType("t", "Telco", "電信", cost=2.0), PartnerType("b", "Bank"), PartnerType("c")),
    (Capability("reach", "Reach"), Capability("trust", "Trust", group="g", kpi="k")),
    (Provision("t", "reach", 0.8, "direct", "電信運營商", "telcos"), Provision("b", "reach", 0.5)),
    (Need("gdp", "reach", 0.9, 0.3), Need("net", "trust", 0.4, 0.5), Need("elsewhere", "trust")),
    (Relation("t", "requires_any", "b", "g1"), Relation("t", "requires_any", "b", "g2"),
     Relation("c", "conflicts", "b", used=False)),
    (Mode("m", "Mode", partner_types=("t",), capabilities=("reach",)),),
)  # fmt: skip


def small(**more):
    return build_graph(
        SMALL, CATALOGUE, {"A": {"gdp": np.float64(0.25), "n": None}, "B": {"gdp": 0.0}},
        availability={"A": {"t": np.float64(0.5), "b": 0.0}}, chosen={"A": ["t"]},
        names={"A": "Aland"}, weights={"gdp": 0.75}, targets={"gdp": 0.6}, **more,
    )  # fmt: skip


def test_edges_are_typed_and_keyed_by_their_relation() -> None:
    graph = small()
    found = {(a, b, k): d for a, b, k, d in graph.edges(keys=True, data=True)}
    assert all(key == data["relation"] for (_, _, key), data in found.items())
    provides = found["partner:t", "capability:reach", "provides"]
    assert provides["strength"] == 0.8
    assert (provides["quote_zh"], provides["quote_en"]) == ("電信運營商", "telcos")
    assert found["capability:reach", "need:gdp", "closes"]["need"] == 0.9
    assert found["capability:trust", "need:n", "closes"]["need"] == 0.4  # by way of proxy_for
    assert found["market:A", "need:gdp", "has_gap"]["gap"] == 0.25
    assert found["market:A", "need:n", "has_gap"] == {"relation": "has_gap", "unknown": True}
    assert ("market:B", "need:gdp", "has_gap") not in found  # no gap
    available = found["market:A", "partner:t", "available"]
    assert (available["availability"], available["assumed"], available["chosen"]) == (0.5, False, 1)
    assert ("market:A", "partner:b", "available") not in found  # absent there
    assert found["market:A", "partner:c", "available"]["assumed"] is True
    assert found["partner:t", "mode:m", "via"]
    assert found["partner:t", "partner:b", "requires_any"]["group"] == "g1|g2"
    assert found["partner:c", "partner:b", "conflicts"]["used"] is False
    assert found["partner:b", "partner:t", "substitutes"]["weight"] == 1.0


def test_nodes_carry_what_is_known_of_them() -> None:
    nodes = small().nodes
    need = nodes["need:gdp"]
    assert (need["weight"], need["target"], need["kappa"], need["observed"]) == (0.75, 0.6, 0.3, 1)
    assert nodes["need:elsewhere"]["observed"] is False
    assert nodes["market:A"]["label"] == "Aland"
    assert nodes["partner:t"]["chosen"] is True
    assert nodes["partner:b"]["chosen"] is False
    assert nodes["capability:trust"]["kpi"] == "k"
    assert "chosen" not in build_graph(SMALL, CATALOGUE).nodes["partner:t"]


def test_the_order_of_the_tables_does_not_matter() -> None:
    turned = replace(
        SMALL, types=SMALL.types[::-1], needs=SMALL.needs[::-1], provisions=SMALL.provisions[::-1]
    )
    whole, other = build_graph(SMALL, CATALOGUE), build_graph(turned, CATALOGUE)
    assert list(whole.nodes(data=True)) == list(other.nodes(data=True))
    assert list(whole.edges(keys=True, data=True)) == list(other.edges(keys=True, data=True))


def test_the_bundled_graph() -> None:
    graph = build_graph(load_ecosystem(), load_catalogue("emerging_market"))
    kinds = [data["kind"] for _, data in graph.nodes(data=True)]
    assert {k: kinds.count(k) for k in kinds} == {
        "need": 55, "capability": 19, "partner": 24, "mode": 34,
    }  # fmt: skip
    keys = [key for *_, key in graph.edges(keys=True)]
    closing = sum(bool(n.capability) for n in load_ecosystem().needs)
    assert (keys.count("provides"), keys.count("closes")) == (76, closing)
    alike = {(a, b) for a, b, key in graph.edges(keys=True) if key == "substitutes"}
    assert ("partner:app_store", "partner:hardware_maker") in alike
    public = build_graph(load_ecosystem(), load_catalogue("emerging_market_public"))
    seen = [d["observed"] for _, d in public.nodes(data=True) if d["kind"] == "need"]
    assert 5 < sum(seen) < 15 < len(seen)


def test_every_attribute_is_plain() -> None:
    graph = small(title="標題")
    for data in [*(d for _, d in graph.nodes(data=True)), *(d for *_, d in graph.edges(data=True))]:
        for name, value in data.items():
            assert type(value) in (str, int, float, bool), name
            assert not isinstance(value, float) or math.isfinite(value)


@pytest.mark.parametrize("suffix", [".graphml", ".gexf"])
def test_round_trip(tmp_path, suffix: str) -> None:
    types = (replace(SMALL.types[0], name='<&"電信>\x00\x1f'), *SMALL.types[1:])
    graph = build_graph(replace(SMALL, types=types), CATALOGUE, {"A": {"gdp": 0.5, "n": None}})
    path = tmp_path / f"g{suffix}"
    write_graph(graph, path)
    read = nx.read_graphml(path, force_multigraph=True) if suffix == ".graphml" else None
    read = nx.read_gexf(path) if read is None else read
    assert sorted(read) == sorted(graph)
    for node, data in graph.nodes(data=True):
        assert {k: v for k, v in read.nodes[node].items() if k in data} == data
    assert read.nodes["partner:t"]["label"] == '<&"電信>'
    assert read.number_of_edges() == graph.number_of_edges()
    back = {(a, b, d["relation"]): d for a, b, d in read.edges(data=True)}
    for a, b, key, data in graph.edges(keys=True, data=True):
        assert {k: v for k, v in back[a, b, key].items() if k in data} == data


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_graph_gives_the_same_bytes(tmp_path, suffix: str, monkeypatch) -> None:
    script = (
        "import sys; from tests.partners.test_graph import small, as_bytes;"
        f"sys.stdout.buffer.write(as_bytes(small(), {suffix!r}))"
    )
    apart = [
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert apart[0] == apart[1] == as_bytes(small(), suffix)
    if suffix == ".gexf":
        assert b'lastmodifieddate="1980-01-01"' in apart[0]
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        assert b'lastmodifieddate="2023-11-14"' in as_bytes(small(), suffix)


def test_mermaid_escapes_names() -> None:
    types = (replace(SMALL.types[0], name='T"]\n--> x[#電'), *SMALL.types[1:])
    text = as_bytes(build_graph(replace(SMALL, types=types), CATALOGUE), ".mmd").decode()
    [line] = [line for line in text.splitlines() if "電" in line]
    assert re.fullmatch(r'    n\d+\[\["T#34;#93; --#62; x#91;#35;電"\]\]', line)
    assert '|"provides 0.80"|' in text
    assert '-.->|"conflicts"|' in text


def test_files_are_replaced_whole_or_not_at_all(tmp_path) -> None:
    path = tmp_path / "g.GraphML"
    write_graph(small(), path)
    with pytest.raises(InputError, match="it exists"):
        write_graph(small(), path)
    write_graph(small(), path, force=True)
    with pytest.raises(ValueError, match=r"\.graphml, \.gexf, \.mmd, \.svg"):
        write_graph(small(), tmp_path / "g.png")
    with pytest.raises(InputError, match="cannot be written"):
        write_graph(small(), tmp_path / "none" / "g.svg")
    assert [p.name for p in tmp_path.iterdir()] == ["g.GraphML"]


def test_networkx_is_imported_when_a_graph_is_made() -> None:
    script = (
        "import sys, entryscore.partners.graph, entryscore.partners.drawing, "
        "entryscore.partners.bundled; sys.exit('networkx' in sys.modules)"
    )
    env = {"PYTHONPATH": ":".join(sys.path)}
    assert subprocess.run([sys.executable, "-c", script], env=env, check=False).returncode == 0
