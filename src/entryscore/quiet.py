"""Solvers written in C may print to the process's standard output, which holds results."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """What C code prints meanwhile goes nowhere."""
    try:
        target = sys.__stdout__.fileno() if sys.__stdout__ else -1
    except (OSError, ValueError):
        target = -1
    if target < 0:
        yield
        return
    sys.stdout.flush()
    kept, nowhere = os.dup(target), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, target)
        yield
    finally:
        os.dup2(kept, target)
        os.close(kept)
        os.close(nowhere)
