"""What README shows is what happens."""

import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from entryscore.cli import main

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_opens_with_the_two_commands():
    assert (
        blocks("sh")[0]
        == "make demo    # the bundled example: workbook, report, ranking\nmake test\n"
    )


def test_ranking_shown_is_the_ranking_printed(tmp_path):
    got = CliRunner().invoke(main, ["demo", str(tmp_path)], prog_name="entryscore")
    shown = [line for line in blocks("text")[0].splitlines() if line != "…"]
    printed = [line.rstrip() for line in got.stdout.splitlines()]
    assert shown == printed[: len(shown)]


def test_answers_shown_are_the_answers_printed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(main, ["demo"], prog_name="entryscore")
    shown = [block for block in blocks("text") if block.startswith("$ entryscore ")]
    assert shown
    for block in shown:
        command, _, answer = block.removeprefix("$ entryscore ").partition("\n")
        got = CliRunner().invoke(main, shlex.split(command), prog_name="entryscore")
        assert got.stdout == answer


def test_library_use_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(main, ["demo"], prog_name="entryscore")
    (code,) = blocks("python")
    assert len(code.strip().splitlines()) <= 10
    exec(compile(code, "README.md", "exec"), {})
    assert (tmp_path / "report.xlsx").is_file()
