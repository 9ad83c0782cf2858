"""Live formulas, recalculated from scratch by LibreOffice, against the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

import entryscore
from entryscore.catalogue import Catalogue, Indicator, Pillar
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.report import write_report
from entryscore.report.live.layout import why_static
from entryscore.resources import template
from entryscore.result import Result
from tests.libreoffice import converted, needs_libreoffice

# LibreOffice adds extensions of its own to what it writes
pytestmark = pytest.mark.filterwarnings("ignore:.*xtension is not supported:UserWarning")
Change = Callable[[dict[str, float], dict[str, str]], None]


def example() -> Result:
    book = entryscore.read_workbook(template("example.xlsx"))
    return entryscore.score(book.catalogue, book.table, book.methodology)


def large() -> Result:
    """200 markets by 60 indicators in six pillars, with gaps, ties and a cost in every pillar."""
    rng = np.random.default_rng(7)
    indicators = tuple(
        Indicator(
            f"i{k:02}", parent=f"p{k % 6}", weight=float(1 + k % 3),
            direction="lower_is_better" if k % 7 == 0 else "higher_is_better",
        )
        for k in range(60)
    )  # fmt: skip
    values = np.round(np.exp(rng.normal(2, 1, (200, 60))), 2)
    values[rng.random(values.shape) < 0.06] = np.nan
    codes = tuple(f"M{i:03}" for i in rng.permutation(200))
    table = MarketTable(codes, codes, ("x",) * 200, values)
    return entryscore.score(Catalogue(indicators, (Pillar("p0", weight=2),)), table)


def mixed(**settings: object) -> Result:
    """Every live method and aggregation on a few markets, bands, gaps, a zero."""
    catalogue = Catalogue(
        (
            Indicator("a", parent="g", weight=2),
            Indicator("b", parent="g", normalisation="goalposts", goal_low=2.0, goal_high=9.0),
            Indicator("c", parent="h", normalisation="goalposts", goal_low=0.1, goal_high=20.0,
                      direction="lower_is_better", transform="log"),
            Indicator("d", parent="h", normalisation="rank"),
            Indicator("e", normalisation="z_score", direction="lower_is_better"),
            Indicator("f", parent="g", weight=0),
            Indicator("empty", parent="h"),
        ),
        (Pillar("g", aggregation="geometric"), Pillar("h", weight=2, aggregation="harmonic")),
    )  # fmt: skip
    rng = np.random.default_rng(1)
    values = np.round(rng.random((14, 7)) * 10 + 1, 1)
    values[[1, 2, 3, 4], [0, 1, 2, 3]] = np.nan
    values[5, :4] = np.nan
    values[:, 6] = np.nan
    values[8] = values[7]
    codes = tuple("ABCDEFGHIJKLMN")
    table = MarketTable(codes, ("same",) * 14, ("x", "") * 7, values)
    methodology = Methodology(**settings)  # type: ignore[arg-type]
    return entryscore.score(catalogue, table, methodology)


RESULTS: dict[str, Callable[[], Result]] = {
    "example": example,
    "large": large,
    "mixed": lambda: mixed(z_mean=50.0, z_sd=10.0),
    "zero": lambda: mixed(z_mean=50.0, missing="exclude", rank_decimals=0),
    "bands": lambda: mixed(z_mean=50.0, min_total_coverage=0.9, imputation="mean"),
}


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    folder = tmp_path_factory.mktemp("live")
    written = []
    for name, make in RESULTS.items():
        written.append(folder / f"{name}.xlsx")
        write_report(make(), written[-1])
    return dict(zip(RESULTS, zip(written, converted(written, folder), strict=True), strict=True))


@needs_libreoffice
@pytest.mark.parametrize("name", RESULTS)
def test_every_formula_has_the_value_that_a_recalculation_gives(
    name: str, recalculated: dict[str, tuple[Path, Path]]
) -> None:
    path, again = recalculated[name]
    ours = openpyxl.load_workbook(path, data_only=True)
    theirs = openpyxl.load_workbook(again, data_only=True)
    count = 0
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    count += 1
                    here = ours[sheet.title][cell.coordinate].value
                    there = theirs[sheet.title][cell.coordinate].value
                    assert alike(here, there), (sheet.title, cell.coordinate, here, there)
    assert count > 300


def alike(here: object, there: object) -> bool:
    if isinstance(here, (int, float)) and isinstance(there, (int, float)):
        return abs(here - there) <= 1e-9 * max(1.0, abs(here))
    return (here or "") == (there or "")


def pillar_off(weights: dict[str, float], directions: dict[str, str]) -> None:
    weights["risk"] = 0.0


def all_equal(weights: dict[str, float], directions: dict[str, str]) -> None:
    weights.update(dict.fromkeys(weights, 1.0))


def flips(weights: dict[str, float], directions: dict[str, str]) -> None:
    for code in ("inflation_pct", "internet_users_pct"):
        other = {"higher_is_better": "lower_is_better", "lower_is_better": "higher_is_better"}
        directions[code] = other[directions[code]]


def one_only(weights: dict[str, float], directions: dict[str, str]) -> None:
    for code in ("attractiveness", "ease"):
        weights[code] = 0.0
    weights.update(inflation_pct=0.0, wgi_rule_of_law=0.0)


def lopsided(weights: dict[str, float], directions: dict[str, str]) -> None:
    weights.update(attractiveness=0.001, ease=17.3, wgi_regulatory_quality=2.5, urban_pct=9.0)


def both(weights: dict[str, float], directions: dict[str, str]) -> None:
    lopsided(weights, directions)
    directions.update(population="lower_is_better", logistics_lpi="lower_is_better")


CHANGES: tuple[Change, ...] = (pillar_off, all_equal, flips, one_only, lopsided, both)


def typed(sheet: Worksheet) -> tuple[int, dict[str, int]]:
    rows = list(sheet.iter_rows(values_only=True))
    head = next(i for i, row in enumerate(rows) if {"code", "weight"} <= set(row))
    return head + 1, {str(row[0]): i + 1 for i, row in enumerate(rows) if i > head and row[0]}


@needs_libreoffice
def test_changed_weights_rank_as_the_engine_does(tmp_path: Path) -> None:
    base, report = example(), tmp_path / "report.xlsx"
    write_report(base, report)
    paths, expected = [], []
    for change in CHANGES:
        weights = {c: float(w) for c, w in zip(base.tree.codes, base.weights, strict=True)}
        directions = {i.code: i.direction for i in base.catalogue.indicators}
        del weights["index"]
        change(weights, directions)
        indicators = tuple(
            replace(i, direction=directions[i.code]) for i in base.catalogue.indicators
        )
        again = entryscore.score(
            replace(base.catalogue, indicators=indicators), base.table, base.methodology,
            weights=np.array([1.0, *weights.values()]),
        )  # fmt: skip
        expected.append(again)
        book = openpyxl.load_workbook(report)
        sheet = book["Weights"]
        _, rows = typed(sheet)
        for code, row in rows.items():
            sheet.cell(row, 2).value = weights[code]
            if code in directions:
                sheet.cell(row, 3).value = directions[code]
        paths.append(tmp_path / f"{change.__name__}.xlsx")
        book.save(paths[-1])
    for path, result in zip(converted(paths, tmp_path), expected, strict=True):
        assert_is_ranking(path, result)
        said = openpyxl.load_workbook(path, data_only=True)
        assert "as of the run" in str(said["Weights"]["A3"].value)
        best = result.table.label(int(result.order[0]))
        assert str(said["Summary"]["A2"].value).startswith(f"{best} leads, ahead of ")


def assert_is_ranking(path: Path, result: Result) -> None:
    read = pd.read_excel(path, sheet_name="Ranking", keep_default_na=False, na_values=[""])
    frame = result.frame()
    assert read["code"].tolist() == frame["code"].tolist()
    for column in ("rank", "score", "coverage", *result.tree.codes[1:]):
        np.testing.assert_allclose(
            read[column].to_numpy(dtype=float), frame[column].to_numpy(dtype=float), rtol=1e-9,
            atol=1e-9, err_msg=column,
        )  # fmt: skip


@needs_libreoffice
def test_all_weights_zero_shows_the_problem_and_no_scores(tmp_path: Path) -> None:
    report, changed = tmp_path / "report.xlsx", tmp_path / "zero.xlsx"
    write_report(example(), report)
    book = openpyxl.load_workbook(report)
    _, rows = typed(book["Weights"])
    for row in rows.values():
        book["Weights"].cell(row, 2).value = 0
    book.save(changed)
    (again,) = converted([changed], tmp_path)
    read = openpyxl.load_workbook(again, data_only=True)
    assert "all weights under index are 0" in str(read["Weights"]["A3"].value)
    assert "all weights under index are 0" in str(read["Summary"]["A2"].value)
    scores = pd.read_excel(again, sheet_name="Ranking")
    assert scores["score"].isna().all()
    assert scores["rank"].isna().all()


@needs_libreoffice
@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        ("B2", "boldest", "choose a scenario of the list"),
        ("B2", None, "choose a scenario of the list"),
        ("C", "up", "choose a direction of the list"),
        ("C", None, "choose a direction of the list"),
        ("B", "much", "type a number"),
    ],
)
def test_what_no_list_allows_is_said(tmp_path: Path, cell: str, value: object, said: str) -> None:
    report, changed = tmp_path / "report.xlsx", tmp_path / "changed.xlsx"
    write_report(example(), report)
    book = openpyxl.load_workbook(report)
    _, rows = typed(book["Weights"])
    place = cell if cell == "B2" else f"{cell}{rows['inflation_pct']}"
    book["Weights"][place].value = value
    book.save(changed)
    (again,) = converted([changed], tmp_path)
    read = openpyxl.load_workbook(again, data_only=True)
    assert f"Problem: {said}." in str(read["Weights"]["A3"].value)
    assert pd.read_excel(again, sheet_name="Ranking")["score"].isna().all()


@needs_libreoffice
def test_a_stored_scenario_can_be_chosen(tmp_path: Path) -> None:
    base, report, changed = mixed(z_mean=50.0), tmp_path / "report.xlsx", tmp_path / "s.xlsx"
    weights = base.weights.copy()
    weights[base.tree.position("g")] = 9.0
    weights[base.tree.position("d")] = 0.0
    write_report(base, report, scenarios={"bold, one": weights})
    book = openpyxl.load_workbook(report)
    book["Weights"]["B2"].value = "bold, one"
    book.save(changed)
    (again,) = converted([changed], tmp_path)
    result = entryscore.score(base.catalogue, base.table, base.methodology, weights=weights)
    assert_is_ranking(again, result)


@pytest.mark.parametrize("static", [None, True])
def test_read_without_recalculation_ranking_is_the_csv(tmp_path: Path, static: bool | None) -> None:
    result = example()
    write_report(result, tmp_path / "r.xlsx", static=static)
    read = pd.read_excel(tmp_path / "r.xlsx", sheet_name="Ranking", keep_default_na=False,
                         na_values=[""])  # fmt: skip
    frame = result.frame().reset_index(drop=True)
    both = read[list(frame.columns)]
    assert list(read.columns[: len(frame.columns)]) == list(frame.columns)
    for column in frame:
        ours, theirs = frame[column], both[column]
        if ours.dtype.kind in "fiu" or str(ours.dtype) == "Int64":
            np.testing.assert_allclose(  # a static cell holds 16 digits
                theirs.to_numpy(float), ours.to_numpy(float, na_value=np.nan), rtol=1e-15
            )
        else:
            assert [t if t == t else "" for t in theirs] == ours.tolist()


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"aggregation": "copeland"}, "aggregation copeland"),
        ({"normalisation": "percentile_rank"}, "normalisation percentile_rank"),
        ({"group_fill": True}, "group_fill"),
        ({"imputation": "pillar_mean"}, "pillar_mean"),
        ({}, ""),
    ],
)
def test_what_has_no_formula_is_static_and_says_why(
    tmp_path: Path, settings: dict[str, object], reason: str
) -> None:
    values = np.random.default_rng(0).random((9, 2))
    table = MarketTable(tuple("ABCDEFGHI"), tuple("ABCDEFGHI"), ("x",) * 9, values)
    catalogue = Catalogue((Indicator("a"), Indicator("b")))
    result = entryscore.score(catalogue, table, Methodology(**settings))  # type: ignore[arg-type]
    assert reason in why_static(result)
    write_report(result, tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    formulas = [c for row in book["Ranking"].iter_rows() for c in row if c.data_type == "f"]
    assert (not formulas) is bool(reason)
    said = [str(c) for row in book["Method"].values for c in row if c]
    assert any(reason in text for text in said)
