"""`entryscore partners` and `score --partners`: a workbook checked by hand, and the example."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import entryscore
from entryscore.resources import template
from tests.books import settings
from tests.partner_book import ABSENT, MARKETS, NEEDS, TORN, write_partner_book

MARKET_KEYS = {
    "code", "base_score", "adjusted_score", "ceiling", "cost", "months", "portfolio",
    "capabilities", "gaps", "irreplaceable", "not_assessable", "kappa_observed",
}  # fmt: skip
MEMBER_KEYS = {
    "partner_type", "cost", "months", "ready", "share", "core", "credit", "substitute",
    "substitute_extra_cost",
}  # fmt: skip
BLOCK = """\
Ranking
3 of 3 markets ranked
Local partners for B

The country does not change; this is how much of its disadvantage partners could spare us.

B Bland: rank 3, score 25.0; with these partners 39.7, at most 46.0
===================================================================
gap partners can narrow  score  target   gap  of it (κ)  points at stake
Law                        0.0    60.0  60.0        40%            12.00
Networks                  50.0    80.0  30.0        60%             9.00

capability needed  points  aimed at  covered
Permit              12.00       50%      80%
Reach                6.00       50%      60%
Content              3.00       50%      50%

Cheapest portfolio: cost 10, every level aimed at is reached in month 6. The solver's bound on the
cost is 10: none is cheaper under the stated assumptions.

step  partner type  how       cost  months  ready  credit
   1  Agency        contract     5       3      3   +5.10
   1  Ministry      engage       5       6      6   +9.60
- Irreplaceable: Ministry.
- Without Agency: Creator and Telco instead, cost +8.
- Dependence: the uplift hangs on few types (HHI of the credits 0.55, flag above 0.18; with fewer
  than six types always).
- Next best: Creator and Telco for Agency (cost 18).

- How we will know it works. Reach: users.
- Agency brings Reach (list, 0.6; 1 more in json): agencies sell it
  「廣告」
- Ministry brings Permit (direct, 0.8): it permits
- Not assessable, as their indicators have no values: Brand.
- Observed: 67% of what partners could act on (κ-weight); 1 indicator has no value here. This
  answers the observed part only.

Assumptions
- Each portfolio is the cheapest that covers every needed capability to 50% (or to 0.9 of what can
  be reached, where that is less): exact under the stated assumptions, by the solver's bound.
- Strengths, costs, months, A and κ are the workbook's own. A strength is the strength of evidence
  in the document, not a measured effect. Costs are an index on one scale for all types, not money.
- Targets are those of the column target.
- No draws of the assumptions were made: how firm a portfolio is was not tested.
- Availability is taken as 1 where nobody stated it (sheet Partners): Agency, Ministry.
- Uplift grows with the gap, so weak markets gain most: read an adjusted score beside the base rank.
  Lifting one market alone gives a score, no rank (score --partners lifts and ranks all).
- Ministry: engage, never pay. The cost shown is our own staff time; anti-corruption rules bind
  every contact (no payments, gifts or favours to officials).
"""


@pytest.fixture
def own(tmp_path):
    return write_partner_book(tmp_path / "own.xlsx")


@pytest.fixture
def ask(run):
    """The markets of the json answer by code."""

    def ask(*words: object) -> dict:
        got = run("partners", *words, "--format", "json")
        assert got.exit_code == 0, got.stderr
        return {market["code"]: market for market in json.loads(got.stdout)["markets"]}

    return ask


def chosen(market: dict) -> list[str]:
    return [member["partner_type"] for member in market["portfolio"]]


def test_block_of_one_market(run, own):
    got = run("partners", own, "B")
    assert (got.exit_code, got.stdout) == (0, BLOCK)


def test_numbers_checked_by_hand(ask, own):
    found = ask(own)
    assert list(found) == ["C", "A", "B"]  # rank order
    assert {code: chosen(m) for code, m in found.items()} == {
        "C": ["ministry"], "A": ["agency"], "B": ["agency", "ministry"],
    }  # fmt: skip
    expected = {"C": (75, 76.6, 77, 5, 6), "A": (50, 63.6, 74, 5, 3), "B": (25, 39.7, 46, 10, 6)}
    for code, numbers in expected.items():
        keys = ("base_score", "adjusted_score", "ceiling", "cost", "months")
        assert [found[code][key] for key in keys] == pytest.approx(numbers)
    agency, ministry = found["B"]["portfolio"]
    assert (agency["substitute"], agency["substitute_extra_cost"]) == ("creator + telco", 8.0)
    assert (ministry["substitute"], ministry["substitute_extra_cost"]) == (None, None)
    assert [agency["credit"], ministry["credit"]] == pytest.approx([5.1, 9.6])
    assert found["B"]["irreplaceable"] == ["ministry"]
    assert found["B"]["kappa_observed"] == pytest.approx(1.0 / 1.5)
    assert found["B"]["not_assessable"] == ["brand"]
    assert found["B"]["not_observed"] == ["youth_share"]
    gaps = {g["indicator"]: (g["score"], g["target"], g["gap"]) for g in found["B"]["gaps"]}
    assert gaps["net"] == pytest.approx((50, 80, 30))
    assert gaps["law"] == pytest.approx((0, 60, 60))
    points = {c["code"]: (c["points"], c["coverage"]) for c in found["A"]["capabilities"]}
    assert points == {"reach": pytest.approx((16, 0.6)), "content": pytest.approx((8, 0.5))}


def test_json_has_the_keys_of_the_contract_and_no_noise(run, own):
    got = run("partners", own, "--set", "partner_draws=3", "--format", "json")
    answer = json.loads(got.stdout)
    assert {"version", "input_sha256", "settings", "markets", "programmes"} <= set(answer)
    for market in answer["markets"]:
        assert set(market) >= MARKET_KEYS
        for member in market["portfolio"]:
            assert set(member) >= MEMBER_KEYS
            assert member["core"] is (member["share"] >= 0.8)
    assert "NaN" not in got.stdout
    assert "Infinity" not in got.stdout


def test_no_draws_leave_share_and_core_open(ask, own):
    assert {(m["share"], m["core"]) for m in ask(own, "B")["B"]["portfolio"]} == {(None, None)}


def test_order_asked_names_and_repetition(ask, own):
    assert list(ask(own, "B", "cland", "B")) == ["B", "C"]
    assert list(ask(own, "--set", "shortlist=2")) == ["C", "A"]


def test_shared_programme(run, own):
    answer = json.loads(run("partners", own, "--format", "json").stdout)
    (programme,) = answer["programmes"]
    # agency and ministry in two markets each: 0.7 · (5 + 5 + 5 + 5) + 0.3 · (5 + 5)
    assert programme["cost"] == pytest.approx(17.0)
    assert programme["unshared_cost"] == pytest.approx(20.0)
    assert programme["bound"] == pytest.approx(17.0)
    first = answer["leverage"][0]
    assert (first["partner_type"], first["stranded"]) == ("ministry", ["C", "B"])
    assert answer["leverage"][1]["regret"] == pytest.approx(13 + 8)  # agency: in A and in B


def test_shortfall_aims_below_what_can_be_reached(ask, own):
    found = ask(own, "B", "--set", "partner_level=0.9")["B"]
    by_code = {c["code"]: c for c in found["capabilities"]}
    # reach 1 - 0.2 · 0.4 = 0.92; content 1 - 0.4 · 0.5 and permit 0.8 fall short
    assert by_code["reach"]["level"] == 0.9
    assert by_code["content"]["level"] == pytest.approx(0.9 * 0.8)
    assert by_code["content"]["shortfall"] == pytest.approx(0.1)
    assert by_code["reach"]["shortfall"] == 0
    assert found["months"] == 15  # telco waits for the ministry


def test_absent_prerequisite(ask, tmp_path):
    book = write_partner_book(tmp_path / "absent.xlsx", Partners=ABSENT)
    found = ask(book, "A")["A"]  # telco requires the ministry, which is not there
    assert chosen(found) == ["agency"]
    assert found["irreplaceable"] == ["agency"]


def test_conflict(ask, tmp_path):
    book = write_partner_book(tmp_path / "torn.xlsx", PartnerRelations=TORN)
    found = ask(book, "B")["B"]
    assert chosen(found) == ["creator", "ministry", "telco"]
    assert (found["cost"], found["months"]) == (18, 15)
    soon = ask(book, "B", "--deadline", 10)["B"]  # telco would be late: 3 + 12 points beat 6 + 3
    assert chosen(soon) == ["creator", "ministry"]
    reach = {c["code"]: c for c in soon["capabilities"]}["reach"]
    assert (reach["level"], reach["coverage"], reach["shortfall"]) == (0, 0, 0.5)
    assert [(p["months"], p["cost"]) for p in soon["frontier"]] == [(15, 18)]


def test_budget(ask, run, own):
    found = ask(own, "B", "--budget", 9)["B"]
    assert chosen(found) == ["creator", "ministry"]  # 3 · 0.6 + 12 · 0.8
    assert found["adjusted_score"] == pytest.approx(36.4)
    assert found["months"] is None  # reach stays below its level
    assert found["all_ready"] == 6
    assert "Best portfolio for 9: cost 9" in run("partners", own, "B", "--budget", 9).stdout
    assert chosen(ask(own, "B", "--budget", 0)["B"]) == []


def test_draws_keep_the_deadline(ask, own):
    words = ("--set", "partner_draws=20", "--set", "partner_level=0.55")
    free, soon = (
        {o["partner_type"] for o in ask(own, "B", *words, *more)["B"]["options"]}
        | set(chosen(ask(own, "B", *words, *more)["B"]))
        for more in ((), ("--deadline", "10"))
    )  # telco is never there before 0.75 · 15 months
    assert "telco" in free
    assert "telco" not in soon


def test_z_scores_are_scored_again(ask, run, own):
    found = ask(own, "A", "--set", "normalisation=z_score")["A"]
    # the place rises by κ g · coverage, of a range of 2 z with half the weight
    lift = 0.6 * 0.8 * (2 / 3 * 0.6 + 1 / 3 * 0.5)
    assert found["adjusted_score"] - found["base_score"] == pytest.approx(lift * 2 / 2)
    said = run("partners", own, "A", "--set", "normalisation=z_score").stdout
    assert "with these partners 0.27" in said
    assert "in the units of the score" in " ".join(said.split())


def test_csv_has_a_row_per_market_and_type(run, own):
    got = run("partners", own, "C", "B", "--set", "partner_min_points=2.5", "--format", "csv")
    rows = list(csv.DictReader(got.stdout.splitlines()))
    assert [(r["code"], r["partner_type"]) for r in rows] == [
        ("C", ""), ("B", "agency"), ("B", "ministry"),
    ]  # fmt: skip
    assert (rows[2]["substitute"], rows[2]["substitute_extra_cost"]) == ("", "")
    assert float(rows[1]["adjusted_score"]) == pytest.approx(39.7)


def test_nothing_needed_is_said(run, own):
    got = run("partners", own, "C", "--set", "partner_min_points=2.5")
    assert "No partner is needed: no capability has 2.5 points or more at stake" in got.stdout
    assert "(the most is 2.00)" in got.stdout


def test_an_index_partners_cannot_act_on_is_a_warning(run, tmp_path):
    book = write_partner_book(tmp_path / "b.xlsx", Needs=[NEEDS[0], NEEDS[-1]])
    got = run("partners", book)
    assert got.exit_code == 0
    assert "warning: Needs: no indicator of this index is among those" in got.stderr


def flat(text: str) -> str:
    """Without the breaks of lines."""
    return " ".join(text.split())


def test_nothing_is_claimed_where_nothing_is_observed(run, tmp_path):
    rows = [*MARKETS, ["D", "Dland", 2, 3]]
    book = write_partner_book(tmp_path / "b.xlsx", Needs=[NEEDS[0], NEEDS[-1]], Markets=rows)
    unknown = "Nothing that partners could act on is observed in {}, so this cannot be assessed; "
    many, one = run("partners", book).stdout, run("partners", book, "A").stdout
    assert unknown.format("C, A, B, D") in flat(many)
    assert unknown.format("Aland") in flat(one)
    row = next(line for line in many.splitlines() if " Aland " in line)
    assert row.split()[4:] == ["–"] * 7 + ["0%"]
    for text in (many, one):
        assert "sheet Needs and the column proxy_for" in flat(text)
        assert "No partner is needed" not in text
        assert "No gap" not in text
        assert "with these partners" not in text.split("Assumptions")[0].split("spare us.")[1]


def test_markets_with_and_without_anything_observed(run, tmp_path):
    rows = [*MARKETS, ["D", "Dland", None, 3]]
    book = write_partner_book(
        tmp_path / "b.xlsx", Needs=[*NEEDS[:3], NEEDS[-1]], Markets=rows,
        Settings=settings({"partner_draws": 0, "min_coverage": 0.4}),
    )  # fmt: skip
    text = run("partners", book, "A", "B", "C", "D").stdout
    assert "could act on is observed in D, so" in flat(text)
    assert "partner type  A  B  C  D" in text
    quiet = run("partners", book, "A", "B", "C", "D", "--set", "partner_min_points=90").stdout
    assert "No partner is needed in A, B, C." in quiet
    assert "observed in D, so" in flat(quiet)


def test_what_is_short_is_explained_where_it_is_shown(run, tmp_path):
    rows = [*MARKETS, ["D", "Dland", 2, 3]]
    plain = run("partners", write_partner_book(tmp_path / "a.xlsx", Markets=rows)).stdout
    assert "Levels by:" in plain
    assert "Short:" not in plain
    absent = [ABSENT[0], *([code, "agency", 0] for code in "ABCD")]
    absent += [[code, kind, 0] for code in "ABCD" for kind in ("telco", "creator")]
    book = write_partner_book(tmp_path / "b.xlsx", Markets=rows, Partners=absent)
    short = run("partners", book).stdout
    assert "  short  " in short
    assert "Short: those that stay below the level." in flat(short)


def test_more_than_three_markets_are_one_table(run, tmp_path):
    rows = [*MARKETS, ["D", "Dland", 2, 3]]
    got = run("partners", write_partner_book(tmp_path / "b.xlsx", Markets=rows))
    lines = got.stdout.splitlines()
    assert "rank  code  name   score  with partners" in got.stdout
    start = lines.index("partner type  C  A  B  D")
    assert lines[start : start + 4] == [
        "partner type  C  A  B  D",
        "Agency        ·  x  x  x",
        "Ministry      x  ·  x  x",
        "",
    ]
    assert max(map(len, lines)) <= 110


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("Z",), 2, "MARKET Z: no such market"),
        (("Blnd",), 2, "did you mean 'Bland'?"),
        (("--budget", "-1"), 2, "no number from 0 on"),
        (("--budget", "nan"), 2, "no number from 0 on"),
        (("--deadline", "soon"), 2, "no number from 0 on"),
        (("--graph", "graph.png"), 2, ".graphml, .gexf, .mmd, .svg"),
        (("--scenario", "none"), 2, "no such scenario"),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, tuple) else "",
)
def test_wrong_usage(run, own, words, code, said):
    got = run("partners", own, *words)
    assert (got.exit_code, got.stdout) == (code, "")
    assert said in got.stderr


def test_a_market_without_a_score_is_a_problem(run, tmp_path):
    rows = [*MARKETS, ["D", "Dland", 2, None]]
    book = write_partner_book(tmp_path / "b.xlsx", Markets=rows)
    got = run("partners", book, "D")
    assert (got.exit_code, got.stdout) == (1, "")
    assert got.stderr.startswith(
        "Markets!D5: D has no score that partners could lift: it has no value of law"
    )


def test_an_unranked_market_with_a_score_is_answered(ask, tmp_path):
    rows = [*MARKETS, ["D", "Dland", 2, None]]
    book = write_partner_book(
        tmp_path / "b.xlsx", Markets=rows,
        Settings=settings({"min_coverage": 0.5, "min_total_coverage": 0.9, "partner_draws": 0}),
    )  # fmt: skip
    found = ask(book, "D")["D"]
    assert found["base_rank"] is None
    law = next(gap for gap in found["gaps"] if gap["indicator"] == "law")
    assert (law["score"], law["gap"]) == (None, None)


def test_problems_of_partner_sheets_stop_it(run, tmp_path):
    book = write_partner_book(tmp_path / "b.xlsx", Partners=[ABSENT[0], ["A", "nobody", 1]])
    got = run("partners", book)
    assert (got.exit_code, got.stdout) == (1, "")
    assert "Partners!B2" in got.stderr


def test_graph_is_written_and_kept(run, own, tmp_path):
    path = tmp_path / "graph.mmd"
    assert run("partners", own, "A", "--graph", path).exit_code == 0
    first = path.read_bytes()
    assert b"Aland" in first
    got = run("partners", own, "B", "--graph", path)
    assert (got.exit_code, got.stdout) == (1, "")
    assert path.read_bytes() == first
    assert run("partners", own, "B", "--graph", path, "--force").exit_code == 0
    assert path.read_bytes() != first


def test_a_picture_of_many_markets_is_of_the_first(run, tmp_path):
    book = write_partner_book(tmp_path / "b.xlsx", Markets=[*MARKETS, ["D", "Dland", 2, 3]])
    for suffix, shown in ((".svg", {"Cland"}), (".graphml", {"Aland", "Bland", "Cland", "Dland"})):
        path = tmp_path / f"graph{suffix}"
        assert run("partners", book, "--graph", path).exit_code == 0
        text = path.read_text(encoding="utf-8")
        assert {name for _, name, *_ in [*MARKETS[1:], ["D", "Dland"]] if name in text} == shown


def test_same_bytes_whatever_the_hash_seed(tmp_path):
    book = write_partner_book(tmp_path / "b.xlsx", draws=10)
    source = str(Path(entryscore.__file__).parents[1])
    answers = set()
    for seed in ("1", "2"):
        env = os.environ | {"PYTHONPATH": source, "PYTHONHASHSEED": seed}
        got = subprocess.run(
            [sys.executable, "-m", "entryscore", "partners", str(book), "--format", "json"],
            env=env, check=True, capture_output=True,
        )  # fmt: skip
        json.loads(got.stdout)  # nothing the solver printed among it
        answers.add(got.stdout)
    assert len(answers) == 1


def test_the_example(ask):
    found = ask(template("example.xlsx"), "--set", "partner_draws=0")
    assert len(found) == 10
    for market in found.values():
        assert market["adjusted_score"] <= market["ceiling"] + 1e-9
        assert 0 < market["kappa_observed"] < 0.2
        needed = [c for c in market["capabilities"] if c["needed"]]
        assert bool(needed) == bool(market["portfolio"])
        assert all(c["coverage"] >= c["level"] - 1e-9 for c in needed)


def test_score_adds_adjusted_scores_last_and_only_when_asked(run, own):
    plain = run("score", own, "--format", "csv").stdout.splitlines()
    more = run("score", own, "--format", "csv", "--partners").stdout.splitlines()
    assert [line.rsplit(",", 2)[0] for line in more] == plain
    assert more[0].endswith(",adjusted_score,adjusted_rank")
    found = [line.rsplit(",", 2)[1:] for line in more[1:]]
    assert [float(score) for score, _ in found] == pytest.approx([76.6, 63.6, 39.7])
    assert [rank for _, rank in found] == ["1", "2", "3"]
    answer = json.loads(run("score", own, "--format", "json", "--partners").stdout)
    assert [m["adjusted_rank"] for m in answer["markets"]] == [1, 2, 3]
    assert "adjusted score" in run("score", own, "--partners").stdout
    assert "adjusted score" not in run("score", own).stdout


def test_the_progress_bar_shows_late_and_on_a_terminal_only(monkeypatch, capsys):
    from entryscore.cli import common

    times = iter([0.0, 1.0, 3.0, 3.1, 3.2])
    monkeypatch.setattr(common, "monotonic", lambda: next(times))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with common.progress(3, "Partners") as step:
        step()
        assert capsys.readouterr().err == ""
        step()
        step()
    shown = capsys.readouterr()
    assert "Partners" in shown.err
    assert shown.out == ""
