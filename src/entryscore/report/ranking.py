"""The sheets Ranking and Contributions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from openpyxl import Workbook
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.utils import get_column_letter

from entryscore.report.model import SCORE, SHARE, WHOLE, Report
from entryscore.spreadsheet import BODY, BOLD, fit_columns, for_print, header, lines, put

Column = tuple[str, Sequence[object], str]


def add_ranking(book: Workbook, report: Report) -> None:
    """A header row, one row per market, unranked last, nothing below."""
    sheet = book.create_sheet("Ranking")
    columns = [column for column in _columns(report) if _holds_something(column)]
    header(sheet, 1, [name for name, _, _ in columns], height=45)
    for place, (name, values, form) in enumerate(columns, 1):
        for row, value in enumerate(values, 2):
            put(sheet, row, place, value, form=form, font=BOLD if name == "score" else BODY)
    last = len(report.result.table.codes) + 1
    lines(sheet, 2, last, len(columns))
    fit_columns(sheet, widest=40)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
    for place, (name, _, form) in enumerate(columns, 1):
        if form == SCORE:
            letter = get_column_letter(place)
            middle = {"mid_type": "percentile", "mid_value": 50, "mid_color": "FBF3DF"}
            is_score = name == "score"
            low, high = ("F0C39B", "7FB3D5") if is_score else ("FFFFFF", "CFE2F0")
            sheet.conditional_formatting.add(
                f"{letter}2:{letter}{last}",
                ColorScaleRule(  # type: ignore[no-untyped-call]  # its stub has no types
                    start_type="min",
                    start_color=low,
                    end_type="max",
                    end_color=high,
                    **(middle if is_score else {}),
                ),
            )
    for_print(sheet, 1, "D2")


def _columns(report: Report) -> list[Column]:
    result, table = report.result, report.result.table
    order = [int(i) for i in result.order]
    ranks = report.equal_ranks
    return [
        ("rank", [report.rank(i) for i in order], WHOLE),
        ("code", [table.codes[i] for i in order], ""),
        ("name", [table.names[i] for i in order], ""),
        ("group", [table.groups[i] for i in order], ""),
        ("score", [float(result.score[i]) for i in order], SCORE),
        *(
            (report.name(n), [float(result.scores[i, n]) for i in order], SCORE)
            for n in report.top_nodes
        ),
        ("coverage", [float(result.coverage[i]) for i in order], SHARE),
        ("band", [result.bands[i] for i in order], ""),
        ("gate", [result.gate_texts[i] for i in order], ""),
        (
            "rank under equal weights",
            [] if ranks is None else [float(ranks[i]) for i in order],
            WHOLE,
        ),
        ("rank_low", [float(result.rank_low[i]) for i in order], WHOLE),
        ("rank_high", [float(result.rank_high[i]) for i in order], WHOLE),
    ]


def _holds_something(column: Column) -> bool:
    name, values, _ = column
    always = ("rank", "code", "name", "group", "score")
    return name in always or any(v == v and v not in ("", None) for v in values)


def add_contributions(book: Workbook, report: Report) -> None:
    """Points per indicator, and per part filled from the group; they add up to the score."""
    sheet = book.create_sheet("Contributions")
    result = report.result
    leaves = [int(n) for n in result.tree.leaves if result.weights[n] > 0]
    filled = (result.filled & (report.points != 0))[report.ranked].any(axis=0)
    names = [report.name(n) for n in leaves]
    for node in map(int, np.flatnonzero(filled)):
        leaves.append(node)
        names.append(f"{report.name(node)}, filled from the group")
    header(sheet, 1, ["rank", "code", "name", "score", *names], height=75)
    for row, i in enumerate(report.ranked, 2):
        put(sheet, row, 1, report.rank(i), form=WHOLE)
        put(sheet, row, 2, result.table.codes[i])
        put(sheet, row, 3, result.table.names[i])
        put(sheet, row, 4, float(result.score[i]), form=SCORE, font=BOLD)
        for column, node in enumerate(leaves, 5):
            if result.tree.columns[node] >= 0 or result.filled[i, node]:
                put(sheet, row, column, float(report.points[i, node]), form=SCORE)
    lines(sheet, 2, len(report.ranked) + 1, len(leaves) + 4)
    fit_columns(sheet, widest=26)
    for_print(sheet, 1, "E2")
