"""Every workbook in tests/workbooks is a test: valid ones score, invalid ones are refused."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from entryscore.cli import main

FOLDER = Path(__file__).parent / "workbooks"


def run(monkeypatch: pytest.MonkeyPatch, path: Path, command: str) -> Result:
    monkeypatch.chdir(path.parent)
    return CliRunner().invoke(main, [command, path.name], prog_name="entryscore")


def found(kind: str) -> list[Path]:
    paths = sorted((FOLDER / kind).glob("*.xlsx"))
    assert paths
    return paths


@pytest.mark.parametrize("path", found("valid"), ids=lambda p: p.stem)
def test_valid(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = run(monkeypatch, path, "check")
    assert checked.exit_code == 0
    assert checked.stdout == path.with_suffix(".txt").read_text(encoding="utf-8")
    assert run(monkeypatch, path, "score").exit_code == 0


@pytest.mark.parametrize("path", found("invalid"), ids=lambda p: p.stem)
def test_invalid(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = run(monkeypatch, path, "check")
    assert checked.exit_code == 1
    assert checked.stdout == path.with_suffix(".txt").read_text(encoding="utf-8")
    scored = run(monkeypatch, path, "score")
    assert (scored.exit_code, scored.stdout) == (1, "")
