"""LibreOffice for tests: recalculates a workbook from scratch, whatever values it holds."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
needs_libreoffice = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"
 oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def converted(paths: Sequence[Path], folder: Path, kind: str = "xlsx") -> list[Path]:
    """The files as LibreOffice writes them after recalculating every formula."""
    profile = folder / "profile"
    if not profile.exists():
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS, encoding="utf-8")
    out = folder / "converted"
    subprocess.run(
        [
            str(SOFFICE), f"-env:UserInstallation=file://{profile}", "--headless",
            "--convert-to", kind, "--outdir", str(out), *map(str, paths),
        ],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    return [out / f"{path.stem}.{kind}" for path in paths]
