"""A headless Chromium. It must be installed; nothing is downloaded."""

import shutil
from dataclasses import dataclass, field

import pytest

from entryscore.page import write_page
from tests.page import cases

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)


@pytest.fixture(scope="session")
def chromium():
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM:
        pytest.skip("no chromium is installed")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@dataclass
class Opened:
    """A page with what it asked for and what it complained of."""

    tab: object
    requests: list = field(default_factory=list)
    complaints: list = field(default_factory=list)

    def after(self, action):
        """Does it, and waits until the page is drawn anew."""
        drawn = int(self.tab.locator("body").get_attribute("data-drawn"))
        action()
        self.tab.wait_for_selector(f"body[data-drawn='{drawn + 1}']")

    def slide(self, code, percent, kind="range"):
        field = self.tab.locator(f"input[type={kind}][data-code={code}]")
        self.after(lambda: field.fill(str(percent)))

    def shares(self):
        """The shares that the command line on the page would set."""
        words = self.tab.locator("#command").text_content().split()
        return {code: float(share) for code, share in (w.split("=") for w in words[1::2])}

    def answer(self):
        """code -> (rank, score), in full precision."""
        rows = self.tab.locator("#rows tr").evaluate_all("rows => rows.map(r => ({...r.dataset}))")
        return {
            r["code"]: (int(r["rank"]) if r.get("rank") else None, float(r["score"])) for r in rows
        }

    def texts(self, selector):
        return self.tab.locator(selector).all_text_contents()


@pytest.fixture
def open_page(chromium):
    """Opens a file; at the end only the file was asked for, and nothing was complained of."""
    opened, contexts = [], []

    def open_page(path, width=1280, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = Opened(context.new_page())
        page.tab.on("request", lambda request: page.requests.append(request.url))
        page.tab.on("console", lambda message: page.complaints.append(message.text))
        page.tab.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.tab.goto(path.as_uri())
        page.tab.wait_for_selector("body[data-drawn]")
        opened.append((page, path.as_uri()))
        return page

    yield open_page
    for page, address in opened:
        assert page.requests == [address]
        assert page.complaints == []
    for context in contexts:
        context.close()


@pytest.fixture
def drawn():
    return cases.result(seed=23)


@pytest.fixture
def page(tmp_path, drawn, open_page):
    path = tmp_path / "page.html"
    write_page(drawn, path, scenarios=cases.SCENARIOS)
    return open_page(path)
