"""`entryscore score`."""

from __future__ import annotations

from pathlib import Path

import click

from entryscore.cli.common import (
    PATH,
    book_argument,
    command_line,
    force_option,
    lang_option,
    say_warnings,
    set_option,
    warnings_of,
    weight_option,
)
from entryscore.cli.html import require_page, write_html
from entryscore.cli.lifting import adjusted_columns, partner_fields, shortlist_brief


@click.command("score")
@book_argument
@click.option("-o", "--output", type=PATH, metavar="REPORT.xlsx", help="Write the report workbook.")
@click.option(
    "--html", "page", type=PATH, metavar="PAGE.html",
    help="Write the ranking as a page with sliders for the weights; needs no network.",
)  # fmt: skip
@click.option(
    "--format", "shape", type=click.Choice(["table", "csv", "json"]), default="table",
    show_default=True, help="How the ranking is printed.",
)  # fmt: skip
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="Print the first N only.")
@weight_option
@click.option(
    "--scenario", "scenarios", multiple=True, metavar="NAME",
    help="A set of weights of the sheet Scenarios; may repeat. 'base' is the sheets' own.",
)  # fmt: skip
@set_option
@click.option(
    "--live/--static",
    "live",
    default=None,
    help="Whether the report follows its sheet Weights; by default it does, up to 2,000 markets.",
)
@click.option(
    "--partners", is_flag=True,
    help="Add what local partners could make of each ranked market's score and rank.",
)  # fmt: skip
@lang_option
@force_option
@click.pass_context
def command(
    ctx: click.Context, book: Path, output: Path | None, page: Path | None,
    shape: str, top: int | None,
    weights: tuple[str, ...], scenarios: tuple[str, ...], settings: tuple[str, ...],
    live: bool | None, partners: bool, force: bool,
) -> None:  # fmt: skip
    """Validate, score and rank the markets of BOOK.xlsx."""
    from entryscore import application
    from entryscore import output as printing
    from entryscore.tuning import side_by_side
    from entryscore.workbook.read import read_workbook

    shares, overrides = application.shares_of(weights), application.settings_of(settings)
    application.require_input(book)
    if output is not None:
        application.require_output(output, force=force, inputs=[book])
    require_page(page, book, force=force)
    read = read_workbook(book, overrides)
    results = application.score_book(read, scenarios, shares)
    ranges = application.with_ranges(results, detail=output is not None)
    results = [one.result for one in ranges]
    warnings = [*warnings_of(results), *(w for one in ranges for w in one.warnings)]
    wanted = partners or output or page
    fields, said = partner_fields(read, results, must=partners) if wanted else ([], [])
    warnings += said
    say_warnings(warnings)
    more = adjusted_columns(fields) if partners else []
    if output is not None:
        from entryscore.report import write_report

        write_report(
            results, output, sha256=read.sha256, command=command_line(ctx), force=force,
            equal_ranks=application.equal_ranks(read),
            ranges=ranges[0],
            partners=shortlist_brief(fields[0], draws=partners) if fields else None,
            scenarios=application.stored_weights(read),
            static=None if live is None else not live, warnings=warnings,
        )  # fmt: skip
    write_html(
        page, read, results[0], fields, command=command_line(ctx), force=force
    )  # fmt: skip
    if shape == "csv":
        text = printing.as_csv(results, top=top, more=more)
    elif shape == "json":
        text = printing.as_json(
            results, sha256=read.sha256, warnings=warnings, top=top, more=more, ranges=ranges
        )
    else:
        text = printing.as_table(results, top=top, more=more, ranges=ranges)
        text += side_by_side.as_text(results, top)
    click.echo(text, nl=False)
