"""docs/workbook.md names every sheet, column and setting, with its default."""

from pathlib import Path

import pytest

from entryscore.methodology import DEFAULTS, SETTINGS
from entryscore.workbook.tables import LAYOUTS

PAGE = (Path(__file__).parents[1] / "docs" / "workbook.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", LAYOUTS)
def test_sheets_and_columns(name: str) -> None:
    section = PAGE.split(f"\n## {name}\n", 1)[1].split("\n## ", 1)[0]
    assert [c for c in LAYOUTS[name].columns if f"| `{c}`" not in section] == []


@pytest.mark.parametrize("name", SETTINGS)
def test_settings(name: str) -> None:
    default = SETTINGS[name].show(DEFAULTS[name])
    shown = "blank" if default in (None, "") else f"`{default}`"
    assert f"| `{name}` | {shown} |" in PAGE
