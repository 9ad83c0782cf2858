"""Wrong usage is exit code 2, an unreadable file 1; neither shows a traceback."""

import pytest

WRONG = [
    ("--weight", "growth"), ("--weight", "growth=2"), ("--weight", "growth=nan"),
    ("--weight", "nothing=0.5"), ("--weight", "index=0.5"), ("--weight", "growth=0.5"),
    ("--weight", "size=0.6", "--weight", "ease=0.6"),
    ("--weight", "size=0.2", "--weight", "ease=0.2"),
    ("--set", "missing"), ("--set", "mising=zero"), ("--set", "missing=nought"),
    ("--set", "catalogue=nowhere"), ("--scenario", "nobody"), ("--format", "xml"), ("--top", "0"),
    ("-o", "report.csv"), ("--nothing",),
]  # fmt: skip


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_wrong_usage(run, book, words):
    got = run("score", book, *words)
    assert (got.exit_code, got.stdout) == (2, "")
    assert "Traceback" not in got.stderr
    assert "Error: " in got.stderr


@pytest.mark.parametrize("command", ["score", "check"])
def test_absent_and_broken_files(run, tmp_path, command):
    assert run(command, tmp_path / "none.xlsx").exit_code == 1
    assert run(command, tmp_path).exit_code == 1
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 not really")
    got = run(command, broken)
    assert got.exit_code == 1
    assert got.stdout + got.stderr != ""


def test_unknown_command(run):
    got = run("scor")
    assert got.exit_code == 2
    assert "Error: no command 'scor' (did you mean 'score'?)" in got.stderr


def test_output_folder_must_exist(run, book, tmp_path):
    got = run("score", book, "-o", tmp_path / "no" / "report.xlsx")
    assert got.exit_code == 1
    assert "its folder does not exist" in got.stderr
