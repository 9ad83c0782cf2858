"""The sheet Quadrant: who is drawn, where, how large, and where the labels stand."""

import re
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

import entryscore
from entryscore.catalogue import Catalogue, Indicator, Pillar
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.report import write_report
from entryscore.report.quadrant_chart import scale_of
from entryscore.report.quadrant_labels import Box, Bubble, sides
from entryscore.resources import template
from entryscore.result import Result
from tests.libreoffice import converted, needs_libreoffice

pytestmark = pytest.mark.filterwarnings("ignore:.*xtension is not supported:UserWarning")


def result(risk: bool = True, **settings: object) -> Result:
    """Four markets; B has no ease, of the scores 0, 50 and 100 each market has one per pillar."""
    pillars = [
        Pillar("pull", "Pull", axis="attractiveness", weight=8),
        Pillar("hard", "Hard", axis="ease"),
        *([Pillar("danger", "Danger", axis="risk")] if risk else []),
    ]
    indicators = [
        Indicator("a", parent="pull"), Indicator("b", parent="hard"),
        *([Indicator("c", parent="danger")] if risk else []),
    ]  # fmt: skip
    values = np.array([[3.0, 3, 1], [4, np.nan, 2], [2, 1, 3], [0, 2, 1]])
    names = ("Aland", "Bland", "", "A very long name of a market indeed")
    table = MarketTable(tuple("ABCD"), names, ("",) * 4, values[:, : len(indicators)])
    catalogue = Catalogue(tuple(indicators), tuple(pillars))
    return entryscore.score(catalogue, table, Methodology(**settings))  # type: ignore[arg-type]


def sheet_of(path: Path) -> Worksheet:
    return openpyxl.load_workbook(path, data_only=True)["Quadrant"]


def figures(sheet: Worksheet) -> dict[str, tuple[float, float, float]]:
    """Across, up and size by label."""
    rows = list(sheet.iter_rows(min_col=12, max_col=15, values_only=True))
    head = next(i for i, row in enumerate(rows) if row[0] == "figures of the chart")
    found = {}
    for label, *numbers in rows[head + 1 :]:
        if label is None:
            break
        found[str(label)] = tuple(numbers)
    return found


def chart_of(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        charts = [archive.read(n).decode() for n in archive.namelist() if "charts/chart" in n]
    return next(text for text in charts if "bubbleChart" in text)


@pytest.mark.parametrize("static", [True, None])
def test_it_says_who_is_left_out_and_why(tmp_path: Path, static: bool | None) -> None:
    write_report(result(), tmp_path / "r.xlsx", static=static)
    sheet = sheet_of(tmp_path / "r.xlsx")
    assert sheet["A2"].value == (
        "3 of the 4 highest ranked markets; not drawn: Bland (no score: Hard)."
    )
    rows = {row[2]: row for row in sheet.values}
    assert rows["B"][6] == "no score: Hard"
    assert not rows["A"][6]
    drawn = len(re.findall("<bubbleSize>", chart_of(tmp_path / "r.xlsx")))
    assert drawn == (3 if static else 4) + 4 + 1  # live, anyone may come to be drawn


@needs_libreoffice
def test_live_it_follows_the_weights(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    write_report(result(), path)
    book = openpyxl.load_workbook(path)
    book.save(tmp_path / "same.xlsx")
    rows = {row[0].value: row[0].row for row in book["Weights"].iter_rows() if row[0].value}
    for code, weight in (("pull", 1), ("hard", 20)):
        book["Weights"].cell(rows[code], 2).value = weight
    book.save(tmp_path / "other.xlsx")
    same, other = converted([tmp_path / "same.xlsx", tmp_path / "other.xlsx"], tmp_path)
    ours, theirs = sheet_of(path), sheet_of(same)
    for row in ours.iter_rows():
        for cell in row:
            there = theirs[cell.coordinate].value
            if isinstance(cell.value, float):
                assert there == pytest.approx(cell.value), cell.coordinate
            else:
                assert (there or "") == (cell.value or ""), cell.coordinate
    said = str(sheet_of(other)["A2"].value)  # without ease most of the weight is missing
    assert said == "3 of the 4 highest ranked markets; not drawn: Bland (not ranked)."


def test_without_a_risk_pillar_every_bubble_has_one_size(tmp_path: Path) -> None:
    write_report(result(risk=False), tmp_path / "r.xlsx")
    sheet = sheet_of(tmp_path / "r.xlsx")
    assert sheet["A4"].value == "All bubbles have one size, as no pillar has the axis risk."
    drawn = list(figures(sheet).values())[:4]
    assert len({size for *_, size in drawn}) == 1


def test_sizes_spread_over_their_range(tmp_path: Path) -> None:
    write_report(result(), tmp_path / "r.xlsx", static=True)
    sheet = sheet_of(tmp_path / "r.xlsx")
    assert sheet["A4"].value == (
        "Size of the bubbles: score of Danger, from 0.0 (smallest) to 100.0 (largest)."
    )
    found = figures(sheet)
    assert found["Aland"] == (100, 75, 1)
    assert found["C"] == (0, 50, 5)  # its code, as it has no name
    assert "D" in found  # its name is long


@pytest.mark.parametrize(
    ("shown", "middle", "ends", "expected"),
    [
        ([3, 98], 50.0, (0, 100), (0, 100, 20)),
        ([41, 89], 45.0, (0, 100), (30, 100, 10)),
        ([-3, 98], 50.0, (0, 100), (-20, 100, 20)),
        ([1.1, 1.9], 1.5, (1, 7), (1, 2, 0.2)),
        ([55, 55], 55.0, (0, 100), (54.7, 55.3, 0.1)),
    ],
)
def test_axes_stay_within_the_scale(
    shown: list[float], middle: float, ends: tuple[float, float], expected: tuple[float, ...]
) -> None:
    scale = scale_of(np.array(shown, dtype=float), middle, ends)
    assert scale.low <= min(shown)
    assert scale.high >= max(shown)
    assert (scale.low, scale.high, scale.step) == pytest.approx(expected)


def test_the_axes_cross_at_the_medians(tmp_path: Path) -> None:
    shown = result()
    write_report(shown, tmp_path / "r.xlsx", static=True)
    chart = chart_of(tmp_path / "r.xlsx")
    ease, pull = (shown.scores[:, shown.tree.position(code)] for code in ("hard", "pull"))
    crossings = [float(x) for x in re.findall('crossesAt val="([^"]+)"', chart)]
    assert sorted(crossings) == sorted([np.nanmedian(ease), np.nanmedian(pull)])
    assert chart.count('tickLblPos val="low"') == 2
    corners = [str(cell.value) for cell in sheet_of(tmp_path / "r.xlsx")["L"]]
    assert "attractive, hard to enter" in corners


def test_ease_is_across_and_attractiveness_up(tmp_path: Path) -> None:
    book = entryscore.read_workbook(template("example.xlsx"))
    shown = entryscore.score(book.catalogue, book.table, book.methodology)
    write_report(shown, tmp_path / "r.xlsx", static=True)
    sheet = sheet_of(tmp_path / "r.xlsx")
    head = next(row[0].row for row in sheet.iter_rows() if row[0].value == "rank")
    first = [cell.value for cell in sheet[head + 1]][:6]
    best = int(shown.order[0])
    nodes = [shown.tree.position(code) for code in ("ease", "attractiveness", "risk")]
    assert [cell.value for cell in sheet[head]][3:5] == ["Ease of entry", "Attractiveness"]
    assert first[:3] == [1, shown.table.names[best], shown.table.codes[best]]
    assert first[3:] == pytest.approx(shown.scores[best, nodes].tolist())
    across, up, _ = figures(sheet)[shown.table.names[best]]
    assert [across, up] == first[3:5]
    chart = chart_of(tmp_path / "r.xlsx")
    assert f"<xVal><numRef><f>'Quadrant'!$M${head + 1}</f>" in chart
    assert f"<yVal><numRef><f>'Quadrant'!$N${head + 1}</f>" in chart


def test_labels_of_near_bubbles_do_not_overprint() -> None:
    near = [Bubble(5.0, 5.0, 0.5, 3.0, 0.4), Bubble(5.1, 4.9, 0.5, 3.0, 0.4)]
    frame = Box(0.0, 0.0, 20.0, 10.0)
    one, other = (b.label(s) for b, s in zip(near, sides(near, frame, []), strict=True))
    assert one.shared(other) == 0
    assert sides([Bubble(19.9, 9.9, 0.5, 3.0, 0.4)], frame, []) == ["l"]
    top = Bubble(10.0, 5.0, 0.5, 3.0, 0.4)
    assert sides([top], frame, [top.label("t"), top.label("b")]) == ["r"]


def test_rows_are_high_enough_for_long_names(tmp_path: Path) -> None:
    names = ("x" * 70, "b", "c")
    table = MarketTable(tuple("ABC"), names, ("",) * 3, np.array([[3.0, 1], [2, 2], [1, 3]]))
    catalogue = Catalogue(
        (Indicator("a", parent="p"), Indicator("b", parent="q")),
        (Pillar("p", axis="attractiveness"), Pillar("q", axis="ease")),
    )
    shown = entryscore.score(catalogue, table)
    write_report(shown, tmp_path / "r.xlsx", static=True)
    sheet = sheet_of(tmp_path / "r.xlsx")
    heights = {row[1].value: sheet.row_dimensions[row[1].row].height for row in sheet.iter_rows()}
    assert heights["x" * 70] == 2 * heights["b"] - 1
    assert sheet.column_dimensions["B"].width < 60
