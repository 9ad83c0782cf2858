"""What a weighting method makes of a ranking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from entryscore.analysis import weights_and_effects
from entryscore.language import say
from entryscore.naming import did_you_mean
from entryscore.problems import Findings, Problem, UsageError
from entryscore.ranking import tau_b
from entryscore.rescoring import rescore, revived
from entryscore.result import Result
from entryscore.scenarios import agreement, movers, top
from entryscore.tree import Floats
from entryscore.weighting.methods import WEIGHTINGS
from entryscore.weighting.model import Judgements, Question, Tuning

_SAME = 1e-12  # of a share


@dataclass(frozen=True, eq=False)
class Expert:
    """One expert's weights on their own: shares among siblings (nodes), and the ranking."""

    name: str
    shares: Floats
    result: Result


@dataclass(frozen=True, eq=False)
class Tuned:
    """`before` and `after`: the ranking with the present and with the derived weights."""

    method: str
    before: Result
    after: Result
    tuning: Tuning
    experts: tuple[Expert, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @cached_property
    def weights(self) -> pd.DataFrame:
        """`code, parent, declared, tuned`: shares among siblings of every node, in tree order."""
        tree = self.before.tree
        return pd.DataFrame(
            {
                "code": list(tree.codes[1:]),
                "parent": [tree.codes[p] for p in tree.parents[1:]],
                "declared": self.before.shares[1:],
                "tuned": self.after.shares[1:],
            }
        )

    @cached_property
    def detail(self) -> pd.DataFrame:
        """The same with the name, the weight in the index before and after, and the main effects
        of the indicators (binned correlation ratio, see analysis.weights_and_effects)."""
        tree, frame = self.before.tree, self.weights.copy()
        frame.insert(1, "name", [self.before.catalogue.node(c).name for c in tree.codes[1:]])
        for label, result in (("before", self.before), ("after", self.after)):
            frame[f"effective_{label}"] = result.effective[1:]
        for label, result in (("before", self.before), ("after", self.after)):
            effects = weights_and_effects(result)["main_effect_binned"]
            frame[f"main_effect_{label}"] = effects.reindex(list(tree.codes[1:])).to_numpy()
        return frame

    @cached_property
    def movers(self) -> pd.DataFrame:
        return movers(self.before, self.after)

    @cached_property
    def agreement(self) -> dict[str, object]:
        """`tau_b`, `markets` ranked in both, `moved`, `mean_shift`; `top`: how many the shortlist
        takes, `entered`, `left`: codes that enter and leave it."""
        after = replace(self.after, scenario=f"{self.after.scenario} ")  # told apart from before
        (row,) = agreement([self.before, after]).to_dict("records")
        n = self.before.methodology.shortlist
        old, new = top(self.before, n), top(self.after, n)
        return {
            **{str(k): row[k] for k in ("tau_b", "markets", "moved", "mean_shift")},
            "top": n,
            "entered": [code for code in new if code not in old],
            "left": [code for code in old if code not in new],
        }

    @cached_property
    def opinions(self) -> pd.DataFrame:
        """A row per expert: `expert, first, first_name, second, third`, and `tau_b` of the expert's
        ranking with the combined one."""
        rows = [_opinion(expert.name, expert.result, self.after) for expert in self.experts]
        names = ["expert", "first", "first_name", "second", "third", "tau_b"]
        return pd.DataFrame(rows, columns=names)

    def stored(self) -> dict[str, float]:
        """The weights as a scenario holds them: only codes whose weight differs from the sheets'.

        What has no value at all counts nowhere and keeps its own. Where nothing differs, one code
        with its own weight, so that the scenario exists.
        """
        tree, weights = self.before.tree, revived(self.before, self.tuning.weights)
        differs = np.zeros(len(tree.codes), dtype=bool)
        for node in tree.inner:
            below = tree.children[node]
            old, new = tree.declared[below], weights[below]
            same = np.abs(tree.shares(tree.declared)[below] - tree.shares(weights)[below]) <= _SAME
            differs[below] = (old != new) & ~same.all()
        codes = np.flatnonzero(differs) if differs.any() else np.array([1])
        return {tree.codes[i]: float(weights[i]) for i in codes}


def _opinion(name: str, result: Result, combined: Result) -> dict[str, object]:
    best = [int(i) for i in result.order[:3] if result.ranked[i]]
    codes = [result.table.codes[i] for i in best] + [""] * (3 - len(best))
    both = ~np.isnan(result.ranks) & ~np.isnan(combined.ranks)
    return {
        "expert": name,
        "first": codes[0], "first_name": result.table.names[best[0]] if best else "",
        "second": codes[1], "third": codes[2],
        "tau_b": tau_b(result.ranks[both], combined.ranks[both]),
    }  # fmt: skip


class Options(Mapping[str, Any]):
    """Options that know which of them were asked for."""

    def __init__(self, given: Mapping[str, object]) -> None:
        self._given, self.asked = given, set[str]()

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        return self._given[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)

    def require_known(self, method: str) -> None:
        """Raises UsageError for an option that the method never looked at."""
        for key in self._given:
            if key not in self.asked:
                hint = did_you_mean(key, sorted(self.asked)) if self.asked else say("it has none")
                raise UsageError(
                    say(
                        "--option {key}: {method} has no such option ({hint})",
                        key=key,
                        method=method,
                        hint=hint,
                    )
                )


def tune(
    before: Result,
    method: str,
    judgements: Judgements,
    options: Mapping[str, object] | None = None,
    name: str | None = None,
) -> Tuned:
    """The weights of a registered method, and the ranking they give, as the scenario `name`.

    Raises UsageError for an unknown method or option, InputError with all problems of the data.
    """
    findings, given = Findings(), Options(options or {})
    tuning = WEIGHTINGS[method].function(Question(before, judgements, findings, given))
    findings.raise_if_any()
    given.require_known(method)
    after = _scored(before, tuning.weights, name or method, findings)
    experts = []
    for expert, weights in tuning.experts.items():
        result = _scored(before, weights, expert, findings)
        experts.append(Expert(expert, result.shares, result))
    known = {(w.where, w.message) for w in before.warnings}
    warnings = tuple(w for w in findings.warnings if (w.where, w.message) not in known)
    return Tuned(method, before, after, tuning, tuple(experts), warnings)


def _scored(before: Result, weights: Floats, scenario: str, findings: Findings) -> Result:
    found = Findings()
    result = rescore(before, found, weights=weights, scenario=scenario)
    findings.extend(found)
    findings.raise_if_any()
    assert result is not None  # nothing was wrong
    return result
