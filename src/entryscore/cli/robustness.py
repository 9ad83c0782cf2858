"""`entryscore robustness`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from entryscore.cli.common import (
    PATH,
    book_argument,
    force_option,
    lang_option,
    progress,
    say_warnings,
    scenario_option,
    set_option,
    weight_option,
)
from entryscore.language import say

if TYPE_CHECKING:
    from entryscore.problems import Problem
    from entryscore.robustness.ranges import Ranges
    from entryscore.standing.findings import Standing

_MOST = 10**9


@click.command("robustness")
@book_argument
@click.option(
    "--draws", type=click.IntRange(1, _MOST), metavar="N",
    help="How many draws of the assumptions; overrides the setting (1000).",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0, _MOST), metavar="S",
    help="The same seed gives the same answer; overrides the setting (1).",
)  # fmt: skip
@click.option(
    "--jobs", type=click.IntRange(1), default=1, show_default=True, metavar="N",
    help="Processes to share the draws; the answer is the same with any number.",
)  # fmt: skip
@click.option(
    "--format", "shape", type=click.Choice(["table", "csv", "json"]), default="table",
    show_default=True, help="How the answer is printed; json has everything.",
)  # fmt: skip
@click.option(
    "--save-draws", "saved", type=PATH, metavar="FILE.csv",
    help="Write what each draw assumed, a row per draw.",
)  # fmt: skip
@weight_option
@scenario_option
@set_option
@force_option
@lang_option
def command(
    book: Path, draws: int | None, seed: int | None, jobs: int, shape: str, saved: Path | None,
    weights: tuple[str, ...], scenario: str | None, settings: tuple[str, ...], force: bool,
) -> None:  # fmt: skip
    """Tell how sure each rank of BOOK.xlsx is, and which assumption moves it most.

    What is uncertain says the setting uncertain.
    """
    from entryscore import application
    from entryscore.standing.findings import assemble, work
    from entryscore.workbook.read import read_workbook

    shares, overrides = application.shares_of(weights), application.settings_of(settings)
    typed = {"draws": draws, "seed": seed}
    overrides |= {key: str(value) for key, value in typed.items() if value is not None}
    application.require_input(book)
    if saved is not None:
        application.require_output(saved, force=force, inputs=[book], suffixes=(".csv",))
    read = read_workbook(book, overrides)
    (result,) = application.score_book(read, [scenario] if scenario else [], shares)
    say_warnings(result.warnings)
    with progress(work(result), say("Robustness")) as step:
        standing = assemble(result, jobs=jobs, step=step)
    say_warnings(standing.ranges.warnings)
    if saved is not None:
        _save(standing.ranges, saved, force)
    warnings = [*result.warnings, *standing.ranges.warnings]
    click.echo(_text(standing, shape, read.sha256, warnings), nl=False)


def _save(ranges: Ranges, path: Path, force: bool) -> None:
    from entryscore.files import replacing
    from entryscore.output import frame_csv
    from entryscore.robustness.replay import parameters

    text = frame_csv(parameters(ranges.plan, ranges.asked))
    with replacing(path, force=force) as stream:
        stream.write(text.encode("utf-8"))


def _text(standing: Standing, shape: str, sha256: str, warnings: list[Problem]) -> str:
    from entryscore.standing import data, text

    if shape == "csv":
        return data.as_csv(standing)
    if shape == "json":
        return data.as_json(standing, sha256=sha256, warnings=warnings)
    return text.as_text(standing)
