"""The page in a headless Chromium: what is moved on it, what it then shows."""

import shlex
from dataclasses import replace
from io import StringIO

import numpy as np
import pandas as pd
import pytest

from entryscore.application import weights_with_shares
from entryscore.contribution import spread_weights
from entryscore.page import write_page
from entryscore.pipeline import score
from tests.page import cases
from tests.page.cases import SCENARIOS


def expect(page, result, weights):
    """The page's ranks and scores are the engine's for these weights by code, to 1e-9."""
    nodes = [weights.get(c, w) for c, w in zip(result.tree.codes, result.weights, strict=True)]
    expected = score(
        result.catalogue, result.table, result.methodology, weights=np.array(nodes, dtype=float)
    )
    answer = page.answer()
    assert answer.keys() == set(result.table.codes)
    for i, code in enumerate(result.table.codes):
        rank, value = answer[code]
        assert rank == (None if np.isnan(expected.ranks[i]) else expected.ranks[i])
        assert np.isclose(value, expected.score[i], rtol=0, atol=1e-9, equal_nan=True)
    ranked = [expected.table.codes[i] for i in expected.order if expected.ranked[i]]
    names = [result.table.label(result.table.codes.index(code)) for code in ranked[:25]]
    assert page.texts("#bars .name") == names
    return expected


def test_opens_with_the_ranks_of_the_run(page, drawn):
    expect(page, drawn, {})
    assert page.tab.locator("#alert").is_hidden()
    assert page.texts("#status") == [""]
    assert set(page.texts("#bars .change")) == {"="}


@pytest.mark.parametrize(
    "moves",
    [
        {"p": 60},
        {"q": 0},
        {"r": 25, "s": 40},
        {"a": 100},
        {"c": 10, "g": 55, "p": 35, "d": 70},
        {"p": 100, "e": 0},
    ],
    ids=str,
)
def test_sliders_rank_as_the_option_weight_does(page, drawn, moves):
    weights = {}
    for code, percent in moves.items():
        page.tab.locator("details").evaluate_all("all => all.forEach(d => { d.open = true; })")
        page.slide(code, percent)
        weights = weights_with_shares(drawn.tree, weights, {code: percent / 100})
    expect(page, drawn, weights)


def test_a_typed_share_counts_in_full(page, drawn):
    page.slide("p", "33.37", kind="number")
    expect(page, drawn, weights_with_shares(drawn.tree, {}, {"p": 0.3337}))
    field = page.tab.locator("input[type=number][data-code=p]")
    field.fill("250")  # no share: nothing moves, and the field says so once it is left
    assert page.shares()["p"] == 0.3337
    field.blur()
    assert field.input_value() == "33.4"


def test_siblings_come_back_in_their_proportions(page, drawn):
    page.slide("p", 100)
    page.slide("p", 60)
    expect(page, drawn, weights_with_shares(drawn.tree, {}, {"p": 0.6}))


def test_the_command_shown_gives_the_same_weights(page, drawn):
    page.slide("p", 37)
    page.tab.locator("details").evaluate_all("all => all.forEach(d => { d.open = true; })")
    page.slide("a", 91)
    shares = page.shares()
    assert set(shares) == {"p", "q", "s", "a", "b", "c"}
    expect(page, drawn, weights_with_shares(drawn.tree, {}, shares))


def test_keys_move_a_slider(page, drawn):
    slider = page.tab.locator("input[type=range][data-code=p]")
    slider.focus()
    before = round(float(slider.input_value()))
    page.after(lambda: page.tab.keyboard.press("ArrowRight"))
    assert page.shares()["p"] == (before + 1) / 100
    outline = slider.evaluate("e => getComputedStyle(e).outlineStyle")
    assert outline == "solid"


def test_scenarios_and_reset(page, drawn):
    chooser = page.tab.locator("#scenario")
    page.after(lambda: chooser.select_option(label="safety first"))
    expected = expect(page, drawn, SCENARIOS["safety first"])
    moved = int(np.sum((expected.ranks != drawn.ranks)[expected.ranked]))
    assert moved
    page.tab.wait_for_selector("#status:not(:empty)")
    assert f"{moved} markets change rank." in page.texts("#status")[0]
    page.slide("p", 10)
    assert chooser.locator("option:checked").text_content() == "set by hand"
    page.after(lambda: page.tab.locator("#reset").click())
    expect(page, drawn, {})
    assert chooser.locator("option:checked").text_content() == "base"


def test_zero_weights_show_no_scores(page, drawn):
    page.after(lambda: page.tab.locator("#scenario").select_option(label="no rules"))
    assert "All weights under Rules are 0" in page.texts("#alert")[0]
    assert page.tab.locator("#alert").is_visible()
    assert page.texts("#bars .name") == []
    assert {rank for rank, _ in page.answer().values()} == {None}
    assert set(page.texts("#rows td.k-node0")) == {""}
    page.after(lambda: page.tab.locator("#reset").click())
    expect(page, drawn, {})
    assert page.tab.locator("#alert").is_hidden()


def test_changes_are_counted_against_the_run(page, drawn):
    page.slide("s", 90)
    expected = expect(page, drawn, weights_with_shares(drawn.tree, {}, {"s": 0.9}))
    for i in np.flatnonzero(expected.ranked):
        row = page.tab.locator(f"#rows tr[data-code={drawn.table.codes[i]}] td.k-change span")
        moved = drawn.ranks[i] - expected.ranks[i]
        signs = {0: "=", 1: f"▲ {moved:.0f}", -1: f"▼ {-moved:.0f}"}
        assert row.text_content() == signs.get(np.sign(moved), "new")
    assert page.texts("#headline")[0].startswith("As of the run: ")


def test_the_table_sorts_by_any_column_with_blanks_last(page, drawn):
    column = drawn.tree.position("s")
    button = page.tab.locator(f"th.k-node{column} button")
    button.click()
    shown = [float(text) for text in page.texts(f"#rows td.k-node{column}") if text]
    assert shown == sorted(shown, reverse=True)
    assert page.texts(f"#rows td.k-node{column}")[-1] == ""
    button.click()
    assert [float(t) for t in page.texts(f"#rows td.k-node{column}") if t] == shown[::-1]
    head = page.tab.locator("th[aria-sort]")
    assert head.count() == 1
    assert head.get_attribute("aria-sort") == "ascending"


def test_how_many_are_shown(page, drawn):
    ranked = int(drawn.ranked.sum())
    assert len(page.texts("#bars li")) == 25 < ranked
    page.tab.locator("#more").click()
    assert len(page.texts("#bars li")) == ranked
    page.tab.locator("#top").select_option("10")
    assert len(page.texts("#bars li")) == 10
    assert len(page.texts("#rows tr")) == len(drawn.table.codes)


def standing(result, market, sign):
    """What the page says is farthest above the median of the ranked markets, or below it."""
    tree, weights = result.tree, spread_weights(result)[market]
    found = []
    for node in tree.leaves:
        scores, observed = result.scores[:, node], result.scaled[market, tree.columns[node]]
        edge = scores[market] - np.nanmedian(scores[result.ranked])
        if weights[node] > 0 and not np.isnan(observed) and edge * sign > 1e-9:
            place, count = 1 + (scores > scores[market]).sum(), (~np.isnan(scores)).sum()
            told = f"{edge:+.1f} (score {scores[market]:.1f}, place {place} of {count})"
            found.append((-edge * sign, f"{result.catalogue[tree.codes[node]].name}: {told}"))
    return [told for _, told in sorted(found, key=lambda pair: pair[0])[:5]] or ["none"]


@pytest.mark.parametrize("place", [0, 5, -1])
def test_profile_of_a_market(page, drawn, place):
    i = int(drawn.order[place])
    code = drawn.table.codes[i]
    page.tab.locator("#choose").select_option(label=drawn.table.label(i))
    assert page.texts("#who")[0].startswith(f"{drawn.table.label(i)} ({code})")
    assert page.texts("#strengths li") == standing(drawn, i, 1)
    assert page.texts("#weaknesses li") == standing(drawn, i, -1)
    facts = dict(zip(page.texts("#facts dt"), page.texts("#facts dd"), strict=True))
    assert facts["Coverage"] == f"{drawn.coverage[i]:.0%}"
    assert ("a >= 12" in facts["Gates"]) == ("a >= 12" in drawn.gate_texts[i])
    if drawn.ranked[i]:
        assert facts["Rank"] == f"{drawn.ranks[i]:.0f} of {drawn.ranked.sum()}"


@pytest.mark.parametrize("where", ["#bars .name", "#rows td.k-market button"])
def test_a_name_leads_to_its_profile(page, where):
    name = page.tab.locator(where).nth(7)
    name.press("Enter")
    assert page.texts("#who")[0].startswith(name.text_content())
    assert page.tab.evaluate("document.activeElement.id") == "choose"
    assert page.tab.evaluate("document.activeElement.getBoundingClientRect().top") < 900


def test_medians_stand_where_they_are(page, drawn):
    """The marks of the index: 0 to 100 is the width of the track."""
    i = int(drawn.order[3])
    page.tab.locator("#choose").select_option(label=drawn.table.label(i))
    track = page.tab.locator("#scores li").first.locator(".track")
    left = {
        look: float(track.locator(f"i.{look}").evaluate("e => parseFloat(e.style.left)"))
        for look in ("dot", "tick", "diamond")
        if track.locator(f"i.{look}").count()
    }
    ranked, groups = drawn.ranked, np.array(drawn.table.groups)
    expected = {"dot": drawn.score[i], "tick": np.median(drawn.score[ranked])}
    if groups[i]:
        inside = ranked & (groups == groups[i])
        expected["diamond"] = np.median(drawn.score[inside])
    assert left == pytest.approx(expected, abs=1e-3)


def test_a_bar_is_as_long_as_its_score(page, drawn):
    bar = page.tab.locator("#bars li").first.locator(".track i")
    widths = bar.evaluate_all("all => all.map(e => parseFloat(e.style.width))")
    assert len(widths) == 3
    assert sum(widths) == pytest.approx(np.nanmax(drawn.score[drawn.ranked]), abs=1e-3)
    page.slide("p", 0)
    assert page.texts("#legend li") == ["Ease", "Safety"]
    looks = page.tab.locator("#legend i").evaluate_all("all => all.map(e => e.className)")
    assert looks == ["c1", "c2"]  # a part keeps its colour


def test_rank_ranges_are_of_the_run(tmp_path, open_page):
    result = cases.result(seed=23)
    low = np.where(result.ranked, np.maximum(1, result.ranks - 2), np.nan)
    result = replace(result, rank_low=low, rank_high=low + 5)
    write_page(result, tmp_path / "page.html")
    page = open_page(tmp_path / "page.html")
    first = result.table.codes[int(result.order[0])]
    cell = page.tab.locator(f"#rows tr[data-code={first}] td.k-range")
    assert cell.text_content() == "1 to 6"
    assert "under stated assumptions" in page.texts("#notes")[0]
    assert "as of the run" not in " ".join(page.texts("#facts dt") + page.texts("th"))
    page.slide("p", 90)
    assert cell.text_content() == "1 to 6"
    assert "as of the run" in page.texts("th.k-range")[0]
    assert "as of the run" in " ".join(page.texts("#facts dt"))


def test_what_the_script_does_not_know_is_shown_as_it_is(tmp_path, open_page, monkeypatch):
    result = cases.result(seed=29)
    monkeypatch.setattr("entryscore.page.content.LIVE", frozenset(["median"]))
    write_page(result, tmp_path / "page.html")
    page = open_page(tmp_path / "page.html")
    assert page.tab.locator("#sliders input").count() == 0
    assert "does not know the aggregation arithmetic" in page.texts("#fixed")[0]
    expect(page, result, {})


def test_the_example_ranks_as_the_command_prints_it(tmp_path, open_page):
    from click.testing import CliRunner

    from entryscore.cli import main
    from entryscore.resources import template

    def run(*words):
        got = CliRunner().invoke(main, ["score", str(template("example.xlsx")), *words])
        assert got.exit_code == 0, got.stderr
        return got.stdout

    path = tmp_path / "page.html"
    run("--set", "draws=0", "--html", str(path))
    page = open_page(path)
    page.slide("risk", 55)
    words = shlex.split(page.tab.locator("#command").text_content())
    frame = pd.read_csv(
        StringIO(run("--set", "draws=0", "--format", "csv", *words)),
        keep_default_na=False, na_values=[""],
    )  # fmt: skip
    answer = page.answer()
    assert len(answer) == len(frame) == 129
    for code, rank, value in zip(frame["code"], frame["rank"], frame["score"], strict=True):
        assert answer[code][0] == (None if np.isnan(rank) else rank)
        assert np.isclose(answer[code][1], value, rtol=0, atol=1e-9, equal_nan=True)
