import pytest
from click.testing import CliRunner, Result

from entryscore.cli import main
from tests.cli import books


@pytest.fixture
def write_book():
    return books.write_book


@pytest.fixture
def book(tmp_path):
    return books.write_book(tmp_path / "book.xlsx")


@pytest.fixture
def six(tmp_path):
    return books.write_six(tmp_path / "six.xlsx")


@pytest.fixture
def run():
    def run(*words: object) -> Result:
        return CliRunner().invoke(main, [str(word) for word in words], prog_name="entryscore")

    return run
