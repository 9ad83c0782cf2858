"""Scenarios in the report: the sheet Scenarios, with the ranks of those asked for side by side, and
every set of weights stored in the workbook, asked for or not."""

from __future__ import annotations

import numpy as np
from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.bulk import Fill, constant
from entryscore.language import say
from entryscore.naming import text_width
from entryscore.report.as_of_run import say_as_of_run
from entryscore.report.model import WHOLE, Report
from entryscore.scenarios import distinct, side_by_side
from entryscore.spreadsheet import HEADING, TITLE, aligned, for_print, header, lines, looks, put
from entryscore.wording import wrapped

_SAME = 1e-12  # of a share
_HEADER = 4
_WIDTHS = (50, 24, 16)  # market, code, each scenario


def add_scenarios(book: Workbook, report: Report, fill: Fill) -> None:
    """A row per market in the rank order of the first scenario: its rank under each, and how far
    they are apart. No sheet where there is one scenario only."""
    results = distinct([report.result, *report.others])
    if len(results) < 2:
        return
    sheet = book.create_sheet("Scenarios")
    put(sheet, 1, 1, say("Ranks side by side"), font=TITLE)
    say_as_of_run(sheet, 2, report)
    names = [result.scenario for result in results]
    heads = [say("market"), say("code"), *names, say("spread")]
    needed = max(len(wrapped(name, _WIDTHS[2] - 3)) for name in names)
    header(sheet, _HEADER, heads, height=16 + 14 * needed)
    look = looks(sheet)
    text, whole = look("", right=False, wrap=True), look(WHOLE)
    found, labels = side_by_side(results), report.result.table
    # by place: a scenario may be named like another column
    table = found.drop(columns=["group"]).to_numpy(dtype=object)
    for row, (i, (code, _, *ranks)) in enumerate(
        zip(map(int, report.result.order), table, strict=True), _HEADER + 1
    ):
        label = labels.label(i)
        figures = [*ranks[: len(names)], ranks[-1]]
        cells = [constant(row, 1, label, text), constant(row, 2, code, text)]
        cells += [constant(row, place, rank, whole) for place, rank in enumerate(figures, 3)]
        fill.row(sheet, row, cells, 15.0 * (1 + text_width(label) // (_WIDTHS[0] + 6)))
    for place in range(1, len(heads) + 1):
        width = _WIDTHS[min(place, len(_WIDTHS)) - 1]
        sheet.column_dimensions[get_column_letter(place)].width = width
        side = aligned("left", "center", True, 1) if place < 3 else aligned("right", "center", True)
        sheet.cell(_HEADER, place).alignment = side
    for_print(sheet, _HEADER, f"C{_HEADER + 1}")


def add_stored(sheet: Worksheet, row: int, report: Report) -> int:
    """A row per weight that differs from the sheets' own; the next free row.

    Text in the third column: the share of the parent, as declared and in the scenario.
    """
    if not report.scenarios:
        return row
    tree = report.result.tree
    put(sheet, row, 1, say("Scenarios stored in the workbook"), font=HEADING)
    header(sheet, row + 1, (say("scenario"), say("code"), say("share of parent"), say("weight")))
    first = row = row + 2
    own = tree.shares(tree.declared)
    for name, weights in report.scenarios.items():
        shares = tree.shares(weights)
        changed = [n for n in np.flatnonzero(weights != tree.declared) if n]
        for node in changed:
            put(sheet, row, 1, name)
            put(sheet, row, 2, f"{tree.codes[node]} ({report.name(int(node))})")
            moved = abs(shares[node] - own[node]) > _SAME
            told = say("{share:.1%} (same)", share=own[node])
            if moved:
                told = f"{own[node]:.1%} → {shares[node]:.1%}"
            put(sheet, row, 3, told)
            put(sheet, row, 4, float(weights[node])).alignment = Alignment(horizontal="left")
            row += 1
        if not changed:
            put(sheet, row, 1, name)
            put(sheet, row, 2, say("no weight differs from the sheets' own"))
            row += 1
    lines(sheet, first, row - 1, 4)
    return row + 1
