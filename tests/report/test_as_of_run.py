"""What does not follow the sheet Weights says so, and what leads is told with what to hold against
it."""

import re
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

import entryscore
from entryscore import application
from entryscore.catalogue import Catalogue, Gate, Indicator, Pillar
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.problems import Problem
from entryscore.report import write_report
from entryscore.report.data_quality import _form
from entryscore.resources import template
from entryscore.result import Result
from entryscore.robustness.ranges import rank_ranges
from entryscore.workbook.read import read_workbook
from tests.libreoffice import converted, needs_libreoffice

pytestmark = pytest.mark.filterwarnings("ignore:.*xtension is not supported:UserWarning")
NAN = float("nan")


def lopsided(**settings: object) -> Result:
    """The first market leads on `pull` alone, and falls below the coverage that a rank needs once
    `hard`, which it has no score for, weighs more."""
    catalogue = Catalogue(
        (
            Indicator("reach", "Reach & more", parent="pull", unit="people", weight=3),
            Indicator("tiny", "Tiny", parent="pull", unit="kg"),
            Indicator("tax", "Tax", parent="hard", direction="lower_is_better"),
        ),
        (Pillar("pull", "Pull", weight=70), Pillar("hard", "Hard", weight=30)),
    )
    values = np.array(
        [[9e6, 6.6e-6, NAN], [8e6, 7.9e-6, 1], [3e6, 2e-6, 2], [1e6, 1.3e-6, 3], [2e6, NAN, 3]]
    )
    names = ("Ada", "Bea", "Cy", "Dot", "Eve")
    table = MarketTable(tuple("ABCDE"), names, ("x",) * 5, values)
    return entryscore.score(catalogue, table, Methodology(**settings))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "report.xlsx"
    found = rank_ranges(lopsided(draws=200), detail=True)
    write_report(found.result, path, ranges=found)
    return path


@pytest.fixture(scope="module")
def changed(path: Path) -> openpyxl.Workbook:
    """The report recalculated after the weights of the two pillars were swapped."""
    book = openpyxl.load_workbook(path)
    sheet = book["Weights"]
    for row in sheet.iter_rows():
        if row[0].value in ("pull", "hard"):
            row[1].value = 30 if row[0].value == "pull" else 70
    swapped = path.with_name("swapped.xlsx")
    book.save(swapped)
    (again,) = converted([swapped], path.parent)
    return openpyxl.load_workbook(again, data_only=True)


def below(sheet, head: str) -> list[tuple[object, ...]]:
    rows = list(sheet.values)
    return rows[next(k for k, row in enumerate(rows) if head in row) + 1 :]


@needs_libreoffice
def test_a_market_that_loses_its_rank_leaves_the_top_table_and_the_chart(
    changed: openpyxl.Workbook,
) -> None:
    sheet = changed["Summary"]
    rows = below(sheet, "code")[:5]
    assert [row[0] is None for row in rows] == [False] * 4 + [True]
    assert "Ada" not in [row[1] for row in rows]
    assert not any(rows[-1][:7])
    figures = [[c for c in row[10:] if c is not None] for row in sheet.values]
    figures = [row for row in figures if row]
    assert figures[0] == ["points each part brings", "Pull", "Hard"]
    assert [row[0] for row in figures[1:5]] == [row[1] for row in rows[:4]]
    assert not any(figures[5:6])


@needs_libreoffice
def test_once_a_weight_differs_everything_that_stays_says_so(changed: openpyxl.Workbook) -> None:
    summary = [str(c) for row in changed["Summary"].values for c in row if c]
    assert "rank range as of the run" in summary
    assert "rank range under stated assumptions" not in summary
    assert "1 of 5 were not ranked." in summary[1]
    assert "How the score was made, as of the run" in summary
    notes = {row[4] for row in list(changed["Contributions"].values)[1:]}
    assert notes == {"as of the run"}


def test_as_long_as_nothing_differs_nothing_is_said_of_it(path: Path) -> None:
    book = openpyxl.load_workbook(path, data_only=True)
    heads, *rows = book["Contributions"].values
    assert heads[:5] == ("rank", "code", "name", "score", "note")
    assert {row[4] or "" for row in rows} == {""}
    assert "rank range under stated assumptions" in [c for r in book["Summary"].values for c in r]


@pytest.mark.parametrize("static", [False, True])
def test_sheets_that_never_follow_say_it_only_where_others_do(tmp_path: Path, static: bool) -> None:
    write_report(lopsided(), tmp_path / "r.xlsx", static=static)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    for name in ("Funnel", "Data quality", "Method"):
        said = book[name]["A2"].value or ""
        assert said.startswith("As of the run") is not static, name


def test_the_headline_is_told_with_what_to_hold_against_it(path: Path) -> None:
    outcome = rank_ranges(lopsided(draws=200), detail=True).outcome
    assert outcome is not None
    said = openpyxl.load_workbook(path, data_only=True)["Summary"]["A3"].value
    shares = outcome.ranks.top(1)
    first, second = (f"{shares[k]:.0%}" for k in (0, 1))
    assert shares[1] > shares[0] > 0.01
    assert f"Ada is first in only {first} of the draws, Bea in {second}" in said
    assert "Ada has no score for Hard (30% of the weight)." in said


def test_a_leader_outside_its_range_is_named(tmp_path: Path) -> None:
    results = application.score_book(read_workbook(template("example.xlsx"), {"draws": "200"}))
    found = application.with_ranges(results, detail=True)[0]
    write_report(found.result, tmp_path / "r.xlsx", ranges=found)
    said = openpyxl.load_workbook(tmp_path / "r.xlsx")["Summary"]["A3"].value
    assert re.search(r"Malaysia is first in \d\d% of the draws \(see Robustness\)\.", said)
    assert re.search(r"Botswana is ranked 3, outside its range \d–\d\d\.", said)


def test_no_value_is_blank_and_a_score_of_0_is_0(path: Path) -> None:
    read = pd.read_excel(path, sheet_name="Contributions").set_index("code")
    parts = read[["Reach & more", "Tiny", "Tax"]]
    assert np.isnan(parts.loc["A", "Tax"])
    assert parts.loc["D", "Tax"] == 0
    np.testing.assert_allclose(parts.sum(axis=1), read["score"])


def test_many_contributions_take_several_pages_and_repeat_the_names(tmp_path: Path) -> None:
    pages = []
    for count in (3, 60):
        indicators = tuple(Indicator(f"i{k}", f"A rather descriptive {k}") for k in range(count))
        values = np.random.default_rng(1).random((4, count))
        table = MarketTable(tuple("ABCD"), ("A name too long for a line " * 3,) * 4, ("x",) * 4,
                            values)  # fmt: skip
        write_report(entryscore.score(Catalogue(indicators), table), tmp_path / f"{count}.xlsx")
        sheet = openpyxl.load_workbook(tmp_path / f"{count}.xlsx")["Contributions"]
        pages.append(sheet.page_setup.fitToWidth)
        assert sheet.print_title_cols == "$A:$E"
        assert sheet.row_dimensions[2].height == 45
        widths = [d.width for d in sheet.column_dimensions.values()]
        assert sum(widths[:5]) + sum(widths[5:]) / pages[-1] <= 220
    assert pages == [1, 6]


def test_small_values_keep_their_digits(path: Path) -> None:
    rows = {row[1]: row for row in below(openpyxl.load_workbook(path)["Data quality"], "lowest")}
    assert rows["tiny"][4:7] == (1.3e-6, 7.9e-6, "kg")
    assert [_form(x) for x in (1.3e-6, -0.5, 36.26, 9e6, 0.0)] == [
        "0.00E+00", "0.0000", "0.00", "#,##0", "#,##0",
    ]  # fmt: skip
    sheet = openpyxl.load_workbook(path)["Data quality"]
    assert {cell.number_format for row in sheet["E6:F8"] for cell in row} == {"0.00E+00", "#,##0"}


def test_missing_indicators_are_named(path: Path) -> None:
    rows = below(openpyxl.load_workbook(path)["Data quality"], "missing indicators")
    assert {row[1]: row[4] for row in rows if row[0]} == {"A": "Tax", "E": "Tiny"}


@pytest.mark.parametrize("advice", ["", "do it"])
def test_what_to_do_is_a_column_where_there_is_advice(tmp_path: Path, advice: str) -> None:
    warnings = [Problem("Markets!B2", "odd", advice), Problem("Markets!B3", "odder", "")]
    write_report(lopsided(), tmp_path / "r.xlsx", warnings=warnings)
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["Data quality"]
    said = [c for row in sheet.values for c in row]
    assert {"odd", "Markets!B3"} <= set(said)
    assert ("what to do" in said) is (advice in said) is bool(advice)


def test_the_funnel_names_indicators_and_draws_bars(tmp_path: Path) -> None:
    catalogue = Catalogue((Indicator("pop", "Population", gate=Gate.parse(">= 1e6")),))
    values = np.array([[3e6], [2e6], [5e5]])
    table = MarketTable(tuple("ABC"), tuple("ABC"), ("x",) * 3, values)
    write_report(entryscore.score(catalogue, table), tmp_path / "r.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["Funnel"]
    said = [c for row in sheet.values for c in row if isinstance(c, str)]
    assert "dropped: Population >= 1,000,000 is not met" in said
    assert said[-1] == "Population >= 1,000,000 is not met"
    assert not any("█" in text for text in said)
    with zipfile.ZipFile(tmp_path / "r.xlsx") as archive:
        charts = [archive.read(n).decode() for n in archive.namelist() if "charts/chart" in n]
    assert any("'Funnel'!$E$4:$E$6" in chart for chart in charts)
    assert [c.value for c in sheet["E"][3:6]] == [3, 1, 2]


def test_no_market_left_out_no_table(path: Path) -> None:
    said = [c for row in openpyxl.load_workbook(path)["Funnel"].values for c in row if c]
    assert "Markets that were not ranked" not in said


def test_scenarios_stand_side_by_side(tmp_path: Path) -> None:
    base = lopsided()
    weights = base.weights.copy()
    weights[base.tree.position("pull")], weights[base.tree.position("hard")] = 30, 70
    other = entryscore.score(
        base.catalogue, base.table, base.methodology, weights=weights, scenario="hard first"
    )
    write_report([base, other], tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    head, *rows = list(book["Scenarios"].values)[3:]
    assert head == ("market", "code", "base", "hard first", "spread")
    codes = base.table.codes
    assert [row[1] for row in rows] == [codes[i] for i in base.order]
    for row in rows:
        ranks = [r.ranks[codes.index(row[1])] for r in (base, other)]
        assert [x or NAN for x in row[2:4]] == pytest.approx(ranks, nan_ok=True)
        assert row[4] == (None if np.isnan(ranks).any() else max(ranks) - min(ranks))
    said = [c for row in book["Summary"].values for c in row if c]
    assert any("Scenario of this run: base; beside the others" in str(text) for text in said)
    write_report(other, tmp_path / "one.xlsx")
    book = openpyxl.load_workbook(tmp_path / "one.xlsx")
    assert "Scenarios" not in book.sheetnames
    assert "Scenario of this run: hard first." in [c for row in book["Summary"].values for c in row]
