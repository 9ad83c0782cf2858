"""Why a market stands where it stands: points, strengths, gates, and what sets it apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from entryscore.catalogue import Gate
from entryscore.contribution import contributions, spread_weights
from entryscore.language import phrase, say
from entryscore.ranking import ranks_of
from entryscore.reaching import Goal, next_rank, top_five
from entryscore.result import Result
from entryscore.robustness.swaps import Swap, smallest_swap
from entryscore.tree import Floats

NEAR = 0.1  # of a gate's threshold
MOST = 5  # strengths, weaknesses
_NOTHING = 1e-9  # points


@dataclass(frozen=True, eq=False)
class Explanation:
    """One market of a result (`market`: its position), and another to compare it with."""

    result: Result
    market: int
    other: int | None = None

    @cached_property
    def parts(self) -> pd.DataFrame:
        """A row per indicator, and per node that brings points of its own (filled from the group):
        `code, name, parent, unit, value, observed, score, weight` (re-spread, in the index),
        `points` (they add up to the score), `rank, of` by score, `median, group_median` of the
        ranked markets' values, `median_score, group_median_score` of their scores, and the points
        by which the market is above these: `edge, group_edge` = weight × (score - median score)."""
        result, m = self.result, self.market
        nodes = own_nodes(result, [m])
        points, weights = own_points(result), spread_weights(result)
        everyone, group = result.ranked, np.array(result.table.groups) == result.table.groups[m]
        grouped, group = bool(result.table.groups[m]) and int(group.sum()) > 1, group & everyone
        rows = []
        for node in nodes:
            scores, values = result.scores[:, node], _values(result, node)
            median = _median(scores[everyone])
            inside = _median(scores[group]) if grouped else np.nan
            weight = float(weights[m, node])
            rows.append(
                _named(result, node) | {
                    "value": values[m], "observed": bool(~np.isnan(values[m])),
                    "score": scores[m], "weight": weight, "points": points[m, node],
                    "rank": ranks_of(scores)[m], "of": int((~np.isnan(scores)).sum()),
                    "median": _median(values[everyone]),
                    "group_median": _median(values[group]) if grouped else np.nan,
                    "median_score": median, "group_median_score": inside,
                    "edge": weight * (scores[m] - median),
                    "group_edge": weight * (scores[m] - inside),
                }
            )  # fmt: skip
        frame = pd.DataFrame(rows)
        return frame.assign(rank=frame["rank"].astype("Float64").astype("Int64"))

    def strengths(self, by: str = "edge") -> pd.DataFrame:
        """The observed indicators that lift the market most above the median, the most first."""
        found = self.parts[self.parts["observed"] & (self.parts[by] > _NOTHING)]
        return found.sort_values(by, ascending=False, kind="stable").head(MOST)

    def weaknesses(self, by: str = "edge") -> pd.DataFrame:
        found = self.parts[self.parts["observed"] & (self.parts[by] < -_NOTHING)]
        return found.sort_values(by, kind="stable").head(MOST)

    @cached_property
    def gates(self) -> pd.DataFrame:
        """Gates that failed, could not be verified, or are met or missed by at most 10 % of the
        threshold: `code, name, condition, value, state` (failed, unverified, met), `near`."""
        result, rows = self.result, []
        states = {g.indicator: g.state for g in result.gates if g.market == self.market}
        for column, indicator in enumerate(result.catalogue.indicators):
            if indicator.gate is None:
                continue
            state = states.get(indicator.code, "met")
            value = float(result.table.values[self.market, column])
            near = is_near(indicator.gate, value)
            if state != "met" or near:
                rows.append((
                    indicator.code, indicator.name, indicator.gate.condition, value, state, near
                ))  # fmt: skip
        return pd.DataFrame(rows, columns=["code", "name", "condition", "value", "state", "near"])

    @cached_property
    def missing(self) -> list[str]:
        """The indicators that weigh something and have no observed value."""
        result = self.result
        return [
            result.tree.codes[node] for node in result.tree.leaves
            if result.effective[node] > 0 and np.isnan(_values(result, int(node))[self.market])
        ]  # fmt: skip

    @cached_property
    def unranked(self) -> tuple[str, ...]:
        """Why the market has no rank, in sentences; none where it has one."""
        return why_unranked(self.result, self.market)

    @cached_property
    def next(self) -> Goal | None:
        """What reaches the next better rank; None at the top and without a rank."""
        return next_rank(self.result, self.market)

    @cached_property
    def top(self) -> Goal | None:
        """What reaches the top 5; None where the next rank is there, and without a rank."""
        return top_five(self.result, self.market)

    @cached_property
    def difference(self) -> pd.DataFrame:
        """The score minus the other's, by indicator, the largest part first: `code, name, value,
        other_value, score, other_score, points, other_points, difference` (they add up)."""
        assert self.other is not None
        result, a, b = self.result, self.market, self.other
        points = np.nan_to_num(own_points(result))
        rows = []
        for node in own_nodes(result, [a, b]):
            values, scores = _values(result, node), result.scores[:, node]
            rows.append(
                _named(result, node) | {
                    "value": values[a], "other_value": values[b],
                    "score": scores[a], "other_score": scores[b],
                    "points": points[a, node], "other_points": points[b, node],
                    "difference": points[a, node] - points[b, node],
                }
            )  # fmt: skip
        frame = pd.DataFrame(rows)
        return frame.sort_values("difference", key=lambda d: -d.abs(), kind="stable")

    @cached_property
    def swap(self) -> Swap | None:
        """The smallest changes of weights that make the two level; None unless both are ranked."""
        if self.other is None or not (self.result.ranked[[self.market, self.other]]).all():
            return None
        codes = self.result.table.codes
        return smallest_swap(self.result, codes[self.market], codes[self.other])


def own_points(result: Result) -> Floats:
    """(markets × nodes) points that a node brings itself: an indicator's contribution, and of the
    nodes above what their children do not bring, such as a score filled from the group."""
    points = contributions(result)
    own = points.copy()
    for node in result.tree.inner:
        own[:, node] -= points[:, result.tree.children[node]].sum(axis=1)
    return np.where(np.abs(own) <= _NOTHING, 0.0, own)


def own_nodes(result: Result, markets: list[int]) -> list[int]:
    """Indicators that weigh something, and the nodes above that bring points of their own."""
    tree, own = result.tree, np.nan_to_num(own_points(result)[markets])
    return [
        node for node in range(len(tree.codes))
        if (tree.columns[node] >= 0 and result.effective[node] > 0)
        or (tree.columns[node] < 0 and np.any(own[:, node] != 0))
    ]  # fmt: skip


def _named(result: Result, node: int) -> dict[str, object]:
    code = result.tree.codes[node]
    if node == 0:
        return {"code": code, "name": result.catalogue.index.name, "parent": "", "unit": ""}
    known = result.catalogue.node(code)
    parent = result.tree.codes[result.tree.parents[node]]
    return {
        "code": code, "name": known.name, "parent": parent, "unit": getattr(known, "unit", "") or ""
    }  # fmt: skip


def _values(result: Result, node: int) -> Floats:
    """(markets) observed values after `scale_by`; NaN at nodes above the indicators."""
    column = result.tree.columns[node]
    if column < 0:
        return np.full(len(result.table.codes), np.nan)
    return np.asarray(result.scaled[:, column])


def _median(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if known.size else float("nan")


def is_near(gate: Gate, value: float) -> bool:
    """Whether a number is within 10 % of the threshold, on either side."""
    if isinstance(gate.operand, str) or gate.sign in ("=", "!="):
        return False
    return bool(abs(value - gate.operand) <= NEAR * abs(gate.operand))


_UNMET = {
    "failed": phrase("The gate {indicator} {condition} failed."),
    "unverified": phrase(
        "The gate {indicator} {condition} could not be verified: the value is missing."
    ),
}


def why_unranked(result: Result, market: int) -> tuple[str, ...]:
    """Sentences; none where the market has a rank."""
    if result.ranked[market]:
        return ()
    found = [
        say(_UNMET[gate.state], indicator=gate.indicator, condition=gate.condition)
        for gate in result.gates
        if gate.market == market and gate.drops
    ]
    settings, tree = result.methodology, result.tree
    short = result.coverage[market] < settings.min_total_coverage - _NOTHING
    if np.isnan(result.score[market]):
        bare = [
            tree.codes[node] for node in reversed(tree.inner)
            if node and result.effective[node] > 0 and np.isnan(result.scores[market, node])
        ]  # fmt: skip
        template = phrase("It has no score: too few of its values are there.")
        if bare:
            template = phrase(
                "It has no score (nor have its parts {codes}): too few of its values are there."
            )
        found.append(say(template, codes=", ".join(bare)))
    if short:
        found.append(
            say(
                "Its coverage of {coverage:.0%} of the weight is below the "
                "{min_total_coverage:.0%} that a rank needs.",
                coverage=result.coverage[market],
                min_total_coverage=settings.min_total_coverage,
            )
        )
    return tuple(found)
