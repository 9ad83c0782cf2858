"""Docs made from the registries have not drifted, and their methods are those of the settings."""

import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


@pytest.fixture
def make_docs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(PROJECT / "tools"))
    import make_docs

    yield make_docs
    sys.modules.pop("make_docs")


def test_method_tables(make_docs) -> None:
    page = (PROJECT / "docs" / "methods.md").read_text(encoding="utf-8")
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert page == make_docs.methods_page(), "run: python tools/make_docs.py"
    assert readme == make_docs.with_method_table(readme), "run: python tools/make_docs.py"
    assert "`min_max`" in readme
