"""The tree of the market chosen on Profiles: its own weights, and what its score would gain.

Formulas in hidden columns, a row per node, so that they follow the market and the sheet Weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.bulk import Fill
from entryscore.contribution import spread_weights
from entryscore.language import say
from entryscore.report.gain import (
    QUASI,
    form_of,
    forms_above,
    inverse,
    raised,
    term,
    term_of,
    unknown_form,
    zero_absorbs,
)
from entryscore.report.live.layout import Layout
from entryscore.report.model import Report
from entryscore.report.profile_ranking import ROW_OF_MARKET, Ranking
from entryscore.result import Result
from entryscore.spreadsheet import QUIET, formula, put
from entryscore.tree import Floats

FIRST = 9  # row of the index
HIDDEN = _CODE = 14  # the first of the hidden columns
_SCORE, _WEIGHT, _SHARE, _EFFECTIVE, _BEST, _TERM, _ZERO, _SUM, _ZEROS = range(15, 24)
_LEVELS = 24  # a node's score after each of its parents, where these are no plain sums


def medians(scores: Floats) -> Floats:
    """(nodes) of scores (markets × nodes), where there are any; else NaN."""
    known = [column[~np.isnan(column)] for column in scores.T]
    return np.array([np.median(x) if x.size else np.nan for x in known])


@dataclass(frozen=True, eq=False)
class MarketTree:
    """`sheet` is Profiles; values are those of the first ranked market."""

    sheet: Worksheet
    report: Report
    ranking: Ranking
    live: Layout | None
    fill: Fill

    @property
    def result(self) -> Result:
        return self.report.result

    @property
    def market(self) -> int:
        return self.report.ranked[0]

    @cached_property
    def rows(self) -> dict[int, int]:
        """The children of each node side by side, below it."""
        tree = self.result.tree
        order = [0, *(int(c) for n in reversed(tree.inner) for c in tree.children[n])]
        return {node: row for row, node in enumerate(order, FIRST)}

    @cached_property
    def weights(self) -> Floats:
        """(nodes) shares of the market's score."""
        return np.asarray(spread_weights(self.result)[self.market])

    @cached_property
    def best(self) -> Floats:
        """(nodes) the best score of a ranked market; NaN where none has one."""
        scores = self.result.scores[self.report.ranked]
        known = np.where(np.isnan(scores), -np.inf, scores).max(axis=0)
        return np.where(np.isfinite(known), known, np.nan)

    @cached_property
    def gains(self) -> Floats:
        """(nodes) points the score gains where one node's score rises to the best ranked market's,
        all else as it is; NaN where the node has no score, or under an `unknown_form`."""
        found = np.full(len(self.weights), np.nan)
        for node in self.rows:
            if node and not (np.isnan(self.now[node]) or unknown_form(self.result, node)):
                last = self._raised[node][-1] if self.weights[node] > 0 else -np.inf
                found[node] = max(0.0, last - self.now[0])
        return found

    @cached_property
    def _raised(self) -> dict[int, list[float]]:
        """By node with a share of the score: the scores above it, were it as good as the best."""
        return {
            node: raised(
                self.result, self.market, node, float(np.fmax(self.best[node], self.now[node]))
            )
            for node in self.rows
            if self.weights[node] > 0 and not unknown_form(self.result, node)
        }

    @cached_property
    def now(self) -> Floats:
        """(nodes) the market's scores."""
        return np.asarray(self.result.scores[self.market])

    @cached_property
    def median(self) -> Floats:
        """(nodes) over the ranked markets; NaN where none has a score."""
        return medians(self.result.scores[self.report.ranked])

    @cached_property
    def group_median(self) -> Floats:
        """(nodes) over the ranked markets of its group; NaN without a group."""
        groups = self.result.table.groups
        own = groups[self.market]
        return medians(
            self.result.scores[[i for i in self.report.ranked if own and groups[i] == own]]
        )

    @cached_property
    def against(self) -> Floats:
        return np.asarray(self.now - self.median)

    @cached_property
    def end(self) -> int:
        """The column after the last one in use."""
        depth = max(self.result.tree.depth(n) for n in range(len(self.result.tree.codes)))
        return _LEVELS + depth + len(self._filled)

    @cached_property
    def _filled(self) -> list[int]:
        """Nodes whose score is the group's in some market."""
        return [int(n) for n in np.flatnonzero(self.result.filled.any(axis=0))]

    def score(self, node: int) -> str:
        return self._cell(_SCORE, node)

    def share(self, node: int) -> str:
        """The cell of the node's weight in the market's score."""
        return self._cell(_EFFECTIVE, node)

    def gain(self, node: int) -> str:
        """The formula of the points to gain."""
        if unknown_form(self.result, node):
            return '""'
        rise = f"({self._cell(_BEST, node)}-{self.score(node)})"
        gain = f"{self.share(node)}*{rise}"
        if not self._is_sum(node):
            last = self._cell(_LEVELS + self.result.tree.depth(node) - 1, node)
            gain = f"MAX(0,N({last})-{self.score(0)})"
            gain = f"IF({self.share(node)}>0,{gain},0)"
        return f'IF(ISNUMBER({self.score(node)}),{gain},"")'

    def write(self) -> None:
        heads = (
            say("code"), say("score"), say("weight"), say("share of parent"),
            say("share of the score"), say("best of the ranked"),
        )  # fmt: skip
        for column, head in enumerate(heads, _CODE):
            put(self.sheet, FIRST - 1, column, head, font=QUIET)
        self._write_filled()
        score = float(self.result.score[self.market])
        for node, row in self.rows.items():
            put(self.sheet, row, _CODE, self.result.tree.codes[node])
            if node == 0:
                self._put(_SCORE, 0, self.ranking.number("score"), score)
                self._put(_EFFECTIVE, 0, f"IF(ISNUMBER({self.score(0)}),1,0)", 1.0)
            else:
                self._node(node)
        for node in self.rows:
            if self.result.tree.columns[node] < 0:
                self._sums(node)
            if node:
                self._terms(node)
            if node and not (self._is_sum(node) or unknown_form(self.result, node)):
                self._levels(node)

    def _node(self, node: int) -> None:
        result, score = self.result, self.score(node)
        code, parent = result.tree.codes[node], int(result.tree.parents[node])
        value = float(result.scores[self.market, node])
        self._put(_SCORE, node, self.ranking.number(code), value)
        if self.live is None:
            put(self.sheet, self.rows[node], _WEIGHT, float(result.weights[node]))
        else:
            used = float(result.weights[node]) * bool(self.live.alive[node])
            self._put(_WEIGHT, node, f"Weights!$H${self.live.weight_row(node)}", used)
        scores, weights = self._block(_SCORE, parent), self._block(_WEIGHT, parent)
        weight = self._cell(_WEIGHT, node)
        share = f"IFERROR({weight}/SUMPRODUCT({weights},--ISNUMBER({scores})),0)"
        self._put(_SHARE, node, f"IF(ISNUMBER({score}),{share},0)", self._shares[node])
        effective = "*".join([self._cell(_SHARE, node), self.share(parent), *self._own(parent)])
        self._put(_EFFECTIVE, node, effective, float(self.weights[node]))
        best = f'IF(ISNUMBER({score}),MAX({self.ranking.ranked(code)},{score}),"")'
        self._put(
            _BEST, node, best, float(np.fmax(self.best[node], value)) if value == value else ""
        )

    @cached_property
    def _shares(self) -> Sequence[float]:
        """(nodes) of the parent's score, whatever stands above."""
        tree, present = self.result.tree, ~np.isnan(self.result.scores[self.market])
        return [float(x) for x in tree.shares(np.where(present, self.result.weights, 0.0))]

    def _own(self, parent: int) -> list[str]:
        """Factors that are 0 where a node's score is not made of its children."""
        factors = []
        if self.result.methodology.missing == "zero":
            weights, scores = self._block(_WEIGHT, parent), self._block(_SCORE, parent)
            lacking = f"SUMPRODUCT(--({weights}>0),--NOT(ISNUMBER({scores})))"
            factors.append(f"IF({lacking}>0,0,1)")
        if parent in self._filled:
            letter = get_column_letter(self.end - len(self._filled) + self._filled.index(parent))
            last = FIRST + len(self.result.table.codes) - 1
            factors.append(f"(1-N(INDEX(${letter}${FIRST}:${letter}${last},{ROW_OF_MARKET})))")
        return factors

    def _write_filled(self) -> None:
        """A column per node that the group fills somewhere, 1 there, in the order of Ranking: only
        in reports without live formulas, where that order stays."""
        for column, node in enumerate(self._filled, self.end - len(self._filled)):
            put(self.sheet, FIRST - 1, column, self.result.tree.codes[node], font=QUIET)
            filled = self.result.filled[self.result.order, node]
            for place in np.flatnonzero(filled).tolist():
                put(self.sheet, FIRST + place, column, 1)

    def _is_sum(self, node: int) -> bool:
        return set(forms_above(self.result, node)) == {"arithmetic"}

    def _terms(self, node: int) -> None:
        """What the parent's score is made of, unless that is a plain sum."""
        kind = form_of(self.result, int(self.result.tree.parents[node]))
        score, share = self.score(node), self._cell(_SHARE, node)
        now, is_used = float(self.now[node]), self._shares[node] > 0
        if kind == "minimum":
            self._put(_TERM, node, f'IF({share}>0,{score},"")', now if is_used else "")
        elif kind in QUASI:
            used = f"IF({share}>0,IF({score}>0,{term(self.result, kind, score)},0),0)"
            value = float(term_of(self.result, kind, self.now)[node]) if is_used else 0
            self._put(_TERM, node, used, value)
            zero = f"IF({share}>0,IF({score}<=0,1,0),0)"
            self._put(_ZERO, node, zero, int(is_used and now <= 0))

    def _sums(self, node: int) -> None:
        """Of a parent: the sum of its children's terms, and how many children are 0."""
        kind = form_of(self.result, node)
        if kind not in QUASI:
            return
        below = self.result.tree.children[node]
        used = np.array([self._shares[c] for c in below])
        terms = np.where(used > 0, term_of(self.result, kind, self.now)[below], 0.0)
        text = f"SUMPRODUCT({self._block(_SHARE, node)},{self._block(_TERM, node)})"
        self._put(_SUM, node, text, float((used * terms).sum()))
        zeros = int(((used > 0) & (self.now[below] <= 0)).sum())
        self._put(_ZEROS, node, f"SUM({self._block(_ZERO, node)})", zeros)

    def _levels(self, node: int) -> None:
        """The scores above, were the node as good as the best."""
        known = self._raised.get(node)
        better = self._cell(_BEST, node)
        for level, child in enumerate(self.result.tree.path(node)):
            text = f'IF({self.share(node)}>0,{self._made_again(child, better)},"")'
            self._put(_LEVELS + level, node, text, known[level] if known else "")
            better = self._cell(_LEVELS + level, node)

    def _made_again(self, node: int, better: str) -> str:
        """The formula of the parent's score with another score of the node."""
        parent = int(self.result.tree.parents[node])
        kind, score, whole = form_of(self.result, parent), self.score(node), self.score(parent)
        share, now = self._cell(_SHARE, node), self._cell(_TERM, node)
        if kind == "arithmetic":
            return f"{whole}+{share}*({better}-{score})"
        if kind == "minimum":
            terms = self._block(_TERM, parent)
            second = f"IF(COUNT({terms})>1,SMALL({terms},2),{better})"
            return f"IF({score}>{whole},{whole},MIN({better},{second}))"
        total = f"{self._cell(_SUM, parent)}+{share}*({term(self.result, kind, better)}-{now})"
        mean = inverse(self.result, kind, total)
        if not zero_absorbs(self.result, kind):
            return mean
        others = f"{self._cell(_ZEROS, parent)}-{self._cell(_ZERO, node)}"
        return f"IF({better}<=0,0,IF({others}>0,0,{mean}))"

    def _put(self, column: int, node: int, text: str, value: object) -> None:
        formula(self.sheet, self.rows[node], column, text, value, self.fill)

    def _cell(self, column: int, node: int) -> str:
        return f"${get_column_letter(column)}${self.rows[node]}"

    def _block(self, column: int, parent: int) -> str:
        """The cells of a node's children."""
        below = [self.rows[int(c)] for c in self.result.tree.children[parent]]
        letter = get_column_letter(column)
        return f"${letter}${min(below)}:${letter}${max(below)}"
