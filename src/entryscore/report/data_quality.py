"""The sheets Funnel and Data quality: what was left out, and what to look at."""

from __future__ import annotations

import numpy as np
from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.language import say
from entryscore.naming import text_width
from entryscore.report.model import SHARE, WHOLE, Report
from entryscore.spreadsheet import HEADING, TITLE, for_print, header, lines, put
from entryscore.wording import flag


def add_funnel(book: Workbook, report: Report) -> None:
    sheet = book.create_sheet("Funnel")
    result, table = report.result, report.result.table
    put(sheet, 1, 1, say("Funnel: from included to ranked markets"), font=TITLE)
    header(sheet, 3, (say("step"), say("markets"), say("how many")))
    reasons = {i: _reason(report, i) for i in map(int, result.order) if not result.ranked[i]}
    counts: dict[str, list[str]] = {}
    for i, reason in reasons.items():
        counts.setdefault(reason, []).append(table.label(i))
    steps = [(say("included"), len(table.codes))]
    steps += [
        (say("dropped: {reason}", reason=reason), -len(names)) for reason, names in counts.items()
    ]
    steps += [(say("ranked"), len(report.ranked))]
    for row, (step, count) in enumerate(steps, 4):
        put(sheet, row, 1, step)
        put(sheet, row, 2, count, form=WHOLE)
        put(sheet, row, 3, "█" * max(1, round(40 * abs(count) / len(table.codes))))
    lines(sheet, 4, row, 3)
    row = _unverified(sheet, row + 2, report)
    put(sheet, row, 1, say("Markets that were not ranked"), font=HEADING)
    header(sheet, row + 1, (say("market"), say("code"), say("why")))
    first = row + 2
    for row, (i, reason) in enumerate(reasons.items(), first):
        put(sheet, row, 1, table.label(i))
        put(sheet, row, 2, table.codes[i])
        put(sheet, row, 3, reason)
    lines(sheet, first, row, 3)
    for letter, width in zip("ABC", (48, 12, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    for_print(sheet, freeze="A2")


def _reason(report: Report, market: int) -> str:
    result = report.result
    gates = [g for g in result.gates if g.market == market and g.drops]
    if gates:
        return "; ".join(
            say("{gate} is not met", gate=g.told()) if g.state == "failed" else g.told()
            for g in gates
        )
    if np.isnan(result.score[market]):
        return say("no score: too few values in a part that counts")
    share = result.methodology.min_total_coverage
    return say("less than {share:.0%} of the weight is observed", share=share)


def _unverified(sheet: Worksheet, row: int, report: Report) -> int:
    """How many ranked markets each gate could not be verified for."""
    result = report.result
    counts: dict[str, int] = {}
    for gate in result.gates:
        if gate.state == "unverified" and not gate.drops and result.ranked[gate.market]:
            name = f"{gate.indicator} {gate.condition}"
            counts[name] = counts.get(name, 0) + 1
    if not counts:
        return row
    put(sheet, row, 1, say("Ranked, but still to be verified"), font=HEADING)
    header(sheet, row + 1, (say("gate"), say("markets"), ""))
    for line, (name, count) in enumerate(counts.items(), row + 2):
        put(sheet, line, 1, name)
        put(sheet, line, 2, count, form=WHOLE)
    lines(sheet, row + 2, row + 1 + len(counts), 3)
    return row + 3 + len(counts)


def add_data_quality(book: Workbook, report: Report) -> None:
    sheet = book.create_sheet("Data quality")
    result, table = report.result, report.result.table
    put(sheet, 1, 1, say("Data quality"), font=TITLE)
    put(sheet, 3, 1, say("Indicators"), font=HEADING)
    names = (
        say("indicator"), say("code"), say("missing"), say("share missing"), say("lowest"),
        say("highest"), say("treatment"),
    )  # fmt: skip
    header(sheet, 4, names)
    row = 4
    for node in result.tree.leaves:
        row += 1
        column = result.tree.columns[node]
        values = result.scaled[:, column]
        seen = values[~np.isnan(values)]
        code = result.tree.codes[node]
        put(sheet, row, 1, report.name(node))
        put(sheet, row, 2, code)
        put(sheet, row, 3, int(np.isnan(values).sum()), form=WHOLE)
        put(sheet, row, 4, float(np.isnan(values).mean()), form=SHARE)
        for place, end in ((5, np.min), (6, np.max)):
            put(sheet, row, place, float(end(seen)) if seen.size else None, form="#,##0.##")
        put(sheet, row, 7, flag(result.treatment.get(code, "")))
    lines(sheet, 5, row, 7)
    row = _warnings(sheet, row + 2, report)
    put(sheet, row, 1, say("Markets with missing values"), font=HEADING)
    heads = (
        say("market"), say("code"), say("missing"), say("coverage"), "", "",
        say("missing indicators"),
    )  # fmt: skip
    header(sheet, row + 1, heads)
    columns = result.tree.columns[result.tree.leaves]
    missing = np.isnan(result.scaled[:, columns])
    first, row = row + 2, row + 1
    for i in np.argsort(-missing.sum(axis=1), kind="stable"):
        if not missing[i].any():
            break
        row += 1
        put(sheet, row, 1, table.label(int(i)))
        put(sheet, row, 2, table.codes[i])
        put(sheet, row, 3, int(missing[i].sum()), form=WHOLE)
        put(sheet, row, 4, float(result.coverage[i]), form=SHARE)
        lacking = [
            result.catalogue.codes[c] for c, gone in zip(columns, missing[i], strict=True) if gone
        ]
        put(sheet, row, 7, ", ".join(lacking)).alignment = Alignment(wrap_text=True)
        sheet.row_dimensions[row].height = 15 * (1 + len(", ".join(lacking)) // 60)
    lines(sheet, first, row, 7)
    names_shown = [report.name(n) for n in result.tree.leaves]
    names_shown += [table.label(i) for i in range(len(table.codes))]
    widest = min(70, max(44, *(text_width(name) + 3 for name in names_shown)))
    for letter, width in zip("ABCDEFG", (widest, 26, 10, 10, 16, 16, 62), strict=True):
        sheet.column_dimensions[letter].width = width
    for_print(sheet, freeze="A2")


def _warnings(sheet: Worksheet, row: int, report: Report) -> int:
    put(sheet, row, 1, say("Warnings of this run"), font=HEADING)
    header(sheet, row + 1, (say("what"), say("cell"), say("what to do"), "", "", "", ""))
    first = row + 2
    warnings = report.warnings
    for row, warning in enumerate(warnings, first):
        put(sheet, row, 1, warning.message).alignment = Alignment(wrap_text=True, vertical="top")
        put(sheet, row, 2, warning.where)
        put(sheet, row, 3, warning.advice).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.merge_cells(start_row=row, end_row=row, start_column=3, end_column=7)
        sheet.row_dimensions[row].height = 15 * (1 + text_width(warning.message) // 46)
    if not warnings:
        put(sheet, first, 1, say("none"))
        row = first
    lines(sheet, first, row, 7)
    return row + 2
