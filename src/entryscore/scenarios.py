"""Rankings of the same markets under several sets of weights, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from entryscore.ranking import tau_b
from entryscore.result import Result


def distinct(results: Sequence[Result]) -> list[Result]:
    """The first of each scenario."""
    found: dict[str, Result] = {}
    for result in results:
        found.setdefault(result.scenario, result)
    return list(found.values())


def _whole(values: object) -> pd.Series:
    return pd.Series(values).astype("Float64").astype("Int64")


def side_by_side(results: Sequence[Result]) -> pd.DataFrame:
    """A row per market in the rank order of the first result: `code, name, group`, the rank under
    each scenario (headed by its name), `best`, `worst` and `spread` = worst - best of them, blank
    where it is not ranked, and the spread where it is ranked once."""
    results = distinct(results)
    first = results[0]
    order, table = first.order, first.table
    lead = {
        "code": [table.codes[i] for i in order],
        "name": [table.names[i] for i in order],
        "group": [table.groups[i] for i in order],
    }
    ranks = np.array([result.ranks[order] for result in results])
    known = ~np.isnan(ranks).all(axis=0)
    best, worst = np.full((2, ranks.shape[1]), np.nan)
    best[known] = np.nanmin(ranks[:, known], axis=0)
    worst[known] = np.nanmax(ranks[:, known], axis=0)
    columns = [pd.Series(values, name=name) for name, values in lead.items()]
    columns += [_whole(r).rename(o.scenario) for r, o in zip(ranks, results, strict=True)]
    several = (~np.isnan(ranks)).sum(axis=0) > 1
    spread = np.where(several, worst - best, np.nan)
    columns += [
        _whole(values).rename(name)
        for name, values in (("best", best), ("worst", worst), ("spread", spread))
    ]
    return pd.concat(columns, axis=1)


def agreement(results: Sequence[Result]) -> pd.DataFrame:
    """(pairs × 6) Kendall's tau-b of two scenarios' ranks over the markets ranked in both:
    `scenario, against, tau_b, markets, moved, mean_shift` (ranks a market moves on average)."""
    results = distinct(results)
    rows = []
    for place, a in enumerate(results):
        for b in results[place + 1 :]:
            both = ~np.isnan(a.ranks) & ~np.isnan(b.ranks)
            shift = np.abs(a.ranks - b.ranks)[both]
            rows.append(
                {
                    "scenario": a.scenario, "against": b.scenario,
                    "tau_b": tau_b(a.ranks[both], b.ranks[both]), "markets": int(both.sum()),
                    "moved": int((shift > 0).sum()),
                    "mean_shift": float(shift.mean()) if both.any() else np.nan,
                }
            )  # fmt: skip
    names = ["scenario", "against", "tau_b", "markets", "moved", "mean_shift"]
    return pd.DataFrame(rows, columns=names)


def top(result: Result, n: int) -> list[str]:
    """The codes of the markets ranked n or better, in rank order; ties may make them more."""
    return [result.table.codes[i] for i in result.order if result.ranks[i] <= n]


def always_top(results: Sequence[Result], n: int) -> list[str]:
    """The codes in the top n under every scenario, in the rank order of the first."""
    inside = set.intersection(*(set(top(result, n)) for result in results))
    return [code for code in top(results[0], n) if code in inside]


def movers(before: Result, after: Result) -> pd.DataFrame:
    """The markets whose rank differs, the largest moves first: `code, name, rank_before,
    rank_after, move` (+ is ranked lower after), `score_before, score_after`. A market ranked in
    one of the two only stands last, without a move."""
    table = before.table
    frame = pd.DataFrame(
        {
            "code": list(table.codes), "name": list(table.names),
            "rank_before": _whole(before.ranks), "rank_after": _whole(after.ranks),
            "move": _whole(after.ranks - before.ranks),
            "score_before": before.score, "score_after": after.score,
        }
    )  # fmt: skip
    only_one = np.isnan(before.ranks) != np.isnan(after.ranks)
    differs = frame["move"].fillna(0).ne(0).to_numpy(dtype=bool) | only_one
    size = frame["move"].abs().fillna(0)
    better = frame[["rank_before", "rank_after"]].min(axis=1)
    order = np.lexsort((np.array(table.codes), better.to_numpy(float), -size.to_numpy(float)))
    return frame.iloc[[i for i in order if differs[i]]].reset_index(drop=True)
