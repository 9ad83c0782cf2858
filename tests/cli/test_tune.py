"""`entryscore tune` on whole outputs."""

import csv
import json

import pytest
from openpyxl import load_workbook

TREE = [("p", "index"), ("a", "p"), ("b", "p"), ("q", "index"), ("c", "q"), ("d", "q")]
DECLARED = [1 / 2, 1 / 2, 1 / 2, 1 / 2, 2 / 3, 1 / 3]


def rows(text):
    return list(csv.reader(text.splitlines()))


def test_csv_has_the_shares_of_every_node_and_nothing_else(run, six):
    got = run("tune", six, "--method", "equal", "--format", "csv")
    assert got.exit_code == 0
    head, *lines = rows(got.stdout)
    assert head == ["code", "parent", "declared", "tuned"]
    assert [(code, parent) for code, parent, *_ in lines] == TREE
    assert [float(line[2]) for line in lines] == pytest.approx(DECLARED)
    assert [float(line[3]) for line in lines] == pytest.approx([1 / 2] * 6)


def test_present_weights_are_the_scenarios_where_one_is_named(run, six):
    words = ("--scenario", "q first", "--weight", "a=80%", "--format", "csv")
    _, *lines = rows(run("tune", six, "--method", "equal", *words).stdout)
    assert [float(line[2]) for line in lines] == pytest.approx(
        [1 / 4, 0.8, 0.2, 3 / 4, 2 / 3, 1 / 3]
    )
    assert [float(line[3]) for line in lines] == pytest.approx(
        [1 / 4, 0.5, 0.5, 3 / 4, 1 / 2, 1 / 2]
    )


TABLE = """\
Ranking
6 of 6 markets ranked

Weights by equal
Share: of its siblings' weight, present and tuned. Of index: weight in the index, present and then.
Effect: what the indicator really explains of the index, 0 to 1 (main effect).

code  name  share  tuned  change  of index   then  effect  effect then
p           50.0%  50.0%   +0.0%     50.0%  50.0%
  a   Ay    50.0%  50.0%   +0.0%     25.0%  25.0%    0.00         0.00
  b   +Bee  50.0%  50.0%   +0.0%     25.0%  25.0%    0.00         0.00
q           50.0%  50.0%   +0.0%     50.0%  50.0%
  c   Cee   66.7%  50.0%  -16.7%     33.3%  25.0%    0.22         0.00
  d   Dee   33.3%  50.0%  +16.7%     16.7%  25.0%    0.12         0.77
"""


def test_table_tells_weights_effects_movers_and_notes(run, six):
    got = run("tune", six, "--method", "equal")
    assert got.exit_code == 0
    shown = got.stdout.splitlines()
    head = [line for line in shown if not line.startswith(("  c", "  d", "  a", "  b"))]
    assert head[: len(TABLE.splitlines()) - 4] == [
        line for line in TABLE.splitlines() if not line.startswith(("  c", "  d", "  a", "  b"))
    ]
    assert any(
        line.startswith("  c   Cee   66.7%  50.0%  -16.7%     33.3%  25.0%") for line in shown
    )
    assert "Ranks that move (+ falls, - rises)" in shown
    assert shown[-1].startswith("- Equal among the indicators of each node")


def test_movers_are_those_between_the_two_rankings(run, six):
    answer = json.loads(run("tune", six, "--method", "equal", "--format", "json").stdout)
    before = json.loads(run("score", six, "--format", "json").stdout)["markets"]
    words = ("--weight", "c=50%", "--format", "json")
    after = json.loads(run("score", six, *words).stdout)["markets"]
    ranks = [{m["code"]: m["rank"] for m in found} for found in (before, after)]
    assert ranks[0]["EEE"] is not None
    assert ranks[1]["EEE"] is None  # half of q is no longer enough
    both = [code for code in ranks[0] if code != "EEE"]
    moved = {code: ranks[1][code] - ranks[0][code] for code in both}
    expected = {code: move for code, move in moved.items() if move} | {"EEE": None}
    assert {m["code"]: m["move"] for m in answer["movers"]} == expected
    assert answer["movers"][-1]["code"] == "EEE"
    assert answer["agreement"]["moved"] == len(expected) - 1
    assert "No longer ranked: EEE." in run("tune", six, "--method", "equal").stdout


def test_json_says_all_of_it(run, six):
    got = run("tune", six, "--method", "equal", "--format", "json")
    answer = json.loads(got.stdout)
    assert "NaN" not in got.stdout
    assert list(answer)[:3] == ["version", "input_sha256", "method"]
    assert len(answer["input_sha256"]) == 64
    assert answer["weights"][4] == {
        "code": "c", "name": "Cee", "parent": "q", "declared": pytest.approx(2 / 3), "tuned": 0.5,
        "effective_before": pytest.approx(1 / 3), "effective_after": 0.25,
        "main_effect_before": pytest.approx(answer["weights"][4]["main_effect_before"]),
        "main_effect_after": pytest.approx(answer["weights"][4]["main_effect_after"]),
    }  # fmt: skip
    assert answer["weights"][0]["main_effect_before"] is None  # a node above the indicators
    assert answer["stored"] == {"c": 1.5, "d": 1.5}
    assert answer["notes"]
    assert answer["experts"] == []


def test_the_copy_scores_as_tuned_and_is_clean(run, six, tmp_path):
    copy = tmp_path / "copy.xlsx"
    got = run("tune", six, "--method", "equal", "-o", copy, "--format", "csv")
    assert got.exit_code == 0, got.stderr
    assert list(load_workbook(copy)["Scenarios"].values)[-2:] == [
        ("equal", "c", 1.5), ("equal", "d", 1.5),
    ]  # fmt: skip
    named = run("score", copy, "--scenario", "equal", "--format", "csv").stdout
    typed = run("score", six, "--weight", "c=50%", "--format", "csv").stdout
    assert [line[:2] for line in rows(named)] == [line[:2] for line in rows(typed)]
    assert run("check", copy).stdout == run("check", six).stdout.replace("six", "copy")


def test_a_scenario_that_exists_is_replaced_by_force_only(run, six, tmp_path):
    copy = tmp_path / "copy.xlsx"
    words = ("tune", six, "--method", "equal", "-o", copy, "--scenario-name", "q first")
    got = run(*words)
    assert (got.exit_code, got.stdout) == (1, "")
    assert got.stderr.endswith(
        "Scenarios!A2: the scenario 'q first' exists already (add --force to replace it, or choose "
        "another name with --scenario-name)\n"
    )
    assert not copy.exists()
    assert run(*words, "--force").exit_code == 0
    assert list(load_workbook(copy)["Scenarios"].values) == [
        ("scenario", "code", "weight"), ("q first", "c", 1.5), ("q first", "d", 1.5),
    ]  # fmt: skip


def test_the_input_is_never_written(run, six):
    before = six.read_bytes()
    assert run("tune", six, "--method", "equal", "-o", six, "--force").exit_code == 1
    assert six.read_bytes() == before


def test_what_differs_from_the_sheets_is_stored_not_from_the_scenario(run, six):
    words = ("--scenario", "q first", "--format", "json", "--scenario-name", "new")
    answer = json.loads(run("tune", six, "--method", "equal", *words).stdout)
    assert answer["stored"] == {"q": 3.0, "c": 1.5, "d": 1.5}
    assert (answer["base_scenario"], answer["scenario"]) == ("q first", "new")


def test_weights_as_they_are_still_make_a_scenario(run, tmp_path, write_book):
    indicators = [["code", "parent", "weight"], ["growth", "size", 1], ["cost", "size", 1]]
    book = write_book(tmp_path / "even.xlsx", Indicators=indicators)
    copy = tmp_path / "copy.xlsx"
    assert run("tune", book, "--method", "equal", "-o", copy).exit_code == 0
    assert list(load_workbook(copy)["Scenarios"].values)[-1] == ("equal", "size", 1)


def test_a_pillar_without_any_value_keeps_its_weight(run, tmp_path, write_book):
    markets = [["code", "growth", "cost", "later"], *([f"M{k}", k, k * k, None] for k in range(5))]
    indicators = [
        ["code", "parent", "weight"], ["growth", "p", 3], ["cost", "p", 1], ["later", "q", 2],
    ]  # fmt: skip
    scenarios = [["scenario", "code", "weight"]]
    book = write_book(
        tmp_path / "b.xlsx", Markets=markets, Indicators=indicators, Scenarios=scenarios
    )
    copy = tmp_path / "copy.xlsx"
    got = run("tune", book, "--method", "equal", "-o", copy, "--format", "csv")
    assert got.exit_code == 0, got.stderr
    _, *lines = rows(got.stdout)
    assert {line[0]: float(line[3]) for line in lines} == {
        "p": 1.0, "growth": 0.5, "cost": 0.5, "q": 0.0, "later": 0.0,
    }  # fmt: skip
    assert list(load_workbook(copy)["Scenarios"].values)[1:] == [
        ("equal", "growth", 2), ("equal", "cost", 2),
    ]  # fmt: skip
    assert run("check", copy).exit_code == 0


def test_experts_stand_side_by_side_with_what_each_ranks_first(run, tmp_path, write_book):
    budget = [["code", "Ann", "Bob"], ["size", 90, 10], ["ease", 10, 90]]
    book = write_book(tmp_path / "budget.xlsx", Budget=budget)
    answer = json.loads(run("tune", book, "--method", "budget", "--format", "json").stdout)
    assert [w["tuned"] for w in answer["weights"] if w["parent"] == "index"] == [0.5, 0.5]
    assert [(e["expert"], e["first"]) for e in answer["experts"]] == [
        ("Ann", "CCC"),
        ("Bob", "AAA"),
    ]
    assert answer["experts"][0]["weights"][0] == {"code": "size", "share": 0.9}
    text = run("tune", book, "--method", "budget").stdout
    assert "What each would rank first, alone" in text
    assert "Consensus" in text


def test_problems_of_the_data_exit_1_with_all_of_them(run, tmp_path, write_book):
    markets = [["code", "growth", "cost"], ["A", 0, 1], ["B", -1, 2], ["C", 3, 3]]
    indicators = [["code", "parent"], ["growth", "p"], ["cost", "p"]]
    book = write_book(
        tmp_path / "b.xlsx", Markets=markets, Indicators=indicators,
        Scenarios=[["scenario", "code", "weight"]],
    )  # fmt: skip
    got = run("tune", book, "--method", "entropy", "-o", tmp_path / "c.xlsx")
    assert (got.exit_code, got.stdout) == (1, "")
    assert [line.split(":")[0] for line in got.stderr.splitlines()] == ["Markets!B2", "Markets!B3"]
    assert not (tmp_path / "c.xlsx").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--method", "entropi"), "unknown weighting method 'entropi' (did you mean 'entropy'?)"),
        ((), "name a method with --method: "),
        (("--method", "equal", "--option", "level=1"), "--option level: equal has no such option"),
        (("--method", "equal", "--option", "level"), "write it as KEY=VALUE"),
        (
            ("--method", "equal", "--scenario-name", "Base"),
            "--scenario-name 'Base': choose another",
        ),
        (("--method", "equal", "-o", "b.xls"), "end its name in .xlsx"),
        (("--method", "equal", "--scenario", "q frist"), "did you mean 'q first'?"),
    ],
)
def test_wrong_usage_exits_2(run, six, words, said):
    got = run("tune", six, *words)
    assert got.exit_code == 2
    assert said in got.stderr


def test_method_names_match_loosely(run, six):
    assert run("tune", six, "--method", "Standard deviation", "--format", "csv").exit_code == 0
