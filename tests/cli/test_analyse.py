"""`entryscore analyse` on whole outputs."""

import csv
import io
import json

import pytest

from entryscore import analyses
from entryscore.cli import analyse
from entryscore.resources import template

SCENARIOS = [["scenario", "code", "weight"]]  # none
TABLE = """\
Ranking
6 of 6 markets ranked

correlations: pairs of scores that stand out (pearson)
Redundant: |r| above 0.9, much the same counted twice; dominates: its parent hardly says more;
opposed, against its parent: r below -0.3, one offsets the other.

within  a  b      relation      r  flag
index   q  index  parent    +1.00  dominates
p       a  b      sibling   -1.00  redundant, opposed
q       c  q      parent    +0.94  dominates
index   b  c      across    -0.87  opposed
index   b  d      across    -0.74  opposed
p       a  p      parent    -0.33  against its parent

Flagged: 1 of 3 sibling pairs, 3 of 6 nodes with their parent, 2 of 4 indicator pairs across parents

leave_one_out: how much does the ranking rest on each node?
Each node is left out in turn. Mean shift: ranks a market then moves on average; largest move: +
falls, - rises; tau b: 1 where the order stays.

level  code  mean shift  largest move  market  market name  tau b
    1  q            2.2            -5  AAA     Alpha        -0.28
    1  p            0.0            +0                        1.00

strengths: 中国 (CCC)
The indicators in which it stands best among all markets of the index, and within its group South;
rank 1 is the best.

code  name  value  score  rank  of  rank in group  of group
d     Dee    9.00  100.0     1   5              1         2
b     +Bee   6.00   55.6     3   6              1         2

comparison: this ranking against the one with aggregation=geometric
Largest moves first: + is ranked lower there, - higher. Tau-b is 1 where the order stays.

code  name     rank  rank against  move  score  score against
FFF   Foxtrot     1             5    +4   71.7            0.0
DDD   Delta       2             1    -1   60.0           57.0
EEE   Echo        3             2    -1   52.8           42.3
CCC   中国        4             3    -1   47.2           40.2
BBB   =Beta       5             4    -1   41.1           35.4
AAA   Alpha       6             5    -1   25.0            0.0

Moved: 6 of 6 markets ranked in both; tau-b 0.41
"""


@pytest.fixture
def example(tmp_path):
    path = tmp_path / "example.xlsx"
    path.write_bytes(template("example.xlsx").read_bytes())
    return path


@pytest.fixture
def rows(run):
    """The rows of a command's csv, by code where they have one."""

    def rows(*words):
        got = run(*words, "--format", "csv")
        assert got.exit_code == 0, got.stderr
        return list(csv.DictReader(io.StringIO(got.stdout)))

    return rows


def by_code(found, key):
    return {row["code"]: row[key] for row in found}


def test_parts_are_those_there_are():
    assert tuple(analyses.BUILDERS) == analyse.PARTS
    assert analyses.NEEDS_MARKET == analyse.NEED_MARKET
    assert analyses.NEEDS_OTHER == analyse.NEED_OTHER


def test_tables(run, six):
    words = ("--part", "correlations", "--part", "leave_one_out", "--level", 1)
    words += ("--part", "strengths", "--market", "CCC")
    words += ("--part", "comparison", "--against", "aggregation=geometric")
    got = run("analyse", six, *words)
    assert got.exit_code == 0
    assert got.stdout == TABLE


def test_default_is_all_that_applies(run, six):
    whole = analyse.PARTS[:7]
    for words, parts in (
        ((), whole),
        (("--market", "AAA"), analyse.PARTS[:10]),
        (("--against", "missing=zero"), (*whole, "comparison")),
    ):
        answer = json.loads(run("analyse", six, *words, "--format", "json").stdout)
        assert [k for k in answer if not k.endswith("_summary")] == [
            "version", "input_sha256", *parts,
        ]  # fmt: skip
        titles = [
            line.split(":")[0]
            for line in run("analyse", six, *words).stdout.splitlines()
            if line.split(":")[0] in analyse.PARTS
        ]
        assert titles == list(parts)


def test_comparison_has_the_ranks_of_both_rankings(rows, six):
    found = rows("analyse", six, "--part", "comparison", "--against", "aggregation=geometric")
    here, there = rows("score", six), rows("score", six, "--set", "aggregation=geometric")
    assert by_code(found, "rank") == by_code(here, "rank")
    assert by_code(found, "score") == by_code(here, "score")
    assert by_code(found, "rank_against") == by_code(there, "rank")
    moves = [abs(int(row["move"])) for row in found]
    assert moves == sorted(moves, reverse=True) == [4, 1, 1, 1, 1, 1]
    assert by_code(found, "name")["BBB"] == "'=Beta"


def test_comparison_names_who_is_ranked_once(run, rows, six):
    words = ("--part", "comparison", "--against", "min_total_coverage=0.9")
    got = run("analyse", six, *words).stdout
    assert got.endswith(
        "\nMoved: 3 of 5 markets ranked in both; tau-b 1.00\nRanked here only: EEE\n"
    )
    assert by_code(rows("analyse", six, *words), "rank_against")["EEE"] == ""
    words = ("--part", "comparison", "--set", words[3], "--against", "min_total_coverage=0.5")
    assert "\nRanked there only: EEE\n" in run("analyse", six, *words).stdout


def test_settings_scenario_and_weight_act_as_in_score(rows, six):
    for words in (
        ("--scenario", "q first"),
        ("--weight", "q=0.9"),
        ("--set", "aggregation=minimum"),
    ):
        found = rows("analyse", six, "--part", "leave_one_out", *words)
        assert by_code(found, "rank") == by_code(rows("score", six, *words), "rank")


def test_leaving_a_node_out_is_a_weight_of_nothing(rows, six):
    found = rows("analyse", six, "--part", "leave_one_out")
    assert list(found[0]) == ["code", "name", "rank", "p", "a", "b", "q", "c", "d"]
    for code in ("p", "a", "b", "q", "c", "d"):
        without = rows("score", six, "--weight", f"{code}=0")
        assert by_code(found, code) == by_code(without, "rank")


def test_correlations_are_of_every_pair_once(rows, six):
    found = rows("analyse", six, "--part", "correlations", "--correlation", "spearman")
    pairs = [frozenset((row["a"], row["b"])) for row in found]
    assert len(pairs) == len(set(pairs)) == 3 + 6 + 4
    cells = {(row["a"], row["b"]): row for row in found}
    assert float(cells["a", "b"]["r"]) == pytest.approx(-1)
    assert cells["a", "b"]["flag"] == "redundant, opposed"
    assert float(cells["a", "c"]["r"]) == pytest.approx(1 - 6 * 4 / (6 * 35))
    assert (cells["a", "c"]["relation"], cells["a", "c"]["within"]) == ("across", "index")


def test_an_only_part_does_not_dominate_its_parent(rows, book):
    found = {row["a"]: row for row in rows("analyse", book, "--part", "correlations")}
    assert float(found["cost"]["r"]) == pytest.approx(1)
    assert found["cost"]["flag"] == ""


def test_effects_put_shares_beside_weights(rows, six):
    found = rows("analyse", six, "--part", "effects")
    weights = {code: float(w) for code, w in by_code(found, "effective_weight").items()}
    assert weights == pytest.approx({"a": 0.25, "b": 0.25, "c": 1 / 3, "d": 1 / 6})
    assert sum(float(row["effect_share"]) for row in found) == pytest.approx(1)
    assert by_code(found, "flag") == {"a": "", "b": "against", "c": "", "d": "less"}


def test_components_have_a_loading_for_every_part(rows, six):
    found = rows("analyse", six, "--part", "components")
    p = [row for row in found if row["node"] == "p"]
    assert [row["component"] for row in p] == ["1", "1", "2"]
    assert float(p[0]["share"]) == pytest.approx(1, abs=0.01)
    loadings = {row["child"]: row["loading"] for row in p}
    assert float(loadings["a"]) == pytest.approx(-float(loadings["b"]))
    assert loadings[""] == ""


def test_statistics_say_what_was_done(run, rows, tmp_path, write_book):
    markets = [["code", "x"], *[[f"M{k}", k] for k in range(19)], ["M19", 1000]]
    book = write_book(
        tmp_path / "outlier.xlsx", Markets=markets, Indicators=[["code", "name"], ["x", "-X"]],
        Scenarios=SCENARIOS, Settings=[["setting", "value"], ["treatment", "winsorise"]],
    )  # fmt: skip
    (row,) = rows("analyse", book, "--part", "statistics")
    assert (row["outlier"], row["treatment"], row["name"]) == ("true", "winsorised 1", "'-X")
    assert run("analyse", book, "--part", "statistics").stdout.endswith(
        "100%  outlier  winsorised 1\n"
    )


def test_market_parts(rows, six):
    weak = rows("analyse", six, "--part", "weaknesses", "--market", "foxtrot")
    assert [(r["code"], r["name"], r["rank"], r["of"], r["rank_in_group"]) for r in weak] == [
        ("b", "'+Bee", "6", "6", ""), ("d", "Dee", "2", "5", ""),
    ]  # fmt: skip
    near = rows("analyse", six, "--part", "similar", "--market", "AAA")
    assert [row["code"] for row in near] == ["BBB", "CCC", "DDD", "EEE", "FFF"]
    d = (20.0, 100 * 2 / 9, 40.0, 20.0)
    expected = sum(w * x * x for w, x in zip((0.25, 0.25, 1 / 3, 1 / 6), d, strict=True)) ** 0.5
    assert float(near[0]["distance"]) == pytest.approx(expected)


def test_cross_checks_name_the_market_that_moves(run, rows, six, book):
    found = {row["method"]: row for row in rows("analyse", six, "--part", "cross_checks")}
    assert found["spotis"]["tau_b"] == "1.0"
    assert (found["vikor"]["market"], found["vikor"]["market_name"]) == ("BBB", "'=Beta")
    text = run("analyse", six, "--part", "cross_checks").stdout
    assert "\nCompared: 5 of 6 ranked markets, those with every indicator\n" in text
    text = run("analyse", book, "--part", "cross_checks").stdout
    assert text.endswith(
        "\nNo tau-b (one of the two rankings is a single tie): promethee_usual, copeland\n"
    )


@pytest.mark.parametrize("kind", ["pearson", "spearman", "kendall"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_what_cannot_be_computed_is_blank_and_said(run, tmp_path, write_book, count, kind):
    values = [[f"M{k}", 4, k, None if k else 1] for k in range(count)]
    book = write_book(
        tmp_path / "few.xlsx", Markets=[["code", "flat", "x", "gap"], *values],
        Indicators=[["code"], ["flat"], ["x"], ["gap"]], Scenarios=SCENARIOS,
        Settings=[["setting", "value"], ["constant", "neutral"]],
    )  # fmt: skip
    words = (book, "--market", "M0", "--against", "aggregation=geometric", "--correlation", kind)
    got, answer = run("analyse", *words), run("analyse", *words, "--format", "json")
    assert (got.exit_code, answer.exit_code) == (0, 0)
    assert "nan" not in got.stdout.casefold()
    assert "NaN" not in answer.stdout
    assert json.loads(answer.stdout)["effects"][1]["main_effect_binned"] is None
    for why in ("No skew or kurt (", "Pairs without a correlation (", "No effect (fewer than 4"):
        assert why in got.stdout


def test_example(run, example):
    words = (example, "--market", "MYS", "--against", "aggregation=geometric")
    got = run("analyse", *words)
    assert got.exit_code == 0, got.stderr
    assert "nan" not in got.stdout.replace("Botswana", "").casefold().split()
    assert "\nNot computed, copras: needs positive values: fixed_broadband_per100," in got.stdout
    assert "more rows in csv and json\nMoved: " in got.stdout
    answer = json.loads(run("analyse", *words, "--format", "json").stdout)
    assert len(answer["input_sha256"]) == 64
    assert len(answer["comparison"]) == 129
    assert answer["comparison_summary"][0]["markets"] == 107
    assert [row["code"] for row in answer["leave_one_out_summary"]][:2] == [
        "attractiveness", "market_potential",
    ]  # fmt: skip
    for part in analyse.PARTS:
        lines = run("analyse", *words, "--part", part, "--format", "csv").stdout.splitlines()
        assert len(lines) == 1 + len(answer[part])


def test_warnings_of_both_methodologies_are_told_apart(run, six):
    words = ("--set", "imputation=mean", "--against", "treatment=log", "--part", "comparison")
    told = run("analyse", six, *words).stderr.splitlines()
    assert len(told) == len(set(told))
    assert "warning: --against treatment: the treatment log finds nothing to treat" in told


def test_long_tables_end_with_what_is_left(run, tmp_path, write_book):
    codes = [f"{letter}{place}" for letter in "xy" for place in "abcdefghijkl"]
    markets = [
        [f"M{i}", *(3 * i + (k * i) % 5 for k in range(22)), (5 * i) % 11, -i] for i in range(11)
    ]
    book = write_book(
        tmp_path / "wide.xlsx", Markets=[["code", *codes], *markets],
        Indicators=[["code", "weight"], *([c, 0.2 if c == "xa" else 1] for c in codes)],
        Scenarios=SCENARIOS,
        Settings=[["setting", "value"], ["normalisation", "z_score"]],
    )  # fmt: skip
    lines = run("analyse", book, "--part", "effects").stdout.splitlines()
    assert lines[-1] == "4 more rows in csv and json"
    first = [(line.split()[0], line.split("%")[-1].strip()) for line in lines[8:12]]
    assert first == [("yk", "less"), ("yl", "against"), ("xa", "more"), ("xb", "")]
    lines = run("analyse", book, "--part", "similar", "--market", "M1").stdout.splitlines()
    assert [len(line.split()[2].partition(".")[2]) for line in lines[8:]] == [2] * 5
