"""The sheet Ranking."""

from __future__ import annotations

import numpy as np
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from entryscore import output
from entryscore.bulk import Fill, constant
from entryscore.language import say
from entryscore.report.live.layout import Layout
from entryscore.report.live.ranking import (
    GATE,
    WIDEST,
    Column,
    dressed,
    tall_look,
    write_live,
)
from entryscore.report.live.weights import CHANGED
from entryscore.report.model import SCORE, SHARE, WHOLE, Report
from entryscore.result import Result
from entryscore.robustness.words import RANGE
from entryscore.spreadsheet import aligned, for_print, header, looks, quoted, set_widths
from entryscore.tree import Floats

RANGE_END = "0.0"  # an end of a range of ranks, as the sheet Robustness has it
UNBOUNDED = ("z_score", "rank", "borda")  # not spread over scale_low to scale_high
_MIXED, _NOTE, _TITLE = 11, 14, 90


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
        usual, tall = [column.look(look) for column in columns], tall_look(look)
        for row, market in enumerate(map(int, report.result.order), 2):
            styles, height = dressed(columns, usual, tall, market)
            cells = [
                constant(row, place, column.values[market], style)
                for place, (column, style) in enumerate(zip(columns, styles, strict=True), 1)
            ]
            fill.row(sheet, row, cells, height)
    set_widths(sheet, [c.head for c in columns], [c.values for c in columns], widest=WIDEST)
    for place, column in enumerate(columns, 1):
        _dress(sheet, place, column, last)
    _head(sheet, report)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
    for_print(sheet, 1, "D2")


def _dress(sheet: Worksheet, place: int, column: Column, last: int) -> None:
    """Note, width, shading; an empty column is there for programs, and hidden."""
    letter = get_column_letter(place)
    look = sheet.column_dimensions[letter]
    if column.told:
        note = Comment(column.told, "entryscore", height=90, width=260)
        sheet.cell(1, place).comment = note
    if column.head == "gate":
        look.width = min(look.width, GATE + 2)
    if column.has_numbers and any(isinstance(v, str) for v in column.values):
        look.width = max(look.width, _MIXED)
        sheet.cell(1, place).alignment = aligned("right", "center", True)
    if column.is_kept:
        look.width = min(look.width, _NOTE)
    if column.hidden:
        look.outlineLevel = 1
    if column.hidden or column.is_empty:
        look.hidden = True
    elif column.form == SCORE and column.head not in ("rank_low", "rank_high"):
        _shade(sheet, f"{letter}2:{letter}{last}", column.head == "score")


def _head(sheet: Worksheet, report: Report) -> None:
    """Over each printed page: the title, and what the columns hold."""
    head = sheet.oddHeader
    assert head is not None  # openpyxl makes it, with all three parts
    assert head.left is not None
    assert head.right is not None
    head.left.text = output.cut(report.title, _TITLE).replace("&", "&&")
    settings = report.result.methodology
    said = say("Columns headed by codes hold scores, not values as measured.")
    if settings.normalisation not in UNBOUNDED:
        said = say(
            "Columns headed by codes hold scores ({low:g} to {high:g}), not values as measured.",
            low=settings.scale_low, high=settings.scale_high,
        )  # fmt: skip
    head.right.text = said
    head.left.size, head.right.size = 10, 8


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
                hidden=bool(tree.parents[node]), told=_score_of(report, node),
            )
        )  # fmt: skip
    band = "" if live is None else _band_formula(result)
    low, high = _ranges_told(live is not None)
    columns += [
        Column("coverage", result.coverage.tolist(), SHARE, source(2),
               told=say("Share of the weight whose indicators have a value.")),
        Column("band", result.bands, text=band),
        Column("gate", result.gate_texts,
               told=say("Conditions that failed, and those without a value to test (unverified).")),
        Column("rank_low", result.rank_low.tolist(), RANGE_END, told=low),
        Column("rank_high", result.rank_high.tolist(), RANGE_END, told=high),
    ]  # fmt: skip
    if live is not None:
        run = get_column_letter(len(columns) + 1)
        change = f'IF(AND(ISNUMBER(A#),ISNUMBER({run}#)),{run}#-A#,"")'
        moved = [None if rank is None else 0 for rank in ranks]
        columns += [
            Column(say("rank at the run"), ranks, WHOLE),
            Column(
                say("change"), moved, "+0;-0;0", text=change,
                told=say(
                    "Places gained since the run, as weights in the sheet Weights change: "
                    "+ rises, - falls."
                ),
            ),
        ]  # fmt: skip
    if report.equal_ranks is not None:
        columns.append(_equal(report, report.equal_ranks))
    if live is not None:
        text = f'IF({CHANGED},{quoted(say("ranges as of the run"))},"")'
        columns.append(Column(say("note"), [""] * len(ranks), text=text, is_kept=True))
    return columns


def _equal(report: Report, ranks: Floats) -> Column:
    """A dash where a market has a rank, but none under equal weights."""
    blank = ["–" if ranked else None for ranked in report.result.ranked]
    values = [b if r != r else r for r, b in zip(ranks.tolist(), blank, strict=True)]
    told = say("Rank if all weights of siblings were the same, as of the run.")
    if "–" in values:
        told += say(
            " A dash: no rank then, as what is missing would weigh too much (min_coverage, "
            "min_total_coverage)."
        )
    return Column(say("rank under equal weights"), values, WHOLE, told=told)


def _ranges_told(is_live: bool) -> tuple[str, str]:
    """Of the columns rank_low and rank_high."""
    said = [
        say("Best rank of the {range}, in 5 to 95 % of the draws.", range=say(RANGE)),
        say("Worst rank of the {range}, in 5 to 95 % of the draws.", range=say(RANGE)),
    ]
    tail = say(" As of the run: it does not follow the sheet Weights.") if is_live else ""
    return said[0] + tail, said[1] + tail


def _score_of(report: Report, node: int) -> str:
    """What a column headed by a code holds."""
    result, tree = report.result, report.result.tree
    settings, name = result.methodology, report.name(node)
    if tree.columns[node] < 0:
        return say("Score of {name}, from the scores of its parts.", name=name)
    indicator = result.catalogue.indicators[tree.columns[node]]
    if indicator.unit and indicator.unit not in name:
        name = f"{name} ({indicator.unit})"
    method = indicator.normalisation or settings.normalisation
    if method in UNBOUNDED:
        return say(
            "Score of {name} by {method}: not the value as measured.", name=name, method=method
        )
    return say(
        "Score of {name}, {low:g} to {high:g}: not the value as measured.",
        name=name, low=settings.scale_low, high=settings.scale_high,
    )  # fmt: skip


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
