"""The sheet Robustness, and the ranges on Summary and Ranking."""

import re
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from entryscore import application
from entryscore.catalogue import Catalogue, Indicator
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.pipeline import score
from entryscore.report import write_report
from entryscore.resources import template
from entryscore.robustness.ranges import Ranges, rank_ranges
from entryscore.robustness.summary import acceptability, ranks_table, verdicts
from entryscore.robustness.words import span
from entryscore.workbook.read import read_workbook


def written(path: Path, ranges: Ranges, **more: object) -> openpyxl.Workbook:
    write_report([ranges.result], path, ranges=ranges, **more)
    return openpyxl.load_workbook(path)


def rows_below(sheet, head: str, start: int = 1) -> list[tuple[object, ...]]:
    """The table whose header row holds `head`, from the row `start` on."""
    rows = list(sheet.values)
    at = next(i for i, row in enumerate(rows) if i >= start and head in row)
    found = []
    for row in rows[at + 1 :]:
        if row[0] is None:
            break
        found.append(row)
    return found


@pytest.fixture(scope="module")
def ranges() -> Ranges:
    results = application.score_book(read_workbook(template("example.xlsx"), {"draws": "500"}))
    return application.with_ranges(results, detail=True)[0]


@pytest.fixture(scope="module")
def book(ranges: Ranges, tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    return written(tmp_path_factory.mktemp("report") / "r.xlsx", ranges)


def texts(sheet) -> str:
    return "\n".join(str(cell) for row in sheet.values for cell in row if isinstance(cell, str))


def test_says_what_the_ranges_are_and_rest_on(book: openpyxl.Workbook) -> None:
    sheet = book["Robustness"]
    assert sheet["A1"].value == "Robustness: rank range under stated assumptions"
    said = texts(sheet)
    assert "As of the run" in said
    assert "5 to 95 % of 500 draws (seed 1; none failed)" in said
    assert "– weights: each within ±25% of the declared one, at every level" in said
    assert "– aggregation: arithmetic or geometric" in said
    for name in book.sheetnames:
        assert "confidence" not in texts(book[name]).lower(), name


def test_table_has_every_ranked_market(book: openpyxl.Workbook, ranges: Ranges) -> None:
    table = ranks_table(ranges.result, ranges.outcome)
    said = verdicts(ranges.result, ranges.outcome)
    rows = rows_below(book["Robustness"], "median")
    assert [row[2] for row in rows] == list(table["code"])
    for row, (_, one), (_, word) in zip(rows, table.iterrows(), said.iterrows(), strict=True):
        assert row[0] == one["rank"]
        assert list(row[3:11]) == pytest.approx(one.iloc[3:].tolist())
        assert (row[12] or "") == word["verdict"]
    assert rows[0][11] == pytest.approx(said["p_ahead"][0])


def test_heat_map_has_the_share_of_every_rank(book: openpyxl.Workbook, ranges: Ranges) -> None:
    shares = acceptability(ranges.result, ranges.outcome)
    rows = rows_below(book["Robustness"], "20")
    assert [row[2] for row in rows] == list(shares.index[:20])
    shown = np.array([row[3:23] for row in rows], dtype=float)
    assert np.array_equal(shown, shares.to_numpy()[:20, :20])
    (where,) = book["Robustness"].conditional_formatting
    (rule,) = where.rules
    colours = [colour.rgb[-6:] for colour in rule.colorScale.color]
    assert colours[0] == "FFFFFF"
    lightness = [sum(int(c[i : i + 2], 16) for i in (0, 2, 4)) for c in colours]
    assert lightness == sorted(lightness, reverse=True)  # one way only, whatever one sees of hues


def test_chart_floats_its_bars_with_the_first_on_top(ranges: Ranges, tmp_path: Path) -> None:
    written(tmp_path / "r.xlsx", ranges)
    with zipfile.ZipFile(tmp_path / "r.xlsx") as archive:
        charts = [archive.read(n).decode() for n in archive.namelist() if "charts/chart" in n]
    (chart,) = [xml for xml in charts if "'Robustness'!" in xml]
    first, second, third = chart.split("<c:ser>" if "<c:ser>" in chart else "<ser>")[1:]
    assert "noFill" in first
    assert "solidFill" in second
    assert "solidFill" in third
    assert 'orientation val="maxMin"' in chart
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["Robustness"]
    figures = [row[25:29] for row in sheet.values if isinstance(row[25], str)][1:]
    table = ranks_table(ranges.result, ranges.outcome)
    assert len(figures) == 20
    for (name, before, half, rest), (_, one) in zip(figures, table.iterrows(), strict=False):
        assert name.startswith(f"{one['rank']}  ")
        assert before == one["rank_low"] - 0.5
        assert before + half == one["rank_median"]
        assert before + half + rest == one["rank_high"] + 0.5


def test_summary_and_ranking_show_the_range(ranges: Ranges, tmp_path: Path) -> None:
    result, head = ranges.result, "rank range under stated assumptions"
    written(tmp_path / "r.xlsx", ranges)
    book = openpyxl.load_workbook(tmp_path / "r.xlsx", data_only=True)
    assert next(row for row in book["Summary"].values if head in row).index(head) == 4
    for row, i in zip(rows_below(book["Summary"], head)[:10], result.order, strict=False):
        assert row[4] == span(result.rank_low[i], result.rank_high[i])
    names, first, *_ = book["Ranking"].values
    best = int(result.order[0])
    assert first[names.index("rank_low")] == result.rank_low[best]
    assert first[names.index("rank_high")] == result.rank_high[best]


def test_prints_on_a4_landscape_within_its_columns(book: openpyxl.Workbook) -> None:
    sheet = book["Robustness"]
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_area.startswith("'Robustness'!$A$1:$W$")
    assert len(sheet.row_breaks.brk) == 2


def test_the_same_bytes_every_time(ranges: Ranges, tmp_path: Path) -> None:
    for name in ("a", "b"):
        again = rank_ranges(ranges.result, detail=True)
        write_report([again.result], tmp_path / f"{name}.xlsx", ranges=again)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_no_draws_no_sheet(ranges: Ranges, tmp_path: Path) -> None:
    results = application.score_book(read_workbook(template("example.xlsx"), {"draws": "0"}))
    none = application.with_ranges(results, detail=True)[0]
    book = written(tmp_path / "r.xlsx", none)
    assert "Robustness" not in book.sheetnames
    assert "rank range" not in texts(book["Summary"])


def test_many_markets_keep_it_light(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    codes = tuple(f"M{i:04}" for i in range(620))
    catalogue = Catalogue((Indicator("x"), Indicator("y")))
    table = MarketTable(codes, codes, ("",) * 620, rng.random((620, 2)))
    result = score(catalogue, table, Methodology(draws=100))
    sheet = written(tmp_path / "r.xlsx", rank_ranges(result, detail=True), static=True)[
        "Robustness"
    ]
    assert "How often each of them has each rank" not in texts(sheet)
    assert "Ranked markets; 120 further ones in the sheet Ranking" in texts(sheet)
    assert len(rows_below(sheet, "median")) == 500


def test_hostile_names_stay_words(tmp_path: Path) -> None:
    catalogue = Catalogue((Indicator("x"), Indicator("y")))
    names = ("=1+1", "@cmd", "<b>&", "中国", "x" * 300)
    table = MarketTable(
        tuple("ABCDE"), names, ("",) * 5, np.array([[5.0, 1], [4, 2], [3, 3], [2, 4], [1, 6]])
    )
    sheet = written(
        tmp_path / "r.xlsx", rank_ranges(score(catalogue, table), detail=True), static=True
    )["Robustness"]
    shown = {row[2]: row[1] for row in rows_below(sheet, "median")}
    assert shown == dict(zip("ABCDE", names, strict=True))
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def small(names: tuple[str, ...]) -> Ranges:
    values = np.array([[5.0, 1], [4, 2], [3, 3], [2, 4], [1, 6]])
    table = MarketTable(tuple("ABCDE"), names, ("",) * 5, values)
    return rank_ranges(score(Catalogue((Indicator("x"), Indicator("y"))), table), detail=True)


def test_sentences_name_the_markets(tmp_path: Path) -> None:
    sheet = written(tmp_path / "r.xlsx", small(("Aland", "Bland", "", "Dland", "Eland")))
    said = next(t for t in texts(sheet["Robustness"]).split("\n") if t.startswith("First place: "))
    assert "Aland" in said or "Eland" in said
    assert not {"A", "B", "D", "E"} & set(re.findall(r"\w+", said))


def test_few_markets_take_two_pages(tmp_path: Path) -> None:
    sheet = written(tmp_path / "r.xlsx", small(("Aland", "Bland", "", "Dland", "x" * 70)))
    sheet = sheet["Robustness"]
    assert len(sheet.row_breaks.brk) <= 1
    rows = {row[2].value: row[0].row for row in sheet.iter_rows()}
    heights = {code: sheet.row_dimensions[rows[code]].height for code in "AE"}
    assert heights["E"] > heights["A"]  # a long name wraps
    head = next(row[0].row for row in sheet.iter_rows() if row[4].value == "median")
    assert sheet.print_title_rows == f"${head}:${head}"
