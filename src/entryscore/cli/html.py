"""The option --html of `entryscore score`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entryscore.partners.answer import Field
    from entryscore.result import Result
    from entryscore.workbook.read import Book


def require_page(path: Path | None, book: Path, *, force: bool) -> None:
    """Refuses, before any work, a page that cannot be written or drawn."""
    if path is None:
        return
    from entryscore import application
    from entryscore.page.library import d3_script

    application.require_output(path, force=force, inputs=[book], suffixes=(".html", ".htm"))
    d3_script()


def write_html(
    path: Path | None, book: Book, result: Result, fields: Sequence[Field],
    *, command: str, force: bool,
) -> None:  # fmt: skip
    """Writes the page of the result, with the partner graph of its first market."""
    if path is None:
        return
    from entryscore.page import write_page

    market, picture = _partners(fields[0]) if fields and result.ranked.any() else ("", "")
    write_page(
        result, path, scenarios=book.scenarios, sha256=book.sha256, command=command,
        partners=picture, partners_market=market, force=force,
    )  # fmt: skip


def _partners(field: Field) -> tuple[str, str]:
    """The first market's name and its partner graph as SVG."""
    from entryscore.briefing.brief import Question, assemble
    from entryscore.briefing.graph import graph_of
    from entryscore.partners.drawing import draw

    first = int(field.result.order[0])
    graph = graph_of(assemble(field, [first], Question()))
    return field.result.table.label(first), draw(graph)
