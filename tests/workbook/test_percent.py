"""Percent cells: a share as Excel has it, or per hundred where the unit says so."""

from pathlib import Path

import numpy as np
from openpyxl import load_workbook

from entryscore.workbook.read import read_workbook
from tests.books import write_book


def test_the_unit_decides_how_percent_is_read(tmp_path: Path) -> None:
    path = write_book(
        tmp_path / "book.xlsx",
        Markets=[
            ("code", "share", "rate"), ("A", 0.45, 0.45), ("B", "45%", "45%"), ("C", 0.3, 30),
        ],
        Indicators=[("code", "unit"), ("share", "of all"), ("rate", "% of population")],
    )  # fmt: skip
    book = load_workbook(path)
    for cell in ("B2", "C2", "B4"):
        book["Markets"][cell].number_format = "0.0%"
    book.save(path)
    read = read_workbook(path)
    np.testing.assert_array_equal(read.table.values, [[0.45, 45], [0.45, 45], [0.3, 30]])
    mixed = [str(w) for w in read.findings.warnings if "mixed" in w.message]
    assert len(mixed) == 1
    assert mixed[0].startswith("Markets!C4:")
