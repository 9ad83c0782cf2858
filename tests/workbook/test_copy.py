"""A workbook copied with a scenario: one sheet is written to, all else stays byte for byte."""

import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.worksheet.table import Table

from entryscore.problems import InputError
from entryscore.workbook.copy import with_scenario
from entryscore.workbook.read import read_workbook
from tests.workbook.office import converted, needs_soffice, write_rich

WEIGHTS = {"size": 0.1 + 0.2, "ease": 2.0}
ROWS = [["scenario", "code", "weight"], ["q first", "size", 3], ["other", "ease", 2]]
LISTS = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"}


def parts(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def copy_of(path, tmp_path, name="tuned", weights=WEIGHTS, **more):
    made = with_scenario(path, name, weights, **more)
    made.write(tmp_path / "copy.xlsx", force=True)
    return tmp_path / "copy.xlsx", made


def changed(before, after):
    old, new = parts(before), parts(after)
    assert set(old) <= set(new)
    return {name for name in new if old.get(name) != new[name]}


def scenario(path, name="tuned"):
    book = read_workbook(path)
    assert not book.findings.problems
    return book.scenarios[name]


def test_a_sheet_is_made_and_listed_and_nothing_else_changes(tmp_path):
    book = write_rich(tmp_path / "book.xlsx")
    copy, made = copy_of(book, tmp_path)
    assert changed(book, copy) == LISTS | {"xl/worksheets/sheet4.xml"}
    assert scenario(copy) == WEIGHTS
    assert not made.warnings
    opened = load_workbook(copy)
    assert opened.sheetnames == ["Markets", "Indicators", "My notes", "Scenarios"]
    assert opened["Markets"]["C2"].comment.text == "from the yearbook"
    assert len(opened["Markets"]._charts) == 1


def test_lists_of_parts_gain_one_entry_and_keep_every_other_byte(tmp_path):
    book = write_rich(tmp_path / "book.xlsx")
    copy, _ = copy_of(book, tmp_path)
    old, new = parts(book), parts(copy)
    for name in LISTS:
        cut = next(i for i in range(len(old[name])) if old[name][i] != new[name][i])
        added = len(new[name]) - len(old[name])
        assert old[name][cut:] == new[name][cut + added :]
        assert b"heet" in new[name][cut : cut + added]


def test_rows_are_added_below_those_that_stand_there(tmp_path):
    book = write_rich(tmp_path / "book.xlsx", ROWS)
    copy, _ = copy_of(book, tmp_path)
    assert changed(book, copy) == {"xl/worksheets/sheet2.xml"}
    found = list(load_workbook(copy)["Scenarios"].values)
    assert found == [*map(tuple, ROWS), ("tuned", "size", 0.1 + 0.2), ("tuned", "ease", 2)]
    assert parts(copy)["xl/worksheets/sheet2.xml"].count(b'<dimension ref="A1:C5"') == 1


def test_the_same_bytes_every_time(tmp_path):
    book = write_rich(tmp_path / "book.xlsx", ROWS)
    assert with_scenario(book, "x", WEIGHTS).data == with_scenario(book, "x", WEIGHTS).data


def test_an_existing_scenario_is_refused_unless_replaced(tmp_path):
    book = write_rich(tmp_path / "book.xlsx", ROWS)
    with pytest.raises(InputError, match="Scenarios!A2: the scenario 'q first' exists already"):
        with_scenario(book, "q first", WEIGHTS)
    copy, _ = copy_of(book, tmp_path, "q first", replace=True)
    assert list(load_workbook(copy)["Scenarios"].values) == [
        ("scenario", "code", "weight"), ("q first", "size", 0.1 + 0.2), ("other", "ease", 2),
        ("q first", "ease", 2),
    ]  # fmt: skip


def test_rows_a_replaced_scenario_no_longer_needs_are_blank(tmp_path):
    rows = [*ROWS, ["q first", "ease", 4]]
    book = write_rich(tmp_path / "book.xlsx", rows)
    copy, _ = copy_of(book, tmp_path, "q first", {"ease": 1.0}, replace=True)
    assert scenario(copy, "q first") == {"ease": 1.0}
    assert scenario(copy, "other") == {"ease": 2.0}


def test_styles_of_the_column_go_on(tmp_path):
    path = write_rich(tmp_path / "book.xlsx", ROWS)
    book = load_workbook(path)
    for row in (2, 3):
        book["Scenarios"].cell(row, 3).number_format = "0.000"
    book["Scenarios"]["A4"].number_format = "0.0"  # a styled blank where the copy writes
    book.save(path)
    copy, _ = copy_of(path, tmp_path)
    sheet = load_workbook(copy)["Scenarios"]
    assert [sheet.cell(row, 3).number_format for row in (4, 5)] == ["0.000"] * 2
    assert sheet["A4"].number_format == "0.0"
    assert sheet["A4"].value == "tuned"


def test_columns_in_another_order_below_a_title(tmp_path):
    rows = [
        ["Our sets of weights"],
        [],
        ["Weight", "note", "Scenario", "Code"],
        [1, "n", "a", "size"],
    ]
    book = write_rich(tmp_path / "book.xlsx", rows)
    copy, _ = copy_of(book, tmp_path)
    assert scenario(copy) == WEIGHTS
    assert [cell.value for cell in load_workbook(copy)["Scenarios"][5]] == [
        0.1 + 0.2, None, "tuned", "size",
    ]  # fmt: skip


def test_an_empty_sheet_gets_its_header(tmp_path):
    book = write_rich(tmp_path / "book.xlsx", [])
    copy, _ = copy_of(book, tmp_path)
    assert changed(book, copy) == {"xl/worksheets/sheet2.xml"}
    assert scenario(copy) == WEIGHTS


def test_formulas_and_merged_cells_are_not_written_over(tmp_path):
    path = write_rich(tmp_path / "book.xlsx", [*ROWS, ["q first", "ease", "=1+1"], ["q first"]])
    book = load_workbook(path)
    book["Scenarios"].merge_cells("B5:C5")
    book.save(path)
    with pytest.raises(InputError) as caught:
        with_scenario(path, "q first", WEIGHTS, replace=True)
    said = [str(problem).partition(" (")[0] for problem in caught.value.problems]
    assert said == [
        "Scenarios!C4: a formula would be written over",
        "Scenarios!B5: merged cells would be written over",
        "Scenarios!C5: merged cells would be written over",
    ]


def test_a_row_with_more_in_it_is_not_blanked(tmp_path):
    rows = [["scenario", "code", "weight", "why"], ["a", "size", 1, ""], ["a", "ease", 2, "board"]]
    path = write_rich(tmp_path / "book.xlsx", rows)
    with pytest.raises(InputError, match="Scenarios!D3: the scenario needs fewer rows"):
        with_scenario(path, "a", {"size": 1.0}, replace=True)


def test_what_is_not_kept_up_to_date_is_announced(tmp_path):
    path = write_rich(tmp_path / "book.xlsx", ROWS)
    book = load_workbook(path)
    book["Scenarios"].add_table(Table(displayName="sets", ref="A1:C3"))
    book["My notes"]["B3"] = "=Scenarios!C2"
    book.save(path)
    copy, made = copy_of(path, tmp_path)
    assert [str(w) for w in made.warnings] == [
        "Scenarios!A1: the table on this sheet is not stretched over the new rows; they are read "
        "all the same (drag its corner down in Excel)",
        "Scenarios!A1: formulas on My notes read this sheet and show their old values until "
        "recalculated (press Ctrl+Alt+F9 in Excel)",
    ]
    assert changed(path, copy) == {"xl/worksheets/sheet2.xml"}


def test_a_chart_sheet_of_that_name_is_refused(tmp_path):
    path = write_rich(tmp_path / "book.xlsx")
    book = load_workbook(path)
    chart = BarChart()
    chart.add_data(Reference(book["Markets"], min_col=3, min_row=1, max_row=4))
    book.create_chartsheet("Scenarios").add_chart(chart)
    book.save(path)
    with pytest.raises(InputError, match="its sheet Scenarios is no worksheet"):
        with_scenario(path, "a", WEIGHTS)


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_another_encoding_is_refused(tmp_path, encoding):
    path = write_rich(tmp_path / "book.xlsx", ROWS)
    held = parts(path)
    name = "xl/worksheets/sheet2.xml"
    text = held[name].decode().removeprefix('<?xml version="1.0" encoding="UTF-8"?>')
    held[name] = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
    with zipfile.ZipFile(path, "w") as archive:
        for part, data in held.items():
            archive.writestr(part, data)
    with pytest.raises(InputError, match=f"{name} is not in UTF-8"):
        with_scenario(path, "a", WEIGHTS)


def test_prefixed_names_rows_without_numbers_and_spans(tmp_path):
    path = write_rich(tmp_path / "book.xlsx", ROWS)
    held = parts(path)
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    texts = [[f'<x:c t="inlineStr"><x:is><x:t>{v}</x:t></x:is></x:c>' for v in r] for r in ROWS]
    rows = "".join(f'<x:row spans="1:2">{"".join(cells)}</x:row>' for cells in texts)
    rows += '<x:row r="4" spans="1:1" ht="20"/><x:row r="7" hidden="1"/>'
    held["xl/worksheets/sheet2.xml"] = (
        f'<x:worksheet xmlns:x="{space}"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    ).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for part, data in held.items():
            archive.writestr(part, data)
    copy, _ = copy_of(path, tmp_path, "a > b & c")
    got = parts(copy)["xl/worksheets/sheet2.xml"].decode()
    assert '<x:row r="4" ht="20"><x:c r="A4" t="inlineStr">' in got
    assert got.index('<x:row r="4"') < got.index('<x:row r="5">') < got.index('<x:row r="7"')
    assert scenario(copy, "a > b & c") == WEIGHTS


@needs_soffice
@pytest.mark.parametrize("rows", [None, ROWS], ids=["no sheet", "sheet"])
def test_a_libreoffice_workbook_keeps_everything(tmp_path, rows):
    made = write_rich(tmp_path / "book.xlsx", rows)
    ods = converted(made, "ods", tmp_path / "a")
    book = converted(ods, "xlsx", tmp_path / "b")
    held = parts(book)
    assert any("charts/chart" in name for name in held)
    assert any("comments" in name for name in held)
    copy, made_copy = copy_of(book, tmp_path)
    assert not made_copy.warnings
    expected = (
        LISTS | {"xl/worksheets/sheet4.xml"} if rows is None else {"xl/worksheets/sheet2.xml"}
    )
    assert changed(book, copy) == expected
    assert scenario(copy) == WEIGHTS
    assert load_workbook(copy, data_only=True)["My notes"]["B2"].value == 2
    again = load_workbook(converted(copy, "xlsx", tmp_path / "c"))
    assert list(again["Scenarios"].values)[-2:] == [("tuned", "size", 0.3), ("tuned", "ease", 2)]
    assert again["Markets"]["C2"].comment.text == "from the yearbook"
    assert again["Markets"]["E4"].value == "=SUM(C2:C4)"


def test_a_plain_workbook_stays_plain(tmp_path):
    book = Workbook()
    book.active.title = "Markets"
    for row in (["code", "growth"], ["AAA", 1], ["BBB", 2]):
        book.active.append(row)
    listed = book.create_sheet("Indicators")
    for row in (["code"], ["growth"]):
        listed.append(row)
    book.save(tmp_path / "plain.xlsx")
    copy, _ = copy_of(tmp_path / "plain.xlsx", tmp_path, weights={"growth": 2.0})
    assert scenario(copy) == {"growth": 2.0}
