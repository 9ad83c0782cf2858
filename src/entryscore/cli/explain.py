"""`entryscore explain`."""

from __future__ import annotations

from pathlib import Path

import click

from entryscore.cli.common import (
    book_argument,
    lang_option,
    say_warnings,
    scenario_option,
    set_option,
    warnings_of,
    weight_option,
)
from entryscore.language import say


@click.command("explain")
@book_argument
@click.argument("market", metavar="MARKET")
@click.option(
    "--against", metavar="OTHER",
    help="Compare with this market: what makes the difference, and what would swap the two.",
)  # fmt: skip
@click.option(
    "--format", "shape", type=click.Choice(["table", "json"]), default="table",
    show_default=True, help="How the answer is printed.",
)  # fmt: skip
@weight_option
@scenario_option
@set_option
@lang_option
def command(
    book: Path, market: str, against: str | None, shape: str, weights: tuple[str, ...],
    scenario: str | None, settings: tuple[str, ...],
) -> None:  # fmt: skip
    """Say why MARKET (a code or a name) stands where it stands in BOOK.xlsx."""
    from entryscore import application
    from entryscore.explanation import Explanation
    from entryscore.robustness.ranges import ranges_or_warning
    from entryscore.telling import data, text
    from entryscore.workbook.read import read_workbook

    shares, overrides = application.shares_of(weights), application.settings_of(settings)
    application.require_input(book)
    read = read_workbook(book, overrides)
    (result,) = application.score_book(read, [scenario] if scenario else [], shares)
    code = application.market_of(read, market, "MARKET")
    other = application.market_of(read, against, "--against") if against else None
    if other == code:
        raise click.UsageError(say("--against {against}: name another market", against=against))
    ranges = ranges_or_warning(result)
    warnings = [*warnings_of([result]), *ranges.warnings]
    say_warnings(warnings)
    place = result.table.codes.index
    told = Explanation(ranges.result, place(code), place(other) if other else None)
    if shape == "json":
        click.echo(data.as_json(told, sha256=read.sha256, warnings=warnings), nl=False)
    else:
        click.echo(text.as_text(told), nl=False)
