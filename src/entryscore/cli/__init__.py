"""The command line. Commands load when called, so that help stays quick."""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from typing import Any

import click

from entryscore import __version__
from entryscore.language import say
from entryscore.problems import EntryscoreError, InputError, UsageError

_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
STOPPED = 130  # exit code after Ctrl-C: 128 + SIGINT, as shells have it
COMMANDS = {
    "demo": "Write the bundled example and its report, and print the ranking.",
    "init": "Write an input workbook to fill in.",
    "check": "List every problem and warning of a workbook with its cell.",
    "score": "Score and rank the markets of a workbook.",
    "analyse": "Look into an index: its indicators, weights, ranking, one market.",
    "tune": "Derive weights by a method, and show what they move.",
    "explain": "Say why a market stands where it stands, and what would move it.",
    "robustness": "Tell how sure each rank is, and which assumption moves it most.",
    "partners": "Find the partner types that close each market's gaps at the least cost.",
    "indicators": "Show the bundled catalogues and their indicators.",
}


class LazyGroup(click.Group):
    """Knows its commands by name and short help only; shows a user's mistakes without traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"entryscore.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from entryscore.naming import did_you_mean

            ctx.fail(f"no command {args[0]!r} ({did_you_mean(args[0], COMMANDS)})")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return self._invoke(ctx)
        except KeyboardInterrupt:
            click.echo(("\n" if sys.stderr.isatty() else "") + say("stopped"), err=True)  # after ^C
            ctx.exit(STOPPED)

    def _invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UsageError as error:
            raise click.UsageError(str(error)) from None
        except InputError as error:
            from entryscore.cli.common import warned

            for problem in error.problems:
                click.echo(str(problem), err=True)
            for warning in error.warnings:
                click.echo(warned(warning), err=True)
            ctx.exit(error.exit_code)
        except EntryscoreError as error:
            click.echo(str(error), err=True)
            ctx.exit(error.exit_code)
        except OSError as error:
            if error.errno == errno.EPIPE or not error.strerror:
                raise
            name = f"{error.filename}: " if error.filename else ""
            click.echo(f"{name}{error.strerror}", err=True)
            ctx.exit(1)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="entryscore")
def main() -> None:
    """Composite indices for market entry: a workbook in, a ranked report workbook out."""
    for name in _THREADS:  # more threads wait for each other here, and add up in another order
        os.environ.setdefault(name, "1")
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # a console that lacks a letter is no reason to stop
            reconfigure(errors="backslashreplace")
