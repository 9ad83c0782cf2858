"""`entryscore tune`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from entryscore.cli.common import (
    PATH,
    book_argument,
    force_option,
    lang_option,
    say_warnings,
    set_option,
    warnings_of,
    weight_option,
)

if TYPE_CHECKING:
    from entryscore.problems import Problem
    from entryscore.tuning.tuned import Tuned
    from entryscore.workbook.read import Book


@click.command("tune")
@book_argument
@click.option(
    "--method", metavar="NAME", help="How the weights are derived; without it the methods are told."
)
@click.option(
    "-o", "--output", type=PATH, metavar="BOOK2.xlsx",
    help="Write a copy of the workbook with the weights as a scenario.",
)  # fmt: skip
@click.option(
    "--scenario-name", "name", metavar="NAME", help="Of the new scenario. Default: the method's."
)
@click.option(
    "--option", "options", multiple=True, metavar="KEY=VALUE",
    help="An option of the method (KEY.CODE=VALUE for one per node); may repeat.",
)  # fmt: skip
@click.option(
    "--format", "shape", type=click.Choice(["table", "csv", "json"]), default="table",
    show_default=True, help="How the answer is printed; csv has code, parent, declared, tuned.",
)  # fmt: skip
@weight_option
@click.option(
    "--scenario", metavar="NAME", help="The set of weights to start from, of the sheet Scenarios."
)
@set_option
@force_option
@lang_option
def command(
    book: Path, method: str | None, output: Path | None, name: str | None,
    options: tuple[str, ...], shape: str, weights: tuple[str, ...], scenario: str | None,
    settings: tuple[str, ...], force: bool,
) -> None:  # fmt: skip
    """Derive weights for BOOK.xlsx and show them beside the present ones, with what moves."""
    from entryscore import application
    from entryscore.tuning import data, request, text
    from entryscore.workbook.read import read_workbook

    method = request.method_of(method)
    name = request.scenario_name(name or method)
    shares, overrides = application.shares_of(weights), application.settings_of(settings)
    chosen = request.options_of(options)
    application.require_input(book)
    if output is not None:
        ending = request.require_like(output, book)
        application.require_output(output, force=force, inputs=[book], suffixes=ending)
    read = read_workbook(book, overrides)
    (before,) = application.score_book(read, [scenario] if scenario else [], shares)
    tuned, said = request.tune_book(read, before, method, chosen, name)
    warnings = [*warnings_of([before]), *said]
    say_warnings(warnings)
    if output is not None:
        warnings += _write(read, tuned, output, name, force)
    if shape == "csv":
        answer = data.as_csv(tuned)
    elif shape == "json":
        answer = data.as_json(tuned, sha256=read.sha256, options=chosen, warnings=warnings)
    else:
        answer = text.as_text(tuned)
    click.echo(answer, nl=False)


def _write(read: Book, tuned: Tuned, path: Path, name: str, force: bool) -> Iterable[Problem]:
    """The copy; what it cannot keep is announced before it is written."""
    from entryscore.workbook.copy import with_scenario

    copy = with_scenario(read.path, name, tuned.stored(), replace=force)
    say_warnings(copy.warnings)
    copy.write(path, force=force)
    return copy.warnings
