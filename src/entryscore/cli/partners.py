"""`entryscore partners`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from entryscore.cli.common import (
    PATH,
    book_argument,
    force_option,
    lang_option,
    progress,
    say_warnings,
    scenario_option,
    set_option,
    weight_option,
)
from entryscore.language import say

if TYPE_CHECKING:
    from entryscore.briefing.brief import Brief
    from entryscore.problems import Problem


def _amount(ctx: click.Context, param: click.Parameter, text: str | None) -> float | None:
    """A number that is not below zero."""
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise click.BadParameter(say("{text!r} is no number from 0 on", text=text))
    return number


@click.command("partners")
@book_argument
@click.argument("markets", nargs=-1, metavar="[MARKET]...")
@click.option(
    "--budget", callback=_amount, metavar="B",
    help="The largest uplift for a cost of at most B in each market, instead of the least cost.",
)  # fmt: skip
@click.option(
    "--deadline", callback=_amount, metavar="MONTHS",
    help="Only partners that can count by then; adds what earlier dates cost.",
)  # fmt: skip
@click.option(
    "--format", "shape", type=click.Choice(["table", "csv", "json"]), default="table",
    show_default=True, help="How the answer is printed; csv has a row per market and partner type.",
)  # fmt: skip
@click.option(
    "--graph", type=PATH, metavar="FILE",
    help="Write the markets' partner graph: .graphml or .gexf, or a picture, .svg or .mmd (of more "
    "than three markets the first).",
)  # fmt: skip
@weight_option
@scenario_option
@set_option
@force_option
@lang_option
def command(
    book: Path, markets: tuple[str, ...], budget: float | None, deadline: float | None, shape: str,
    graph: Path | None, weights: tuple[str, ...], scenario: str | None, settings: tuple[str, ...],
    force: bool,
) -> None:  # fmt: skip
    """Find the cheapest set of partner types that closes the gaps of each MARKET.

    MARKET is a code or a name; without any, the highest ranked are taken (setting shortlist).
    """
    from entryscore import application
    from entryscore.briefing.brief import SILENT, Question, assemble, is_silent, work
    from entryscore.partners.answer import Field
    from entryscore.workbook.read import read_workbook

    shares, overrides = application.shares_of(weights), application.settings_of(settings)
    application.require_input(book)
    if graph is not None:
        from entryscore.partners.graph import FORMATS

        application.require_output(graph, force=force, inputs=[book], suffixes=FORMATS)
    read = read_workbook(book, overrides)
    (result,) = application.score_book(read, [scenario] if scenario else [], shares)
    ecosystem, said = application.ecosystem_of(read)
    chosen = application.markets_asked(read, result, markets)
    field = Field.of(result, ecosystem)
    warnings = [*result.warnings, *said, *([SILENT] if is_silent(field) else [])]
    say_warnings(warnings)
    question = Question(
        budget, math.inf if deadline is None else deadline, result.methodology.partner_draws,
        bool(markets),
    )  # fmt: skip
    with progress(work(chosen, question.draws), say("Partners")) as step:
        brief = assemble(field, chosen, question, step)
    if graph is not None:
        _write_graph(brief, graph, force)
    click.echo(_text(brief, shape, read.sha256, warnings), nl=False)


def _text(brief: Brief, shape: str, sha256: str, warnings: list[Problem]) -> str:
    from entryscore.briefing import data, text

    if shape == "csv":
        return data.as_csv(brief)
    if shape == "json":
        return data.as_json(brief, sha256=sha256, warnings=warnings)
    return text.as_text(brief)


def _write_graph(brief: Brief, path: Path, force: bool) -> None:
    from entryscore.briefing.graph import graph_of
    from entryscore.partners.graph import write_graph

    write_graph(graph_of(brief, path.suffix), path, force=force)
