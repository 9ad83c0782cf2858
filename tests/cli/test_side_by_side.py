"""Several scenarios of one workbook beside each other."""

SIDE = """
Ranks side by side

code  name   base  growth first  spread
BBB   =Beta     1             2       1
AAA   Alpha     2             3       1
CCC   中国      2             1       1
DDD   Delta                   3

Ranks that differ most

code  name   base  growth first  spread
BBB   =Beta     1             2       1
AAA   Alpha     2             3       1
CCC   中国      2             1       1
Ranked under some only: DDD.

Agreement (tau-b: 1 is the same order, 0 an unrelated one)

scenario  against       tau b  ranked in both  moved  mean shift
base      growth first   0.00               3      3         1.0

In the top 10 under all 2 scenarios: 3 markets: BBB, AAA, CCC.
"""


def test_ranks_movers_agreement_and_top(run, book):
    got = run("score", book, "--scenario", "base", "--scenario", "growth first")
    assert got.exit_code == 0
    assert got.stdout.endswith(SIDE)


def test_top_shortens_the_ranks_and_shortlist_the_rest(run, book):
    words = ("--scenario", "base", "--scenario", "growth first", "--top", "1")
    shown = run("score", book, *words, "--set", "shortlist=2").stdout
    assert "AAA" not in shown.partition("Ranks side by side")[2].partition("Ranks that")[0]
    assert "In the top 2 under all 2 scenarios: 2 markets: BBB, CCC." in shown


def test_one_scenario_stands_alone(run, book):
    for words in ((), ("--scenario", "base"), ("--scenario", "base", "--scenario", "base")):
        assert "side by side" not in run("score", book, *words).stdout


def test_csv_and_json_stay_as_they_are(run, book):
    for shape in ("csv", "json"):
        words = ("--scenario", "base", "--scenario", "growth first", "--format", shape)
        assert "side by side" not in run("score", book, *words).stdout
