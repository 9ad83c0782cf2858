"""The sheet Data quality: what was missing, and what to look at."""

from __future__ import annotations

import numpy as np
from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.language import say, translated
from entryscore.naming import text_width
from entryscore.report.as_of_run import say_as_of_run
from entryscore.report.model import SHARE, WHOLE, Report
from entryscore.spreadsheet import HEADING, TITLE, aligned, for_print, header, lines, put
from entryscore.wording import flag

_WIDTHS = (20, 10, 12, 16, 16, 24, 28)  # of all columns but the first
_LEAST = (44, *_WIDTHS)
_COLUMNS = len(_LEAST)
_TEXT = int(1.2 * sum(_LEAST[4:]))  # characters in one line of the last columns, merged
_MERGED = 500  # rows that are merged at most: each merge is compared with all before
_SHRUNK = Alignment("left", "center", shrink_to_fit=True, indent=1)


def add_data_quality(book: Workbook, report: Report) -> None:
    """Indicators, warnings of the run, and the markets that lack values."""
    sheet = book.create_sheet("Data quality")
    put(sheet, 1, 1, say("Data quality"), font=TITLE)
    say_as_of_run(sheet, 2, report)
    row = _indicators(sheet, 4, report)
    row = _warnings(sheet, row, report)
    _markets(sheet, row, report)
    names = [report.name(n) for n in report.result.tree.leaves]
    names += map(report.result.table.label, range(len(report.result.table.codes)))
    widest = min(70, max(44, *(text_width(name) + 3 for name in names)))
    for letter, width in zip("ABCDEFGH", (widest, *_WIDTHS), strict=True):
        sheet.column_dimensions[letter].width = width
    for_print(sheet, freeze="A2")


def _indicators(sheet: Worksheet, row: int, report: Report) -> int:
    """A row per indicator; the next free row."""
    result = report.result
    put(sheet, row, 1, say("Indicators"), font=HEADING)
    names = (
        say("indicator"), say("code"), say("missing"), say("share missing"), say("lowest"),
        say("highest"), say("unit"), say("treatment"),
    )  # fmt: skip
    header(sheet, row + 1, names)
    first = row + 2
    for row, node in enumerate(result.tree.leaves, first):
        column, code = result.tree.columns[node], result.tree.codes[node]
        values = result.scaled[:, column]
        seen = values[~np.isnan(values)]
        put(sheet, row, 1, report.name(node))
        put(sheet, row, 2, code).alignment = _SHRUNK
        put(sheet, row, 3, int(np.isnan(values).sum()), form=WHOLE)
        put(sheet, row, 4, float(np.isnan(values).mean()), form=SHARE)
        for place, end in ((5, np.min), (6, np.max)):
            value = float(end(seen)) if seen.size else None
            put(sheet, row, place, value, form=_form(value or 0.0))
        unit = translated(result.catalogue.indicators[column].unit)
        put(sheet, row, 7, unit).alignment = _SHRUNK
        put(sheet, row, 8, flag(result.treatment.get(code, "")))
    lines(sheet, first, row, _COLUMNS)
    return row + 2


def _form(value: float) -> str:
    """A number format with three digits or more of the value.

    >>> [_form(x) for x in (0.0, 1450935791.5, 12.0, 36.26, 0.1234, -7.9e-06)]
    ['#,##0', '#,##0', '#,##0', '0.00', '0.0000', '0.00E+00']
    """
    size = abs(value)
    if size >= 1000 or value == round(value):
        return "#,##0"
    if size >= 1:
        return "0.00"
    return "0.0000" if size >= 0.01 else "0.00E+00"


def _warnings(sheet: Worksheet, row: int, report: Report) -> int:
    """A row per warning, with what to do where any of them says so; the next free row."""
    advised = any(warning.advice for warning in report.warnings)
    put(sheet, row, 1, say("Warnings of this run"), font=HEADING)
    heads = [say("what"), "", say("cell"), "", say("what to do") if advised else ""]
    header(sheet, row + 1, [*heads, *[""] * (_COLUMNS - len(heads))])
    ends = [(1, 2), (3, 4), (5, _COLUMNS)] if advised else [(1, 2), (3, _COLUMNS)]
    first = row + 2
    for row, warning in enumerate(report.warnings, first):
        height = 1
        for (start, end), text in zip(
            ends, (warning.message, warning.where, warning.advice), strict=False
        ):
            put(sheet, row, start, text).alignment = aligned("left", "center", True, 1)
            sheet.merge_cells(start_row=row, end_row=row, start_column=start, end_column=end)
            height = max(height, 1 + text_width(text) // sum(_LEAST[start - 1 : end]))
        sheet.row_dimensions[row].height = 15 * height
    if not report.warnings:
        put(sheet, first, 1, say("none"))
        row = first
    lines(sheet, first, row, _COLUMNS)
    return row + 2


def _markets(sheet: Worksheet, row: int, report: Report) -> None:
    """The markets that lack values, the most first."""
    result, table = report.result, report.result.table
    missing = np.isnan(result.scaled[:, result.tree.columns[result.tree.leaves]])
    lacking = [int(i) for i in np.argsort(-missing.sum(axis=1), kind="stable") if missing[i].any()]
    if not lacking:
        return
    put(sheet, row, 1, say("Markets with missing values"), font=HEADING)
    heads = (
        say("market"), say("code"), say("missing"), say("coverage"), say("missing indicators"),
        "", "", "",
    )  # fmt: skip
    header(sheet, row + 1, heads)
    names = np.array([report.name(node) for node in result.tree.leaves])
    sheet.merge_cells(start_row=row + 1, end_row=row + 1, start_column=5, end_column=_COLUMNS)
    first, right = row + 2, aligned("right", "center")
    for row, i in enumerate(lacking, first):
        text = "; ".join(names[missing[i]])
        put(sheet, row, 1, table.label(i)).alignment = aligned("left", "center", True, 1)
        put(sheet, row, 2, table.codes[i]).alignment = _SHRUNK
        put(sheet, row, 3, int(missing[i].sum()), form=WHOLE).alignment = right
        put(sheet, row, 4, float(result.coverage[i]), form=SHARE).alignment = right
        more = text_width(text) // _TEXT if row < first + _MERGED else 0  # lines after the first
        put(sheet, row, 5, text).alignment = aligned("left", "center", more > 0, 1)
        if more:
            sheet.merge_cells(start_row=row, end_row=row, start_column=5, end_column=_COLUMNS)
        sheet.row_dimensions[row].height = 15 * (1 + max(more, text_width(table.label(i)) // 70))
    lines(sheet, first, row, _COLUMNS)
