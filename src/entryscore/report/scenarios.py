"""Stored scenarios in the report: every set of weights in the workbook, asked for or not."""

from __future__ import annotations

import numpy as np
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.language import say
from entryscore.report.model import Report
from entryscore.spreadsheet import HEADING, header, lines, put

_SAME = 1e-12  # of a share


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
