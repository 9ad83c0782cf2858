"""`entryscore check`."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from entryscore.cli.common import (
    book_argument,
    lang_option,
    warned,
)
from entryscore.language import say


@click.command("check")
@book_argument
@click.option(
    "--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How the list is printed.",
)  # fmt: skip
@lang_option
@click.pass_context
def command(ctx: click.Context, book: Path, shape: str) -> None:
    """List every problem and every warning of BOOK.xlsx with its cell."""
    from entryscore import application, output
    from entryscore.problems import InputError
    from entryscore.workbook.read import read_workbook

    application.require_input(book)
    sha256 = hashlib.sha256(book.read_bytes()).hexdigest()
    try:
        read = read_workbook(book, {})
        found = application.check_book(read)
        problems, warnings = found.problems, found.warnings
    except InputError as error:
        problems, warnings = error.problems, error.warnings
    if shape == "json":
        lists = {"problems": problems, "warnings": warnings}
        text = output.dump(sha256, **{k: [p.as_dict() for p in v] for k, v in lists.items()})
    else:
        lines = [*map(str, problems), *map(warned, warnings)]
        text = "".join(f"{line}\n" for line in lines)
        if not problems:
            text += (
                say("{book}: no problems; warnings: {count}", book=book, count=len(warnings)) + "\n"
            )
    click.echo(text, nl=False)
    ctx.exit(1 if problems else 0)
