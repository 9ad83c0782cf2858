"""What several commands share."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from entryscore.problems import Problem
    from entryscore.result import Result

PATH = click.Path(path_type=Path)
force_option = click.option("--force", is_flag=True, help="Replace an existing file.")


def say_warnings(warnings: Iterable[Problem]) -> None:
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)


def warnings_of(results: Iterable[Result]) -> list[Problem]:
    """Each warning once, in the order found."""
    found = {(w.where, w.message): w for result in results for w in result.warnings}
    return list(found.values())


def command_line(ctx: click.Context) -> str:
    """The command as it would be typed again, without its defaults."""
    words = ["entryscore", str(ctx.info_name)]
    for param in ctx.command.params:
        value = ctx.params.get(param.name or "")
        if value in (None, (), False) or value == param.get_default(ctx):
            continue
        for item in value if isinstance(value, tuple) else (value,):
            flag = [param.opts[-1]] if isinstance(param, click.Option) else []
            words += flag if item is True else [*flag, str(item)]
    return shlex.join(words)
