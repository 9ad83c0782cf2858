"""Names typed almost right are noticed: a sheet, a header, a column drafted from a plain table."""

from pathlib import Path

from entryscore.drafting import draft_catalogue
from entryscore.workbook.read import read_workbook
from tests.books import write_book

MARKETS = [["code", "name", "sales"], ["A", "Alpha", 1], ["B", "Beta", 2]]
INDICATORS = [["code"], ["sales"]]


def test_a_sheet_named_almost_right(tmp_path: Path) -> None:
    sheets = {"Markets": MARKETS, "Indicators": INDICATORS, "Bugdet": [["code"]], "Notes": [["x"]]}
    found = read_workbook(write_book(tmp_path / "b.xlsx", **sheets), {}).findings
    assert [str(w) for w in found.warnings] == [
        "Bugdet: the sheet 'Bugdet' is left alone; did you mean 'Budget'?"
    ]


def test_two_letters_the_other_way_round(tmp_path: Path) -> None:
    markets = [["code", "naem", "sales"], *MARKETS[1:]]
    sheets = {"Markets": markets, "Indicators": INDICATORS}
    found = read_workbook(write_book(tmp_path / "b.xlsx", **sheets), {}).findings
    assert [p.where for p in found.problems] == ["Markets!B1"]
    assert "'name'" in str(found.problems[0])


def test_a_column_with_one_text_is_still_an_indicator(tmp_path: Path) -> None:
    rows = [["Country", "Sales", "Share"], ["X", 5, 1], ["Y", 7, 2], ["Z", "many", 3]]
    catalogue, _ = draft_catalogue(write_book(tmp_path / "t.xlsx", Table=rows))
    assert {i.code: i.role for i in catalogue.indicators} == {
        "sales": "indicator", "share": "indicator",
    }  # fmt: skip
