"""`entryscore init`."""

from __future__ import annotations

from pathlib import Path

import click

from entryscore.cli.common import PATH, force_option, lang_option
from entryscore.language import say


@click.command("init")
@click.argument("book", type=PATH, metavar="BOOK.xlsx")
@click.option("--catalogue", metavar="NAME", help="A bundled catalogue (see: indicators).")
@click.option(
    "--from", "table", type=PATH, metavar="TABLE.xlsx",
    help="Your own table, markets in rows: its columns become indicators.",
)  # fmt: skip
@click.option("--markets", metavar="BRA,IND,…", help="Codes of the markets to list.")
@lang_option
@force_option
def command(
    book: Path,
    catalogue: str | None,
    table: Path | None,
    markets: str | None,
    force: bool,
) -> None:
    """Write an input workbook BOOK.xlsx to fill in."""
    from entryscore import application
    from entryscore.bundled import load_catalogue
    from entryscore.drafting import draft_catalogue
    from entryscore.problems import UsageError
    from entryscore.template import write_template

    if catalogue and table:
        raise UsageError(say("give --catalogue or --from, not both"))
    application.settings_of([f"catalogue={catalogue}"] if catalogue else [])
    if table is not None:
        application.require_input(table)
    application.require_output(book, force=force, inputs=[table] if table else [])
    frame = None
    if table is not None:
        drafted, frame = draft_catalogue(table)
    else:
        drafted = load_catalogue(catalogue or "emerging_market_public")
    codes = [code.strip() for code in (markets or "").split(",") if code.strip()]
    write_template(book, drafted, markets=codes, frame=frame, force=force)
    click.echo(
        say("Wrote {book}. Fill in the sheet Markets, then: entryscore check {book}", book=book)
    )
