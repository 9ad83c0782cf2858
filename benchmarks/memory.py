"""Memory and time of a million draws, and of forty thousand markets.

Run: python benchmarks/memory.py

Each case runs in a process of its own. `above the imports` is the peak of resident memory less the
peak after the imports; it holds the scored table, whose own part is told too.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from robustness import synthetic

CASES = ((1_000_000, 200, 60), (1_000, 40_000, 60))
MOST = 100  # MB that a million draws of 200 markets may take above the imports


def peak() -> float:
    """MB of resident memory at its highest, by VmHWM: ru_maxrss begins with the parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def case(draws: int, markets: int, indicators: int) -> None:
    from entryscore.robustness.plan import plan_of
    from entryscore.robustness.run import run

    imported = peak()
    result = synthetic(markets, indicators, 6)
    scored = peak()
    wall, cpu = time.perf_counter(), time.process_time()
    outcome = run(plan_of(result, ("weights",)), draws)
    low, high = outcome.ranks.quantiles(np.array([0.05, 0.95]))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    assert outcome.draws == draws
    print(
        f"{draws:,} draws x {markets:,} x {indicators}: {wall:.1f} s ({cpu:.1f} s CPU), "
        f"{peak() - imported:.0f} MB above the imports ({imported:.0f} MB), of which "
        f"{scored - imported:.0f} MB for the scored table; mean width of 5-95 % ranks "
        f"{np.mean(high - low):.1f}"
    )
    if markets == CASES[0][1]:
        assert peak() - imported < MOST


def main() -> None:
    if len(sys.argv) > 1:
        case(*map(int, sys.argv[1:]))
        return
    for numbers in CASES:
        subprocess.run([sys.executable, __file__, *map(str, numbers)], check=True)


if __name__ == "__main__":
    main()
