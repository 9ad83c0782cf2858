"""How the sheets look that formulas stand on: raw numbers, to be checked and not to be printed."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.language import say
from entryscore.naming import text_width
from entryscore.spreadsheet import QUIET, TITLE, aligned, for_print, header, put, styled

_GREY = "A6A6A6"  # of their tabs
_NARROW, _WIDEST = 9, 40


def open_engine(sheet: Worksheet, title: str, head_row: int, heads: Sequence[str]) -> None:
    """Title, what the sheet is for, headers that no column cuts; grey tab, and a print area of the
    first lines only."""
    put(sheet, 1, 1, title, font=TITLE)
    told = say("Engine sheet: formulas of other sheets stand on it. Only these lines are printed.")
    put(sheet, 2, 1, told, font=QUIET)
    header(sheet, head_row, heads, height=18)
    for column, head in enumerate(heads, 1):
        side = aligned("left" if column == 1 else "right", "center")
        styled(sheet.cell(head_row, column), alignment=side)
        width = min(max(_NARROW, text_width(head)) + 2, _WIDEST)
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.column_dimensions["A"].width = 20
    sheet.sheet_properties.tabColor = _GREY
    for_print(sheet)
    sheet.sheet_view.showGridLines = True
    sheet.print_area = "A1:J2"
