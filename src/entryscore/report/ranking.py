"""The sheet Ranking."""

from __future__ import annotations

import numpy as np
from openpyxl import Workbook
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.bulk import Fill, constant
from entryscore.language import say
from entryscore.report.live.layout import Layout
from entryscore.report.live.ranking import Column, write_live
from entryscore.report.live.weights import CHANGED
from entryscore.report.model import SCORE, SHARE, WHOLE, Report
from entryscore.result import Result
from entryscore.spreadsheet import for_print, header, looks, quoted, set_widths


def add_ranking(book: Workbook, report: Report, live: Layout | None, fill: Fill) -> None:
    """A header row, one row per market, unranked last, nothing below: the columns of the csv, of
    which the deeper nodes open on demand, then more. Live, they follow the sheet Weights."""
    sheet = book.create_sheet("Ranking")
    columns = ranking_columns(report, live)
    header(sheet, 1, [column.head for column in columns], height=45)
    last = len(report.result.table.codes) + 1
    if live is not None:
        write_live(sheet, live, columns, fill)
    else:
        look = looks(sheet)
        styles = [column.look(look) for column in columns]
        for row, market in enumerate(map(int, report.result.order), 2):
            cells = [
                constant(row, place, column.values[market], style)
                for place, (column, style) in enumerate(zip(columns, styles, strict=True), 1)
            ]
            fill.row(sheet, row, cells)
    set_widths(sheet, [c.head for c in columns], [c.values for c in columns], widest=40)
    for place, column in enumerate(columns, 1):
        letter = get_column_letter(place)
        if column.hidden:
            sheet.column_dimensions[letter].outlineLevel = 1
            sheet.column_dimensions[letter].hidden = True
        elif column.form == SCORE:
            _shade(sheet, f"{letter}2:{letter}{last}", column.head == "score")
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
    for_print(sheet, 1, "D2")


def _shade(sheet: Worksheet, cells: str, is_score: bool) -> None:
    middle = {"mid_type": "percentile", "mid_value": 50, "mid_color": "FBF3DF"}
    low, high = ("F0C39B", "7FB3D5") if is_score else ("FFFFFF", "CFE2F0")
    rule = ColorScaleRule(  # type: ignore[no-untyped-call]  # its stub has no types
        start_type="min", start_color=low, end_type="max", end_color=high,
        **(middle if is_score else {}),
    )  # fmt: skip
    sheet.conditional_formatting.add(cells, rule)


def ranking_columns(report: Report, live: Layout | None = None) -> list[Column]:
    """The columns of the csv, then the rank at the run and its change, and under equal weights."""
    result, table, tree = report.result, report.result.table, report.result.tree
    everyone = range(len(table.codes))
    ranks = [report.rank(i) for i in everyone]

    def source(place: int) -> str:
        return "" if live is None else live.after(place)

    columns = [
        Column("rank", ranks, WHOLE, source(4)),
        Column("code", table.codes, "", "" if live is None else "A"),
        Column("name", table.names),
        Column("group", table.groups),
        Column("score", result.score.tolist(), SCORE, source(1)),
    ]
    for node in range(1, len(tree.codes)):
        scored = live is not None and (tree.columns[node] < 0 or live.alive[node])
        columns.append(
            Column(
                tree.codes[node], result.scores[:, node].tolist(), SCORE,
                live.letter(node) if scored and live is not None else "",
                hidden=bool(tree.parents[node]),
            )
        )  # fmt: skip
    band = "" if live is None else _band_formula(result)
    columns += [
        Column("coverage", result.coverage.tolist(), SHARE, source(2)),
        Column("band", result.bands, text=band),
        Column("gate", [result.gate_texts[i] for i in everyone]),
        Column("rank_low", result.rank_low.tolist(), WHOLE),
        Column("rank_high", result.rank_high.tolist(), WHOLE),
    ]
    if live is not None:
        run = get_column_letter(len(columns) + 1)
        change = f'IF(AND(ISNUMBER(A#),ISNUMBER({run}#)),{run}#-A#,"")'
        moved = [None if rank is None else 0 for rank in ranks]
        columns += [
            Column(say("rank at the run"), ranks, WHOLE),
            Column(say("change"), moved, "+0;-0;0", text=change),
        ]
    if report.equal_ranks is not None:
        columns.append(Column(say("rank under equal weights"), report.equal_ranks.tolist(), WHOLE))
    if live is not None:
        text = f'IF({CHANGED},{quoted(say("ranges as of the run"))},"")'
        columns.append(Column(say("note"), [""] * len(ranks), text=text))
    return columns


def _band_formula(result: Result) -> str:
    """The first band that the score, rounded as ranks are, is in."""
    settings, text = result.methodology, '""'
    decimals = 10 if settings.rank_decimals is None else settings.rank_decimals
    for band in reversed(settings.bands):
        name = '"' + band.name.replace('"', '""') + '"'
        if band.bound == -np.inf:
            text = name
        else:
            sign = ">=" if band.inclusive else ">"
            text = f"IF(ROUND(E#,{decimals}){sign}{band.bound!r},{name},{text})"
    return f'IF(ISNUMBER(E#),{text},"")'
