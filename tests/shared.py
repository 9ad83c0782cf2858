"""Where the reference results lie; tests that need them skip where they are absent."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
needs_shared = pytest.mark.skipif(
    not (SHARED / "reference").is_dir(), reason="the reference results (../shared) are not here"
)
