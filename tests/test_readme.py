"""What README shows is what happens."""

import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from entryscore.cli import main
from tests.books import write_book

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
        if answer.endswith("\n…\n"):
            assert got.stdout.startswith(answer.removesuffix("…\n"))
        else:
            assert got.stdout == answer


def test_library_use_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(main, ["demo"], prog_name="entryscore")
    (code,) = blocks("python")
    assert len(code.strip().splitlines()) <= 10
    exec(compile(code, "README.md", "exec"), {})
    assert (tmp_path / "report.xlsx").is_file()


def table(head: str) -> list[list[object]]:
    """The rows of the table with this header, numbers as numbers and blanks as None."""
    text = re.search(rf"^{re.escape(head)}\n(?:\|.*\n)+", README, flags=re.MULTILINE)[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    return [
        [int(cell) if cell.isdigit() else cell or None for cell in row]
        for row in rows
        if row[0] != "---"
    ]


def test_several_years_are_scored_as_shown(tmp_path):
    path = write_book(
        tmp_path / "book.xlsx",
        Markets=[("code",), *("A", "B", "C")],
        Indicators=table("| code | panel | panel_of |"),
        Observations=table("| market | indicator | year | value |"),
    )
    got = CliRunner().invoke(main, ["score", str(path)])
    assert got.exit_code == 0
    [shown] = [
        block for block in blocks("text") if block.startswith("rank  code  score  range  sales")
    ]
    printed = [line.rstrip() for line in got.stdout.splitlines()]
    start = printed.index(shown.splitlines()[0])
    assert printed[start : start + 4] == shown.splitlines()
