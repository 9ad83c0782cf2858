"""What several commands share."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from entryscore import language

if TYPE_CHECKING:
    from entryscore.problems import Problem
    from entryscore.result import Result

PATH = click.Path(path_type=Path)
_QUIET_SECONDS = 2.0  # work that is done by then shows no progress
book_argument = click.argument("book", type=PATH, metavar="BOOK.xlsx")
force_option = click.option("--force", is_flag=True, help="Replace an existing file.")
weight_option = click.option(
    "--weight", "weights", multiple=True, metavar="CODE=SHARE",
    help="A node's share among its siblings, 0.4 or 40%; the rest keep their proportions.",
)  # fmt: skip
scenario_option = click.option(
    "--scenario", metavar="NAME", help="A set of weights of the sheet Scenarios."
)
set_option = click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", help="Overrides the sheet Settings."
)


def _speak(ctx: click.Context, param: click.Parameter, value: str) -> None:
    """For the rest of the run, so that what stops it is said in the same language."""
    ctx.find_root().with_resource(language.using(value))


lang_option = click.option(
    "--lang", type=click.Choice(language.LANGUAGES), default=language.ENGLISH, show_default=True,
    envvar="ENTRYSCORE_LANG", callback=_speak, expose_value=False, is_eager=True,
    help="Language of what is printed and written.",
)  # fmt: skip


def warned(warning: Problem) -> str:
    """The line of a warning; its first word is the same in every language."""
    return f"warning: {warning}"


def say_warnings(warnings: Iterable[Problem]) -> None:
    for warning in warnings:
        click.echo(warned(warning), err=True)


def warnings_of(results: Iterable[Result]) -> list[Problem]:
    """Each warning once, in the order found."""
    found = {(w.where, w.message): w for result in results for w in result.warnings}
    return list(found.values())


def command_line(ctx: click.Context) -> str:
    """The command as it would be typed again, without its defaults."""
    words = ["entryscore", str(ctx.info_name)]
    for param in ctx.command.params:
        value = language.current() if param.name == "lang" else ctx.params.get(param.name or "")
        if value in (None, (), False) or value == param.get_default(ctx):
            continue
        for item in value if isinstance(value, tuple) else (value,):
            flag = [param.opts[-1]] if isinstance(param, click.Option) else []
            words += flag if item is True else [*flag, str(item)]
    return shlex.join(words)


@contextmanager
def progress(steps: int, label: str) -> Iterator[Callable[[], None]]:
    """A function to call after each of the steps: after two seconds of work a bar shows on
    stderr, where that is a terminal."""
    bar: Any = None
    begun, done = monotonic(), 0

    def step() -> None:
        nonlocal bar, done
        done += 1
        if bar is not None:
            bar.update(1)
        elif sys.stderr.isatty() and monotonic() - begun > _QUIET_SECONDS:
            bar = click.progressbar(length=steps, label=label, file=sys.stderr)
            bar.__enter__()
            bar.update(done)

    try:
        yield step
    finally:
        if bar is not None:
            bar.__exit__(None, None, None)
