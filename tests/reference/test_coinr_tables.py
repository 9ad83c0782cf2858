"""docs/coinr.md names every reference table once, and the tests it speaks of exist."""

import re
from pathlib import Path

import pytest

from tests.reference.asem import COINR
from tests.shared import needs_shared

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "coinr.md"
NAME = re.compile(r"`([^`]+)`")


def sections() -> dict[str, str]:
    parts = PAGE.read_text(encoding="utf-8").split("\n## ")
    return {part.splitlines()[0]: part for part in parts}


def cells(section: str) -> list[list[str]]:
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [line.strip("| ").split(" | ") for line in lines]


def named_tables() -> list[str]:
    done, exceptions = sections()["Reproduced"], sections()["Exceptions"]
    inputs = done[done.index("\nInputs of these") :].split("\n\n")[0]
    tables = [row[0] for part in (done, exceptions) for row in cells(part)]
    return NAME.findall(" ".join([*tables, inputs]))


@needs_shared
def test_every_table_is_named() -> None:
    assert sorted(named_tables()) == sorted(path.stem for path in COINR.glob("*.csv"))


@pytest.mark.parametrize("section", ["Reproduced", "Exceptions"])
def test_the_tests_named_read_the_tables(section: str) -> None:
    """Each table of a row occurs in the file that defines the row's test, whole or by its parts."""
    sources = [path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py")]
    rows = [row for row in cells(sections()[section]) if "not " not in row[-1]]
    assert rows
    for tables, _, tests in rows:
        for test in NAME.findall(tests):
            found = [source for source in sources if f"def {test}(" in source]
            assert found, test
            lacking = [t for t in NAME.findall(tables) if not any(reads(t, s) for s in found)]
            assert not lacking, (test, lacking)


def reads(table: str, source: str) -> bool:
    """Whether the text has the table's name, or a pattern of it and the part filled in."""
    if f'"{table}"' in source or f'"{table}.csv"' in source:
        return True
    patterns = re.findall(r'f"([\w.]*\{\w+\}[\w.]*)"', source)
    for pattern in patterns:
        form = re.sub(r"\\\{\w+\\\}", "(.+)", re.escape(pattern.removesuffix(".csv")))
        match = re.fullmatch(form, table)
        if match and re.search(rf'(["\[ ]){re.escape(match[1])}(["\],])', source):
            return True
    return False
