"""Several scenarios beside each other, for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from entryscore import output
from entryscore.language import phrase, say
from entryscore.result import Result
from entryscore.scenarios import agreement, always_top, distinct, side_by_side
from entryscore.wording import wrapped

ROWS = 10
WIDTH = 100


def as_text(results: Sequence[Result], top: int | None = None) -> str:
    """Ranks side by side (the first `top`), movers, agreement, markets always in the top n;
    nothing for fewer than two scenarios."""
    results = distinct(results)
    if len(results) < 2:
        return ""
    n = results[0].methodology.shortlist
    found = side_by_side(results)
    names = [result.scenario for result in results]
    lines = ["", say("Ranks side by side"), ""]
    lines += output.frame_table(found.drop(columns=["group", "best", "worst"]).head(top or n), {})
    lines += ["", *_movers(found, names), "", *_agreement(results), "", *_always(results, n)]
    return "\n".join([*lines, ""])


def _movers(found: pd.DataFrame, names: Sequence[str]) -> list[str]:
    spread = found[found["spread"].fillna(0) > 0]
    if spread.empty:
        return [say("Every market keeps its rank.")]
    spread = spread.sort_values("spread", ascending=False, kind="stable").head(ROWS)
    lines = [say("Ranks that differ most"), ""]
    lines += output.frame_table(spread[["code", "name", *names, "spread"]], {})
    partly = found[found[list(names)].isna().any(axis=1) & found[list(names)].notna().any(axis=1)]
    if len(partly):
        lines += _said(say("Ranked under some only: {codes}.", codes=", ".join(partly["code"])))
    return lines


def _agreement(results: Sequence[Result]) -> list[str]:
    frame = agreement(results).rename(columns={"markets": "ranked in both"})
    reading = say("Agreement (tau-b: 1 is the same order, 0 an unrelated one)")
    return [reading, "", *output.frame_table(frame, {"tau_b": ".2f", "mean_shift": ".1f"})]


def _always(results: Sequence[Result], n: int) -> list[str]:
    codes = always_top(results, n)
    template = {
        0: phrase("In the top {top} under all {scenarios} scenarios: 0 markets."),
        1: phrase("In the top {top} under all {scenarios} scenarios: 1 market: {codes}."),
    }.get(
        len(codes),
        phrase("In the top {top} under all {scenarios} scenarios: {count} markets: {codes}."),
    )
    return _said(
        say(template, top=n, scenarios=len(results), count=len(codes), codes=", ".join(codes))
    )


def _said(text: str) -> list[str]:
    return wrapped(text, WIDTH)
