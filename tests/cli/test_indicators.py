"""`entryscore indicators`."""


def test_catalogues_then_indicators_then_one(run):
    listed = run("indicators").stdout
    assert "emerging_market " in listed
    assert "emerging_market_public" in listed
    lines = run("indicators", "emerging_market_public").stdout.splitlines()
    assert lines[0].split()[:2] == ["code", "parent"]
    code = lines[1].split()[0]
    shown = run("indicators", "emerging_market_public", code).stdout
    assert shown.startswith(f"code:            {code}\n")
    assert "source:" in shown


def test_near_misses_are_named(run):
    got = run("indicators", "emerging_markt")
    assert got.exit_code == 2
    assert "did you mean 'emerging_market'?" in got.stderr
    assert run("indicators", "emerging_market", "nothing_like_it").exit_code == 2
