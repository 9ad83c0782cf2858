"""How sure the ranks are, for a terminal."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np

from entryscore import output
from entryscore.language import say
from entryscore.robustness.sensitivity import Sensitivity
from entryscore.robustness.summary import TOPS
from entryscore.robustness.words import span, spoken
from entryscore.standing.findings import Exact, Standing
from entryscore.standing.words import (
    VERDICTS,
    drawn,
    exactly,
    moving,
    placed,
    share,
    stable_rows,
    verdict,
)
from entryscore.wording import wrapped

_WIDTH, _NODES = 110, 10


def _wrap(text: str) -> list[str]:
    return wrapped(text, _WIDTH)


def _item(text: str) -> list[str]:
    return wrapped(text, _WIDTH, "- ", "  ")


def as_text(standing: Standing) -> str:
    result = standing.result
    lines = [*output.heading(result, named=result.scenario != "base"), "", *_ranking(standing)]
    first, *assumptions = drawn(standing.ranges)
    lines += ["", *_wrap(first), *(line for a in assumptions for line in _item(a))]
    lines += _wrap(say(VERDICTS))
    for said in placed(standing.ranges):
        lines += _wrap(said)
    if standing.sensitivity is not None:
        lines += ["", say("Which assumption matters most"), *_matters(standing.sensitivity)]
    if standing.exact is not None:
        lines += ["", say("Whatever the weights"), *_exact(standing, standing.exact)]
    if standing.missing:
        lines += ["", *(line for said in standing.missing for line in _wrap(said))]
    return "\n".join([*lines, ""])


def _ranking(standing: Standing) -> list[str]:
    heads = [say("rank"), say("code"), say("name"), say("score"), say("median"), say("range")]
    heads += [
        *(say("top {n}", n=n) for n in TOPS), say("ahead of next"), say("verdict"),
    ]  # fmt: skip
    rows = []
    ranks, verdicts = standing.ranks.to_dict("records"), standing.verdicts.to_dict("records")
    for row, said in zip(ranks, verdicts, strict=True):
        median = row["rank_median"]
        rows.append(
            [
                str(row["rank"]), row["code"], output.cut(row["name"]), output.number(row["score"]),
                "" if np.isnan(median) else f"{median:g}",
                span(row["rank_low"], row["rank_high"]),
                *(share(row[f"p_top_{n}"]) for n in TOPS), share(said["p_ahead"]),
                verdict(said["verdict"]),
            ]
        )  # fmt: skip
    return output.columns(heads, rows, right={0, *range(3, len(heads) - 1)})


def _matters(found: Sensitivity) -> list[str]:
    rows = [
        [spoken(row["assumption"]), _index(row, "first"), _index(row, "total")]
        for row in found.frame().to_dict("records")
    ]  # fmt: skip
    table = output.columns(
        [say("assumption"), say("first order"), say("total")], rows, right={1, 2}
    )
    return [*table, "", *(line for said in moving(found) for line in _wrap(said))]


def _index(row: Mapping[Hashable, float], kind: str) -> str:
    value, low, high = (output.number(row[kind + end], 2) for end in ("", "_low", "_high"))
    return say("{value} ({low} to {high})", value=value, low=low, high=high)


def _exact(standing: Standing, exact: Exact) -> list[str]:
    first, *rest = exactly(standing, exact)
    lines = [*_wrap(first), *(line for said in rest for line in _item(said))]
    rows = stable_rows(exact)
    if not rows:
        return lines
    names = {code: standing.result.catalogue.called(code) for code, *_ in rows}
    table = [
        [code, output.cut(names[code]), f"{now:.3f}", f"{low:.3f}", f"{high:.3f}"]
        for code, now, low, high in rows[:_NODES]
    ]
    more = len(rows) - _NODES
    left = say(" ({count} more in json)", count=more) if more > 0 else ""
    stay = say("the first stays first")
    if exact.top > 1:
        stay = say("the top {count} stay the same", count=exact.top)
    lines += ["", *_wrap(say(
        "Shares among siblings between which {stay}, all else as in the ranking; the tightest "
        "first{more}:", stay=stay, more=left,
    ))]  # fmt: skip
    heads = [say("code"), say("name"), say("share"), say("from"), say("to")]
    return [*lines, *output.columns(heads, table, {2, 3, 4})]
