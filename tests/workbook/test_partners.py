"""The partner sheets: what replaces the bundled graph, and what is reported where."""

from __future__ import annotations

from dataclasses import fields

import pytest

from entryscore.application import check_book
from entryscore.partners.bundled import TABLES, load_ecosystem
from entryscore.partners.ecosystem import Presence
from entryscore.workbook.partners import read_ecosystem
from entryscore.workbook.read import read_workbook
from tests.books import settings, write_book

MARKETS = [["code", "name", "include", "gdp", "net"], ["A", "Aland", None, 1, 2],
           ["NA", "Namibia", None, 4, 5], ["X", "Out", "no", 1, 1]]  # fmt: skip
INDICATORS = [
    ["code", "name", "proxy_for"], ["gdp", "GDP", None], ["net", "Networks", "my_indicator"],
]  # fmt: skip
TYPES = [["code", "name", "name_zh", "cost", "months"], ["telco", "Telco", "電信", 5, 3],
         ["bank", "Bank", None, 2, 1], ["shop", "Shop", None, 1, 0]]  # fmt: skip
CAPABILITIES = [["code", "name"], ["reach", "Reach"], ["trust", "Trust"]]
PROVIDES = [["partner_type", "capability", "strength"], ["telco", "reach", "80%"],
            ["Bank", "trust", 0.5]]  # fmt: skip
NEEDS = [["indicator", "capability", "need", "kappa", "effect"], ["gdp", "reach", 0.9, 0.3],
         ["my_indicator", "trust", None, 0.2, "mitigates"]]  # fmt: skip
RELATIONS = [["source", "relation", "target", "group"], ["telco", "requires", "bank"],
             ["shop", "requires_any", "bank", "g"], ["shop", "requires_any", "telco", "g"],
             ["shop", "conflicts", "bank"]]  # fmt: skip
PARTNERS = [["market", "partner_type", "availability", "cost"], ["A", "telco", 0.5, "n/a"],
            ["Namibia", "電信", None, 7], ["X", "nobody", 9, -1]]  # fmt: skip
OWN = {
    "PartnerTypes": TYPES, "Capabilities": CAPABILITIES, "Provides": PROVIDES, "Needs": NEEDS,
    "PartnerRelations": RELATIONS, "Partners": PARTNERS,
}  # fmt: skip


def read(tmp_path, edits=None, **sheets):
    whole = {"Markets": MARKETS, "Indicators": INDICATORS, **sheets}
    rows = {name: [list(row) for row in given] for name, given in whole.items()}
    for place, value in (edits or {}).items():
        sheet, _, cell = place.partition("!")
        column, row = ord(cell[0]) - ord("A"), int(cell[1:]) - 1
        table = rows[sheet]
        table.extend([] for _ in range(row + 1 - len(table)))
        table[row].extend([None] * (column + 1 - len(table[row])))
        table[row][column] = value
    book = read_workbook(write_book(tmp_path / "book.xlsx", **rows))
    assert not book.findings.problems, book.findings.problems
    return read_ecosystem(book)


def test_without_sheets_it_is_the_bundled_one(tmp_path):
    own, found = read(tmp_path, Provides=PROVIDES[:1])  # a header without rows replaces nothing
    base = load_ecosystem()
    assert (own.types, own.provisions, own.modes) == (base.types, base.provisions, base.modes)
    assert own.own == frozenset()
    assert not found.problems + found.warnings


def test_own_sheets(tmp_path):
    own, found = read(tmp_path, **OWN)
    assert not found.problems, found.problems
    assert own.own == set(OWN)
    assert [t.code for t in own.types] == ["telco", "bank", "shop"]
    assert [(p.partner_type, p.capability, p.strength) for p in own.provisions] == [
        ("telco", "reach", 0.8), ("bank", "trust", 0.5),
    ]  # fmt: skip
    assert [(n.indicator, n.need, n.kappa, n.effect) for n in own.needs] == [
        ("gdp", 0.9, 0.3, "lifts"), ("my_indicator", 1.0, 0.2, "mitigates"),
    ]  # fmt: skip
    assert [(r.relation, r.group, r.used) for r in own.relations] == [
        ("requires", "", True), ("requires_any", "g", True), ("requires_any", "g", True),
        ("conflicts", "", True),
    ]  # fmt: skip
    assert own.presence == {("A", "telco"): Presence(0.5), ("NA", "telco"): Presence(None, 7.0)}
    assert own.origin[("Provides", "bank", "trust", "strength")] == "Provides!C3"
    assert [m.code for m in own.modes] == ["long_term_win_win"]  # the others serve others


FAULTS = {
    "PartnerTypes!A5": "telco",  # twice
    "PartnerTypes!D3": -1,
    "PartnerTypes!E3": "soon",
    "Capabilities!A4": "reach",  # twice
    "Provides!A3": "bnak",
    "Provides!B3": "trsut",
    "Provides!C2": 1.5,
    "Provides!A4": "shop",  # its strength is missing: C4
    "Provides!B4": "reach",
    "Needs!A2": "gpd",
    "Needs!B3": "nothing_like",
    "Needs!C2": 2,
    "Needs!D2": -0.1,
    "Needs!E2": "raises",
    "PartnerRelations!B5": "require",
    "PartnerRelations!C3": "shop",  # itself
    "PartnerRelations!C4": "nobody",
    "PartnerRelations!C2": None,
    "Partners!A2": "Alland",
    "Partners!B3": "telcos",
    "Partners!C3": 1.2,
    "Partners!D3": -7,
}


def test_every_fault_is_reported_at_its_cell(tmp_path):
    _, found = read(tmp_path, FAULTS | {"PartnerTypes!D5": 1}, **OWN)
    expected = set(FAULTS) - {"Provides!A4", "Provides!B4"} | {"Provides!C4"}
    said = "\n".join(map(str, found.problems))
    assert {p.where for p in found.problems} == expected, said
    assert len(found.problems) == len(expected), said
    for hint in ("did you mean 'bank'?", "did you mean 'trust'?", "did you mean 'gdp'?"):
        assert hint in said


def test_a_sheet_that_cannot_be_read_brings_no_further_problems(tmp_path):
    broken = [["kode", "nom"], ["telco", "Telco"]]
    sheets = OWN | {"PartnerTypes": broken}
    path = write_book(tmp_path / "b.xlsx", Markets=MARKETS, Indicators=INDICATORS, **sheets)
    book = read_workbook(path)
    assert [p.where for p in book.findings.problems] == ["PartnerTypes!C1"]
    own, found = read_ecosystem(book)
    assert not found.problems, found.problems
    assert own.own == set(OWN) - {"PartnerTypes"}


def test_duplicate_edges_at_the_later_cell(tmp_path):
    _, found = read(
        tmp_path,
        {"Provides!A4": "Telco", "Provides!B4": "Reach", "Provides!C4": 0.1,
         "Needs!A4": "GDP", "Needs!B4": "reach", "Needs!D4": 0.3,
         "PartnerRelations!A6": "telco", "PartnerRelations!B6": "requires",
         "PartnerRelations!C6": "bank", "Partners!A5": "Aland", "Partners!B5": "Telco"},
        **OWN,
    )  # fmt: skip
    assert [p.where for p in found.problems] == [
        "Needs!A4", "PartnerRelations!A6", "Partners!A5", "Provides!A4",
    ]  # fmt: skip
    assert "stands already in row 2" in found.problems[0].message


def test_a_circle_of_prerequisites_is_named(tmp_path):
    edits = {"PartnerRelations!A6": "bank", "PartnerRelations!B6": "requires",
             "PartnerRelations!C6": "shop", "PartnerRelations!A7": "shop",
             "PartnerRelations!B7": "requires", "PartnerRelations!C7": "telco"}  # fmt: skip
    own, found = read(tmp_path, edits, **OWN)
    [problem] = found.problems
    assert problem.where == "PartnerRelations!C7"
    assert "shop → telco → bank → shop" in problem.message
    assert ("shop", "requires") not in [(r.source, r.relation) for r in own.relations]


@pytest.mark.parametrize(("column", "value"), [("D", 0.4), ("E", "none")])
def test_kappa_and_effect_belong_to_the_indicator(tmp_path, column, value):
    edits = {"Needs!A4": "gdp", "Needs!B4": "trust", "Needs!E2": "lifts", f"Needs!{column}4": value}
    _, found = read(tmp_path, edits, **OWN)
    assert [p.where for p in found.problems] == [f"Needs!{column}4"]
    own, found = read(tmp_path, edits | {f"Needs!{column}4": None}, **OWN)
    assert not found.problems
    assert [n.kappa for n in own.needs if n.indicator == "gdp"] == [0.3, 0.3]


def test_needs_may_name_indicators_of_bundled_catalogues(tmp_path):
    own, found = read(tmp_path, {"Needs!A4": "ugc_activity", "Needs!B4": "reach"}, **OWN)
    assert not found.problems
    assert own.needs[-1].kappa == 1.0
    assert ["ugc_activity" in w.message for w in found.warnings if w.where == "Needs!D1"] == [True]


def test_bundled_edges_without_their_ends_are_dropped_with_one_warning(tmp_path):
    rows = [["code", "cost"], ["telecom_operator", 3], ["government_agency", 2], ["mine", 1]]
    own, found = read(tmp_path, PartnerTypes=rows)
    base = load_ecosystem()
    assert {p.partner_type for p in own.provisions} == {"telecom_operator", "government_agency"}
    assert [r.target for r in own.relations] == ["government_agency"]
    assert own.types[0].availability_indicator == base.types[0].availability_indicator
    lost = len(base.provisions) - len(own.provisions) + len(base.relations) - 1
    [warning] = [w for w in found.warnings if "bundled" in w.message]
    assert (warning.where, warning.values["count"]) == ("PartnerTypes!A1", lost)


def test_costs(tmp_path):
    _, found = read(tmp_path, {"PartnerTypes!D3": None}, **OWN)
    assert [p.where for p in found.problems] == ["PartnerTypes!D3"]
    free = [[*row[:3], *row[4:]] for row in TYPES]
    own, found = read(tmp_path, **OWN | {"PartnerTypes": free})
    assert not found.problems
    assert {t.cost for t in own.types} == {1.0}


def test_check_lists_what_is_wrong_with_the_sheets(tmp_path):
    sheets = OWN | {"Partners": [*PARTNERS, ["A", "bnak"]]}
    book = read_workbook(
        write_book(tmp_path / "b.xlsx", Markets=MARKETS, Indicators=INDICATORS, **sheets)
    )
    assert [p.where for p in check_book(book).problems] == ["Partners!B5"]


def test_number_texts_and_countries(tmp_path):
    markets = [["code", "gdp", "net"], ["TUR", 1, 2], ["CIV", 3, 4]]
    partners = [["market", "partner_type", "availability"], ["Turkey", "telco", " 0.5 "],
                ["Côte d'Ivoire", "bank", "n/a"]]  # fmt: skip
    sheets = OWN | {"Markets": markets, "Partners": partners}
    own, found = read(tmp_path, **sheets, Settings=settings({"markets": "countries"}))
    assert own.presence == {("TUR", "telco"): Presence(0.5), ("CIV", "bank"): Presence()}
    assert len([w for w in found.warnings if w.where.startswith("Partners!")]) == 2


def test_the_bundled_tables_typed_into_sheets_are_the_same(tmp_path):
    base = load_ecosystem()
    tables = {"PartnerTypes": ("types", base.types), "Needs": ("needs", base.needs),
              "Capabilities": ("capabilities", base.capabilities),
              "Provides": ("provides", base.provisions),
              "PartnerRelations": ("relations", base.relations)}  # fmt: skip
    sheets = {}
    for sheet, (name, records) in tables.items():
        head = [field.name for field in fields(TABLES[name])]
        rows = [[_typed(getattr(record, column)) for column in head] for record in records]
        sheets[sheet] = [head, *rows]
    own, found = read(tmp_path, **sheets)
    assert not found.problems + found.warnings, found.warnings
    for column in ("types", "capabilities", "provisions", "needs", "relations", "modes"):
        assert getattr(own, column) == getattr(base, column)


def _typed(value):
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
