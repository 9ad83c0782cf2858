"""The analyses of an index put together for reading: what `entryscore analyse` prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from entryscore.analyses import index, market, ranks
from entryscore.analyses.part import Part, Question
from entryscore.language import say
from entryscore.problems import UsageError

BUILDERS: Mapping[str, Callable[[Question], Part]] = {
    "statistics": index.statistics,
    "correlations": index.correlations,
    "alpha": index.alpha,
    "components": index.components,
    "effects": index.effects,
    "leave_one_out": ranks.leave_one_out,
    "cross_checks": ranks.cross_checks,
    "strengths": market.strengths,
    "weaknesses": market.weaknesses,
    "similar": market.similar,
    "comparison": ranks.comparison,
}
NEEDS_MARKET = ("strengths", "weaknesses", "similar")
NEEDS_OTHER = ("comparison",)


def build(question: Question, names: Iterable[str] = ()) -> dict[str, Part]:
    """The parts named, or all that the question allows for.

    Raises UsageError for a level that the tree does not have.
    """
    tree = question.result.tree
    deepest = max(map(tree.depth, range(len(tree.codes))))
    if question.level is not None and not 1 <= question.level <= deepest:
        raise UsageError(
            say(
                "--level {level}: the index has the levels 1 to {deepest}",
                level=question.level,
                deepest=deepest,
            )
        )
    chosen = tuple(dict.fromkeys(names)) or tuple(
        name for name in BUILDERS
        if (name not in NEEDS_MARKET or question.market is not None)
        and (name not in NEEDS_OTHER or question.other is not None)
    )  # fmt: skip
    return {name: BUILDERS[name](question) for name in chosen}


__all__ = ["BUILDERS", "NEEDS_MARKET", "NEEDS_OTHER", "Part", "Question", "build"]
