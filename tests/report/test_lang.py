"""A report in Chinese: its words, and that programs and formulas read it as they read the other."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import entryscore
from entryscore import application, resources
from entryscore.briefing.brief import Question, assemble
from entryscore.language import using
from entryscore.normalisation import NORMALISATIONS
from entryscore.output import as_csv
from entryscore.partners.answer import Field
from entryscore.report import write_report
from entryscore.treatment import TREATMENTS
from tests.libreoffice import converted, needs_libreoffice

pytestmark = pytest.mark.filterwarnings("ignore:.*xtension is not supported:UserWarning")
CONTRACT = (
    "rank", "code", "name", "group", "score", "coverage", "band", "gate", "rank_low", "rank_high",
)  # fmt: skip
HAN = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"(?<![\w.-])[A-Za-z]?[a-z]{2,} [a-z]{2,} [a-z]{2,}")  # three words of it
DATA = ("Values", "Scores", "Run", "Ranking")


def write(path: Path, lang: str, **options: object) -> Path:
    book = entryscore.read_workbook(resources.template("example.xlsx"), {"draws": "50"})
    with using(lang):
        ranges = application.with_ranges(application.score_book(book), detail=True)[0]
        field = Field.of(ranges.result, application.ecosystem_of(book)[0])
        chosen = [int(i) for i in ranges.result.order[:10]]
        write_report(
            ranges.result, path, ranges=ranges, partners=assemble(field, chosen, Question()),
            equal_ranks=application.equal_ranks(book), **options,  # type: ignore[arg-type]
        )  # fmt: skip
    return path


@pytest.fixture(scope="module")
def chinese(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("zh") / "zh.xlsx", "zh")


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("en") / "en.xlsx", "en")


def texts(path: Path, data_only: bool = True) -> Iterator[tuple[str, str]]:
    for sheet in openpyxl.load_workbook(path, data_only=data_only):
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    yield f"{sheet.title}!{cell.coordinate}", cell.value


def test_sheets_and_columns_keep_their_names(chinese: Path, english: Path) -> None:
    books = [openpyxl.load_workbook(path) for path in (chinese, english)]
    assert books[0].sheetnames == books[1].sheetnames
    heads = [[cell.value for cell in book["Ranking"][1]] for book in books]
    assert all(name in heads[0] for name in CONTRACT)
    assert (
        heads[0][: heads[0].index("rank_high") + 1] == heads[1][: heads[1].index("rank_high") + 1]
    )
    (row,) = [r for r in books[0]["Weights"].iter_rows() if r[0].value == "code"]
    assert row[1].value == "weight"


def test_ranking_equals_the_csv(chinese: Path) -> None:
    book = entryscore.read_workbook(resources.template("example.xlsx"), {"draws": "50"})
    results = [r.result for r in application.with_ranges(application.score_book(book))]
    expected = pd.read_csv(io.StringIO(as_csv(results)))
    found = pd.read_excel(chinese, sheet_name="Ranking")[list(expected.columns)]
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_nothing_but_codes_and_data_is_english(chinese: Path) -> None:
    book = entryscore.read_workbook(resources.template("example.xlsx"))
    data = {book.methodology.title, *book.table.names, *book.table.groups}
    data |= {indicator.source for indicator in book.catalogue.indicators}
    data |= {method.source for method in (*TREATMENTS.values(), *NORMALISATIONS.values())}
    left = [
        (where, text) for where, text in texts(chinese)
        if ENGLISH.search(text) and text not in data and where.split("!")[0] not in DATA
    ]  # fmt: skip
    assert left == []
    quoted = re.compile(r'"([^"]*)"')
    spoken = [
        (where, text) for where, text in texts(chinese, data_only=False) if text.startswith("=")
        for part in quoted.findall(text) if ENGLISH.search(part)
    ]  # fmt: skip
    assert spoken == []


def test_what_a_reader_sees(chinese: Path) -> None:
    book = openpyxl.load_workbook(chinese, data_only=True)
    told = "Malaysia 領先，其後為 Mauritius和Botswana：有排名的市場 107 個；"
    told += "129 個中有 22 個沒有排名（見 Funnel）。"
    assert book["Summary"]["A2"].value == told
    assert book["Weights"]["B2"].value == "手動填寫"
    assert book["Weights"]["A3"].value == "與本次執行時相同。"
    assert {cell.font.name for row in book["Summary"]["A1:D20"] for cell in row} == {
        "Microsoft JhengHei"
    }


def test_a_static_one_says_why(tmp_path: Path) -> None:
    path = write(tmp_path / "static.xlsx", "zh", static=True)
    assert ("更改權重時，本工作簿不會重新計算：要求不用公式。") in dict(texts(path)).values()


@needs_libreoffice
def test_formulas_give_the_same_as_in_english(chinese: Path, tmp_path: Path) -> None:
    """Recalculated by LibreOffice, at the weights of the run and with a pillar off."""
    book = openpyxl.load_workbook(chinese)
    for row in book["Weights"].iter_rows(min_row=6):
        if row[0].value == "risk":
            row[1].value = 0
    changed = tmp_path / "changed.xlsx"
    book.save(changed)
    same, other = converted([chinese, changed], tmp_path)
    ours, theirs = (openpyxl.load_workbook(p, data_only=True) for p in (chinese, same))
    count = 0
    for sheet in openpyxl.load_workbook(chinese):
        for row in sheet.iter_rows():
            for cell in (c for c in row if c.data_type == "f"):
                here, there = (b[sheet.title][cell.coordinate].value for b in (ours, theirs))
                count += 1
                if isinstance(here, (int, float)):
                    assert there == pytest.approx(here, rel=1e-9, abs=1e-9)
                else:
                    assert (here or "") == (there or ""), (sheet.title, cell.coordinate)
    assert count > 300
    source = entryscore.read_workbook(resources.template("example.xlsx"), {"draws": "0"})
    (expected,) = application.score_book(source, (), {"risk": 0.0})
    ranking = pd.read_excel(other, sheet_name="Ranking")
    assert list(ranking["code"][:20]) == [expected.table.codes[i] for i in expected.order[:20]]
    moved = openpyxl.load_workbook(other, data_only=True)
    assert moved["Weights"]["A3"].value.startswith("權重與本次執行時不同；")
