"""The report workbook, read back."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

import entryscore
from entryscore.catalogue import Catalogue, Gate, Indicator, Pillar
from entryscore.contribution import contributions
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.problems import InputError
from entryscore.report import write_report
from entryscore.resources import template
from entryscore.result import Result

HOSTILE = ("=1+1", "@SUM(A1)", "+3", "plain\x07bell")


def small(aggregation: str = "arithmetic") -> Result:
    catalogue = Catalogue(
        (
            Indicator("reach", "Reach", parent="pull", weight=3),
            Indicator("size", "Size", parent="pull", gate=Gate.parse(">= 2")),
            Indicator("risk", "Risk", direction="lower_is_better"),
        ),
        (Pillar("pull", "Pull", aggregation=aggregation),),
    )
    values = np.array([[4.0, 9, 1], [2, 5, 3], [np.nan, 3, 2], [1, 1, 2]])
    table = MarketTable(("A", "B", "C", "D"), HOSTILE, ("x", "x", "y", ""), values)
    return entryscore.score(catalogue, table)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "report.xlsx"
    write_report(small(), path, sha256="0f" * 32, command="entryscore score")
    return path


def test_ranking_read_back_is_the_ranking(path: Path) -> None:
    ours = small().frame()
    read = pd.read_excel(path, sheet_name="Ranking")
    assert list(read["code"]) == list(ours["code"])
    np.testing.assert_allclose(read["score"], ours["score"])
    assert len(read) == 4
    assert read["rank"].isna().tolist() == [False, False, True, True]


def test_no_text_is_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "static.xlsx"
    write_report(small(), path, static=True)
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            looked_up = sheet.title == "Profiles"
            assert looked_up or all(cell.data_type != "f" for cell in row), sheet.title
    names = [cell.value for cell in openpyxl.load_workbook(path)["Ranking"]["C"]]
    assert {"=1+1", "@SUM(A1)", "+3", "plainbell"} <= set(names)


def test_weights_are_typed_numbers(path: Path) -> None:
    rows = list(openpyxl.load_workbook(path)["Weights"].iter_rows(values_only=True))
    head = next(i for i, row in enumerate(rows) if {"code", "weight"} <= set(row))
    place = rows[head].index("weight")
    assert [(row[0], row[place]) for row in rows[head + 1 :]] == [
        ("pull", 1), ("reach", 3), ("size", 1), ("risk", 1),
    ]  # fmt: skip


def test_funnel_names_the_gate(path: Path) -> None:
    said = [c for row in openpyxl.load_workbook(path)["Funnel"].values for c in row if c]
    assert any("Size >= 2 is not met" in str(text) for text in said)


def test_same_input_same_bytes(path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    write_report(small(), again, sha256="0f" * 32, command="entryscore score")
    assert again.read_bytes() == path.read_bytes()


def test_an_existing_file_is_kept(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(InputError, match="--force"):
        write_report(small(), path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("aggregation", ["arithmetic", "geometric", "minimum"])
def test_contributions_add_up_at_every_node(aggregation: str) -> None:
    result = small(aggregation)
    points = contributions(result)
    for node in result.tree.inner:
        below = points[:, result.tree.children[node]].sum(axis=1)
        np.testing.assert_allclose(below, points[:, node], atol=1e-12)
    np.testing.assert_allclose(points[:, 0], result.score)


def test_contribution_is_weight_times_score_under_arithmetic_means() -> None:
    book = entryscore.read_workbook(template("example.xlsx"))
    result = entryscore.score(book.catalogue, book.table, book.methodology)
    whole = np.flatnonzero(result.coverage == 1)
    leaves = result.tree.leaves
    expected = result.scores[np.ix_(whole, leaves)] * result.effective[leaves]
    np.testing.assert_allclose(contributions(result)[np.ix_(whole, leaves)], expected, atol=1e-12)


def test_the_example_ranks_more_than_a_hundred_markets() -> None:
    book = entryscore.read_workbook(template("example.xlsx"))
    assert book.findings.problems == ()
    result = entryscore.score(book.catalogue, book.table, book.methodology)
    assert len(result.table.codes) == 129
    assert result.ranked.sum() >= 100
    failed = [gate for gate in result.gates if gate.state == "failed"]
    assert len(failed) == 21
    assert {gate.indicator for gate in failed} == {"population"}
    assert all("legal_clearance = yes (unverified)" in text for text in result.gate_texts)


def test_sheets_stand_in_the_order_of_the_contract(path: Path) -> None:
    assert openpyxl.load_workbook(path).sheetnames == [
        "Summary", "Ranking", "Weights", "Contributions", "Profiles", "Funnel", "Data quality",
        "Method", "Values", "Scores", "Run",
    ]  # fmt: skip


def test_contributions_read_back_add_up_with_what_was_filled(tmp_path: Path) -> None:
    catalogue = Catalogue(
        (Indicator("a", "A", parent="pull"), Indicator("b", "B", parent="pull"), Indicator("c")),
        (Pillar("pull", "Pull"),),
    )
    values = np.array([[1.0, 5, 1], [3, 2, 3], [np.nan, np.nan, 2], [2, 4, 5]])
    table = MarketTable(("A", "B", "C", "D"), ("a", "b", "c", "d"), ("x",) * 4, values)
    result = entryscore.score(catalogue, table, Methodology(group_fill=True))
    assert result.filled.sum() == 1
    write_report(result, tmp_path / "r.xlsx")
    read = pd.read_excel(tmp_path / "r.xlsx", sheet_name="Contributions")
    assert "Pull, filled from the group" in read
    parts = read.drop(columns=["rank", "code", "name", "score"])
    np.testing.assert_allclose(parts.sum(axis=1), read["score"])


@pytest.mark.parametrize(("parts", "gate"), [(10, None), (2, Gate.parse("> 99"))])
def test_summary_of_many_parts_and_of_no_ranked_market(
    tmp_path: Path, parts: int, gate: Gate | None
) -> None:
    indicators = [Indicator(f"i{k}", gate=gate if k == 0 else None) for k in range(parts)]
    values = np.random.default_rng(1).random((4, parts))
    table = MarketTable(tuple("ABCD"), tuple("abcd"), ("x", "y", "x", "y"), values)
    result = entryscore.score(Catalogue(tuple(indicators)), table)
    write_report(result, tmp_path / "r.xlsx", static=True)
    said = {c for row in openpyxl.load_workbook(tmp_path / "r.xlsx")["Summary"].values for c in row}
    assert ("3 other parts" in said) is (gate is None)
    assert ("No market could be ranked." in said) is ("Groups" not in said) is (gate is not None)


def test_every_stored_scenario_is_listed(tmp_path: Path) -> None:
    result = small()
    # index, pull, reach, size, risk
    stored = {"size first": np.array([1.0, 1, 1, 3, 1]), "as it is": result.tree.declared}
    path = tmp_path / "report.xlsx"
    write_report(result, path, static=True, scenarios=stored)
    book = openpyxl.load_workbook(path)
    assert [row[6:] for row in book["Weights"].values] == [
        ("size first", "as it is"), (1, 1), (1, 3), (3, 1), (1, 1),
    ]  # fmt: skip
    rows = list(book["Method"].values)
    start = next(k for k, row in enumerate(rows) if row[0] == "Scenarios stored in the workbook")
    assert rows[start + 1 : start + 6] == [
        ("scenario", "code", "share of parent", "weight"),
        ("size first", "reach (Reach)", "75.0% → 25.0%", 1),
        ("size first", "size (Size)", "25.0% → 75.0%", 3),
        ("as it is", "no weight differs from the sheets' own", None, None),
        (None, None, None, None),
    ]


def test_same_bytes_whatever_the_hash_seed_and_the_time_zone(tmp_path: Path) -> None:
    """Of the whole live report, as the command writes it."""
    digests = set()
    for seed, zone in (("0", "UTC"), ("4242", "Asia/Taipei")):
        report = tmp_path / "report.xlsx"
        words = ["score", str(template("example.xlsx")), "-o", str(report), "--force"]
        subprocess.run(
            [sys.executable, "-m", "entryscore", *words], check=True, capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "SOURCE_DATE_EPOCH": "86400"},
        )  # fmt: skip
        digests.add(hashlib.sha256(report.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_the_method_names_formula_and_source_of_what_is_in_use(path: Path) -> None:
    said = [row for row in openpyxl.load_workbook(path)["Method"].values if row[0]]
    place = [row[0] for row in said].index("References")
    methods = {row[0]: (row[1], row[3]) for row in said[place + 1 :]}
    assert set(methods) == {"min_max", "arithmetic"}
    assert methods["min_max"] == ("(x - min) / (max - min)", "OECD/JRC Handbook 2008, §5")
