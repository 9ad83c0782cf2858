"""The sheet Ranking as people see it, and the sheets it stands on."""

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

import entryscore
from entryscore import application
from entryscore.catalogue import Catalogue, Gate, Indicator, Pillar
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.report import write_report
from entryscore.resources import template
from entryscore.result import Result

LONG = Gate.parse(">= 123456789")


def result(**settings: object) -> Result:
    """A lacks the pillar q; D fails two gates; no groups, no bands."""
    catalogue = Catalogue(
        (
            Indicator("a", "Alpha", unit="USD", parent="p", gate=LONG),
            Indicator("b", "Beta (%)", unit="%", parent="q"),
            Indicator("a_much_longer_code", parent="p", gate=LONG),
        ),
        (Pillar("p", "Pull", weight=8), Pillar("q", "Quiet")),
    )
    high = 2e9
    values = np.array(
        [[high, np.nan, high], [high - 1, 2, high - 5], [high - 3, 3, high - 2], [1, 5, 2]]
    )
    table = MarketTable(tuple("ABCD"), tuple("abcd"), ("",) * 4, values)
    methodology = Methodology(title="Where & why", **settings)  # type: ignore[arg-type]
    return entryscore.score(catalogue, table, methodology)


def ranking(path: Path, shown: Result, **more: object) -> Worksheet:
    write_report(shown, path, **more)  # type: ignore[arg-type]
    return openpyxl.load_workbook(path, data_only=True)["Ranking"]


def columns(sheet: Worksheet) -> dict[str, str]:
    """Letters by header."""
    return {str(cell.value): get_column_letter(cell.column) for cell in sheet[1] if cell.value}


def note(sheet: Worksheet, head: str) -> str:
    comment = sheet[f"{columns(sheet)[head]}1"].comment
    assert comment is not None, head
    return comment.text


@pytest.mark.parametrize("static", [True, None])
def test_headers_say_that_they_head_scores(tmp_path: Path, static: bool | None) -> None:
    sheet = ranking(tmp_path / "r.xlsx", result(), static=static)
    assert note(sheet, "a") == "Score of Alpha (USD), 0 to 100: not the value as measured."
    assert note(sheet, "b") == "Score of Beta (%), 0 to 100: not the value as measured."
    assert note(sheet, "p") == "Score of Pull, from the scores of its parts."
    assert sheet.oddHeader.left.text == "Where && why"
    assert "scores (0 to 100), not values" in sheet.oddHeader.right.text


def test_scores_off_the_scale_say_their_method(tmp_path: Path) -> None:
    sheet = ranking(tmp_path / "r.xlsx", result(normalisation="z_score"))
    assert note(sheet, "a") == "Score of Alpha (USD) by z_score: not the value as measured."
    assert "100" not in sheet.oddHeader.right.text


def test_the_sign_of_change_is_said(tmp_path: Path) -> None:
    sheet = ranking(tmp_path / "r.xlsx", result())
    assert note(sheet, "change").endswith("+ rises, - falls.")


def test_empty_columns_are_hidden_and_there(tmp_path: Path) -> None:
    shown = result()
    sheet = ranking(tmp_path / "r.xlsx", shown)
    place = columns(sheet)
    hidden = {head for head, letter in place.items() if sheet.column_dimensions[letter].hidden}
    assert {"group", "band", "rank_low", "rank_high"} <= hidden
    assert not {"rank", "name", "score", "p", "gate", "note"} & hidden
    read = pd.read_excel(tmp_path / "r.xlsx", sheet_name="Ranking")
    width = len(shown.frame().columns)
    assert list(read.columns[:width]) == list(shown.frame().columns)


def test_a_dash_where_equal_weights_give_no_rank(tmp_path: Path) -> None:
    shown = result()
    assert shown.ranked.tolist() == [True, True, True, False]
    equal = np.array([np.nan, 1, 2, np.nan])
    sheet = ranking(tmp_path / "r.xlsx", shown, equal_ranks=equal)
    head = "rank under equal weights"
    letter = columns(sheet)[head]
    got = {sheet[f"B{row}"].value: sheet[f"{letter}{row}"].value or "" for row in range(2, 6)}
    assert got == {"A": "–", "B": 1, "C": 2, "D": ""}
    assert "A dash: no rank then" in note(sheet, head)


def test_ends_of_ranges_show_their_decimal(tmp_path: Path) -> None:
    book = entryscore.read_workbook(template("example.xlsx"), {"draws": "50"})
    shown = application.with_ranges(application.score_book(book))[0].result
    sheet = ranking(tmp_path / "r.xlsx", shown)
    for head in ("rank_low", "rank_high"):
        assert sheet[f"{columns(sheet)[head]}2"].number_format == "0.0"


@pytest.mark.parametrize("static", [True, None])
def test_gates_take_a_narrow_column(tmp_path: Path, static: bool | None) -> None:
    sheet = ranking(tmp_path / "r.xlsx", result(), static=static)
    letter = columns(sheet)["gate"]
    assert sheet.column_dimensions[letter].width <= 26
    last = sheet[f"{letter}5"]
    assert len(str(last.value)) > 40
    assert last.alignment.wrap_text
    assert sheet.row_dimensions[5].height >= 28
    assert sheet[f"{letter}2"].alignment.shrink_to_fit


def test_engine_sheets_are_last_grey_and_not_printed(tmp_path: Path) -> None:
    write_report(result(imputation="mean", aggregation="geometric"), tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    engine = ["Values", "Scores", "Terms", "Observed", "Run"]
    assert book.sheetnames[-len(engine) :] == engine
    for name in engine:
        sheet = book[name]
        assert sheet.sheet_state == "visible"
        assert sheet.sheet_properties.tabColor.rgb[-6:] == "A6A6A6"
        assert sheet.print_area == f"'{name}'!$A$1:$J$2"
        assert str(sheet["A2"].value).startswith("Engine sheet")
        for cell in sheet[7]:
            width = sheet.column_dimensions[cell.column_letter].width
            assert not cell.alignment.wrap_text
            assert len(str(cell.value or "")) <= width, cell.value
