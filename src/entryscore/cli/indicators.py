"""`entryscore indicators`."""

from __future__ import annotations

import click

from entryscore.cli.common import lang_option
from entryscore.language import own_name, say, translated


@click.command("indicators")
@click.argument("catalogue", required=False)
@click.argument("code", required=False)
@lang_option
def command(catalogue: str | None, code: str | None) -> None:
    """Show the bundled catalogues, the indicators of CATALOGUE, or all about the indicator CODE."""
    from entryscore.bundled import catalogue_names, load_catalogue
    from entryscore.naming import did_you_mean
    from entryscore.output import columns
    from entryscore.problems import UsageError

    names = list(catalogue_names())
    if catalogue is None:
        heads, rows = [say("catalogue"), say("indicators"), say("title")], []
        for name in names:
            found = load_catalogue(name)
            rows.append([name, str(len(found.indicators)), found.headline])
        click.echo("\n".join(columns(heads, rows, right={1})))
        return
    if catalogue not in names:
        raise UsageError(
            say(
                "no catalogue {catalogue!r} ({advice})",
                catalogue=catalogue,
                advice=did_you_mean(catalogue, names),
            )
        )
    found = load_catalogue(catalogue)
    if code is None:
        rows = [
            [i.code, i.parent, i.direction, translated(i.unit), own_name(i)]
            for i in found.indicators
        ]
        heads = [say("code"), say("parent"), say("direction"), say("unit"), say("name")]
        click.echo("\n".join(columns(heads, rows)))
        return
    if code not in found.codes:
        raise UsageError(
            say(
                "no indicator {code!r} in {catalogue} ({advice})",
                code=code,
                catalogue=catalogue,
                advice=did_you_mean(code, found.codes),
            )
        )
    for key, value in vars(found[code]).items():
        text = value.condition if key == "gate" and value else value
        if text not in (None, ""):
            click.echo(f"{key + ':':<17}{text}")
