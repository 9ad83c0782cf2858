"""`entryscore demo`."""

from __future__ import annotations

from pathlib import Path

import click

from entryscore.cli.common import (
    PATH,
    command_line,
    force_option,
    lang_option,
    say_warnings,
    warnings_of,
)
from entryscore.cli.lifting import partner_fields, shortlist_brief
from entryscore.language import say


@click.command("demo")
@click.argument("folder", type=PATH, default=Path(), metavar="[DIR]")
@lang_option
@force_option
@click.pass_context
def command(ctx: click.Context, folder: Path, force: bool) -> None:
    """Write the bundled example workbook and its report into DIR (default: here) and rank it."""
    from entryscore import application, resources
    from entryscore.output import as_table
    from entryscore.report import write_report
    from entryscore.workbook.read import read_workbook

    book, report = folder / "example.xlsx", folder / "example_report.xlsx"
    folder.mkdir(parents=True, exist_ok=True)
    for path in (book, report):
        application.require_output(path, force=force)
    book.write_bytes(resources.template("example.xlsx").read_bytes())
    read = read_workbook(book, {})
    ranges = application.with_ranges(application.score_book(read), detail=True)
    results = [one.result for one in ranges]
    fields, _ = partner_fields(read, results, must=True)
    say_warnings([*warnings_of(results), *(w for one in ranges for w in one.warnings)])
    write_report(
        results, report, sha256=read.sha256, command=command_line(ctx), force=force,
        equal_ranks=application.equal_ranks(read),
        ranges=ranges[0], partners=shortlist_brief(fields[0], draws=True),
    )  # fmt: skip
    click.echo(as_table(results, ranges=ranges))
    click.echo(say("Workbook: {book}\nReport:   {report}", book=book, report=report))
