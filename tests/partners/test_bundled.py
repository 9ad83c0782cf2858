"""The bundled partner graph against the tables it was made of."""

import csv
import shutil

import pytest

from entryscore.bundled import load_catalogue
from entryscore.partners.bundled import load_ecosystem, read_tables
from entryscore.partners.ecosystem import EFFECTS, ENGAGEMENTS, RELATIONS
from entryscore.resources import folder
from tests.shared import SHARED, needs_shared


def seed(name: str) -> list[dict[str, str]]:
    with (SHARED / "seed" / name).open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_counts() -> None:
    own = load_ecosystem()
    tables = (own.types, own.capabilities, own.provisions, own.needs, own.relations, own.modes)
    assert [len(t) for t in tables] == [24, 19, 76, 97, 19, 34]


def test_every_reference_has_its_row() -> None:
    own = load_ecosystem()
    types = {t.code for t in own.types}
    capabilities = {c.code for c in own.capabilities}
    assert len({(p.partner_type, p.capability) for p in own.provisions}) == len(own.provisions)
    for provision in own.provisions:
        assert provision.partner_type in types
        assert provision.capability in capabilities
        assert 0 < provision.strength < 1
        assert provision.quote
        assert provision.quote_en
    whole = load_catalogue("emerging_market")
    scored = {i.code for i in whole.indicators if i.scored}
    assert {n.indicator for n in own.needs} == scored
    assert {n.capability for n in own.needs} <= capabilities | {""}
    assert {n.effect for n in own.needs} == set(EFFECTS)
    for relation in own.relations:
        assert {relation.source, relation.target} <= types
        assert relation.relation in RELATIONS
        assert relation.used == (relation.relation != "conflicts")
        assert bool(relation.group) == (relation.relation == "requires_any")
    for mode in own.modes:
        assert set(mode.partner_types) <= types
        assert set(mode.capabilities) <= capabilities
    assert {t.engagement for t in own.types} == set(ENGAGEMENTS)
    assert {t.availability_indicator for t in own.types} - {""} <= set(whole.codes)


@needs_shared
def test_the_tables_are_the_documents() -> None:
    own = load_ecosystem()
    proposed = {row["partner_id"]: row for row in seed("partner_attributes_proposal.csv")}
    for row, ours in zip(seed("partner_types.csv"), own.types, strict=True):
        assert (ours.code, ours.name, ours.name_zh) == (
            row["partner_id"], row["name_en"], row["name_zh"],
        )  # fmt: skip
        assert ours.cost == float(proposed[ours.code]["cost_index"])
        assert ours.months == float(proposed[ours.code]["lead_time_months"])
    phrases = {
        (r["partner_id"], r["capability_id"], r["evidence_class"], r["quote_zh"], r["quote_en"])
        for r in seed("partner_provides_capability.csv")
    }
    for row, edge in zip(seed("edges_provides.csv"), own.provisions, strict=True):
        assert (edge.partner_type, edge.capability) == (row["partner_id"], row["capability_id"])
        assert edge.strength == float(row["strength_best_class"])
        assert edge.basis == row["best_class"]
        found = (edge.partner_type, edge.capability, edge.basis, edge.quote, edge.quote_en)
        assert found in phrases
    gaps = seed("capability_needed_by_indicator_gap.csv")
    assert [(n.indicator, n.capability, n.need, n.kappa, n.effect) for n in own.needs] == [
        (r["indicator_id"], r["capability_id"], float(r["need_A_ic_proposal"]),
         float(r["addressability_kappa_proposal"]), r["effect"]) for r in gaps
    ]  # fmt: skip


@needs_shared
def test_each_kpi_belongs_to_a_capability() -> None:
    said = "; ".join(c.kpi for c in load_ecosystem().capabilities).split("; ")
    named = [
        f"{r['name_en']} ({r['unit']})"
        for r in seed("indicators.csv")
        if r["layer"] == "post_entry_kpi"
    ]
    assert set(said) - {""} == set(named)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("types", "engagement", "engagment", "types.csv: the columns must be"),
        ("needs", ",0.9,0.25,", ",much,0.25,", "needs.csv, line 2: could not convert"),
        ("provides", ",0.3,inferred", ",0.3", "provides.csv, line 2: the number of cells"),
        ("relations", ",no,", ",maybe,", "'maybe' is neither yes nor no"),
    ],
)
def test_the_reader_is_strict(tmp_path, name: str, old: str, new: str, said: str) -> None:
    shutil.copytree(folder("indicators") / "partners", tmp_path / "p")
    path = tmp_path / "p" / f"{name}.csv"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(ValueError, match=said):
        read_tables(tmp_path / "p")
