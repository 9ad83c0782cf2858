"""What moves the ranking: a node left out, another method, another methodology."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import shorten

import numpy as np
import pandas as pd

from entryscore import analysis, crosscheck
from entryscore.analyses.part import (
    Part,
    Question,
    listed,
    market_names,
    name_of,
    score_format,
    whole,
)
from entryscore.language import phrase, say
from entryscore.ranking import tau_b
from entryscore.tree import Floats


def leave_one_out(question: Question) -> Part:
    result, tree = question.result, question.result.tree
    depths = {code: tree.depth(i) for i, code in enumerate(tree.codes) if i}
    levels = [question.level] if question.level else sorted(set(depths.values()))
    ranks = pd.concat(
        [analysis.leave_one_out(result, level)[1].drop(columns="index") for level in levels], axis=1
    )
    ranks = ranks[[code for code in depths if code in ranks]]
    names = market_names(result)
    rows = [
        {"level": depths[code], "code": code, "name": name_of(result, code)}
        | _shift(result.ranks, ranks[code], names)
        for code in map(str, ranks)
    ]
    summary = pd.DataFrame(rows)
    summary["largest_move"] = whole(summary["largest_move"])
    order = result.order
    lead = pd.DataFrame(
        {
            "code": [result.table.codes[i] for i in order],
            "name": [result.table.names[i] for i in order],
            "rank": whole(pd.Series(result.ranks[order])),
        }
    )
    full = pd.concat([lead, ranks.iloc[order].apply(whole).reset_index(drop=True)], axis=1)
    return Part(
        say("how much does the ranking rest on each node?"),
        say(
            "Each node is left out in turn. Mean shift: ranks a market then moves on average; "
            "largest move: + falls, - rises; tau b: 1 where the order stays."
        ),
        full,
        summary.sort_values(
            ["level", "mean_shift"], ascending=[True, False], kind="stable"
        ),
        {"mean_shift": ".1f", "largest_move": "+d", "tau_b": ".2f"},
        listed(
            phrase("No market has a score without"), summary["code"][summary["mean_shift"].isna()]
        ),
        summary, "code",
    )  # fmt: skip


def _shift(before: Floats, after: pd.Series, names: Mapping[str, str]) -> dict[str, object]:
    """Mean absolute shift, the largest move and its first market, and tau-b, where both rank."""
    moves = (after - before).dropna()
    both = after.notna().to_numpy() & ~np.isnan(before)
    market = str(moves.abs().idxmax()) if moves.any() else ""
    return {
        "mean_shift": float(moves.abs().mean()) if len(moves) else np.nan,
        "largest_move": float(moves.get(market, 0.0)) if len(moves) else np.nan,
        "market": market, "market_name": names.get(market, ""),
        "tau_b": tau_b(before[both], after.to_numpy(dtype=float)[both]),
    }  # fmt: skip


def cross_checks(question: Question) -> Part:
    result = question.result
    found = crosscheck.agreement(result)
    found["move"] = whole(found["move"])
    names = market_names(result)
    found.insert(5, "market_name", [names.get(code, "") for code in found["market"]])
    compared = int(found["markets"].max())
    skipped = found[found["skipped"] != ""].groupby("skipped", sort=False)["method"]
    notes = [
        say(
            "Compared: {compared} of {ranked} ranked markets, those with every indicator",
            compared=compared,
            ranked=int(result.ranked.sum()),
        ),
        *listed(
            phrase("No tau-b (one of the two rankings is a single tie)"),
            found["method"][found["tau_b"].isna() & (found["skipped"] == "")],
        ),
        *(
            say(
                "Not computed, {methods}: {why}",
                methods=", ".join(methods),
                why=shorten(str(why), 160, placeholder=" …"),
            )
            for why, methods in skipped
        ),
    ]
    return Part(
        say("the ranking by other methods, on the same indicators and weights"),
        say(
            "Tau b: 1 is the order of the index, 0 an unrelated one; move: the market that "
            "changes most, + ranked lower than in the index."
        ),
        found, found[found["skipped"] == ""].drop(columns=["skipped", "markets"]),
        {"tau_b": ".2f", "move": "+d"}, tuple(notes),
    )  # fmt: skip


def comparison(question: Question) -> Part:
    """Raises AssertionError without another result."""
    result, other = question.result, question.other
    assert other is not None
    ranks, tau = analysis.compare(result, other)
    codes = [str(code) for code in ranks.index]
    names = market_names(result)
    scores = [pd.Series(r.score, index=list(r.table.codes))[codes] for r in (result, other)]
    found = pd.DataFrame(
        {
            "code": codes, "name": [names[code] for code in codes],
            "rank": whole(ranks["rank_a"]), "rank_against": whole(ranks["rank_b"]),
            "move": whole(ranks["difference"]),
            "score": scores[0], "score_against": scores[1],
        },
        index=codes,
    ).sort_values(["rank", "code"])  # fmt: skip
    found = found.sort_values("move", key=lambda m: -m.abs(), kind="stable").reset_index(drop=True)
    moves = found["move"].fillna(0)
    both = int(found["move"].notna().sum())
    moved = int((moves != 0).sum())
    mean = float(moves.abs().sum() / both) if both else np.nan
    summary = pd.DataFrame([{"markets": both, "moved": moved, "mean_shift": mean, "tau_b": tau}])
    agreed = say("no tau-b (fewer than two ranks)")
    if not np.isnan(tau):
        agreed = f"tau-b {tau:.2f}"
    here, there = found["rank"].notna(), found["rank_against"].notna()
    return Part(
        say("this ranking against the one with {settings}", settings=question.against),
        say(
            "Largest moves first: + is ranked lower there, - higher. Tau-b is 1 where the order "
            "stays."
        ),
        found, found[moves != 0],
        {"move": "+d", "score": score_format(result.score),
         "score_against": score_format(other.score)},
        (
            say("Moved: {moved} of {both} markets ranked in both; {agreed}", moved=moved, both=both,
                agreed=agreed),
            *listed(phrase("Ranked here only"), found["code"][here & ~there]),
            *listed(phrase("Ranked there only"), found["code"][there & ~here]),
        ),
        summary,
    )  # fmt: skip
