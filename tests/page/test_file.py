"""The file that `score --html` writes, without a browser."""

import base64
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import entryscore.page
from entryscore import resources
from entryscore.page import library, write_page
from entryscore.page.words import WORDS
from tests.page import cases

HERE = Path(entryscore.page.__file__).parent


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "page.html"
    write_page(cases.result(), path, sha256="ab" * 32, command="entryscore score")
    return path.read_text(encoding="utf-8")


def test_only_its_own_scripts_and_style_may_run(text):
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)[1]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy
    for kind, tag in (("script-src", "script"), ("style-src", "style")):
        found = re.findall(rf"<{tag}>(.*?)</{tag}>", text, flags=re.DOTALL)
        hashes = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in found]
        assert rules[kind].split() == [f"'sha256-{h}'" for h in hashes]
    assert not re.search(
        r"\son\w+=|\sstyle=|<(iframe|object|embed|form)\b", text.split("<script")[0]
    )


def test_nothing_is_fetched_from_anywhere(text):
    body = text.replace(library.d3_script(), "")
    found = set(re.findall(r"(?:src|href|url)\s*[=(]\s*[\"']?([^\"')>\s]+)", body))
    assert found == {"data:,"}


def test_size(text):
    """D3 is 238 kB of it; 40 markets by 9 indicators."""
    assert len(text.encode()) < 320_000


def test_same_input_same_bytes(tmp_path):
    book = resources.template("example.xlsx")
    found = []
    for seed, zone in (("1", "UTC"), ("77", "Asia/Taipei")):
        path = tmp_path / "page.html"
        command = [sys.executable, "-m", "entryscore", "score", book, "--html", path, "--force"]
        env = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone}
        env["PYTHONPATH"] = str(HERE.parents[1])
        subprocess.run(command, env=env, check=True, capture_output=True)
        found.append(path.read_bytes())
    assert found[0] == found[1]
    text = found[0].decode()
    assert "From gap to partner: Malaysia" in text
    assert text.count("<svg") == 1
    assert "illustration, not advice" in text


def test_every_label_exists_and_is_used():
    scripts = "".join(path.read_text(encoding="utf-8") for path in sorted(HERE.glob("*.js")))
    asked = set(re.findall(r'say\((?:\w+ \? )?"(\w+)"', scripts))
    asked |= set(re.findall(r'say\(\w+ \? "\w+" : "(\w+)"', scripts))
    template = set(re.findall(r"\$(\w+)", (HERE / "page.html").read_text(encoding="utf-8")))
    python = set(
        re.findall(r'words\[f?"(\w+)"\]', "".join(p.read_text("utf-8") for p in HERE.glob("*.py")))
    )
    assert asked <= WORDS.keys()
    assert python <= WORDS.keys()
    unused = WORDS.keys() - asked - template - python
    assert all(w.startswith(("scale_", "assume_")) or f'"{w}"' in scripts for w in unused)


class TestCommand:
    @pytest.fixture
    def run(self):
        from click.testing import CliRunner

        from entryscore.cli import main

        def run(*words):
            return CliRunner().invoke(main, [str(w) for w in words], prog_name="entryscore")

        return run

    @pytest.fixture
    def book(self, tmp_path):
        from tests.cli.books import write_six

        return write_six(tmp_path / "six.xlsx")

    def test_writes_the_page_beside_the_ranking(self, run, book, tmp_path):
        page = tmp_path / "page.html"
        got = run("score", book, "--html", page, "--weight", "p=40%", "--format", "csv")
        assert got.exit_code == 0, got.stderr
        assert got.stdout == run("score", book, "--weight", "p=40%", "--format", "csv").stdout
        text = page.read_text(encoding="utf-8")
        assert '"scenario":"base"' in text
        assert '"name":"q first"' in text
        assert "--weight p=40%" in text

    def test_an_existing_page_is_refused_before_any_work(self, run, tmp_path):
        page = tmp_path / "page.html"
        page.write_text("mine", encoding="utf-8")
        bad = tmp_path / "bad.xlsx"
        bad.write_bytes(b"no workbook")
        got = run("score", bad, "--html", page)
        assert got.exit_code == 1
        assert got.stderr == f"{page}: exists already (add --force to replace it)\n"
        assert page.read_text(encoding="utf-8") == "mine"

    def test_the_name_must_end_in_html(self, run, book, tmp_path):
        got = run("score", book, "--html", tmp_path / "page.pdf")
        assert got.exit_code == 2
        assert "what is written is a page (end its name in .html, .htm)" in got.stderr

    def test_without_d3_it_says_what_to_install(self, run, book, tmp_path, monkeypatch):
        monkeypatch.setattr(library, "find_spec", lambda name: None)
        got = run("score", book, "--html", tmp_path / "page.html")
        assert got.exit_code == 2
        assert "pip install 'entryscore[page]'" in got.stderr
        assert not (tmp_path / "page.html").exists()
        assert run("score", book).exit_code == 0
