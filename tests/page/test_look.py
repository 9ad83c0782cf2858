"""How the page treats what it shows: hostile names, narrow screens, keys, paper."""

import numpy as np
import pandas as pd
import pytest

from entryscore.catalogue import Catalogue, Indicator, Pillar
from entryscore.language import using
from entryscore.markets import MarketTable
from entryscore.page import write_page
from entryscore.pipeline import score

LONG = "A very long name of a region or pillar that goes on and on and on"


def test_hostile_names_stay_text(tmp_path, open_page):
    names = [
        "<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", "\"'&amp;&lt;",
        "🦊 <b>bold</b>", "中國 市場", "$title ${x} {count}", "\u2028line\u2029",
    ]  # fmt: skip
    index = Catalogue(
        (Indicator("a", name="<i>a</i>", parent="p"), Indicator("x y'z", parent="p")),
        (Pillar("p", "<u>P</u> & 'co'"),),
        title="<script>title</script> & $lang",
    )
    frame = pd.DataFrame({"a": range(7), "x y'z": [3, 1, 4, 1, 5, 9, 2]}, index=list("ABCDEFG"))
    frame["name"], frame["group"] = names, ["<b>north</b>"] * 7
    result = score(index, MarketTable.from_frame(frame, index))
    path = tmp_path / "page.html"
    write_page(result, path, command="entryscore <b>", scenarios={"<s>": {"a": 2.0}})
    page = open_page(path)
    assert page.tab.title() == "<script>title</script> & $lang"
    assert set(page.texts("#bars .name")) == set(names)
    assert set(page.texts("#rows td.k-group")) == {"<b>north</b>"}
    assert (
        page.tab.locator("main img, main b:not(#axis b), main i > *, main u, main s").count() == 0
    )
    assert page.tab.locator("script").count() == 3
    page.tab.locator("details").evaluate_all("all => all.forEach(d => { d.open = true; })")
    page.tab.locator("input[type=range]").nth(2).fill("20")
    page.tab.wait_for_selector("body[data-drawn='2']")
    assert page.tab.locator("#command").text_content().endswith("--weight 'x y'\\''z=0.2'")


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_long_names_fit(tmp_path, open_page, width, lang):
    """No sideways scroll, nothing sticks out of its section, rows of the table stay low."""
    with using(lang):
        write_page(wide_index(9), tmp_path / "page.html", scenarios={"s" * 90: {"p0": 2.0}})
    page = open_page(tmp_path / "page.html", width=width)
    page.tab.locator("details").evaluate_all("all => all.forEach(d => { d.open = true; })")
    wide, seen = page.tab.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= seen == width
    out = page.tab.locator("select, button, input, h3, dd").evaluate_all(
        "all => all.filter(e => e.checkVisibility() && !e.closest('.scroll')"
        " && e.getBoundingClientRect().right > window.innerWidth).map(e => e.outerHTML)"
    )
    assert out == []
    heights = page.tab.locator("#rows tr").evaluate_all("all => all.map(e => e.clientHeight)")
    assert max(heights) < 70  # a market's name takes up to three lines
    first = page.tab.locator("#bars .name").first
    assert first.get_attribute("title") == first.text_content()
    assert first.evaluate("e => e.clientHeight") < 45


def wide_index(parts):
    """As many pillars, with long names of markets, groups, bands and parts; all by a mean."""
    codes = [f"i{k}" for k in range(parts)]
    index = Catalogue(
        tuple(Indicator(c, parent=f"p{k}", name=f"{LONG} {c}") for k, c in enumerate(codes)),
        tuple(Pillar(f"p{k}", f"{LONG} {k}") for k in range(parts)),
    )
    values = np.random.default_rng(4).uniform(1, 9, (6, parts))
    frame = pd.DataFrame(values, columns=codes, index=list("ABCDEF"))
    frame["name"] = [f"Country number {k} of the long names" for k in range(6)]
    frame["group"] = [f"{LONG} group {k % 2}" for k in range(6)]
    return score(index, MarketTable.from_frame(frame, index))


@pytest.mark.parametrize("parts", [8, 9])
def test_up_to_eight_parts_have_colours_of_their_own(tmp_path, open_page, parts):
    write_page(wide_index(parts), tmp_path / "page.html")
    page = open_page(tmp_path / "page.html")
    drawn = parts if parts <= 8 else 0
    looks = (
        page.tab.locator("#bars li")
        .first.locator(".track i")
        .evaluate_all("all => all.map(e => getComputedStyle(e).backgroundColor)")
    )
    assert len(set(looks)) == len(looks) == max(1, drawn)
    assert "rgba(0, 0, 0, 0)" not in looks
    assert len(page.texts("#legend li")) == drawn
    assert page.tab.locator("#whole").is_visible() == (not drawn)


def test_every_control_has_a_name_and_keys_reach_it(page):
    page.tab.locator("details").evaluate_all("all => all.forEach(d => { d.open = true; })")
    named = page.tab.locator("input, select, button").evaluate_all(
        "all => all.filter(e => e.checkVisibility()).map(e => e.labels && e.labels.length"
        " ? e.labels[0].textContent : e.getAttribute('aria-label') || e.textContent)"
    )
    assert len(named) > 20
    assert all(name.strip() for name in named)
    assert page.tab.locator("html").get_attribute("lang") == "en"
    reached = set()
    for _ in range(12):
        page.tab.keyboard.press("Tab")
        reached.add(page.tab.evaluate("document.activeElement.outerHTML.slice(0, 60)"))
    assert len(reached) == 12


def test_print_has_everything_and_no_controls(page):
    page.tab.emulate_media(media="print")
    assert page.tab.locator("#reset").is_hidden()
    assert page.tab.locator("#weights input[type=range]").first.is_hidden()
    assert page.tab.locator("#weights input[type=number]").first.is_visible()
    assert page.tab.locator("th .print").first.is_visible()
    # A4 without its margins, in CSS pixels: nothing is wider
    page.tab.set_viewport_size({"width": 703, "height": 1000})
    wide = page.tab.evaluate("document.documentElement.scrollWidth")
    assert wide <= 703
    assert page.tab.pdf().startswith(b"%PDF")
