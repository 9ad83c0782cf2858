"""`entryscore explain` on whole outputs."""

import json

import pytest
from openpyxl import load_workbook

# two indicators of equal weight, min-max
MARKETS = [
    ["code", "name", "group", "x", "y", "size"],
    ["A", "Alpha", "north", 0, 10, 50],
    ["B", "Beta", "north", 10, 4, 104],
    ["C", "Gamma", "", 5, 0, 400],
    ["D", "Delta", "", 9, 1, 20],
]
INDICATORS = [
    ["code", "name", "unit", "parent", "weight", "role", "gate"],
    ["x", "Reach", "km", "index", 1, "indicator", ""],
    ["y", "Yield", "%", "index", 1, "indicator", ""],
    ["size", "Size", "", "", "", "info", ">= 100"],
]
SCENARIOS = [["scenario", "code", "weight"], ["x only", "y", 0]]


@pytest.fixture
def four(tmp_path, write_book):
    """x: 0, 100, 50, 90; y: 100, 40, 0, 10. Scores 50, 70, 25, 50; the gate drops A and D."""
    return write_book(
        tmp_path / "four.xlsx", Markets=MARKETS, Indicators=INDICATORS, Scenarios=SCENARIOS
    )


def answer(run, *words):
    got = run("explain", *words, "--format", "json")
    assert got.exit_code == 0, got.stderr
    assert "NaN" not in got.stdout
    return json.loads(got.stdout)


GAMMA = """\
Ranking
2 of 4 markets ranked

Gamma (C) ranks 2 of 2 with a score of 25.0. Every indicator that counts is observed.
It is held back by, in points: Reach (-12.5) and Yield (-10.0).

What the score is made of: points = weight × score, 25.00 in all

code  name   value  unit  score  weight  points
x     Reach   5.00  km     50.0   50.0%   25.00
y     Yield  0.000  %       0.0   50.0%    0.00

Weaknesses: points against the median market
code  name   value  median  rank  of  points
x     Reach   5.00    7.50     3   4  -12.50
y     Yield  0.000    2.00     4   4  -10.00

To reach rank 1 (now Beta (B), 45.0 points ahead)
- No change of a single weight does it.
- By one value: Yield rises from 0.00 to 8.50 (%), passing 2 of 4 markets: rank 1, score 66.7.
- 1 other indicator does not do it alone, even at the best value seen.
"""


def test_the_whole_answer(run, four):
    # medians of the ranked B and C, scores 75 and 20: 1/2 (50 - 75) and 1/2 (0 - 20)
    # y must give 45 points more under a column whose lowest value becomes D's 1:
    # B scores 50 + 50 (4 - 1) / 9 = 66.67, C 25 + 50 (y - 1) / 9: y = 8.5
    got = run("explain", four, "Gamma", "--set", "draws=0")
    assert got.exit_code == 0
    assert got.stdout == GAMMA


def test_contributions_add_up_and_the_value_needed_is_verified(run, four, tmp_path, write_book):
    told = answer(run, four, "C")
    assert sum(part["points"] for part in told["contributions"]) == pytest.approx(told["score"])
    (change,) = told["next_rank"]["values"]
    assert change["needed"] == pytest.approx(8.5)
    moved = [row[:] for row in MARKETS]
    moved[3][4] = change["needed"]
    again = write_book(
        tmp_path / "again.xlsx", Markets=moved, Indicators=INDICATORS, Scenarios=SCENARIOS
    )
    scored = json.loads(run("score", again, "--format", "json").stdout)["markets"]
    assert {m["code"]: m["rank"] for m in scored} == {"B": 1, "C": 1, "A": None, "D": None}
    moved[3][4] -= 0.01
    short = write_book(
        tmp_path / "short.xlsx", Markets=moved, Indicators=INDICATORS, Scenarios=SCENARIOS
    )
    scored = json.loads(run("score", short, "--format", "json").stdout)["markets"]
    assert {m["code"]: m["rank"] for m in scored}["C"] == 2


def test_gates_failed_and_near(run, four):
    told = answer(run, four, "D")
    assert told["rank"] is None
    assert told["unranked"] == ["The gate size >= 100 failed."]
    assert [(g["code"], g["state"], g["near"]) for g in told["gates"]] == [
        ("size", "failed", False)
    ]
    assert told["next_rank"] is None
    near = answer(run, four, "B")["gates"]  # 104 is within 10 % of 100
    assert [(g["code"], g["state"], g["near"]) for g in near] == [("size", "met", True)]
    assert answer(run, four, "C")["gates"] == []
    text = run("explain", four, "D").stdout
    assert "Delta (D) has no rank, with a score of 50.0. The gate size >= 100 failed." in text
    assert "- Size >= 100: failed with 20." in text


def test_against_splits_the_difference_and_says_what_swaps(run, four):
    told = answer(run, four, "B", "--against", "C", "--set", "draws=0")
    found = told["against"]
    assert found["difference"] == pytest.approx(45)
    assert [(p["code"], p["difference"]) for p in found["parts"]] == [
        ("x", pytest.approx(25)), ("y", pytest.approx(20)),
    ]  # fmt: skip
    assert found["sentences"] == [
        "Beta (B) is 45.0 points ahead of Gamma (C): 70.0 to 25.0.",
        "Beta is ahead by 45.0 points in 2 indicators, most of all: Reach +25.0 and Yield +20.0.",
        "No change of a single weight swaps them.",
        "Of all weights together the smallest change is not known: the one behind is ahead in no "
        "indicator.",
    ]


def test_the_weight_that_swaps_two(run, four):
    # without the gate: B 70, A 50; level where w x 0 + (1-w) 100 = w 100 + (1-w) 40: w = 3/8
    words = ("--against", "A", "--set", "draws=0")
    told = answer(run, _without_gate(four), "B", *words)
    swap = told["against"]["swap"]
    assert (swap["ahead"], swap["behind"]) == ("B", "A")
    assert [(n["node"], n["tie"]) for n in swap["nodes"]] == [
        ("x", pytest.approx(3 / 8)), ("y", pytest.approx(5 / 8)),
    ]  # fmt: skip
    goal = answer(run, _without_gate(four), "A", "--set", "draws=0")["next_rank"]
    assert (goal["rank"], goal["now"]) == (1, "B")
    assert goal["weight"]["needed"] == pytest.approx(3 / 8)
    assert "lower Reach from 50.0% to 37.5% of the index" in goal["sentences"][0]


def _without_gate(path):
    book = load_workbook(path)
    book["Indicators"]["G4"] = None
    book.save(path)
    return path


def test_the_first_has_nothing_to_reach(run, four):
    told = answer(run, four, "B")
    assert (told["rank"], told["next_rank"], told["top_5"]) == (1, None, None)


def test_a_scenario_and_settings_are_obeyed(run, four):
    told = answer(run, four, "C", "--scenario", "x only")
    assert told["scenario"] == "x only"
    assert [part["code"] for part in told["contributions"]] == ["x"]
    assert told["score"] == 50


def test_missing_values_are_named(run, tmp_path, write_book):
    told = answer(run, write_book(tmp_path / "book.xlsx"), "DDD")
    assert told["missing"] == ["cost"]
    assert told["score"] is None
    assert told["unranked"][0].startswith("It has no score")
    assert told["contributions"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Gama",), "MARKET Gama: no such market (did you mean 'Gamma'?)"),
        (("B", "--against", "Delt"), "--against Delt: no such market (did you mean 'Delta'?)"),
        (("B", "--against", "Beta"), "--against Beta: name another market"),
        (("B", "--scenario", "y only"), "did you mean 'x only'?"),
    ],
)
def test_wrong_usage_exits_2(run, four, words, said):
    got = run("explain", four, *words)
    assert (got.exit_code, got.stdout) == (2, "")
    assert said in got.stderr


def test_problems_of_the_data_exit_1(run, tmp_path, write_book):
    markets = [["code", "growth", "cost"], ["AAA", 1, "many"], ["BBB", 2, 3]]
    got = run("explain", write_book(tmp_path / "bad.xlsx", Markets=markets), "AAA")
    assert (got.exit_code, got.stdout) == (1, "")
    assert "Markets!C2" in got.stderr
