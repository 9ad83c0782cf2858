"""What `score` of a 200 x 60 workbook costs beside the sum of its parts.

Run: python benchmarks/score_cost.py
Every figure is CPU seconds (user + system) of a fresh process, the median of five.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from openpyxl import Workbook

MARKETS, INDICATORS, RUNS = 200, 60, 5
BARE = "pass"
IMPORTS = "import openpyxl, pandera.pandas, pandas, numpy, click"
READ = "import openpyxl; openpyxl.load_workbook({path!r}, data_only=True)"
OPENPYXL = "import openpyxl"
ARITHMETIC = """
import numpy as np
x = np.random.default_rng(1).random(({markets}, {indicators}))
s = (x - x.min(0)) / (x.max(0) - x.min(0)) * 100
for _ in range(12):
    (s @ np.ones({indicators})).argsort()
"""
SCORE = "from entryscore.cli import main; main(['score', {path!r}, '--format', 'csv'])"
NUMPY = "import numpy"
EXAMPLE = (
    "from entryscore.cli import main; from entryscore.resources import template; "
    "main(['score', str(template('example.xlsx')), '--format', 'csv', '--set', 'draws={draws}'])"
)
HELP = "from entryscore.cli import main; main(['score', '--help'])"


def write_book(path: Path) -> None:
    values = np.random.default_rng(20240611).lognormal(size=(MARKETS, INDICATORS))
    codes = [f"i{k:02d}" for k in range(INDICATORS)]
    book = Workbook()
    markets = book.active
    markets.title = "Markets"
    markets.append(["code", "name", *codes])
    for number, row in enumerate(values.tolist()):
        markets.append([f"M{number:03d}", f"Market {number}", *row])
    indicators = book.create_sheet("Indicators")
    indicators.append(["code", "parent", "weight"])
    for k, code in enumerate(codes):
        indicators.append([code, f"pillar{k % 6}", 1])
    book.save(path)


def cpu(code: str) -> float:
    """Median CPU seconds of a process that runs the code."""
    seconds = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(seconds)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "book.xlsx")
        write_book(Path(path))
        bare = cpu(BARE)
        imports = cpu(IMPORTS)
        read = cpu(READ.format(path=path)) - cpu(OPENPYXL)
        size = {"markets": MARKETS, "indicators": INDICATORS}
        arithmetic = cpu(ARITHMETIC.format(**size)) - cpu(NUMPY)
        parts = imports + read + arithmetic
        ours = cpu(SCORE.format(path=path))
        print(f"bare Python           {bare:7.3f} s")
        print(f"score --help          {cpu(HELP) - bare:7.3f} s above bare Python")
        print(f"imports               {imports:7.3f} s")
        print(f"openpyxl read         {read:7.3f} s")
        print(f"arithmetic            {arithmetic:7.3f} s")
        print(f"sum of the parts      {parts:7.3f} s")
        print(f"score --format csv    {ours:7.3f} s   ratio {ours / parts:.2f}")
        without, ranges = (cpu(EXAMPLE.format(draws=draws)) for draws in (0, 1000))
        print(f"the example without draws {without:.3f} s, with 1,000: {ranges - without:+.3f} s")


if __name__ == "__main__":
    main()
