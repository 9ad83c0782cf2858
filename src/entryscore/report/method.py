"""The sheets Method and Weights."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

import entryscore
from entryscore.aggregation import AGGREGATIONS
from entryscore.catalogue import Indicator
from entryscore.imputation import IMPUTATIONS
from entryscore.language import phrase, say, translated
from entryscore.methodology import Methodology
from entryscore.naming import text_width
from entryscore.normalisation import NORMALISATIONS
from entryscore.panel import needs_years
from entryscore.registry import Registry
from entryscore.report.as_of_run import say_as_of_run
from entryscore.report.model import Report
from entryscore.report.scenarios import add_stored
from entryscore.result import Result
from entryscore.spreadsheet import (
    BODY,
    BOLD,
    HEADING,
    TITLE,
    fit_columns,
    for_print,
    header,
    lines,
    put,
)
from entryscore.treatment import TREATMENTS

_DIRECTIONS = {
    "higher_is_better": phrase("higher is better"), "lower_is_better": phrase("lower is better"),
}  # fmt: skip
_FORMULA_WIDTH = 44  # characters of a formula in one line
_SOURCE_WIDTH = 56  # characters of a source in one line
_NORMALISATION = {
    "min_max": phrase("between the lowest and the highest of the included markets"),
    "z_score": phrase("by its distance from the mean in standard deviations"),
    "rank": phrase("by its rank among the included markets"),
    "percentile_rank": phrase("by its percentile among the included markets"),
    "borda": phrase("by the number of markets it beats"),
    "goalposts": phrase("between fixed goalposts, cut off at both ends"),
    "scaled": phrase("between fixed goalposts"),
    "distance_to_reference": phrase("by its distance from the reference market"),
    "distance_to_target": phrase("by its distance from a target"),
    "distance_to_max": phrase("by its distance from the best market"),
}
_MISSING = {
    "reweight": phrase(
        "A missing value is not filled in: its weight is spread over the siblings present, "
        "and a node with less than {low:.0%} of its weight present has no score."
    ),
    "zero": phrase("A node with a missing part scores 0."),
    "exclude": phrase("A node with a missing part has no score."),
}


def sentences(report: Report) -> list[str]:
    """How the score was made, to be quoted."""
    result = report.result
    settings, tree = result.methodology, result.tree
    used = [n for n in tree.leaves if result.weights[n] > 0]
    parts = [f"{report.name(n)} {result.shares[n]:.0%}" for n in report.top_nodes]
    found = [
        say(
            "The score combines {count} indicators; its parts are {parts}.", count=len(used),
            parts=say(", ").join(parts),
        ),
        say(
            "Each indicator is turned so that higher is better and placed {placed}, on a scale "
            "from {low:g} to {high:g}, except where the sheet Method says otherwise.",
            placed=_placed(settings.normalisation), low=settings.scale_low,
            high=settings.scale_high,
        ),
        _combined(settings.aggregation),
    ]  # fmt: skip
    if result.treatment:
        found.append(
            say(
                "Outliers were treated in {count} indicators (see Data quality).",
                count=len(result.treatment),
            )
        )
    found.append(say(_MISSING[settings.missing], low=settings.min_coverage))
    found.append(
        say(
            "A market is ranked where at least {share:.0%} of the weight is observed and every "
            "gate is met; scores are relative to the included markets.",
            share=settings.min_total_coverage,
        )
    )
    if report.static:
        found.append(
            say(
                "Nothing in this workbook is recalculated when a weight is changed: {reason}.",
                reason=report.static,
            )
        )
    else:
        found.append(
            say(
                "Scores, ranks and their charts follow the sheet Weights; everything else is as of "
                "the run."
            )
        )
    return found


_MEANS = {
    "arithmetic": phrase("Parts are combined by the arithmetic mean with the weights of the sheet "
                         "Weights."),
    "geometric": phrase("Parts are combined by the geometric mean with the weights of the sheet "
                        "Weights."),
    "harmonic": phrase("Parts are combined by the harmonic mean with the weights of the sheet "
                       "Weights."),
    "power": phrase("Parts are combined by the power mean with the weights of the sheet Weights."),
}  # fmt: skip


def _combined(aggregation: str) -> str:
    if aggregation in _MEANS:
        return say(_MEANS[aggregation])
    return say("Parts are combined by {name}.", name=aggregation)


def _placed(normalisation: str) -> str:
    if normalisation in _NORMALISATION:
        return say(_NORMALISATION[normalisation])
    formula = NORMALISATIONS[normalisation].formula
    return say("by {name}, {formula}", name=normalisation, formula=formula)


def add_method(book: Workbook, report: Report) -> None:
    sheet = book.create_sheet("Method")
    put(sheet, 1, 1, say("Method"), font=TITLE)
    say_as_of_run(sheet, 2, report)
    row = 3
    for sentence in sentences(report):
        put(sheet, row, 1, sentence).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=4)
        sheet.row_dimensions[row].height = 15 * (1 + text_width(sentence) // 160)
        row += 1
    row = _pairs(sheet, row + 1, say("This run"), _run(report))
    row = _pairs(sheet, row + 1, say("Settings"), list(report.result.methodology.plain().items()))
    row = add_stored(sheet, row + 1, report) - 1
    put(sheet, row + 1, 1, say("Indicators"), font=HEADING)
    heads = (
        say("code"), say("direction, transform, normalisation"), say("unit"), say("source"),
    )  # fmt: skip
    header(sheet, row + 2, heads)
    first = row + 3
    for row, indicator in enumerate(report.result.catalogue.indicators, first):
        how = _how(indicator, report.result.methodology)
        for column, value in enumerate(
            (indicator.code, how, translated(indicator.unit), indicator.source), 1
        ):
            cell = put(sheet, row, column, value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[row].height = 15 * (1 + text_width(indicator.source) // _SOURCE_WIDTH)
    lines(sheet, first, row, 4)
    put(sheet, row + 2, 1, say("References"), font=HEADING)
    first = row + 3
    for row, (name, formula, source) in enumerate(_references(report.result), first):
        for column, value in ((1, name), (2, formula), (4, source)):
            cell = put(sheet, row, column, value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[row].height = 15 * (1 + text_width(formula) // _FORMULA_WIDTH)
    for letter, width in zip("ABCD", (28, 46, 26, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    for_print(sheet, freeze="A2")


def _references(result: Result) -> list[tuple[str, str, str]]:
    """Name, formula and source of every method in use."""
    settings, live = (
        result.methodology,
        result.tree.leaves[result.effective[result.tree.leaves] > 0],
    )
    indicators = [result.catalogue.indicators[c] for c in result.tree.columns[live]]
    used: tuple[tuple[Registry[Any], list[str]], ...] = (
        (IMPUTATIONS, [settings.imputation]),
        (TREATMENTS, [i.treatment or settings.treatment for i in indicators]),
        (NORMALISATIONS, [settings.normalisation_of(i) for i in indicators]),
        (AGGREGATIONS, [result.aggregation(node) for node in result.tree.inner]),
    )
    methods = [registry[n] for registry, names in used for n in registry if n in names]
    return [(m.name, translated(m.formula), m.source) for m in methods if m.source]


def _how(indicator: Indicator, settings: Methodology) -> str:
    """How the indicator's values are made and used."""
    by_year = indicator.panel_of is not None or needs_years(indicator.panel)
    said = [
        say(_DIRECTIONS[indicator.direction]) if indicator.direction else "",
        say("{panel} of {code} by year", panel=indicator.panel, code=indicator.observed)
        if by_year else "",
        indicator.transform if indicator.transform != "none" else "",
        settings.normalisation_of(indicator) if indicator.scored else indicator.role,
        say("divided by {code}", code=indicator.scale_by) if indicator.scale_by else "",
    ]  # fmt: skip
    return say(", ").join(filter(None, said))


def _run(report: Report) -> list[tuple[str, object]]:
    result = report.result
    return [
        (say("scenario"), result.scenario),
        (
            say("other scenarios in this report"),
            ", ".join(other.scenario for other in report.others),
        ),
        ("entryscore", entryscore.__version__),
        (say("command"), report.command),
        (say("SHA-256 of the input"), report.sha256),
        (say("markets included"), len(result.table.codes)),
        (say("markets ranked"), len(report.ranked)),
    ]


def _pairs(sheet: Worksheet, row: int, title: str, pairs: list[tuple[str, object]]) -> int:
    put(sheet, row, 1, title, font=HEADING)
    first = row + 1
    for row, (name, value) in enumerate(pairs, first):
        put(sheet, row, 1, name)
        cell = put(sheet, row, 2, value)
        cell.alignment = Alignment(horizontal="left", wrap_text=True, vertical="top")
        sheet.merge_cells(start_row=row, end_row=row, start_column=2, end_column=4)
        sheet.row_dimensions[row].height = 15 * (1 + text_width(str(value)) // 120)
    lines(sheet, first, row, 2)
    return row + 1


def add_weights(book: Workbook, report: Report) -> None:
    """A row per node; `weight` is the number to type, the stored scenarios' weights come last."""
    sheet = book.create_sheet("Weights")
    result, tree = report.result, report.result.tree
    heads = (
        "code", say("name"), "weight", say("parent"), say("share of parent"),
        say("share of the score"),
    )  # fmt: skip
    header(sheet, 1, (*heads, *report.scenarios))
    for row, node in enumerate(range(1, len(tree.codes)), 2):
        inner = bool(tree.columns[node] < 0)
        font = BOLD if inner else BODY
        put(sheet, row, 1, tree.codes[node], font=font)
        cell = put(sheet, row, 2, report.name(node), font=font)
        cell.alignment = Alignment(indent=2 * (tree.depth(node) - 1))
        put(sheet, row, 3, float(result.weights[node]), form="0.###")
        put(sheet, row, 4, tree.codes[tree.parents[node]])
        put(sheet, row, 5, float(result.shares[node]), form="0.0%")
        put(sheet, row, 6, float(result.effective[node]), form="0.0%")
        for column, weights in enumerate(report.scenarios.values(), len(heads) + 1):
            put(sheet, row, column, float(weights[node]), form="0.###")
    lines(sheet, 2, len(tree.codes), len(heads) + len(report.scenarios))
    fit_columns(sheet, widest=60)
    for_print(sheet, 1, "C2")
