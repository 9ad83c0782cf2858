"""The sheet Partners, read back."""

from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.cli import main
from entryscore.resources import template
from tests.partner_book import ABSENT, INDICATORS, NEEDS, write_partner_book


@pytest.fixture
def report(tmp_path: Path):
    """Writes the report of a book with these options; its path and what went to stderr."""

    def report(book: Path, *words: str) -> tuple[Path, str]:
        path = tmp_path / "report.xlsx"
        got = CliRunner().invoke(main, ["score", str(book), "-o", str(path), "--force", *words])
        assert got.exit_code == 0, got.stderr
        return path, got.stderr

    return report


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return write_partner_book(tmp_path / "own.xlsx", draws=5)


def sheet_of(path: Path) -> Worksheet:
    return openpyxl.load_workbook(path)["Partners"]


def row_of(sheet: Worksheet, first: object, column: int = 0) -> tuple[object, ...]:
    return next(row for row in sheet.values if row[column] == first)


def said(sheet: Worksheet) -> str:
    return "\n".join(str(cell) for row in sheet.values for cell in row if cell is not None)


def test_shortlist_side_by_side(own: Path, report) -> None:
    sheet = sheet_of(report(own, "--partners")[0])
    assert row_of(sheet, "Bland", 1)[:11] == (
        3, "Bland", "B", 25, pytest.approx(39.7), 46, 3, 2, 10, 6, 6,
    )  # fmt: skip
    heads = row_of(sheet, "Partner types")
    assert heads[:5] == ("Partner types", None, "C", "A", "B")
    assert row_of(sheet, "Ministry")[2:5] == ("C", "o", "C")  # telco needs it, and is an option
    assert row_of(sheet, "Permit")[2:5] == (pytest.approx(2), None, pytest.approx(12))
    text = said(sheet)
    assert "The country does not change" in text
    assert "Ministry: engage, never pay" in text
    assert "Without Agency: Creator and Telco instead, cost +8." in text


def test_without_the_option_there_are_no_draws(own: Path, report) -> None:
    sheet = sheet_of(report(own)[0])
    assert row_of(sheet, "Ministry")[2:5] == ("x", None, "x")
    assert "score --partners does" in said(sheet)


def test_it_stands_where_the_contract_has_it(own: Path, report) -> None:
    names = openpyxl.load_workbook(report(own)[0]).sheetnames
    assert names[names.index("Funnel") : names.index("Method")] == [
        "Funnel", "Partners", "Data quality",
    ]  # fmt: skip


def test_a_picture_from_gap_to_partner(own: Path, report) -> None:
    sheet = sheet_of(report(own)[0])
    (chart,) = sheet._charts
    labels = {s.tx.v for s in chart.series if s.tx is not None}
    assert {"Agency", "Ministry", "Reach", "Content", "Permit"} <= labels
    assert {"Networks, 9.00", "Law, 12.00"} <= labels
    lines = [s for s in chart.series if s.tx is None]
    # net to reach and content, law to permit; three capabilities to who brings them
    assert len(lines) == 3 + 3


def test_problems_of_partner_sheets_leave_it_out(tmp_path: Path, report) -> None:
    book = write_partner_book(tmp_path / "b.xlsx", Partners=[ABSENT[0], ["A", "nobody", 1]])
    path, warnings = report(book)
    assert "Partners" not in openpyxl.load_workbook(path).sheetnames
    assert "warning: Partners: problems in the partner sheets (1)" in warnings


def test_an_index_partners_cannot_act_on_has_none(tmp_path: Path, report) -> None:
    needs = [["indicator", "capability"], ["youth_share", "brand"]]
    path, warnings = report(write_partner_book(tmp_path / "b.xlsx", Needs=needs))
    assert "Partners" not in openpyxl.load_workbook(path).sheetnames
    assert "Needs" not in warnings


def test_asked_for_it_says_that_nothing_can_be_assessed(tmp_path: Path, report) -> None:
    needs = [["indicator", "capability"], ["youth_share", "brand"]]
    path, warnings = report(write_partner_book(tmp_path / "b.xlsx", Needs=needs), "--partners")
    sheet = sheet_of(path)
    assert row_of(sheet, "Bland", 1)[3:12] == (25, *[None] * 7, 0)
    assert "is observed in Cland, Aland, Bland, so this cannot be assessed" in said(sheet)
    book = openpyxl.load_workbook(path)
    assert "is observed in Cland, so this cannot be assessed" in said(book["Profiles"])
    for name in ("Partners", "Profiles"):
        assert "No partner is needed" not in said(book[name])
        assert "No capability has enough points" not in said(book[name])
    told = "no indicator of this index is among those that partners could act on"
    assert told in warnings
    assert told in said(book["Data quality"])


def test_the_example_prints_on_pages_that_hold_whole_blocks(report) -> None:
    path, _ = report(template("example.xlsx"))
    sheet = sheet_of(path)
    titles = [
        cell.row for cell in sheet["A"] if isinstance(cell.value, str) and ": rank " in cell.value
    ]
    breaks = [b.id for b in sheet.row_breaks.brk]
    assert len(titles) == 6
    assert breaks == sorted(set(breaks))
    starts = [0, *breaks]
    assert all(b - a <= 44 for a, b in zip(starts, breaks, strict=False))
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_area.startswith("'Partners'!$A$1:$N$")


def test_same_bytes_twice(own: Path, report) -> None:
    first = report(own, "--partners")[0].read_bytes()
    assert report(own, "--partners")[0].read_bytes() == first


def test_a_single_chain_is_a_line_of_text(tmp_path: Path, report) -> None:
    needs = [NEEDS[0], *(row for row in NEEDS[1:] if row[0] == "law")]
    sheet = sheet_of(report(write_partner_book(tmp_path / "b.xlsx", Needs=needs))[0])
    assert not sheet._charts
    assert "Law, 2.00  →  Permit  →  Ministry" in said(sheet)


def test_long_labels_wrap_and_keep_their_points(tmp_path: Path, report) -> None:
    name = "Networks that reach everyone who might ever want to be reached by us and by others"
    rows = [[name if cell == "Networks" else cell for cell in row] for row in INDICATORS]
    sheet = sheet_of(report(write_partner_book(tmp_path / "b.xlsx", Indicators=rows))[0])
    (chart,) = sheet._charts
    (label,) = (s.tx.v for s in chart.series if s.tx is not None and s.tx.v[:4] == "Netw")
    lines = label.split("\n")
    assert len(lines) == 4
    assert all(len(line) <= 28 for line in lines)
    assert lines[-1].endswith("…, 9.00")
