"""Wrong usage of `entryscore analyse`, and problems of its data."""

import pytest

WRONG = [
    (("--format", "csv"), "--format csv prints one part: name it with one --part (statistics,"),
    (("--format", "csv", "--part", "alpha", "--part", "effects"), "--format csv prints one part"),
    (("--part", "alhpa"), "'alhpa' is not one of"),
    (("--part", "similar"), "--part similar: name the market with --market CODE"),
    (("--part", "comparison"), "--part comparison: say with what, in --against KEY=VALUE"),
    (("--market", "AAB"), "--market AAB: no such market (did you mean 'AAA'?)"),
    (("--market", "Foxtrott"), "no such market (did you mean 'Foxtrot'?)"),
    (("--level", "3"), "--level 3: the index has the levels 1 to 2"),
    (("--against", "agregation=median"), "--against agregation: no such setting (did you mean"),
    (("--against", "aggregation"), "--against aggregation: write it as KEY=VALUE"),
    (("--against", "aggregation=modal"), "--against aggregation=modal: not a value of"),
    (("--scenario", "p first"), "--scenario p first: no such scenario (did you mean 'q first'?)"),
    (("--weight", "z=0.4"), "--weight z: no such node"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "said"), WRONG, ids=[" ".join(words) for words, _ in WRONG])
def test_wrong_usage(run, six, words, said):
    got = run("analyse", six, *words)
    assert (got.exit_code, got.stdout) == (2, "")
    assert said in got.stderr


def test_a_market_left_out(run, tmp_path, write_book):
    markets = [
        ["code", "include", "growth", "cost"],
        ["A", "yes", 1, 2],
        ["B", "no", 3, 4],
        ["C", "", 5, 6],
    ]
    book = write_book(
        tmp_path / "book.xlsx", Markets=markets, Scenarios=[["scenario", "code", "weight"]]
    )
    got = run("analyse", book, "--market", "B")
    assert got.exit_code == 2
    assert "--market B: left out of the index (include = no)" in got.stderr


def test_problems_of_the_data_come_first_and_together(run, tmp_path, write_book):
    markets = [["code", "growth", "cost"], ["AAA", 1, 2], ["AAA", "many", 3], ["CCC", 3, 4]]
    book = write_book(tmp_path / "bad.xlsx", Markets=markets)
    got = run("analyse", book, "--market", "nobody")
    assert (got.exit_code, got.stdout) == (1, "")
    problems = [li for li in got.stderr.splitlines() if not li.startswith("warning: ")]
    assert [line.split(":")[0] for line in problems] == ["Markets!A3", "Markets!B3"]


def test_problems_of_the_other_methodology_name_its_option(run, six):
    got = run("analyse", six, "--against", "aggregation=power")
    assert (got.exit_code, got.stdout) == (1, "")
    assert "--against aggregation: aggregation is power, and the setting power" in got.stderr
    both = ("--against", "aggregation=power", "--against", "power=2")
    assert run("analyse", six, *both, "--part", "comparison").exit_code == 0
