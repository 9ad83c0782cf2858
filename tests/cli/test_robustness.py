"""`entryscore robustness`, and the rank ranges of `score`, on whole outputs."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import numpy as np
import pytest

from tests.cli import books

HEADER = "rank,code,name,score,rank_median,rank_low,rank_high,p_top_1,p_top_3,p_top_5,p_top_10"
STILL = ("--set", "uncertain=weights", "--set", "weight_noise=0")  # every draw is the ranking
STILL_TEXT = """\
Ranking
6 of 6 markets ranked

rank  code  name     score  median  range  top 1  top 3  top 5  top 10  ahead of next  verdict
   1  FFF   Foxtrot   71.7       1      1   100%   100%   100%    100%           100%  robust
   2  DDD   Delta     60.0       2      2     0%   100%   100%    100%           100%  robust
   3  EEE   Echo      52.8       3      3     0%   100%   100%    100%           100%  robust
   4  CCC   中国      47.2       4      4     0%     0%   100%    100%           100%  robust
   5  BBB   =Beta     41.1       5      5     0%     0%   100%    100%           100%  robust
   6  AAA   Alpha     25.0       6      6     0%     0%     0%    100%

Range: rank range under stated assumptions, 5 to 95 % of 300 draws (seed 1; none failed). In each draw every
assumption is drawn at once:
- weights: each within ±0% of the declared one, at every level
- held in every draw: normalisation min_max, treatment none, imputation none, aggregation arithmetic, missing
  reweight, leave one out none, data as read
"""  # noqa: E501


@pytest.fixture
def six_markets(tmp_path) -> Path:
    return books.write_six(tmp_path / "six.xlsx")


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


def test_table_says_what_was_drawn(run, six):
    got = run("robustness", six, "--draws", 300, *STILL)
    assert got.exit_code == 0, got.stderr
    assert got.stdout.startswith(STILL_TEXT)
    assert "First place: FFF 100% of the draws." in got.stdout
    assert "- 1 can be first under these weights: FFF\n" in got.stdout
    assert "Only one assumption is uncertain, weights: nothing else can move the ranks." in (
        got.stdout
    )


def test_csv_is_the_ranked_markets_and_nothing_else(run, six):
    got = run("robustness", six, "--draws", 300, *STILL, "--format", "csv")
    lines = got.stdout.splitlines()
    assert lines[0] == HEADER
    assert lines[5].startswith("5,BBB,'=Beta,41.1111111")
    assert lines[5].endswith(",5.0,5.0,5.0,0.0,0.0,1.0,1.0")
    assert len(lines) == 7


def test_ranges_are_those_of_score(run, six):
    ours = table(run("robustness", six, "--format", "csv").stdout)
    theirs = table(run("score", six, "--format", "csv").stdout)
    for one, other in zip(ours, theirs, strict=True):
        assert {k: one[k] for k in ("rank", "code", "rank_low", "rank_high")} == {
            k: other[k] for k in ("rank", "code", "rank_low", "rank_high")
        }
    assert any(row["rank_low"] != row["rank_high"] for row in ours)


def test_probabilities_are_those_of_weights_drawn_apart(run, tmp_path):
    """A leads where w_x > w_y, B where it is less, with w uniform on 1 ± 0.25: half each; C never,
    as B is ahead of it whatever the weights."""
    markets = [["code", "x", "y"], ["A", 90, 10], ["B", 50, 50], ["C", 40, 40], ["D", 0, 100]]
    indicators = [["code", "goal_low", "goal_high"], ["x", 0, 100], ["y", 0, 100]]
    book = books.write_book(
        tmp_path / "b.xlsx", Markets=markets, Indicators=indicators,
        Scenarios=[["scenario", "code", "weight"]],
    )  # fmt: skip
    words = ("--draws", 20000, "--set", "uncertain=weights", "--set", "normalisation=goalposts")
    rows = {r["code"]: r for r in table(run("robustness", book, *words, "--format", "csv").stdout)}
    first = {code: float(row["p_top_1"]) for code, row in rows.items()}
    assert first["A"] == pytest.approx(0.5, abs=0.02)
    assert first["D"] == pytest.approx(0.5, abs=0.02)
    assert first["B"] < 0.001
    assert first["C"] == 0
    answer = json.loads(run("robustness", book, *words, "--format", "json").stdout)
    ahead = answer["exact"]["dominance"]
    at = ahead["codes"].index
    assert ahead["always_ahead"][at("B")][at("C")] is True
    assert ahead["always_ahead"][at("A")][at("B")] is False
    assert [w["first"] for w in answer["exact"]["can_be_first"]] == [True, True, False, True]


def test_json_has_everything_and_no_nan(run, six):
    got = run("robustness", six, "--draws", 500, "--seed", 7, "--format", "json")
    assert "NaN" not in got.stdout
    answer = json.loads(got.stdout)
    assert (answer["draws"], answer["seed"], answer["failed_draws"]) == (500, 7, [])
    assert len(answer["input_sha256"]) == 64
    assert answer["meaning"].startswith("rank_low and rank_high: rank range under stated")
    assert [a["assumption"] for a in answer["assumptions"]] == ["weights", "aggregation", "missing"]
    assert answer["assumptions"][1]["alternatives"] == ["arithmetic", "geometric"]
    shares = np.array(answer["acceptability"]["shares"])
    assert np.allclose(shares.sum(axis=1), 1)
    wins = np.array(answer["winning"]["shares"])
    assert np.allclose(wins + wins.T, 1)
    first = answer["markets"][0]
    assert first["p_top_1"] == shares[0, 0]
    assert (first["next"], first["p_ahead"]) == ("DDD", wins[0, 1])
    assert answer["markets"][-1]["verdict"] is None
    assert sum(row["draws"] for row in answer["central_weights"]) >= 500
    assert all(0 <= row["confidence_factor"] <= 1 for row in answer["central_weights"])
    moving = {row["assumption"]: row["total"] for row in answer["sensitivity"]["indices"]}
    assert max(moving, key=moving.get) == "aggregation"
    assert [row["node"] for row in answer["exact"]["stability"]["weights"]] == list("pabqcd")


def test_options_beat_the_settings(run, six):
    typed = run(
        "robustness", six, "--draws", 99, "--seed", 5, "--set", "draws=7", "--format", "json"
    )
    set_ = run("robustness", six, "--set", "draws=99", "--set", "seed=5", "--format", "json")
    assert typed.stdout == set_.stdout
    other = run("robustness", six, "--draws", 99, "--seed", 6, "--format", "json")
    assert json.loads(other.stdout)["acceptability"] != json.loads(set_.stdout)["acceptability"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--draws", "0"), "Invalid value for '--draws': 0 is not in the range"),
        (("--draws", "-1"), "Invalid value for '--draws': -1 is not in the range"),
        (("--jobs", "0"), "Invalid value for '--jobs': 0 is not in the range"),
        (("--seed", "x"), "Invalid value for '--seed': 'x' is not a valid integer"),
        (("--set", "draws=0"), "Error: the setting draws is 0: say how many with --draws N"),
        (("--scenario", "qq"), "--scenario qq: no such scenario"),
        (("--save-draws", "d.txt"), "d.txt: what is written is a"),
    ],
)
def test_bad_values_are_wrong_usage(run, six, words, said):
    got = run("robustness", six, *words)
    assert (got.exit_code, got.stdout) == (2, "")
    assert said in got.stderr


def test_any_number_of_jobs_and_any_hash_seed_give_the_same_bytes(six_markets):
    found = set()
    for jobs, hashes in (("1", "0"), ("2", "1")):
        words = [
            "robustness",
            str(six_markets),
            "--draws",
            "900",
            "--jobs",
            jobs,
            "--format",
            "json",
        ]
        done = subprocess.run(
            [sys.executable, "-m", "entryscore", *words], capture_output=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": hashes},
        )  # fmt: skip
        found.add(done.stdout)
    assert len(found) == 1


def test_an_excluded_assumption_is_held(run, six):
    def answer(uncertain):
        words = ("--set", f"uncertain={uncertain}", "--format", "json")
        return json.loads(run("robustness", six, *words).stdout)

    both, one = answer("weights, aggregation"), answer("weights")
    assert "aggregation arithmetic" in one["held"]
    assert "aggregation arithmetic" not in both["held"]
    assert one["acceptability"] != both["acceptability"]
    alike = [m["code"] for m in one["markets"] if m["rank_low"] == m["rank_high"]]
    assert len(alike) > sum(m["rank_low"] == m["rank_high"] for m in both["markets"])


@pytest.fixture
def fragile(tmp_path):
    """D has one indicator only, so it has no score where that one is left out."""
    markets = [["code", "x", "y"], ["A", 1, 3], ["B", 2, 2], ["C", 3, 1], ["D", 2.5, None]]
    return books.write_book(
        tmp_path / "fragile.xlsx", Markets=markets, Indicators=[["code"], ["x"], ["y"]],
        Scenarios=[["scenario", "code", "weight"]],
        Settings=[
            ["setting", "value"], ["uncertain", "leave_one_out"], ["min_coverage", 0],
            ["min_total_coverage", 0],
        ],
    )  # fmt: skip


def test_failed_draws_are_counted_named_and_left_out(run, fragile):
    got = run("robustness", fragile, "--draws", 900, "--format", "json")
    answer = json.loads(got.stdout)
    (failed,) = answer["failed_draws"]
    assert (failed["scenario"], failed["reason"]) == ("base", "a ranked market has no score")
    assert 250 < failed["draws"] < 350  # one of three alternatives
    warning = (
        f"warning: rank ranges: {failed['draws']} of 900 draws failed and are left out: "
        f"{failed['draws']} × a ranked market has no score\n"
    )
    assert warning in got.stderr
    used = sum(row["draws"] for row in answer["central_weights"] if row["code"] == "C")
    first = {row["code"]: row["p_top_1"] for row in answer["markets"]}
    assert first["C"] == pytest.approx(used / (900 - failed["draws"]))
    printed = run("score", fragile, "--set", "draws=900")
    assert warning in printed.stderr
    assert f"{failed['draws']} draws failed and are left out, see the warning." in printed.stdout


def test_where_every_draw_fails_nothing_is_claimed(run, tmp_path):
    markets = [["code", "x", "y"], ["A", 1, None], ["B", 2, None], ["C", None, 1], ["D", None, 2]]
    book = books.write_book(
        tmp_path / "none.xlsx", Markets=markets, Indicators=[["code"], ["x"], ["y"]],
        Scenarios=[["scenario", "code", "weight"]],
        Settings=[
            ["setting", "value"], ["uncertain", "leave_one_out"], ["min_coverage", 0],
            ["min_total_coverage", 0], ["seed", 2], ["draws", 1],
        ],
    )  # fmt: skip
    codes = {}
    for seed in range(6):
        got = run("score", book, "--set", f"seed={seed}", "--format", "csv")
        codes["failed" in got.stderr] = got
    assert [row["rank_low"] for row in table(codes[True].stdout)] == [""] * 4
    assert [row["rank_low"] for row in table(codes[False].stdout)] != [""] * 4
    seed = next(s for s in range(6) if "failed" in run("score", book, "--set", f"seed={s}").stderr)
    answer = json.loads(run("robustness", book, "--seed", seed, "--format", "json").stdout)
    assert [m["rank_median"] for m in answer["markets"]] == [None] * 4
    assert answer["acceptability"] is None
    shown = run("robustness", book, "--seed", seed)
    assert shown.exit_code == 0
    assert "1 of 1 draws failed" in shown.stdout


def test_scenarios_have_ranges_of_their_own(run, six):
    words = ("--scenario", "base", "--scenario", "q first", "--format", "csv")
    rows = table(run("score", six, *words).stdout)
    ranges = {
        name: [(r["code"], r["rank_low"], r["rank_high"]) for r in rows if r["scenario"] == name]
        for name in ("base", "q first")
    }
    assert sorted(ranges["base"]) != sorted(ranges["q first"])
    alone = table(run("robustness", six, "--scenario", "q first", "--format", "csv").stdout)
    assert [(r["code"], r["rank_low"], r["rank_high"]) for r in alone] == ranges["q first"]


def test_no_draws_no_ranges(run, six):
    words = ("--set", "draws=0")
    rows = table(run("score", six, *words, "--format", "csv").stdout)
    assert {(r["rank_low"], r["rank_high"]) for r in rows} == {("", "")}
    text = run("score", six, *words).stdout
    assert "range" not in text.lower()
    answer = json.loads(run("score", six, *words, "--format", "json").stdout)
    assert answer["draws"] == 0
    assert {m["rank_low"] for m in answer["markets"]} == {None}


def test_score_says_what_its_ranges_rest_on(run, six):
    text = run("score", six).stdout
    assert re.search(r"^rank  code  name +group  score  range ", text, re.MULTILINE)
    (line,) = [line for line in text.splitlines() if line.startswith("   1  FFF ")]
    assert re.search(r" 71\.7 +1–\d ", line)
    said = " ".join(text.split())
    assert (
        "Range: rank range under stated assumptions, 5 to 95 % of 1000 draws (seed 1). weights: "
        "each within ±25% of the declared one, at every level; aggregation: arithmetic or "
        "geometric; missing: each of 1 replaced by one observed in its column, drawn anew."
    ) in said
    answer = json.loads(run("score", six, "--format", "json").stdout)
    assert answer["failed_draws"] == []
    assert len(answer["assumptions"]) == 3


def test_ranks_outside_their_range_are_named(run, tmp_path):
    """E leads on the little that is known of it. Only 2 of 19 others have more than 0 in y and z,
    so in 99 % of the draws E comes third, behind them."""
    markets = [["code", "x", "y", "z"], ["E", 19, None, None]]
    markets += [[f"M{i:02}", i, int(i > 16), int(i > 16)] for i in range(19)]
    book = books.write_book(
        tmp_path / "b.xlsx", Markets=markets, Indicators=[["code"], ["x"], ["y"], ["z"]],
        Scenarios=[["scenario", "code", "weight"]],
        Settings=[
            ["setting", "value"], ["uncertain", "missing"], ["min_coverage", 0],
            ["min_total_coverage", 0],
        ],
    )  # fmt: skip
    said = "Ranked outside their range, so that these ranks rest on the very settings: E 1 (3)"
    assert said in " ".join(run("score", book).stdout.split())


BOUNDED = [
    ["code", "weight", "weight_min", "weight_max"], ["a", 1, 0.7, None], ["b", 1, None, None],
    ["c", 1, None, None], ["d", 1, None, None],
]  # fmt: skip


def test_bounds_that_leave_nothing_to_draw(run, tmp_path):
    book = books.write_book(
        tmp_path / "b.xlsx", Markets=books.SIX_MARKETS, Indicators=BOUNDED,
        Scenarios=[["scenario", "code", "weight"]],
    )  # fmt: skip
    scored = run("score", book, "--format", "csv")
    assert scored.exit_code == 0
    said = "draws hardly ever keep the bounds or the order asked for"
    assert f"warning: weights under index: no rank ranges: {said}" in scored.stderr
    assert {row["rank_low"] for row in table(scored.stdout)} == {""}
    got = run("robustness", book)
    assert (got.exit_code, got.stdout) == (1, "")
    assert f"weights under index: {said}" in got.stderr
    free = run("robustness", book, "--set", "weight_model=any", "--format", "json")
    central = json.loads(free.stdout)["central_weights"]
    assert all(row["weights"]["a"] >= 0.7 for row in central)


def test_uncertain_data_need_standard_errors(run, six, tmp_path):
    words = ("--set", "uncertain=data", "--set", "draws=100")
    named = "--set uncertain: the data are to be uncertain, but no standard error is stated"
    for command in ("check", "score"):
        typed = () if command == "check" else words
        assert (named in run(command, six, *typed).stderr) == (command == "score")
    indicators = [[*row, e] for row, e in zip(books.SIX_INDICATORS, ("uncertainty", 0.3, 0, 0, 0),
                                              strict=True)]  # fmt: skip
    book = books.write_book(
        tmp_path / "errors.xlsx", Markets=books.SIX_MARKETS, Indicators=indicators,
        Scenarios=books.SIX_SCENARIOS,
    )  # fmt: skip
    got = run("score", book, *words, "--format", "csv")
    assert named not in got.stderr
    assert any(row["rank_low"] != row["rank_high"] for row in table(got.stdout))


def test_draws_are_saved_as_they_were(run, six, tmp_path):
    path = tmp_path / "draws.csv"
    got = run("robustness", six, "--draws", 300, "--save-draws", path)
    assert got.exit_code == 0, got.stderr
    rows = table(path.read_text(encoding="utf-8"))
    assert list(rows[0])[:4] == ["draw", "aggregation", "replicate", "weight p"]
    assert len(rows) == 300
    assert {row["aggregation"] for row in rows} == {"arithmetic", "geometric"}
    assert all(0.75 <= float(row["weight c"]) / 2 <= 1.25 for row in rows)
    before = path.read_bytes()
    again = run("robustness", six, "--draws", 10, "--save-draws", path)
    assert (again.exit_code, again.stdout) == (1, "")
    assert path.read_bytes() == before
    assert run("robustness", six, "--draws", 10, "--save-draws", path, "--force").exit_code == 0
    assert len(table(path.read_text(encoding="utf-8"))) == 10


@pytest.mark.skipif(os.name == "nt", reason="SIGINT reaches a process by its group there")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_with_one_line_and_no_file(six_markets, tmp_path, jobs):
    saved = tmp_path / "draws.csv"
    words = ["robustness", str(six_markets), "--draws", "900000000", "--jobs", jobs]
    with subprocess.Popen(
        [sys.executable, "-m", "entryscore", *words, "--save-draws", str(saved)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in background
    ) as process:  # fmt: skip
        time.sleep(3)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        try:
            out, err = process.communicate(timeout=30)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    # Python itself ends by the signal, which shells call 130 too, if it struck within an exec
    assert process.returncode in (130, -signal.SIGINT)
    assert out == ""
    said = [line for line in err.splitlines() if not line.startswith("warning: ")]
    assert said == ["stopped"] if jobs == "1" else "stopped" in said
    assert not saved.exists()
    assert not list(tmp_path.glob("*.tmp"))
