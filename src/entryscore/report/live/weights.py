"""The sheet Weights: the only one meant for typing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.bulk import Fill
from entryscore.catalogue import DIRECTIONS
from entryscore.language import phrase, say
from entryscore.report.live.layout import HEADER, TYPED, Layout
from entryscore.spreadsheet import (
    BODY,
    BOLD,
    HEADING,
    QUIET,
    TITLE,
    fit_columns,
    for_print,
    formula,
    header,
    joined,
    lines,
    put,
    quoted,
)
from entryscore.tree import Floats

_INPUT = PatternFill("solid", fgColor="FFF7DF")
_ALERT = Font(name="Calibri", size=10, bold=True, color="A33B12")
_HEADS = (  # the first two are what programs look for, and the same in every language
    phrase("direction"), phrase("name"), phrase("parent"), phrase("at the run"), phrase("chosen"),
    phrase("used"), phrase("share of parent"), phrase("share of the score"), phrase("check"),
)  # fmt: skip
_SCENARIOS = len(_HEADS) + 3  # first column of the stored scenarios
CHANGED = "Weights!$B$5>0"  # whether anything differs from the run


def add_weights(
    book: Workbook, layout: Layout, names: list[str], scenarios: Mapping[str, Floats],
    fill: Fill,
) -> None:  # fmt: skip
    """`names` by node; `scenarios`: weights (nodes) by name."""
    sheet, tree = book.create_sheet("Weights"), layout.result.tree
    last = HEADER + len(tree.codes) - 1
    put(sheet, 1, 1, say("Weights"), font=TITLE)
    put(sheet, 2, 1, say("scenario"), font=HEADING)
    choice = put(sheet, 2, 2, say(TYPED), font=BOLD)
    choice.fill = _INPUT
    told = say("Type in the yellow cells: scores, ranks and charts follow.")
    put(sheet, 2, 4, told, font=QUIET)
    _controls(sheet, layout, last, fill)
    header(sheet, HEADER, ["code", "weight", *map(say, _HEADS), say(TYPED), *scenarios], height=32)
    for node in range(1, len(tree.codes)):
        _row(sheet, layout, node, names[node], scenarios, fill)
    lines(sheet, HEADER + 1, last, _SCENARIOS + len(scenarios))
    _validations(sheet, last, scenarios)
    fit_columns(sheet, HEADER, widest=46)
    for_print(sheet, HEADER, f"E{HEADER + 1}")


def _controls(sheet: Worksheet, layout: Layout, last: int, fill: Fill) -> None:
    rows = f"{HEADER + 1}:$%s${last}"
    check = "$K$" + rows % "K"
    put(sheet, 4, 1, say("problems"), font=QUIET)
    formula(sheet, 4, 2, f"SUMPRODUCT(--(LEN({check})>0))", 0, fill, font=QUIET)
    put(sheet, 5, 1, say("changes"), font=QUIET)
    used, run = "$H$" + rows % "H", "$F$" + rows % "F"
    terms = [f"SUMPRODUCT(--(ABS({used}-{run})>0.000000000001))"]
    for node in layout.result.tree.leaves:
        row = layout.weight_row(int(node))
        terms.append(f'(C{row}<>"{_direction(layout, int(node))}")')
    text = "+".join(terms) if len(terms) < 200 else terms[0]
    formula(sheet, 5, 2, text, 0, fill, font=QUIET)
    first = f'INDEX({check},MATCH("?*",{check},0))'
    bad = joined("Problem: {problem}. No scores until it is mended.", problem=first)
    differ = say(
        "Weights differ from the run; rank ranges, contributions and partners are as of the run."
    )
    same = say("As of the run.")
    told = f"IF(B4>0,{bad},IF(B5>0,{quoted(differ)},{quoted(same)}))"
    formula(sheet, 3, 1, told, same, fill, font=_ALERT)


def _direction(layout: Layout, node: int) -> str:
    return str(layout.result.catalogue.indicators[layout.result.tree.columns[node]].direction)


def _row(
    sheet: Worksheet, layout: Layout, node: int, name: str, scenarios: Mapping[str, Floats],
    fill: Fill,
) -> None:  # fmt: skip
    result, tree = layout.result, layout.result.tree
    row, parent = layout.weight_row(node), int(tree.parents[node])
    inner = bool(tree.columns[node] < 0)
    font = BOLD if inner else BODY
    put(sheet, row, 1, tree.codes[node], font=font)
    typed = put(sheet, row, 2, float(result.weights[node]), form="0.###", font=font)
    typed.fill, typed.protection = _INPUT, Protection(locked=False)
    if not inner:
        direction = put(sheet, row, 3, _direction(layout, node))
        direction.fill, direction.protection = _INPUT, Protection(locked=False)
    cell = put(sheet, row, 4, name, font=font)
    cell.alignment = Alignment(indent=2 * (tree.depth(node) - 1))
    put(sheet, row, 5, tree.codes[parent])
    put(sheet, row, 6, float(result.weights[node] * layout.alive[node]), form="0.###")
    first, end = get_column_letter(_SCENARIOS), get_column_letter(_SCENARIOS + len(scenarios))
    heads = f"${first}${HEADER}:${end}${HEADER}"
    chosen = f"IFERROR(INDEX(${first}{row}:${end}{row},MATCH($B$2,{heads},0)),0)"
    weight = float(result.weights[node])
    formula(sheet, row, 7, f"MAX(0,{chosen})", weight, fill, form="0.###")
    used = f"$G{row}" if layout.alive[node] else f"0*$G{row}"
    formula(sheet, row, 8, used, weight * bool(layout.alive[node]), fill, form="0.###")
    siblings = _cells("$H", [layout.weight_row(int(c)) for c in tree.children[parent]])
    share = f"IF(SUM({siblings})>0,H{row}/SUM({siblings}),0)"
    formula(sheet, row, 9, share, float(result.shares[node]), fill, form="0.0%")
    above = f"*J{layout.weight_row(parent)}" if parent else ""
    formula(sheet, row, 10, f"I{row}{above}", float(result.effective[node]), fill, form="0.0%")
    formula(sheet, row, 11, _check(layout, node, heads), "", fill, font=_ALERT)
    formula(sheet, row, _SCENARIOS, f"N($B{row})", weight, fill, form="0.###", font=QUIET)
    for column, weights in enumerate(scenarios.values(), _SCENARIOS + 1):
        put(sheet, row, column, float(weights[node]), form="0.###", font=QUIET)


def _check(layout: Layout, node: int, heads: str) -> str:
    """What is wrong with a typed weight or direction, with all its siblings, or the scenario."""
    row, tree = layout.weight_row(node), layout.result.tree
    siblings = [int(c) for c in tree.children[int(tree.parents[node])]]
    typed = f"$B$2={quoted(say(TYPED))}"
    wrong = [
        (f"AND({typed},NOT(ISNUMBER($B{row})))", say("type a number")),
        (f"AND({typed},N($B{row})<0)", say("type 0 or more")),
    ]
    if tree.columns[node] >= 0:
        known = ",".join(f'$C{row}="{direction}"' for direction in DIRECTIONS)
        wrong.append((f"NOT(OR({known}))", say("choose a direction of the list")))
    if node == siblings[0]:
        total = f"SUM({_cells('$G', [layout.weight_row(c) for c in siblings])})"
        unknown = f"AND({total}=0,ISNA(MATCH($B$2,{heads},0)))"
        parent = tree.codes[int(tree.parents[node])]
        wrong += [
            (unknown, say("choose a scenario of the list")),
            (f"{total}=0", say("all weights under {parent} are 0", parent=parent)),
        ]
    text = '""'
    for condition, said in reversed(wrong):
        text = f"IF({condition},{quoted(said)},{text})"
    return text


def _cells(column: str, rows: list[int]) -> str:
    """Rows of a column as a list of ranges."""
    runs = np.split(np.array(rows), np.flatnonzero(np.diff(rows) > 1) + 1)
    return ",".join(f"{column}${run[0]}:{column}${run[-1]}" for run in runs)


def _validations(sheet: Worksheet, last: int, scenarios: Mapping[str, Floats]) -> None:
    number = DataValidation(
        type="decimal", operator="greaterThanOrEqual", formula1="0",
        errorTitle=say("Weight"),
        error=say("Type 0 or more; weights count relative to their siblings."),
    )  # fmt: skip
    number.add(f"B{HEADER + 1}:B{last}")
    direction = DataValidation(type="list", formula1=f'"{",".join(DIRECTIONS)}"')
    direction.add(f"C{HEADER + 1}:C{last}")
    end = get_column_letter(_SCENARIOS + len(scenarios))
    names = f"=${get_column_letter(_SCENARIOS)}${HEADER}:${end}${HEADER}"
    scenario = DataValidation(type="list", formula1=names, error=say("Choose one of the list."))
    scenario.add("B2")
    for validation in (number, direction, scenario):
        sheet.add_data_validation(validation)
    changed = FormulaRule(  # type: ignore[no-untyped-call]  # its stub has no types
        formula=[f"$H{HEADER + 1}<>$F{HEADER + 1}"], font=Font(color="A33B12")
    )
    sheet.conditional_formatting.add(f"B{HEADER + 1}:J{last}", changed)
