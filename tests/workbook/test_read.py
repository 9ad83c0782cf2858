"""Workbooks as people make them: what is read, and what is reported where."""

from __future__ import annotations

import openpyxl
import pytest

from entryscore.problems import InputError
from entryscore.workbook.cells import parse_number
from entryscore.workbook.read import read_workbook

INDICATORS = [
    ["code", "name", "parent", "weight", "direction", "valid_min", "valid_max",
     "goal_low", "goal_high", "gate", "role", "scale_by"],
    ["gdp", "GDP", "demand", 2, None, 0, 1000],
    ["risk", "Risk", "safety", 1, "lower_is_better"],
    ["tax", "Tax", "safety", 1],
]  # fmt: skip
MARKETS = [
    ["code", "name", "gdp", "risk", "tax"],
    ["A", "Aland", 1, 2, 3],
    ["NA", "Namibia", 4, 5, 6],
]


def book(tmp_path, edits=(), **sheets):
    wb = openpyxl.Workbook()
    wb.remove(wb.active)
    for name, rows in {"Markets": MARKETS, "Indicators": INDICATORS, **sheets}.items():
        sheet = wb.create_sheet(name)
        for row in rows:
            sheet.append(row)
    for cell, value in dict(edits).items():
        name, _, place = cell.partition("!")
        wb[name][place] = value
    path = tmp_path / "book.xlsx"
    wb.save(path)
    return path


def places(found):
    return [p.where for p in found.findings.problems]


def test_clean(tmp_path):
    found = read_workbook(book(tmp_path))
    assert not places(found), found.findings.problems
    assert found.table.codes == ("A", "NA")
    assert found.table.values.tolist() == [[1, 2, 3], [4, 5, 6]]
    assert found.table.where("NA", "risk") == "Markets!D3"
    assert found.catalogue.origin[("risk", "weight")] == "Indicators!D3"


TWENTY = {
    "Markets!A4": "A",  # duplicate
    "Markets!B5": "nameless",  # missing code at A5
    "Markets!C6": "abc",
    "Markets!D6": "1.234,5",
    "Markets!E6": "=1+1",
    "Markets!C7": True,
    "Markets!D7": "inf",
    "Markets!E7": "#DIV/0!",
    "Markets!C8": -5,  # below valid_min
    "Markets!E1": "taxx",  # near tax
    "Indicators!E3": "lower",
    "Indicators!D4": -1,
    "Indicators!J2": "about 5",
    "Indicators!L2": "nothing_like",
    "Settings!A2": "aggregatoin",
    "Settings!B3": "sometimes",
    "Observations!A2": "Zz",
    "Observations!B3": "what",
    "Scenarios!B2": "gpd",
    "Scenarios!C3": -2,
}


def test_twenty_faults_are_twenty_problems(tmp_path):
    rows = [*MARKETS, ["x"], [None], *[[c, c, 1, 2, 3] for c in ("C", "D", "E")]]
    path = book(
        tmp_path, TWENTY, Markets=rows,
        Settings=[["setting", "value"], ["x", "median"], ["missing", "x"]],
        Observations=[["market", "indicator", "year", "value"], ["x", "gdp", 2020, 1],
                      ["A", "x", 2020, 1]],
        Scenarios=[["scenario", "code", "weight"], ["s", "x", 1], ["s", "gdp", 1]],
    )  # fmt: skip
    expected = set(TWENTY) - {"Markets!B5"} | {"Markets!A5"}
    found = read_workbook(path)
    assert len(places(found)) == 20, "\n".join(map(str, found.findings.problems))
    assert set(places(found)) == expected


def test_title_above_and_percent_text(tmp_path):
    rows = [["Our markets"], [], *MARKETS]
    found = read_workbook(book(tmp_path, {"Markets!C4": "45%", "Markets!D4": "n/a"}, Markets=rows))
    assert not places(found)
    assert found.table.values[0, 0] == 0.45
    assert len(found.findings.warnings) == 3


def test_cycle_and_near_parent(tmp_path):
    pillars = [["code", "parent"], ["demand", "safety"], ["safety", "demand"]]
    found = read_workbook(book(tmp_path, {"Indicators!C2": "demnad"}, Pillars=pillars))
    assert places(found) == ["Indicators!C2", "Pillars!B2"]


def test_newest_observation_and_value_given_twice(tmp_path):
    rows = [["market", "indicator", "year", "value"], ["A", "gdp", 2019, 7], ["A", "gdp", 2021, 8],
            ["A", "gdp", 2023, 9], ["NA", "gdp", 2020, 1]]  # fmt: skip
    path = book(tmp_path, {"Markets!C2": None}, Observations=rows)
    found = read_workbook(path, {"year": "2022"})
    assert places(found) == ["Observations!A5"]
    assert found.table.values[0, 0] == 8
    assert found.table.where("A", "gdp") == "Observations!D3"


def test_gate_typed_as_a_formula_and_merged_cells(tmp_path):
    path = book(tmp_path, {"Indicators!J4": "= yes", "Indicators!K4": "info", "Markets!E2": "Yes"})
    wb = openpyxl.load_workbook(path)
    wb["Indicators"].merge_cells("C3:C4")
    wb["Markets"].merge_cells("C2:C3")
    wb.save(path)
    found = read_workbook(path)
    assert places(found) == ["Markets!C2"]
    assert found.catalogue["tax"].gate.met("Yes")
    assert found.table.texts["tax"] == ("Yes", "6")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("a.xlsx", b"a,b\n1,2", "text file"), ("a.xlsx", b"PK\x03\x04xx", "damaged"),
     ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..", ".xls"), ("a.xlsx", b"", "empty")],
)  # fmt: skip
def test_no_workbook(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_workbook(tmp_path / name)
    [problem] = caught.value.problems
    assert problem.where == name
    assert said in problem.message


def test_no_such_file(tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        read_workbook(tmp_path / "none.xlsx")


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,234.5", 1234.5), ("1,234,567", 1234567), ("１２", 12),
     (" 12\u00a0", 12), ("−3", -3)],
)  # fmt: skip
def test_number_texts(text, number):
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["1.234,5", "12,5", "1,234"])
def test_ambiguous_number_texts(text):
    with pytest.raises(ValueError, match="ambiguous"):
        parse_number(text)
