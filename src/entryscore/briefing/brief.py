"""The partner question over some markets, answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from entryscore.language import own_name
from entryscore.output import cut, number
from entryscore.partners.answer import Answer, Field, answer, frontier
from entryscore.partners.ecosystem import Capability, PartnerType
from entryscore.partners.instance import CLOSE, finish
from entryscore.partners.portfolio import Portfolio, cheapest, levels
from entryscore.partners.programme import Leverage, Programme, leverages, shared
from entryscore.problems import Problem
from entryscore.ranking import ranks_of
from entryscore.tree import Floats

_SMALL, _LONGEST = 10.0, 80  # scores shown with a decimal more; columns of a name
FEW = 5  # portfolios listed, the best among them


@dataclass(frozen=True)
class Question:
    """`budget`: the most a market's portfolio may cost; `deadline`: months until every partner can
    count; `draws`: of the assumptions, per market; `named`: the markets were named."""

    budget: float | None = None
    deadline: float = np.inf
    draws: int = 0
    named: bool = False


@dataclass(frozen=True, eq=False)
class Brief:
    """`programme`, `leverage`: over all the markets; None and () with a budget or one market.
    `frontiers`: with a deadline, months and portfolio by answer."""

    field: Field
    question: Question
    answers: tuple[Answer, ...]
    programme: Programme | None
    leverage: tuple[Leverage, ...]
    frontiers: tuple[tuple[tuple[float, Portfolio], ...], ...]

    @cached_property
    def types(self) -> dict[str, PartnerType]:
        return {t.code: t for t in self.field.ecosystem.types}

    @cached_property
    def capabilities(self) -> dict[str, Capability]:
        return {c.code: c for c in self.field.ecosystem.capabilities}

    def type_name(self, code: str) -> str:
        return cut(own_name(self.types[code]) or code, _LONGEST)

    def capability_name(self, code: str) -> str:
        return cut(own_name(self.capabilities[code]) or code, _LONGEST)

    def code(self, of: Answer) -> str:
        return self.field.result.table.codes[of.market]

    def label(self, of: Answer) -> str:
        return cut(self.field.result.table.label(of.market), _LONGEST)

    def rank(self, of: Answer) -> int | None:
        rank = self.field.result.ranks[of.market]
        return None if np.isnan(rank) else int(rank)

    def asked(self, of: Answer) -> Floats:
        """(C) the coverage aimed at; with a budget, whether or not it is reached."""
        if self.question.budget is None:
            return of.portfolio.levels
        return levels(of.instance, self.question.deadline)

    def months(self, of: Answer) -> float | None:
        """Until every level aimed at is reached; None if the portfolio never does."""
        short = (of.coverage < self.asked(of) - CLOSE).any()
        return None if short or not np.isfinite(of.months) else of.months

    def all_ready(self, of: Answer) -> float:
        """Months until the last partner of the portfolio can count; 0 without partners."""
        ready = finish(of.instance, of.portfolio.chosen)[of.portfolio.chosen]
        return float(ready.max(initial=0.0))

    def assumed(self, of: Answer) -> tuple[str, ...]:
        """Chosen types whose availability in the market nobody stated."""
        supply = self.field.supply
        at = {code: j for j, code in enumerate(supply.types)}
        chosen = [m.partner_type for m in of.members]
        return tuple(code for code in chosen if supply.assumed[of.market, at[code]])

    def shown(self, score: float) -> str:
        """A score as the ranking prints it; with a decimal more where scores are small."""
        small = np.nanmax(np.abs(self.field.result.score)) < _SMALL
        return number(score, 2 if small else 1)

    @property
    def engaged(self) -> tuple[str, ...]:
        """The types in any portfolio that are engaged, not contracted, in their table's order."""
        held = {m.partner_type for a in self.answers for m in a.members}
        return tuple(c for c, t in self.types.items() if c in held and t.engagement == "engage")


def work(markets: Sequence[int], draws: int) -> int:
    """How many steps `assemble` reports."""
    return len(markets) * (draws + 1)


def assemble(
    field: Field,
    markets: Sequence[int],
    question: Question,
    step: Callable[[], None] = lambda: None,
) -> Brief:
    """Answers the question for each market, in this order. Each must have a score."""
    answers = []
    few = FEW if question.budget is None else 1
    for market in markets:
        answers.append(
            answer(
                field, market, budget=question.budget, deadline=question.deadline,
                draws=question.draws, few=few, step=step,
            )
        )  # fmt: skip
        step()
    frontiers: list[tuple[tuple[float, Portfolio], ...]] = []
    if np.isfinite(question.deadline) and question.budget is None:
        frontiers = [tuple(frontier(a.instance)) for a in answers]
    programme, leverage = None, tuple[Leverage, ...]()
    if len(answers) > 1 and question.budget is None and any(a.members for a in answers):
        cases, best = [a.instance for a in answers], [a.portfolio for a in answers]
        programme = shared(cases, best, deadline=question.deadline)
        leverage = leverages(cases, best, question.deadline)
    return Brief(field, question, tuple(answers), programme, leverage, tuple(frontiers))


def is_silent(field: Field) -> bool:
    """Whether the table of needs has none of the index's indicators, so nothing can be said."""
    return not (field.gaps.kappa > 0).any()


SILENT = Problem(
    "Needs",
    "no indicator of this index is among those that partners could act on, so nothing can be "
    "assessed",
    "list them in a sheet Needs, or name in proxy_for what they stand for",
)


def adjusted(field: Field, step: Callable[[], None] = lambda: None) -> dict[str, Floats]:
    """(M) `adjusted_score` and `adjusted_rank` of the ranked markets, each lifted by its own
    cheapest portfolio under the same levels; NaN for the others. `step` is called for each."""
    result = field.result
    scores = np.full(len(result.score), np.nan)
    for market in np.flatnonzero(result.ranked):
        instance = field.instance(int(market))
        best = cheapest(instance)
        assert best is not None, "levels are reachable, or the largest part of them is taken"
        scores[market] = result.score[market] + float(instance.uplift(best.chosen))
        step()
    ranks = ranks_of(result.methodology.rounded(scores), result.ranked)
    return {"adjusted_score": scores, "adjusted_rank": ranks}
