"""The bundled workbooks are what the catalogues say."""

import sys
from pathlib import Path

import openpyxl
import pytest

import entryscore
from entryscore.bundled import catalogue_names, load_catalogue
from entryscore.catalogue import Catalogue, Indicator
from entryscore.resources import template
from entryscore.template import write_template
from tests.shared import SHARED, needs_shared

TOOLS = Path(__file__).parents[1] / "tools"


def contents(path: Path, sheet: str) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(path)[sheet].values)


@pytest.mark.parametrize("name", catalogue_names())
def test_templates_have_not_drifted(name: str, tmp_path: Path) -> None:
    write_template(tmp_path / "again.xlsx", load_catalogue(name))
    again, kept = tmp_path / "again.xlsx", template(f"{name}.xlsx")
    for sheet in openpyxl.load_workbook(again).sheetnames:
        assert contents(again, sheet) == contents(kept, sheet), (
            f"run tools/make_templates.py: {sheet}"
        )


def test_the_example_has_not_drifted_from_its_catalogue() -> None:
    for sheet in ("Indicators", "Pillars", "How to"):
        expected = contents(template("emerging_market_public.xlsx"), sheet)
        assert contents(template("example.xlsx"), sheet) == expected


@needs_shared
def test_the_examples_figures_are_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(TOOLS), *sys.path])
    from make_templates import write_all

    write_all(tmp_path, SHARED / "data" / "markets")
    assert contents(tmp_path / "example.xlsx", "Markets") == contents(
        template("example.xlsx"), "Markets"
    )


@needs_shared
def test_the_same_bytes_every_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(TOOLS), *sys.path])
    from make_templates import write_all

    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_all(tmp_path / folder, SHARED / "data" / "markets")
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_the_example_is_the_emerging_markets() -> None:
    names, *rows = contents(template("example.xlsx"), "Markets")
    column = names.index("legal_clearance")
    assert len(rows) == 129
    assert all(row[2] for row in rows)  # a region each
    assert all(row[column] is None for row in rows)
    title = dict(row[:2] for row in contents(template("example.xlsx"), "Settings"))["title"]
    assert "illustration, not advice" in str(title)


@pytest.mark.parametrize("name", catalogue_names())
def test_a_template_reads_back_as_its_catalogue(name: str) -> None:
    catalogue, book = load_catalogue(name), entryscore.read_workbook(template(f"{name}.xlsx"))
    assert book.methodology.markets == "countries"
    assert book.catalogue.codes == catalogue.codes
    for ours, theirs in zip(book.catalogue.indicators, catalogue.indicators, strict=True):
        assert ours == theirs
    assert book.catalogue.pillars == catalogue.pillars


def test_text_of_the_user_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_template(path, load_catalogue("emerging_market_public"), markets=["=1+1", "BRA"])
    cells = openpyxl.load_workbook(path)["Markets"]["A"]
    assert [(cell.value, cell.data_type) for cell in cells[1:3]] == [("=1+1", "s"), ("BRA", "s")]
    assert openpyxl.load_workbook(path)["Markets"]["B3"].value == "Brazil"


def test_a_derived_indicator_takes_no_column(tmp_path: Path) -> None:
    sales = Indicator("sales", role="info")
    growth = Indicator("growth", panel="cagr", panel_of="sales")
    write_template(tmp_path / "t.xlsx", Catalogue((growth, sales)), markets=["A"])
    names = contents(tmp_path / "t.xlsx", "Markets")[0]
    assert names == ("code", "name", "group", "include", "sales")
    read = entryscore.read_workbook(tmp_path / "t.xlsx").catalogue
    assert (read["growth"].panel, read["growth"].panel_of) == ("cagr", "sales")
