"""Draws the pictures in docs/pictures: sheets of the example's report, and its page.

Run: python tools/make_pictures.py
Needs LibreOffice (soffice), poppler (pdftoppm, pdftotext) and Chromium on the path.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PICTURES = PROJECT / "docs" / "pictures"
SHEETS = ("Summary", "Ranking", "Weights", "Profiles", "Quadrant", "Robustness", "Partners")
PROGRAMS = ("soffice", "pdftoppm", "pdftotext", "chromium")
FOOTER = re.compile(r"^\s*([A-Z][a-z ]+), page (\d+) of \d+\s*$", re.MULTILINE)


def run(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def first_pages(pdf: Path) -> dict[str, int]:
    """The first page of each sheet, by the footers that name it."""
    found: dict[str, int] = {}
    for name, page in FOOTER.findall(run("pdftotext", "-layout", str(pdf), "-")):
        found.setdefault(name, int(page))
    return found


def main() -> None:
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        sys.exit(f"not on the path: {', '.join(missing)}")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        entryscore = (sys.executable, "-m", "entryscore")
        run(*entryscore, "demo", folder)
        book, report = Path(folder) / "example.xlsx", Path(folder) / "report.xlsx"
        page = Path(folder) / "page.html"
        run(*entryscore, "score", str(book), "-o", str(report), "--partners", "--html", str(page))
        profile = f"-env:UserInstallation=file://{folder}/profile"
        run(
            "soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(report)
        )
        pdf = report.with_suffix(".pdf")
        pages = first_pages(pdf)
        for name in SHEETS:
            number = str(pages[name])
            target = PICTURES / name.lower()
            run("pdftoppm", "-r", "70", "-png", "-singlefile", "-f", number, str(pdf), str(target))
        run(
            "chromium", "--headless", "--no-sandbox", "--hide-scrollbars", "--disable-gpu",
            "--window-size=1200,1500", f"--screenshot={PICTURES / 'page.png'}", page.as_uri(),
        )  # fmt: skip


if __name__ == "__main__":
    main()
