"""The sheet Contributions."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from xml.sax.saxutils import escape

import numpy as np
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.bulk import Fill, computed, constant
from entryscore.language import say
from entryscore.naming import text_width
from entryscore.report.live.weights import CHANGED
from entryscore.report.model import SCORE, WHOLE, Report
from entryscore.result import Result
from entryscore.spreadsheet import for_print, header, looks, quoted, set_widths
from entryscore.wording import wrapped

_NAME = 36  # characters of a name in one line
_PAGE = 220  # characters across a page that are still legible


def add_contributions(book: Workbook, report: Report, fill: Fill) -> None:
    """Points per indicator, and per part filled from the group; they add up to the score. Blank
    where the market has no value. As of the run: live, a note says so once a weight differs."""
    sheet = book.create_sheet("Contributions")
    result = report.result
    leaves = [int(n) for n in result.tree.leaves if result.weights[n] > 0]
    there = ~np.isnan(result.scores) | (report.points != 0)
    inner = result.tree.columns < 0
    there[:, inner] = result.filled[:, inner]
    names = [report.name(n) for n in leaves]
    filled = (result.filled & (report.points != 0))[report.ranked].any(axis=0)
    for node in map(int, np.flatnonzero(filled)):
        leaves.append(node)
        names.append(say("{name}, filled from the group", name=report.name(node)))
    is_live = not report.static
    heads = [say("rank"), say("code"), say("name"), say("score"), *names]
    if is_live:
        heads.insert(4, say("note"))
    look = looks(sheet)
    note = escape(f'IF({CHANGED},{quoted(say("as of the run"))},"")')
    whole, bold, point = look(WHOLE), look(SCORE, "bold"), look(SCORE)
    text, name = look("", right=False), look("", right=False, wrap=True)
    for row, i in enumerate(report.ranked, 2):
        points = report.points[i].tolist()
        cells = [
            constant(row, 1, report.rank(i), whole),
            constant(row, 2, result.table.codes[i], text),
            constant(row, 3, result.table.names[i], name),
            constant(row, 4, float(result.score[i]), bold),
            *([computed(row, 5, note, "", text)] if is_live else []),
        ]
        cells += [
            constant(row, column, points[node] if there[i, node] else None, point)
            for column, node in enumerate(leaves, 5 + is_live)
        ]
        high = 1 + text_width(result.table.names[i]) // _NAME
        fill.row(sheet, row, cells, 15.0 * high if high > 1 else None)
    _lay_out(sheet, heads, result, 4 + is_live)


def _lay_out(sheet: Worksheet, heads: Sequence[str], result: Result, fixed: int) -> None:
    """Widths of Contributions; the first columns, `fixed`, stand on every page, of which there are
    as many side by side as keep the figures legible."""
    header(sheet, 1, heads)
    texts: list[Sequence[object]] = [[0], result.table.codes, result.table.names, [0]]
    if fixed > len(texts):
        texts.append([say("as of the run")])
    set_widths(sheet, heads, [*texts, *[[0]] * (len(heads) - fixed)], widest=_NAME - 2)
    widths = [sheet.column_dimensions[get_column_letter(k)].width for k in range(1, len(heads) + 1)]
    rows = [len(wrapped(head, int(width) - 3)) for head, width in zip(heads, widths, strict=True)]
    sheet.row_dimensions[1].height = 8 + 14 * max(rows)
    for_print(sheet, 1, f"{get_column_letter(fixed + 1)}2")
    first = sum(widths[:fixed])
    sheet.page_setup.fitToWidth = max(1, ceil(sum(widths[fixed:]) / (_PAGE - first)))
    sheet.print_title_cols = f"A:{get_column_letter(fixed)}"
