"""The sentences on top of Summary: who leads, and what to hold against it."""

from __future__ import annotations

import numpy as np

from entryscore.language import phrase, say
from entryscore.report.live.weights import CHANGED
from entryscore.report.model import Report
from entryscore.robustness.ranges import Ranges
from entryscore.robustness.words import outside
from entryscore.scenarios import distinct
from entryscore.spreadsheet import joined, quoted
from entryscore.standing.words import share

_FEW = 3
_ENOUGH = 0.9  # share of the weight observed below which a leading market is pointed out
_DROPPED = phrase("; {left} of {markets} were not ranked")


def headline(report: Report) -> str:
    """Who leads, and how many are ranked."""
    result, count = report.result, len(report.ranked)
    if not count:
        return say("No market could be ranked.")
    best = [result.table.label(i) for i in report.ranked[:_FEW]]
    everyone = len(result.table.codes)
    told = best[0] + (say(" leads, ahead of ") if count > 1 else say(" leads"))
    told += say(" and ").join(best[1:]) + say(": {count} markets ranked", count=count)
    if everyone > count:
        told += say(_DROPPED, left=everyone - count, markets=everyone) + say(" (see Funnel)")
    return told + say(".")


def live_headline(report: Report) -> str:
    """The headline by formulas; the sheet Funnel is as of the run, so changed it is not named."""
    everyone = len(report.result.table.codes)
    names = [
        f'IF(Ranking!C{row}="",Ranking!B{row},Ranking!C{row})'
        for row in range(2, 2 + min(_FEW, everyone))
    ]
    count = f"COUNT(Ranking!A2:A{everyone + 1})"
    behind = [f'IF({count}>{place},{quoted(word)}&{name},"")' for place, word, name in zip(
        range(1, _FEW), (say(" leads, ahead of "), say(" and ")), names[1:], strict=False
    )]  # fmt: skip
    lead = "&".join([names[0], f'IF({count}=1,{quoted(say(" leads"))},"")', *behind])
    left = joined(_DROPPED, left=f"{everyone}-{count}", markets=everyone)
    left += f'&IF({CHANGED},"",{quoted(say(" (see Funnel)"))})'
    left = f'IF({count}<{everyone},{left},"")'
    ranked = joined(": {count} markets ranked", count=count)
    whole = f"{lead}&{ranked}&{left}&{quoted(say('.'))}"
    none = f"IF({count}=0,{quoted(say('No market could be ranked.'))},{whole})"
    return f"IF(Weights!$B$4>0,Weights!$A$3,{none})"


def caution(report: Report, ranges: Ranges | None) -> str:
    """How firm the first place is, and which of the first three lack much data or lie outside
    their range; empty where there is nothing to say."""
    if not report.ranked:
        return ""
    said = [*_first_place(report, ranges), *_lacking(report), *_outside(report, ranges)]
    text = " ".join(said) if say(".") == "." else "".join(said)
    if report.static or not text:
        return text
    return say("As of the run: {text}", text=text)


def _first_place(report: Report, ranges: Ranges | None) -> list[str]:
    if ranges is None or ranges.outcome is None or not ranges.outcome.draws:
        return []
    markets, first = ranges.outcome.markets.tolist(), ranges.outcome.ranks.top(1).tolist()
    shares, label = dict(zip(markets, first, strict=True)), report.result.table.label
    leader, often = report.ranked[0], max(report.ranked, key=lambda market: shares[market])
    values = {"name": label(leader), "share": share(shares[leader])}
    if shares[often] <= shares[leader]:
        return [say("{name} is first in {share} of the draws (see Robustness).", **values)]
    return [
        say(
            "{name} is first in only {share} of the draws, {other} in {most} (see Robustness).",
            **values, other=label(often), most=share(shares[often]),
        )
    ]  # fmt: skip


def _lacking(report: Report) -> list[str]:
    """Of the first three, what they have no score for, or how little is observed."""
    result, found = report.result, []
    for i in report.ranked[:_FEW]:
        name = result.table.label(i)
        gone = [n for n in report.top_nodes if np.isnan(result.scores[i, n])]
        if gone:
            parts = say(", ").join(
                say("{part} ({share} of the weight)", part=report.name(n), share=share(s))
                for n, s in zip(gone, result.shares[gone], strict=True)
            )
            found.append(say("{name} has no score for {parts}.", name=name, parts=parts))
        elif result.coverage[i] < _ENOUGH:
            seen = share(float(result.coverage[i]))
            found.append(
                say("Of {name}, only {share} of the weight is observed.", name=name, share=seen)
            )
    return found


def _outside(report: Report, ranges: Ranges | None) -> list[str]:
    if ranges is None or not ranges.known:
        return []
    codes = [report.result.table.codes[i] for i in report.ranked[:_FEW]]
    return [
        say("{name} is ranked {rank}, outside its range {range}.", name=_name(report, code),
            rank=rank, range=between)
        for code, rank, between in outside(ranges) if code in codes
    ]  # fmt: skip


def _name(report: Report, code: str) -> str:
    table = report.result.table
    return table.label(table.codes.index(code))


def scenario_line(report: Report) -> str:
    """Which scenario is shown, where it is not the only and own one."""
    name = report.result.scenario
    if len(distinct([report.result, *report.others])) > 1:
        return say(
            "Scenario of this run: {scenario}; beside the others in the sheet Scenarios.",
            scenario=name,
        )
    return say("Scenario of this run: {scenario}.", scenario=name) if name != "base" else ""
