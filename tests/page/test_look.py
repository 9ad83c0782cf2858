"""How the page treats what it shows: hostile names, narrow screens, keys, paper."""

import pandas as pd
import pytest

from entryscore.catalogue import Catalogue, Indicator, Pillar
from entryscore.markets import MarketTable
from entryscore.page import write_page
from entryscore.pipeline import score
from tests.page import cases
from tests.page.cases import SCENARIOS


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


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_the_page_never_scrolls_sideways(tmp_path, open_page, width):
    result = cases.result(seed=31, bands=())
    write_page(result, tmp_path / "page.html", scenarios=SCENARIOS)
    page = open_page(tmp_path / "page.html", width=width)
    page.tab.locator("details").evaluate_all("all => all.forEach(d => { d.open = true; })")
    widths = page.tab.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1] == width


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
