"""`entryscore score` on whole outputs."""

import json

from openpyxl import load_workbook

CSV = """\
rank,code,name,group,score,size,growth,ease,cost,coverage,band,gate,rank_low,rank_high
1,BBB,'=Beta,North,58.333333333333336,50.0,50.0,66.66666666666667,66.66666666666667,1.0,,,1.0,2.0
2,AAA,Alpha,North,50.0,0.0,0.0,100.0,100.0,1.0,,,2.0,3.0
2,CCC,中国,South,50.0,100.0,100.0,0.0,0.0,1.0,,,2.0,3.0
,DDD,Delta,South,,25.0,25.0,,,0.5,,,,
"""


def rows(text):
    return [line.split(",") for line in text.splitlines()]


def test_csv_is_the_ranking_and_nothing_else(run, book):
    got = run("score", book, "--format", "csv")
    assert got.exit_code == 0
    assert [r[:4] + r[9:] for r in rows(got.stdout)] == [r[:4] + r[9:] for r in rows(CSV)]
    for line, expected in zip(rows(got.stdout)[1:], rows(CSV)[1:], strict=True):
        pairs = zip(line[4:9], expected[4:9], strict=True)
        assert all(a == b or abs(float(a) - float(b)) < 1e-9 for a, b in pairs)


def test_scenarios_gain_a_leading_column(run, book):
    words = ("--scenario", "base", "--scenario", "growth first", "--format", "csv")
    lines = rows(run("score", book, *words).stdout)
    assert lines[0][:2] == ["scenario", "rank"]
    assert [line[0] for line in lines[1:]] == ["base"] * 4 + ["growth first"] * 4
    assert [line[2] for line in lines[5:]] == ["CCC", "BBB", "AAA", "DDD"]


def test_one_scenario_has_no_leading_column(run, book):
    got = run("score", book, "--scenario", "growth first", "--format", "csv", "--top", "1")
    assert rows(got.stdout)[1][:2] == ["1", "CCC"]


def test_weight_is_a_share_among_siblings(run, book):
    got = run("score", book, "--weight", "size=75%", "--format", "csv")
    same = run("score", book, "--scenario", "growth first", "--format", "csv")
    assert got.stdout == same.stdout


def test_json_has_null_and_never_nan(run, book):
    got = run("score", book, "--format", "json")
    answer = json.loads(got.stdout)
    assert "NaN" not in got.stdout
    assert set(answer) >= {
        "version", "input_sha256", "title", "settings", "weights", "warnings", "markets",
    }  # fmt: skip
    assert len(answer["input_sha256"]) == 64
    assert answer["markets"][-1]["rank"] is None
    assert answer["markets"][0]["name"] == "=Beta"
    assert answer["weights"][0] == {
        "code": "size", "parent": "index", "declared": 1.0, "used": 1.0, "effective": 0.5,
    }  # fmt: skip


def test_table_aligns_wide_characters(run, book):
    lines = run("score", book).stdout.splitlines()
    assert lines[1] == "3 of 4 markets ranked"
    assert lines[4].startswith("   1  BBB   =Beta  North   58.3")
    assert lines[6].startswith("   2  CCC   中国   South   50.0")


def test_set_beats_the_sheet(run, book):
    got = run("score", book, "--set", "missing=exclude", "--format", "json")
    assert json.loads(got.stdout)["settings"]["missing"] == "exclude"


def test_report_is_written_once(run, book, tmp_path):
    report = tmp_path / "report.xlsx"
    assert run("score", book, "-o", report).exit_code == 0
    before = report.read_bytes()
    got = run("score", book, "-o", report)
    assert (got.exit_code, got.stdout) == (1, "")
    assert got.stderr == f"{report}: exists already (add --force to replace it)\n"
    assert report.read_bytes() == before
    assert run("score", book, "-o", report, "--force").exit_code == 0


def test_input_is_never_the_output(run, book):
    before = book.read_bytes()
    assert run("score", book, "-o", book, "--force").exit_code == 1
    assert book.read_bytes() == before


def test_problems_of_the_data_exit_1_and_write_nothing(run, tmp_path, write_book):
    markets = [["code", "growth", "cost"], ["AAA", 1, 2], ["AAA", "many", 3], ["CCC", 3, 4]]
    book = write_book(tmp_path / "bad.xlsx", Markets=markets)
    got = run("score", book, "-o", tmp_path / "report.xlsx")
    assert (got.exit_code, got.stdout) == (1, "")
    problems = [li for li in got.stderr.splitlines() if not li.startswith("warning: ")]
    assert [line.split(":")[0] for line in problems] == ["Markets!A3", "Markets!B3"]
    assert not (tmp_path / "report.xlsx").exists()


def test_a_blank_set_means_the_default(run, book):
    got = run("score", book, "--set", "year=", "--set", "missing=", "--format", "json")
    assert got.exit_code == 0, got.stderr
    assert json.loads(got.stdout)["settings"]["missing"] == "reweight"


def test_what_reading_warned_of_stands_in_the_report(run, tmp_path, write_book):
    markets = [["code", "growth"], *[[f"M{k}", k] for k in range(9)], ["M9", " 12 "], ["X", "n/a"]]
    path = write_book(
        tmp_path / "texts.xlsx", Markets=markets, Indicators=[["code"], ["growth"]],
        Scenarios=[["scenario", "code", "weight"]],
    )  # fmt: skip
    assert run("score", path, "-o", tmp_path / "report.xlsx").exit_code == 0
    said = str(list(load_workbook(tmp_path / "report.xlsx")["Data quality"].values))
    assert "numbers stored as text were read: B11" in said
    assert "'n/a' read as missing" in said
