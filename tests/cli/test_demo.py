"""`entryscore demo`: everything from nothing."""

from openpyxl import load_workbook


def test_demo(run, tmp_path):
    folder = tmp_path / "build"
    got = run("demo", folder)
    assert got.exit_code == 0, got.output
    assert "not advice" in got.stdout
    ranked = [li for li in got.stdout.splitlines() if li.split() and li.split()[0].isdigit()]
    assert len(ranked) >= 100
    assert {"Summary", "Ranking"} <= set(load_workbook(folder / "example_report.xlsx").sheetnames)
    assert run("demo", folder).exit_code == 1
    assert run("demo", folder, "--force").exit_code == 0
