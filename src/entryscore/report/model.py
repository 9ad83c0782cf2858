"""What the sheets of a report look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from entryscore.briefing.brief import Brief
from entryscore.contribution import contributions
from entryscore.language import own_name, say
from entryscore.problems import Problem
from entryscore.result import Result
from entryscore.tree import Floats

SCORE, SHARE, WHOLE = "0.0", "0%", "0"


@dataclass(frozen=True, eq=False)
class Report:
    """The result shown, and what is said about the run."""

    result: Result
    others: Sequence[Result] = ()
    equal_ranks: Floats | None = None
    sha256: str = ""
    command: str = ""
    partners: Brief | None = None
    scenarios: Mapping[str, Floats] = field(default_factory=dict)
    static: str = ""  # why nothing follows the sheet Weights; empty where it does
    warnings: Sequence[Problem] = ()  # of the run

    @cached_property
    def points(self) -> Floats:
        """(markets × nodes) contributions to the score."""
        return contributions(self.result)

    @cached_property
    def top_nodes(self) -> list[int]:
        """The children of the index that count."""
        result = self.result
        return [int(n) for n in result.tree.children[0] if result.weights[n] > 0]

    @cached_property
    def ranked(self) -> list[int]:
        """Ranked markets, the best first."""
        return [int(i) for i in self.result.order if self.result.ranked[i]]

    @property
    def title(self) -> str:
        result = self.result
        title = result.methodology.title or result.catalogue.headline
        return title or say("Market entry ranking")

    @property
    def is_illustration(self) -> bool:
        return any(word in self.title.casefold() for word in ("illustration", "示例"))

    def name(self, node: int) -> str:
        code = self.result.tree.codes[node]
        return own_name(self.result.catalogue.node(code)) or code

    def rank(self, market: int) -> int | None:
        rank = self.result.ranks[market]
        return None if np.isnan(rank) else int(rank)
