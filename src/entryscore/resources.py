"""Where the bundled catalogues and templates lie."""

from __future__ import annotations

from pathlib import Path


def folder(name: str) -> Path:
    """The folder `indicators` or `templates`: in the package, else beside pyproject.toml."""
    package = Path(__file__).resolve().parent
    installed, checkout = package / name, package.parents[1] / name
    return installed if installed.is_dir() else checkout


def template(name: str) -> Path:
    """A bundled workbook, such as `example.xlsx`."""
    return folder("templates") / name
