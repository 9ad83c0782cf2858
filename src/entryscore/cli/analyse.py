"""`entryscore analyse`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from entryscore.analyses import Part
    from entryscore.analysis import Kind
    from entryscore.problems import Problem
    from entryscore.result import Result

PARTS = (
    "statistics", "correlations", "alpha", "components", "effects", "leave_one_out",
    "cross_checks", "strengths", "weaknesses", "similar", "comparison",
)  # fmt: skip
NEED_MARKET, NEED_OTHER = ("strengths", "weaknesses", "similar"), ("comparison",)
WIDTH = 100  # of a sentence


@click.command("analyse")
@book_argument
@click.option(
    "--part", "parts", multiple=True, type=click.Choice(PARTS), metavar="PART",
    help=f"One analysis; may repeat. Default: all that apply of {', '.join(PARTS)}.",
)  # fmt: skip
@click.option(
    "--market", metavar="CODE", help="Adds its strengths, weaknesses and the markets most like it."
)
@click.option(
    "--against", multiple=True, metavar="KEY=VALUE",
    help="Adds a comparison with the ranking under this setting; may repeat.",
)  # fmt: skip
@click.option(
    "--level", type=click.IntRange(min=1), metavar="N",
    help="Leave out the nodes of this level only; 1 is right below the index.",
)  # fmt: skip
@click.option(
    "--correlation", "kind", type=click.Choice(["pearson", "spearman", "kendall"]),
    default="pearson", show_default=True, help="Which coefficient.",
)  # fmt: skip
@weight_option
@scenario_option
@set_option
@click.option(
    "--format", "shape", type=click.Choice(["table", "csv", "json"]), default="table",
    show_default=True, help="How the analyses are printed; csv prints one part.",
)  # fmt: skip
@lang_option
def command(
    book: Path, parts: tuple[str, ...], market: str | None, against: tuple[str, ...],
    level: int | None, kind: Kind, weights: tuple[str, ...], scenario: str | None,
    settings: tuple[str, ...], shape: str,
) -> None:  # fmt: skip
    """Look into the index of BOOK.xlsx: its indicators, weights, ranking and markets."""
    parts = tuple(dict.fromkeys(parts))
    _check_parts(parts, market, against, shape)
    from entryscore import analyses, application
    from entryscore.workbook.read import read_workbook

    shares, overrides = application.shares_of(weights), application.settings_of(settings)
    changes = application.settings_of(against, "--against")
    application.require_input(book)
    read = read_workbook(book, overrides)
    scenarios = [scenario] if scenario else []
    (result,) = application.score_book(read, scenarios, shares)
    code = application.market_of(read, market, "--market") if market else None
    other = _other(book, overrides, changes, scenarios, shares) if changes else None
    question = analyses.Question(result, code, other, ", ".join(against), level, kind)
    found = analyses.build(question, parts)
    say_warnings(warnings_of([result, other] if other else [result]))
    click.echo(_text(found, result, read.sha256, shape), nl=False)


def _check_parts(
    parts: tuple[str, ...], market: str | None, against: tuple[str, ...], shape: str
) -> None:
    """What is wrong with the parts asked for, before any work."""
    if shape == "csv" and len(parts) != 1:
        raise click.UsageError(
            say(
                "--format csv prints one part: name it with one --part ({parts})",
                parts=", ".join(PARTS),
            )
        )
    for part in parts:
        if part in NEED_MARKET and not market:
            raise click.UsageError(
                say("--part {part}: name the market with --market CODE", part=part)
            )
        if part in NEED_OTHER and not against:
            raise click.UsageError(
                say("--part {part}: say with what, in --against KEY=VALUE", part=part)
            )


def _renamed(found: Iterable[Problem], changes: Mapping[str, str]) -> list[Problem]:
    """What is said of a setting given as --against names that option."""
    places = {f"--set {key}": f"--against {key}" for key in changes}
    return [replace(problem, where=places.get(problem.where, problem.where)) for problem in found]


def _other(
    book: Path, overrides: Mapping[str, str], changes: Mapping[str, str],
    scenarios: list[str], shares: Mapping[str, float],
) -> Result:  # fmt: skip
    """The same book under the changed settings."""
    from entryscore import application
    from entryscore.problems import InputError
    from entryscore.workbook.read import read_workbook

    try:
        changed = read_workbook(book, {**overrides, **changes})
        (result,) = application.score_book(changed, scenarios, shares)
    except InputError as error:
        raise InputError(
            _renamed(error.problems, changes), _renamed(error.warnings, changes)
        ) from None
    return replace(result, warnings=tuple(_renamed(result.warnings, changes)))


def _text(found: Mapping[str, Part], result: Result, sha256: str, shape: str) -> str:
    from entryscore import output
    from entryscore.analyses.part import ROWS
    from entryscore.wording import wrapped

    if shape == "csv":
        (part,) = found.values()
        return output.frame_csv(part.frame)
    if shape == "json":
        frames = {name: part.frame for name, part in found.items()}
        frames |= {
            f"{name}_summary": part.summary
            for name, part in found.items() if part.summary is not None
        }  # fmt: skip
        return output.dump(sha256, **{k: output.frame_rows(v) for k, v in frames.items()})
    lines = output.heading(result, named=result.scenario != "base")
    for name, part in found.items():
        lines += ["", *wrapped(f"{name}: {part.title}", WIDTH), *wrapped(part.reading, WIDTH), ""]
        if len(part.brief):
            lines += [*output.frame_table(part.shown(result).head(ROWS), part.formats), ""]
        notes = list(part.notes)
        if len(part.brief) > ROWS:
            notes.insert(0, say("{more} more rows in csv and json", more=len(part.brief) - ROWS))
        lines += [line for note in notes for line in wrapped(note, WIDTH)]
        if not lines[-1]:
            lines.pop()
    return "\n".join([*lines, ""])
