"""What a report workbook costs: live at 200 x 60, as values at 2,000 x 60.

Run: python benchmarks/report_cost.py
CPU seconds (user + system) of fresh processes, the least of three, and the peak memory of one.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from openpyxl import Workbook

INDICATORS, RUNS = 60, 3
PEAK = "print(next(x for x in open('/proc/self/status') if x.startswith('VmHWM')).split()[1])"


def write_book(path: Path, markets: int) -> None:
    values = np.random.default_rng(7).lognormal(2, 1, (markets, INDICATORS)).round(2)
    codes = [f"i{k:02d}" for k in range(INDICATORS)]
    book = Workbook()
    sheet = book.active
    sheet.title = "Markets"
    sheet.append(["code", "name", "group", *codes])
    for number, row in enumerate(values.tolist()):
        sheet.append([f"M{number:04d}", f"Market {number}", "ABCDE"[number % 5], *row])
    indicators = book.create_sheet("Indicators")
    indicators.append(["code", "parent", "weight"])
    for k, code in enumerate(codes):
        indicators.append([code, f"p{k % 6}", 1 + k % 3])
    book.save(path)


def cpu(words: list[str]) -> tuple[float, float]:
    """Least CPU seconds of the command, and peak MB of one run."""
    code = f"from entryscore.cli import main\nmain({words!r}, standalone_mode=False)\n"
    seconds = []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        out = subprocess.run(
            [sys.executable, "-c", code + PEAK], check=True, capture_output=True, text=True
        ).stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(seconds), int(out.split()[-1]) / 1024


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for markets, kind in ((200, "--live"), (2000, "--static")):
            book, report = Path(folder) / f"{markets}.xlsx", Path(folder) / "report.xlsx"
            write_book(book, markets)
            score = ["score", str(book), "--format", "csv"]
            base, _ = cpu(score)
            whole, peak = cpu([*score, "-o", str(report), kind, "--force"])
            size = report.stat().st_size / 1e6
            print(
                f"{markets} x {INDICATORS} {kind[2:]}: {whole:.2f} s in all, of which the report "
                f"{whole - base:.2f} s; peak {peak:.0f} MB; file {size:.1f} MB"
            )


if __name__ == "__main__":
    main()
