"""What a sheet says that does not follow the sheet Weights."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from entryscore.language import say
from entryscore.report.model import Report
from entryscore.spreadsheet import QUIET, put


def say_as_of_run(sheet: Worksheet, row: int, report: Report) -> None:
    """A quiet line; none where nothing in the workbook follows."""
    if not report.static:
        text = say("As of the run: these figures do not follow the sheet Weights.")
        put(sheet, row, 1, text, font=QUIET)
