import importlib.util
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from entryscore.cli import main

_spec = importlib.util.spec_from_file_location("cli_books", Path(__file__).with_name("books.py"))
books = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(books)


@pytest.fixture
def write_book():
    return books.write_book


@pytest.fixture
def book(tmp_path):
    return books.write_book(tmp_path / "book.xlsx")


@pytest.fixture
def run():
    def run(*words: object) -> Result:
        return CliRunner().invoke(main, [str(word) for word in words], prog_name="entryscore")

    return run
