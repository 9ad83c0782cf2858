"""Cells as spreadsheet programs write them, against openpyxl's reading of the same."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.utils.datetime import WINDOWS_EPOCH

from entryscore.problems import InputError
from entryscore.workbook.cells_xml import CellStream, Looks
from entryscore.workbook.grid import as_sheet, load_sheets

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
LOOKS = Looks(
    ["zero", "one"], ["General", "0%", "yyyy-mm-dd", "[h]:mm"], frozenset((2, 3)), frozenset((3,)),
    WINDOWS_EPOCH,
)  # fmt: skip
ROOT = Path(__file__).parents[2]
BOOKS = sorted([*ROOT.glob("templates/*.xlsx"), *ROOT.glob("tests/workbooks/valid/*.xlsx")])
KINDS = {"n": "number", "b": "bool", "d": "date", "e": "error"}


def stream(rows, after="", space=MAIN, before=""):
    text = f'{before}<worksheet xmlns="{space}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    return CellStream("S", io.BytesIO(text.encode()), LOOKS)


def seen(rows, **more):
    cells = stream(rows, **more).cells
    return {c.where: (c.value, c.kind, c.formula) for c in cells.values()}


@pytest.mark.parametrize(
    ("cell", "value", "kind"),
    [
        ('<c r="A1"><v>1.5</v></c>', 1.5, "number"),
        ('<c r="A1" t="n"><v> -2 </v></c>', -2.0, "number"),
        ('<c r="A1"><v>INF</v></c>', float("inf"), "number"),
        ('<c r="A1"><v>twelve</v></c>', "twelve", "text"),
        ('<c r="A1" t="s"><v>1</v></c>', "one", "text"),
        ('<c r="A1" t="str"><f>"x"</f><v>x &amp; y</v></c>', "x & y", "text"),
        ('<c r="A1" t="b"><v>1</v></c>', True, "bool"),
        ('<c r="A1" t="e"><v>#DIV/0!</v></c>', "#DIV/0!", "error"),
        ('<c r="A1" t="d"><v>2024-02-29</v></c>', datetime.date(2024, 2, 29), "date"),
        ('<c r="A1" t="d"><v>last week</v></c>', "last week", "text"),
        ('<c r="A1" s="2"><v>45351</v></c>', datetime.datetime(2024, 2, 29), "date"),
        ('<c r="A1" s="3"><v>1.5</v></c>', datetime.timedelta(days=1.5), "date"),
        ('<c r="A1" s="2"><v>1e12</v></c>', "#VALUE!", "error"),
        (
            '<c r="A1" t="inlineStr"><is><r><t>rich </t></r><r><t>text</t></r>'
            '<rPh sb="0" eb="1"><t>said</t></rPh></is></c>',
            "rich text",
            "text",
        ),
    ],
)
def test_a_cell(cell, value, kind):
    assert {k: v[:2] for k, v in seen(f"<row>{cell}</row>").items()} == {"S!A1": (value, kind)}


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1"/>',
        '<c r="A1" s="1"></c>',
        "<c><v></v></c>",
        "<c><v>nan</v></c>",
        '<c t="inlineStr"><is><t> \u200b </t></is></c>',
        '<c t="str"><f>""</f><v></v></c>',
        '<c t="inlineStr"><f>""</f><is><t></t></is></c>',
        '<c t="s"><f>""</f><v></v></c>',
        "<c><v> </v></c>",
        '<c t="d"><v>\n</v></c>',
    ],
)
def test_a_blank_cell(cell):
    assert not seen(f"<row>{cell}</row>")


def test_a_formula_without_a_value_was_never_calculated():
    cells = seen('<row r="4"><c r="B4"><f>A1*2</f></c><c r="C4"><f>A1</f><v>3</v></c></row>')
    assert cells == {
        "S!B4": (None, "uncalculated", "=A1*2"),
        "S!C4": (3.0, "number", "=A1"),
    }


def test_shared_formulas_are_moved():
    rows = (
        '<row r="1"><c r="B1"><f t="shared" ref="B1:B2" si="0">A1*$D$1</f><v>1</v></c></row>'
        '<row r="2"><c r="B2"><f t="shared" si="0"/><v>2</v></c></row>'
    )
    assert [cell[2] for cell in seen(rows).values()] == ["=A1*$D$1", "=A2*$D$1"]


def test_places_may_be_left_out():
    rows = (
        "<row><c><v>1</v></c><c/><c><v>3</v></c></row>"
        '<row r="5"><c><v>4</v></c><c r="AA5"><v>5</v></c><c><v>6</v></c></row>'
        "<row><c><v>7</v></c></row>"
    )
    assert list(seen(rows)) == ["S!A1", "S!C1", "S!A5", "S!AA5", "S!AB5", "S!A6"]


def test_a_cell_that_names_another_row_moves_alone():
    rows = '<row r="2"><c r="A9"><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>'
    assert sorted(stream(rows).cells) == [(2, 2), (3, 1), (9, 1)]


def test_line_ends_between_the_elements_and_a_prefix():
    text = (
        f'<x:worksheet xmlns:x="{STRICT}">\n <x:sheetData>\n  <x:row r="2" hidden="1">\n'
        '   <x:c r="A2">\n    <x:v>7</x:v>\n   </x:c>\n  </x:row>\n </x:sheetData></x:worksheet>'
    )
    found = CellStream("S", io.BytesIO(text.encode()), LOOKS)
    assert [cell.value for cell in found.cells.values()] == [7.0]
    assert found.hidden == {2}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
def test_encodings(encoding):
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><worksheet xmlns="{MAIN}"><sheetData><row>'
        '<c t="inlineStr"><is><t>Åland</t></is></c></row></sheetData></worksheet>'
    )
    found = CellStream("S", io.BytesIO(text.encode(encoding)), LOOKS)
    assert [cell.value for cell in found.cells.values()] == ["Åland"]


def test_a_declared_document_type_is_refused():
    before = f"<!-- {'x' * 5000} --><!DOCTYPE worksheet [<!ENTITY a 'b'>]>"
    with pytest.raises(ValueError, match="DOCTYPE"):
        stream("<row><c><v>&a;</v></c></row>", before=before)


def test_broken_xml():
    with pytest.raises(ValueError, match="S: "):
        stream("<row>")


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.name)
def test_every_cell_as_openpyxl_reads_it(path):
    values, formulas = (openpyxl.load_workbook(path, data_only=flag) for flag in (True, False))
    sheets = load_sheets(path, path.read_bytes())
    assert list(sheets) == [sheet.title for sheet in values.worksheets]
    assert sum(len(sheet.cells) for sheet in sheets.values()) > 10
    for sheet in values.worksheets:
        expected = {}
        for place, cell in sheet._cells.items():
            twin = formulas[sheet.title]._cells[place]
            formula = str(twin.value) if twin.data_type == "f" else ""
            if cell.value is not None:
                kind = KINDS.get(cell.data_type, "text")
                expected[place] = (cell.value, kind, cell.number_format, formula)
            elif formula:
                expected[place] = (None, "uncalculated", "General", formula)
        found = {place: tuple(cell)[1:] for place, cell in sheets[sheet.title].cells.items()}
        assert found == expected


def test_the_first_cell_of_a_merged_range_counts(tmp_path):
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["a", "b", "c"])
    sheet.append([1, 2, 3])
    sheet.append([4, 5, 6])
    book.save(path)
    rows = load_sheets(path, path.read_bytes())["Sheet"]
    assert len(rows.cells) == 9
    sheet.merge_cells("A2:B3")
    sheet["C3"].comment = Comment("kept apart", "me")
    book.save(path)
    found = load_sheets(path, path.read_bytes())["Sheet"]
    assert sorted(found.cells) == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 3), (3, 3)]
    assert found.merged == dict.fromkeys([(2, 1), (2, 2), (3, 1), (3, 2)], (2, 1))


def test_values_hidden_under_a_merged_range_do_not_count():
    found = stream(
        '<row r="1"><c><v>1</v></c><c><v>2</v></c></row>',
        after='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>',
    )
    assert found.merged == [(1, 1, 1, 2)]
    assert list(as_sheet(found).cells) == [(1, 1)]


def test_a_broken_validation_does_not_matter():
    after = '<dataValidations><dataValidation type="sorcery" sqref="?"/></dataValidations>'
    assert stream("<row><c><v>1</v></c></row>", after=after).cells


@pytest.mark.parametrize("ranges", [["A1:XFD1048576"], [f"A{n}:XFD{n}" for n in range(1, 1500)]])
def test_merged_ranges_count_within_the_filled_part(ranges):
    merged = "".join(f'<mergeCell ref="{ref}"/>' for ref in ranges)
    rows = '<row r="1"><c><v>1</v></c><c><v>2</v></c></row><row r="3"><c r="B3"><v>3</v></c></row>'
    found = as_sheet(stream(rows, after=f"<mergeCells>{merged}</mergeCells>"))
    assert (1, 1) in found.cells
    assert (1, 2) not in found.cells
    assert len(found.merged) <= 6


def test_merged_ranges_on_top_of_each_other_are_refused():
    rows = '<row r="1"><c><v>1</v></c></row><row r="1001"><c r="T1001"><v>3</v></c></row>'
    merged = "".join(f'<mergeCell ref="A{n}:T1001"/>' for n in range(1, 100))
    with pytest.raises(ValueError, match="too many merged cells"):
        as_sheet(stream(rows, after=f"<mergeCells>{merged}</mergeCells>"))


def rewritten(path, part, old, new):
    """The workbook with a text of one part replaced."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def book(path, *titles):
    found = openpyxl.Workbook()
    found.remove(found.active)
    for title in titles:
        found.create_sheet(title).append([title, 1])
    found.save(path)
    return path


def test_a_number_format_that_is_nowhere_is_general(tmp_path):
    path = book(tmp_path / "book.xlsx", "One")
    rewritten(path, "xl/styles.xml", b'numFmtId="0"', b'numFmtId="300"')
    cells = load_sheets(path, path.read_bytes())["One"].cells
    assert [(c.value, c.number_format) for c in cells.values()] == [
        ("One", "General"), (1.0, "General"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("part", "old", "new", "said"),
    [
        ("xl/workbook.xml", b'name="Two"', b'name="One"', "two sheets are called 'One'"),
        ("xl/_rels/workbook.xml.rels", b"worksheets/sheet", b"sheets/s", "there is no worksheet"),
        ("xl/worksheets/sheet2.xml", b"</row>", b"", "Two: mismatched tag"),
    ],
)
def test_a_refused_workbook_says_why_in_one_line(tmp_path, part, old, new, said):
    path = book(tmp_path / "book.xlsx", "One", "Two")
    rewritten(path, part, old, new)
    with pytest.raises(InputError) as caught:
        load_sheets(path, path.read_bytes())
    assert f"the workbook cannot be read: {said}" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
