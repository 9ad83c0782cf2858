"""The worked example of CONTRIBUTING.md, followed step by step in a copy of the project."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
LEFT_OUT = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__", "workbooks")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with the example's two blocks put where it says, and the docs made again."""
    copy = tmp_path_factory.mktemp("copy") / "main"
    shutil.copytree(PROJECT, copy, ignore=LEFT_OUT)
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    function, golden = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    with (copy / "src" / "entryscore" / "normalisation.py").open("a", encoding="utf-8") as module:
        module.write("\n\n" + function)
    test = copy / "tests" / "test_normalisation.py"
    before = test.read_text(encoding="utf-8")
    assert "GOLDEN = {\n" in before
    test.write_text(before.replace("GOLDEN = {\n", "GOLDEN = {\n" + golden), encoding="utf-8")
    run(copy, "tools/make_docs.py")
    return copy


def run(copy: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], cwd=copy, text=True, capture_output=True, check=False,
        env={"PYTHONPATH": str(copy / "src"), "PATH": "", "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_its_golden_case_and_the_laws_it_declares_hold(project: Path) -> None:
    chosen = ["tests/test_normalisation.py", "tests/test_properties.py", "tests/test_docs.py"]
    said = run(project, "-m", "pytest", "-v", "-p", "no:cacheprovider", *chosen)
    assert "test_normalisation.py::test_golden[logistic] PASSED" in said
    assert "test_properties.py::test_normalisation[logistic] PASSED" in said
    assert "`logistic`" in (project / "README.md").read_text(encoding="utf-8")


def test_it_scores_a_workbook(project: Path, tmp_path: Path) -> None:
    run(project, "-m", "entryscore", "demo", str(tmp_path))
    book = str(tmp_path / "example.xlsx")
    table = run(
        project, "-m", "entryscore", "score", book, "--top", "3", "--set", "normalisation=logistic"
    )
    assert "of 129 markets ranked" in table
