"""The sheets Pairwise, Budget and Preferences: what is read, and what is reported where."""

from __future__ import annotations

import datetime

import pytest

from entryscore.application import check_book
from entryscore.weighting.model import Judgement, Preference
from entryscore.workbook.judgements import read_judgements
from entryscore.workbook.read import read_workbook
from tests.books import settings, write_book

MARKETS = [["code", "name", "include", "gdp", "growth", "tax", "rate"],
           ["A", "Aland", None, 1, 2, 3, 5], ["NA", "Namibia", None, 4, 5, 1, 7],
           ["B", "Borneo", None, 2, 7, 2, 6], ["X", "Out", "no", 1, 1, 1, 1]]  # fmt: skip
INDICATORS = [["code", "name", "parent"], ["gdp", "GDP", "size"], ["growth", "Growth", "size"],
              ["tax", "Tax", "cost"], ["rate", "Rate", "cost"]]  # fmt: skip
PILLARS = [["code", "name"], ["size", "Market size"], ["cost", "Cost"]]
PAIRWISE = [["parent", "a", "b", "ratio", "expert"], ["size", "gdp", "growth", "1/3", "Ann"],
            ["Market size", "GDP", "Growth", 2, "Bob"], [None, "size", "cost", "3 : 2", None],
            ["cost", "tax", "rate", None, "Ann"],
            ["index", "cost", "size", 0.67, None]]  # fmt: skip
BUDGET = [["code", "name", "Ann", "Bob"], ["gdp", "GDP", 60, " 30 "], ["growth", "x", 40, None],
          ["size", "y", 1, 2]]  # fmt: skip
PREFERENCES = [["better", "worse", "strength"], ["A", "Namibia", None], ["NA", "B", 2]]
OWN = {"Pairwise": PAIRWISE, "Budget": BUDGET, "Preferences": PREFERENCES}


def book_of(tmp_path, edits=None, **sheets):
    whole = {"Markets": MARKETS, "Indicators": INDICATORS, "Pillars": PILLARS, **sheets}
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
    return book


def read(tmp_path, edits=None, **sheets):
    return read_judgements(book_of(tmp_path, edits, **sheets))


def test_what_is_read(tmp_path):
    own, found = read(tmp_path, **OWN)
    assert not found.problems, found.problems
    assert own.pairwise == (
        Judgement("size", "gdp", "growth", 1 / 3, "Ann", "Pairwise!D2"),
        Judgement("size", "gdp", "growth", 2, "Bob", "Pairwise!D3"),
        Judgement("index", "size", "cost", 1.5, "", "Pairwise!D4"),
        Judgement("index", "cost", "size", 0.67, "", "Pairwise!D6"),
    )
    assert own.points == {
        "Ann": {"gdp": 60, "growth": 40, "size": 1},
        "Bob": {"gdp": 30, "size": 2},
    }
    assert own.preferences == (
        Preference("A", "NA", 1.0, "Preferences!A2"), Preference("NA", "B", 2.0, "Preferences!A3"),
    )  # fmt: skip
    assert own.where["Budget", "Bob", "gdp"] == "Budget!D2"
    assert own.where["Pairwise",] == "Pairwise!A1"
    said = {(w.where, w.message.split(":")[0]) for w in found.warnings}
    assert said == {
        ("Pairwise!D1", "pairs without a ratio are not compared"), ("Budget!D2", "points of Bob"),
    }  # fmt: skip


FAULTS = {
    "Pairwise!A2": "sise",
    "Pairwise!B3": "gpd",
    "Pairwise!C4": "size",  # itself
    "Pairwise!B5": "gdp",  # of another pillar
    "Pairwise!D6": 9.5,
    "Pairwise!D8": "1/10",
    "Pairwise!D9": "much",
    "Pairwise!D10": datetime.datetime(2024, 1, 3),
    "Pairwise!D11": 0,
    "Pairwise!D12": 7,  # and 2 in row 7
    "Budget!A3": "grwth",
    "Budget!C2": -5,
    "Budget!D4": "all",
    "Budget!A5": "size",  # twice
    "Preferences!A2": "Alland",
    "Preferences!B3": "X",
    "Preferences!B4": "A",  # itself
    "Preferences!C5": 0,
    "Preferences!C6": "strong",
    "Preferences!B7": None,
}  # fmt: skip
FILL = {
    **{f"Pairwise!{c}{row}": v for row in (7, 8, 9, 10, 11, 12) for c, v in
       (("A", "cost"), ("B", "rate"), ("C", "tax"), ("E", f"E{min(row, 11)}"))},
    "Pairwise!D7": 2, "Pairwise!A12": "cost", "Pairwise!E12": "E7", "Pairwise!D5": 3,
    "Budget!C5": 3, "Preferences!A4": "A", "Preferences!A5": "A", "Preferences!B5": "B",
    "Preferences!A6": "A", "Preferences!B6": "B", "Preferences!A7": "A",
}  # fmt: skip


def test_every_fault_is_reported_at_its_cell(tmp_path):
    _, found = read(tmp_path, FILL | FAULTS, **OWN)
    said = "\n".join(map(str, found.problems))
    assert {p.where for p in found.problems} == set(FAULTS), said
    assert len(found.problems) == len(FAULTS), said
    for hint in ("did you mean 'size'?", "did you mean 'gdp'?", "did you mean 'growth'?",
                 "gdp is no child of cost, but of size", "type =1/3", "(include = no)",
                 "rate over tax is 7 here, and 2 in Pairwise!D7"):  # fmt: skip
        assert hint in said


def test_a_code_that_is_missing(tmp_path):
    edits = {"Pairwise!B3": None, "Budget!A3": None, "Preferences!A3": None}
    _, found = read(tmp_path, edits, **OWN)
    assert {p.where: p.message for p in found.problems} == {
        "Pairwise!B3": "a is missing", "Budget!A3": "code is missing",
        "Preferences!A3": "better is missing",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "ratio"), [("1/9", 1 / 9), ("１／３", 1 / 3), ("1:4", 0.25), ("5", 5.0), (0.11, 0.11)]
)
def test_ratios_as_people_type_them(tmp_path, text, ratio):
    own, found = read(tmp_path, {"Pairwise!D2": text}, **OWN)
    assert not found.problems
    assert own.pairwise[0].ratio == pytest.approx(ratio)


def test_columns_of_points(tmp_path):
    edits = {"Budget!E1": "ann", "Budget!F2": 5, "Budget!G1": "Total", "Budget!G2": 90}
    own, found = read(tmp_path, edits, **OWN)
    assert {p.where: p.message for p in found.problems} == {
        "Budget!E1": "a second column of 'ann'", "Budget!F1": "points without an expert",
    }  # fmt: skip
    assert list(own.points) == ["Ann", "Bob"]


def test_points_of_zero_for_all_siblings(tmp_path):
    _, found = read(tmp_path, {"Budget!D2": 0, "Budget!D3": 0}, **OWN)
    assert [(p.where, p.message) for p in found.problems] == [
        ("Budget!D2", "Bob gives no point to any of gdp, growth")
    ]


def test_sheets_that_are_absent_empty_or_cannot_be_read(tmp_path):
    own, found = read(tmp_path)
    assert (own.pairwise, own.points, own.preferences) == ((), {}, ())
    own, found = read(tmp_path, **{name: rows[:1] for name, rows in OWN.items()}, Other=[[1]])
    assert (own.pairwise, own.points, own.preferences) == ((), {}, ())
    assert not found.problems + found.warnings
    broken = write_book(
        tmp_path / "b.xlsx", Markets=MARKETS, Indicators=INDICATORS, Pillars=PILLARS,
        **OWN | {"Pairwise": [["father", "x"], ["size", "gdp"]]},
    )  # fmt: skip
    book = read_workbook(broken)
    assert {p.where for p in book.findings.problems} == {"Pairwise!C1"}
    own, found = read_judgements(book)
    assert not found.problems
    assert own.points


def test_countries(tmp_path):
    markets = [MARKETS[0], ["TUR", "", None, 1, 2, 3, 5], ["CIV", "", None, 4, 5, 1, 7]]
    rows = [["better", "worse"], ["Turkey", "Côte d'Ivoire"]]
    own, found = read(
        tmp_path, Markets=markets, Preferences=rows, Settings=settings({"markets": "countries"})
    )
    assert not found.problems
    assert [(p.better, p.worse) for p in own.preferences] == [("TUR", "CIV")]


def test_check_lists_them(tmp_path):
    book = book_of(tmp_path, {"Pairwise!D2": 10}, Pairwise=PAIRWISE)
    assert [p.where for p in check_book(book).problems] == ["Pairwise!D2"]
