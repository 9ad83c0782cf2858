"""`entryscore init` writes what `check` can read."""

from openpyxl import Workbook, load_workbook


def test_template_of_a_catalogue(run, tmp_path):
    book = tmp_path / "new.xlsx"
    got = run("init", book, "--markets", "BRA,IND")
    assert got.exit_code == 0, got.output
    assert {"Markets", "Indicators", "Settings"} <= set(load_workbook(book).sheetnames)
    again = run("init", book)
    assert again.exit_code == 1
    assert again.stderr == f"{book}: exists already (add --force to replace it)\n"
    assert run("init", book, "--force", "--lang", "zh").exit_code == 0


def test_draft_from_a_plain_table(run, tmp_path):
    table = Workbook()
    for row in (["Country", "Growth", "Cost"], ["Alpha", 1, 9], ["Beta", 2, 7], ["Gamma", 3, 5]):
        table.active.append(row)
    table.save(tmp_path / "table.xlsx")
    book = tmp_path / "new.xlsx"
    got = run("init", book, "--from", tmp_path / "table.xlsx")
    assert got.exit_code == 0, got.output
    assert run("score", book, "--format", "csv").stdout.count("\n") == 4


def test_wrong_usage(run, tmp_path):
    book = tmp_path / "new.xlsx"
    assert run("init", book, "--catalogue", "nowhere").exit_code == 2
    assert run("init", book, "--from", tmp_path / "none.xlsx").exit_code == 1
    assert not book.exists()
