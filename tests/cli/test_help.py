"""Help says all there is and loads little; commands run with one thread of linear algebra."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import entryscore
from entryscore.cli import COMMANDS

ENV = os.environ | {"PYTHONPATH": str(Path(entryscore.__file__).parents[1])}
HELP = """\
Commands:
  demo        Write the bundled example and its report, and print the ranking.
  init        Write an input workbook to fill in.
  check       List every problem and warning of a workbook with its cell.
  score       Score and rank the markets of a workbook.
  analyse     Look into an index: its indicators, weights, ranking, one market.
  tune        Derive weights by a method, and show what they move.
  explain     Say why a market stands where it stands, and what would move it.
  robustness  Tell how sure each rank is, and which assumption moves it most.
  partners    Find the partner types that close each market's gaps at the least
              cost.
  indicators  Show the bundled catalogues and their indicators.
"""


def test_help_lists_the_commands(run):
    got = run("--help")
    assert got.exit_code == 0
    assert got.stdout.endswith(HELP)


@pytest.mark.parametrize("command", COMMANDS)
def test_short_help_agrees(run, command):
    assert run(command, "--help").exit_code == 0


@pytest.mark.parametrize("words", [(), *((c,) for c in COMMANDS)], ids=" ".join)
def test_help_loads_nothing_heavy(words):
    script = (
        "import sys; from entryscore.cli import main\n"
        f"main({[*words, '--help']!r}, standalone_mode=False)\n"
        "heavy = {'numpy', 'pandas', 'pandera', 'openpyxl', 'networkx', 'scipy', 'pycountry'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], env=ENV, check=True, capture_output=True)


@pytest.mark.parametrize(("given", "used"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")])
def test_linear_algebra_has_one_thread_unless_told_otherwise(given, used):
    script = (
        "import os, sys; from entryscore.cli import main\n"
        "assert 'numpy' not in sys.modules\n"
        "main(['indicators'], standalone_mode=False)\n"
        "assert 'numpy' in sys.modules\n"
        "sys.exit(os.environ['OPENBLAS_NUM_THREADS'])\n"
    )
    env = {k: v for k, v in ENV.items() if k != "OPENBLAS_NUM_THREADS"} | given
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True)
    assert done.stderr.strip() == used
