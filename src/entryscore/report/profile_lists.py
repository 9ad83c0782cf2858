"""The lists of the sheet Profiles: strengths, weaknesses, points to gain, partners."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.briefing.brief import Brief
from entryscore.briefing.words import not_assessed
from entryscore.bulk import Fill
from entryscore.language import say
from entryscore.naming import text_width
from entryscore.partners.answer import Answer
from entryscore.report.gain import unknown_form
from entryscore.report.model import SCORE, Report
from entryscore.report.profile_ranking import is_chosen, place_of_chosen
from entryscore.report.profile_tree import FIRST, MarketTree
from entryscore.spreadsheet import HEADING, aligned, formula, put, quoted, styled
from entryscore.tree import Floats

DIFFERENCE = "+0.0;-0.0;0.0"
_MOST = 5
_NONE = "–"
_LETTER, _HAN_LETTER = 0.85, 1.9  # widths, at most on the average
_NAME, _POINTS = 9, 10  # columns
_NOTHING = 1e-9  # points
_TIE = 1e-9  # by which equal ones are set apart, the first on top


@dataclass(frozen=True)
class Rows:
    """The indicators' rows in their table."""

    leaves: list[int]
    first: int

    @property
    def last(self) -> int:
        return self.first + len(self.leaves) - 1


def add_lists(tree: MarketTree, rows: Rows, row: int) -> int:
    """Beside the tables, from `row` on; only what was observed and weighs something in the market's
    score counts. The row after the last."""
    against, gains = tree.against[rows.leaves], tree.gains[rows.leaves]
    unknown = dict.fromkeys(filter(None, (unknown_form(tree.result, n) for n in rows.leaves)))
    kept_back = say("not given under {names}", names=", ".join(unknown)) if unknown else _NONE
    blocks = (
        (say("Strengths, against the median"), "N(F#)", against, _NONE),
        (say("Weaknesses, against the median"), "-N(F#)", -against, _NONE),
        (say("Most points to gain, up to the best ranked market"), "N(G#)", gains, kept_back),
    )
    imputed = _imputed(tree, tree.end + len(blocks) + 2, rows)
    counts = (tree.weights[rows.leaves] > 0) & ~_is_imputed(tree)[tree.market, rows.leaves]
    for column, (title, points, values, empty) in enumerate(blocks, tree.end):
        keys = np.where(counts & (values > _NOTHING), values, np.nan)
        _keys(tree, column, rows.first, points, imputed, keys)
        put(tree.sheet, row, _NAME, title, font=HEADING)
        source = "G" if "G" in points else "F"
        row = _list(tree, row + 1, column, source, rows, keys, empty) + 1
    return _partners(tree.sheet, row, tree.end + len(blocks), tree.report, tree.fill)


def _is_imputed(tree: MarketTree) -> NDArray[np.bool_]:
    """(markets × nodes) indicators that have a score and no value of their own."""
    result = tree.result
    found = np.zeros(result.scores.shape, dtype=bool)
    leaves = result.tree.leaves
    found[:, leaves] = np.isnan(result.scaled[:, result.tree.columns[leaves]])
    return found & ~np.isnan(result.scores)


def _imputed(tree: MarketTree, column: int, rows: Rows) -> str:
    """The letter of a hidden column that is 1 beside the indicators imputed for the market chosen;
    empty where none is for any market. What it looks up stands right of it."""
    imputed = _is_imputed(tree)
    filled = [node for node in rows.leaves if imputed[:, node].any()]
    if not filled:
        return ""
    table = tree.result.table
    last = FIRST + len(table.codes) - 1
    codes = get_column_letter(column + 1)
    for row, code in enumerate(table.codes, FIRST):
        put(tree.sheet, row, column + 1, code)
    for place, node in enumerate(filled, column + 2):
        for market in np.flatnonzero(imputed[:, node]).tolist():
            put(tree.sheet, FIRST + market, place, 1)
        letter = get_column_letter(place)
        chosen = is_chosen(f"${codes}${FIRST}:${codes}${last}")
        text = f"SUMPRODUCT({chosen},${letter}${FIRST}:${letter}${last})"
        row = rows.first + rows.leaves.index(node)
        formula(tree.sheet, row, column, text, int(imputed[tree.market, node]), tree.fill)
    return get_column_letter(column)


def _keys(
    tree: MarketTree, column: int, first: int, source: str, imputed: str, keys: Floats
) -> None:
    """What the list goes by, in a hidden column beside the indicators; blank where not on it."""
    for k, (row, key) in enumerate(enumerate(keys.tolist(), first)):
        points = source.replace("#", str(row))
        seen = f",N(${imputed}{row})=0" if imputed else ""
        text = f'IF(AND(B{row}>0,{points}>{_NOTHING!r}{seen}),{points}-{k}*{_TIE!r},"")'
        formula(tree.sheet, row, column, text, key - k * _TIE if key == key else "", tree.fill)


def _list(
    tree: MarketTree, row: int, column: int, source: str, rows: Rows, keys: Floats, empty: str
) -> int:
    """Names and points, the most first; the row after the last."""
    letter = get_column_letter(column)
    cells = f"${letter}${rows.first}:${letter}${rows.last}"
    order = [int(k) for k in np.argsort(-keys, kind="stable") if keys[k] == keys[k]]
    for place in range(_MOST):
        match = f"MATCH(LARGE({cells},{place + 1}),{cells},0)"
        blank = empty if place == 0 else ""
        name = f"IFERROR(INDEX($A${rows.first}:$A${rows.last},{match}),{quoted(blank)})"
        node = rows.leaves[order[place]] if place < len(order) else None
        label = blank if node is None else tree.report.name(node)
        formula(tree.sheet, row + place, _NAME, name, label, tree.fill)
        values = f"${source}${rows.first}:${source}${rows.last}"
        points = f'IFERROR(INDEX({values},{match}),"")'
        form, column_of = (DIFFERENCE, tree.against) if source == "F" else (SCORE, tree.gains)
        value = "" if node is None else float(column_of[node])
        formula(tree.sheet, row + place, _POINTS, points, value, tree.fill, form=form)
    return row + _MOST


def _partners(sheet: Worksheet, row: int, column: int, report: Report, fill: Fill) -> int:
    """What the sheet Partners says of the market, as of the run; the row after the last."""
    brief = report.partners
    if brief is None:
        return row - 1  # nothing follows the blank row
    put(sheet, row, _NAME, say("Local partners, as of the run"), font=HEADING)
    codes, texts = (get_column_letter(column + k) for k in (0, 1))
    said = {brief.code(answer): _said(brief, answer) for answer in brief.answers}
    for line, (code, text) in enumerate(said.items(), FIRST):
        put(sheet, line, column, code)
        put(sheet, line, column + 1, text)
    rows = f"${FIRST}:${{}}${FIRST + len(said) - 1}"
    found = place_of_chosen(f"${codes}{rows.format(codes)}", FIRST)
    other = say("Not on the shortlist of the sheet Partners.")
    told = f"IFERROR(INDEX(${texts}{rows.format(texts)},{found}),{quoted(other)})"
    here = report.result.table.codes[report.ranked[0]]
    cell = formula(sheet, row + 1, _NAME, told, said.get(here, other), fill)
    styled(cell, alignment=aligned("left", "top", wrap=True))
    widths = (sheet.column_dimensions[get_column_letter(c)].width for c in (_NAME, _POINTS))
    end = row + 1 + lines_of(max(said.values(), key=text_width, default=""), sum(widths))
    sheet.merge_cells(start_row=row + 1, end_row=end, start_column=_NAME, end_column=_POINTS)
    return end + 1


def lines_of(text: str, width: float) -> int:
    """Lines a text in 10 points takes in columns of that width, which counts digits in 11 points;
    words are not split, so a tenth of what goes over more than a line is lost."""
    wide = max(0, text_width(text) - len(text))  # Chinese letters and their like
    needed = _LETTER * (text_width(text) - 2 * wide) + _HAN_LETTER * wide
    return 1 if needed <= width else math.ceil(needed / (0.9 * width))


def _said(brief: Brief, answer: Answer) -> str:
    if not answer.assessed:
        return not_assessed([brief.label(answer)])
    if not answer.members:
        return say("No capability has enough points at stake to need partners.")
    names = say(", ").join(brief.type_name(m.partner_type) for m in answer.members)
    return say(
        "{names}: cost {cost:g}, score {score:.1f} with them {adjusted:.1f}.", names=names,
        cost=answer.cost, score=answer.base_score, adjusted=answer.adjusted_score,
    )  # fmt: skip
