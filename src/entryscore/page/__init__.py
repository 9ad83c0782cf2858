"""The page: one HTML file with the ranking, sliders for the weights, and market profiles."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template

from entryscore.files import replacing
from entryscore.language import current
from entryscore.naming import text_width
from entryscore.page.content import page_content
from entryscore.page.library import d3_script
from entryscore.report.model import Report
from entryscore.report.summary_chart import COLOURS
from entryscore.result import Result

_HERE = Path(__file__).parent
_SCRIPTS = ("engine.js", "controls.js", "ranking.js", "profile.js", "page.js")
_LETTER, _LEAST_ROOM, _MOST_ROOM = 0.33, 8, 17  # rem; a letter takes half as much again
_TAGS = {"en": "en", "zh": "zh-Hant"}  # of the document, by language
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def write_page(
    result: Result,
    path: str | Path,
    *,
    scenarios: Mapping[str, Mapping[str, float]] | None = None,
    sha256: str = "",
    command: str = "",
    partners: str = "",
    partners_market: str = "",
    force: bool = False,
) -> None:
    """Writes the page of a result; it needs no network and no other file.

    `scenarios`: weights by node code, as stored in the workbook; `partners`: an SVG document of
    the partner graph of `partners_market`. The same input gives the same bytes. Raises
    UsageError where D3 is not installed, InputError where the file exists and `force` is not
    given, or cannot be written.
    """
    text = page(
        Report(result, sha256=sha256, command=command), scenarios or {}, d3_script(),
        partners, partners_market,
    )  # fmt: skip
    with replacing(Path(path), force=force) as stream:
        stream.write(text.encode("utf-8"))


def page(
    report: Report,
    scenarios: Mapping[str, Mapping[str, float]],
    library: str,
    partners: str = "",
    partners_market: str = "",
) -> str:
    """The HTML document in the current language. Scripts and styles run by their hash only
    (Content-Security-Policy)."""
    data = page_content(report, scenarios)
    words = data["words"]
    style = _measures([market["name"] for market in data["markets"]]) + _read("page.css")
    script = "".join(_read(name) for name in _SCRIPTS)
    told = words["partners"].format(market=partners_market) if partners else ""
    return Template(_read("page.html")).substitute(
        {name: escape(text) for name, text in words.items()},
        lang=_TAGS[current()], page_title=escape(data["title"]),
        headline=escape(data["headline"]),
        assumptions=escape(data["assumptions"]), source_line=escape(data["source"]),
        note=escape(words["illustration"]) if data["illustration"] else "",
        policy=_policy([library, script], style), style=style, library=library, script=script,
        data=embedded(data), partner_title=escape(told), partner_picture=partners,
        partner_hidden="" if partners else "hidden",
    )  # fmt: skip


def embedded(data: object) -> str:
    """JSON that stays data wherever it stands in a page."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")).translate(
        _ESCAPES
    )


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _measures(names: list[str]) -> str:
    """The colours, and the room in which the longest name takes two lines."""
    room = min(max(_LETTER * text_width(name) for name in names), _MOST_ROOM)
    colours = "".join(f"--c{i}:#{c};" for i, c in enumerate(COLOURS))
    return f":root{{{colours}--names:{max(room, _LEAST_ROOM):g}rem}}\n"


def _policy(scripts: list[str], style: str) -> str:
    """Nothing but these scripts and this style; no connection, frame, form, object or font."""
    return (
        f"default-src 'none'; script-src {' '.join(_hash(s) for s in scripts)}; "
        f"style-src {_hash(style)}; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
