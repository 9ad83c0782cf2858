"""`entryscore check`: the list is the result."""

import json


def test_good_book(run, book):
    got = run("check", book)
    assert (got.exit_code, got.stderr) == (0, "")
    lines = got.stdout.splitlines()
    assert lines[-1].startswith(f"{book}: no problems; ")
    assert all(line.startswith("warning: ") for line in lines[:-1])


def test_problems_are_on_stdout(run, tmp_path, write_book):
    markets = [["code", "growth", "cost"], ["AAA", 1, 2], ["BBB", "many", 3], ["CCC", 3, 4]]
    book = write_book(tmp_path / "bad.xlsx", Markets=markets)
    got = run("check", book)
    assert (got.exit_code, got.stderr) == (1, "")
    assert got.stdout.startswith("Markets!B3: ")
    answer = json.loads(run("check", book, "--format", "json").stdout)
    assert set(answer) == {"version", "input_sha256", "problems", "warnings"}
    assert [p["cell"] for p in answer["problems"]] == ["Markets!B3"]
    assert set(answer["problems"][0]) == {"cell", "message", "hint"}
    assert len(answer["input_sha256"]) == 64
