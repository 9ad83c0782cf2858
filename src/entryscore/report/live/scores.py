"""The sheets Values and Scores: from treated values to scores, ranks and places, as formulas."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

import numpy as np
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.bulk import Fill, computed, constant
from entryscore.language import say
from entryscore.normalisation import is_constant
from entryscore.report.live.engine import open_engine
from entryscore.report.live.layout import FIRST, Layout
from entryscore.spreadsheet import QUIET, formula, looks, put

LOW, HIGH, MEAN, SD = 3, 4, 5, 6  # rows of Values
WEIGHT, DIRECTION, EFFECTIVE = 3, 4, 5  # rows of Scores
_TOLERANCE = "1E-9"


def add_values(book: Workbook, layout: Layout, fill: Fill) -> None:
    """Treated values, in raw orientation, with what their columns are scaled by."""
    sheet = book.create_sheet("Values")
    result = layout.result
    _open(sheet, say("Values after imputation, transform and treatment"), layout)
    names = {
        LOW: say("low"), HIGH: say("high"), MEAN: say("mean"), SD: say("standard deviation"),
    }  # fmt: skip
    for row, name in names.items():
        put(sheet, row, 1, name, font=QUIET)
    for node in layout.columns:
        if result.tree.columns[node] >= 0 and layout.alive[node]:
            _statistics(sheet, layout, node, fill)
    look = looks(sheet)("", ruled=False)
    places = [(c, int(result.tree.columns[n])) for n, c in layout.columns.items()]
    for row, market in enumerate(layout.markets, FIRST):
        values = result.treated[market].tolist()
        cells = [constant(row, c, values[i], look) for c, i in places if i >= 0]
        fill.row(sheet, row, [constant(row, 1, result.table.codes[market], look), *cells])
    sheet.freeze_panes = f"D{FIRST}"


def _statistics(sheet: Worksheet, layout: Layout, node: int, fill: Fill) -> None:
    result, letter = layout.result, layout.letter(node)
    column = layout.columns[node]
    indicator = result.catalogue.indicators[result.tree.columns[node]]
    values = result.treated[:, result.tree.columns[node]]
    values = values[~np.isnan(values)]
    cells = f"{letter}{FIRST}:{letter}{layout.last}"
    method = layout.case.method(indicator)
    if method == "goalposts":
        put(sheet, LOW, column, layout.goal(indicator, "goal_low"))
        put(sheet, HIGH, column, layout.goal(indicator, "goal_high"))
    elif method == "min_max":
        formula(sheet, LOW, column, f"MIN({cells})", float(values.min()), fill)
        formula(sheet, HIGH, column, f"MAX({cells})", float(values.max()), fill)
    elif method == "z_score" and len(values) > 1:
        formula(sheet, MEAN, column, f"AVERAGE({cells})", float(values.mean()), fill)
        formula(sheet, SD, column, f"STDEV({cells})", float(values.std(ddof=1)), fill)


def _open(
    sheet: Worksheet, title: str, layout: Layout, gates: str = "", after: Sequence[str] = ()
) -> None:
    """`gates`: the head of the second column; `after`: of those after the nodes."""
    codes = [layout.result.tree.codes[n] for n in layout.columns]
    open_engine(sheet, title, FIRST - 1, [say("code"), gates, "", *codes, *after])


def add_scores(book: Workbook, layout: Layout, fill: Fill) -> None:
    """Normalised indicators, node scores, the score, its rank and place."""
    sheet = book.create_sheet("Scores")
    result = layout.result
    names = (
        say("score"), say("coverage"), say("rounded score"), say("rank"), say("place"),
    )  # fmt: skip
    title = say("Scores, from Values and Weights")
    _open(sheet, title, layout, say("no gate failed"), names)
    rows = {
        WEIGHT: say("weight"), DIRECTION: say("direction"), EFFECTIVE: say("share of the score"),
    }  # fmt: skip
    for row, name in rows.items():
        put(sheet, row, 1, name, font=QUIET)
    last = max(layout.columns.values())
    for node, column in layout.columns.items():
        row = layout.weight_row(node)
        used = float(result.weights[node]) * bool(layout.alive[node])
        formula(sheet, WEIGHT, column, f"Weights!$H${row}", used, fill)
        if result.tree.columns[node] >= 0:
            sign = result.catalogue.indicators[result.tree.columns[node]].sign
            text = f'IF(Weights!$C${row}="lower_is_better",-1,1)'
            formula(sheet, DIRECTION, column, text, sign, fill)
            share = float(result.effective[node])
            formula(sheet, EFFECTIVE, column, f"Weights!$J${row}", share, fill)
    texts = {node: escape(_text(layout, node)) for node in [*layout.columns, 0]}
    gates = {gate.market for gate in result.gates if gate.drops}
    look = looks(sheet)("", ruled=False)
    ranks = _ranks(layout, texts.pop(0))
    for place, market in enumerate(layout.markets):
        row, scores = FIRST + place, result.scores[market].tolist()
        cells = [
            constant(row, 1, result.table.codes[market], look),
            constant(row, 2, 0 if market in gates else 1, look),
        ]
        cells += [
            computed(row, layout.columns[node], text.replace("#", str(row)), scores[node], look)
            for node, text in texts.items()
            if text
        ]
        cells += [
            computed(row, last + k, text.replace("#", str(row)), value, look)
            for k, (text, value) in enumerate(zip(ranks, _values(layout, market), strict=True), 1)
        ]
        fill.row(sheet, row, cells)
    sheet.freeze_panes = f"D{FIRST}"


def _ranks(layout: Layout, score: str) -> list[str]:
    """Formulas of score, coverage, rounded score, rank and place, # for the row."""
    settings = layout.result.methodology
    s, c, k, r = (layout.after(i) for i in (1, 2, 3, 4))
    first, end = layout.ends
    observed = f"--ISNUMBER({layout.observed}!{first}#:{end}#)"
    shares = f"${first}${EFFECTIVE}:${end}${EFFECTIVE}"
    decimals = 10 if settings.rank_decimals is None else settings.rank_decimals
    least = f"{settings.min_total_coverage!r}-{_TOLERANCE}"
    keys, above = f"${k}${FIRST}:${k}${layout.last}", f"${k}${FIRST}:{k}#"
    texts = [
        f"IF(SUM({shares})>0,SUMPRODUCT({shares},{observed})/SUM({shares}),0)",
        f'IF(AND($B#=1,ISNUMBER({s}#),{c}#>={least}),ROUND({s}#,{decimals}),"")',
        f'IF(ISNUMBER({k}#),RANK({k}#,{keys},0),"")',
        f"IF(ISNUMBER({k}#),{r}#+COUNTIF({above},{k}#)-1,"
        f"COUNT({keys})+ROW()-{FIRST - 1}-COUNT({above}))",
    ]
    return [f'IF(Weights!$B$4&gt;0,"",{score})', *map(escape, texts)]


def _values(layout: Layout, market: int) -> tuple[object, ...]:
    """What those formulas give at the run."""
    result = layout.result
    ranked = bool(result.ranked[market])
    return (
        float(result.score[market]), float(result.coverage[market]),
        float(layout.keys[market]) if ranked else "", float(result.ranks[market]) if ranked else "",
        layout.place[market],
    )  # fmt: skip


def add_terms(book: Workbook, layout: Layout, fill: Fill) -> None:
    """Logarithms and inverses of what geometric and harmonic means are made of, where there are
    any: SUMPRODUCT cannot take them of a range with blanks in it."""
    parents = {n: layout.case.aggregation(n) for n in layout.result.tree.inner}
    kinds = {node: parents[int(layout.result.tree.parents[node])] for node in layout.columns}
    if set(kinds.values()) <= {"arithmetic"}:
        return
    sheet = book.create_sheet("Terms")
    _open(sheet, say("Terms of geometric (ln x) and harmonic (1/x) means of Scores"), layout)
    look = looks(sheet)("", ruled=False)
    for row, market in enumerate(layout.markets, FIRST):
        cells = [constant(row, 1, layout.result.table.codes[market], look)]
        for node, column in layout.columns.items():
            if kinds[node] != "arithmetic":
                x, score = f"Scores!{layout.letter(node)}{row}", layout.result.scores[market, node]
                term = f"LN({x})" if kinds[node] == "geometric" else f"1/{x}"
                value = 0.0
                if score > 0:
                    value = float(np.log(score) if kinds[node] == "geometric" else 1 / score)
                cells.append(computed(row, column, f"IF(N({x})&gt;0,{term},0)", value, look))
        fill.row(sheet, row, cells)
    sheet.freeze_panes = f"D{FIRST}"


def add_observed(book: Workbook, layout: Layout, fill: Fill) -> None:
    """1 where a value was observed; only where some were imputed."""
    if layout.observed == "Values":
        return
    sheet = book.create_sheet(layout.observed)
    _open(sheet, say("Observed values (1); the others were imputed or are missing"), layout)
    result, look = layout.result, looks(sheet)("", ruled=False)
    seen = ~np.isnan(result.scaled)
    for row, market in enumerate(layout.markets, FIRST):
        cells = [constant(row, 1, result.table.codes[market], look)]
        cells += [
            constant(row, column, 1, look)
            for node, column in layout.columns.items()
            if result.tree.columns[node] >= 0 and seen[market, result.tree.columns[node]]
        ]
        fill.row(sheet, row, cells)
    sheet.freeze_panes = f"D{FIRST}"


def _text(layout: Layout, node: int) -> str:
    """The formula of a node's score, # for the row; empty where nothing can be scored."""
    tree = layout.result.tree
    if tree.columns[node] >= 0:
        return _normalised(layout, node) if layout.alive[node] else ""
    return _aggregated(layout, node)


def _normalised(layout: Layout, node: int) -> str:
    result, settings, letter = layout.result, layout.result.methodology, layout.letter(node)
    indicator = result.catalogue.indicators[result.tree.columns[node]]
    method = layout.case.method(indicator)
    x, up = f"Values!{letter}#", f"{letter}${DIRECTION}>0"
    low, high = f"Values!{letter}${LOW}", f"Values!{letter}${HIGH}"
    scale, base = settings.scale_high - settings.scale_low, settings.scale_low
    sign = indicator.sign
    oriented = sign * result.treated[:, [result.tree.columns[node]]]
    if method != "goalposts" and bool(is_constant(oriented)[0]):
        present = result.normalised[:, result.tree.columns[node]]
        share = repr(float(present[~np.isnan(present)][0]))
    elif method == "min_max":
        share = f"{base!r}+{scale!r}*IF({up},{x}-{low},{high}-{x})/({high}-{low})"
    elif method == "goalposts":
        inside = f"MAX(0,MIN(1,IF({up},{x}-{low},{high}-{x})/({high}-{low})))"
        share = f"{base!r}+{scale!r}*{inside}"
    elif method == "z_score":
        z = f"({x}-Values!{letter}${MEAN})/Values!{letter}${SD}"
        share = f"{settings.z_mean!r}+{settings.z_sd!r}*IF({up},1,-1)*{z}"
    else:
        cells = f"Values!{letter}${FIRST}:{letter}${layout.last}"
        share = f"RANK({x},{cells},IF({up},1,0))"
    return f'IF(ISNUMBER({x}),{share},"")'


def _aggregated(layout: Layout, node: int) -> str:
    settings = layout.result.methodology
    first, last = layout.block(node)
    w, x = f"${first}${WEIGHT}:${last}${WEIGHT}", f"{first}#:{last}#"
    there = f"SUMPRODUCT({w},--ISNUMBER({x}))"
    value = _mean(layout.case.aggregation(node), w, x, there)
    if settings.missing == "zero":
        lacking = f"SUMPRODUCT(--({w}>0),--NOT(ISNUMBER({x})))>0"
        return f'IF(SUM({w})=0,"",IF({lacking},0,{value}))'
    if settings.missing == "exclude":
        enough = f"SUMPRODUCT(--({w}>0),--NOT(ISNUMBER({x})))=0"
    else:
        enough = f"{there}>=({settings.min_coverage!r}-{_TOLERANCE})*SUM({w})"
    return f'IF({there}=0,"",IF({enough},{value},""))'


def _mean(aggregation: str, w: str, x: str, there: str) -> str:
    """Weighted mean of the children present."""
    if aggregation == "arithmetic":
        return f"SUMPRODUCT({w},{x})/{there}"
    zero = f"SUMPRODUCT(--({w}>0),--ISNUMBER({x}),--({x}=0))>0"
    terms = f"SUMPRODUCT({w},Terms!{x})"
    mean = f"EXP({terms}/{there})" if aggregation == "geometric" else f"{there}/{terms}"
    return f"IF({zero},0,{mean})"
