"""Weights that reproduce stated preferences with the largest margin.

Robust ordinal regression (Greco, Mousseau & Słowiński 2008, EJOR 191): effective weights of the
indicators y >= 0, Σ y = 1, so that for every preference the better market is ahead by at least its
strength times a margin, the margin as large as can be; of all such weights the nearest to the
declared ones. A node's weight is the sum of those below it.

Where no weights reproduce all preferences, the smallest set to drop is found by a mixed-integer
programme, and each dropped one is named with those it cannot hold together with. A preference is
reproduced where the margin is LEAST of the largest difference in any indicator or more.

Exact where the means are arithmetic and the compared markets have all values, or lack the same ones
right under the index or through whole nodes. Elsewhere a score is no linear function of y: the
programmes are then solved for its tangents, again and again within a radius, and every step is
judged by the real scores, first from the declared weights, then from others. Compared markets keep
the coverage they need.

Option (`Question.options`): `margin`, the share of the largest margin asked for, 1; with less the
weights stay nearer to the declared ones, with 0 as near as the order of each pair allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from entryscore.language import phrase, say
from entryscore.naming import few_of
from entryscore.problems import UsageError
from entryscore.tree import Floats
from entryscore.weighting.forms import Forms, pairs
from entryscore.weighting.model import WEIGHTINGS, Preference, Question, Tuning
from entryscore.weighting.ordinal import LEAST, Programme, cycle, least_circles
from entryscore.weighting.rescoring import weights_of

Kept = NDArray[np.bool_]
TABLE = phrase("Preferences")
_SLACK, _TOLERANCE = 1e-7, 1e-9
_ITERATIONS, _SMALLEST, _TRIES, _STARTS = 40, 1e-4, 3, 8
_NOTHING = 1e-6
_SHOWN = 8  # preferences of a conflict that are named


@WEIGHTINGS.register(
    "fit",
    formula="max m, Σ y (x_better - x_worse) ≥ strength · m, y ≥ 0, Σ y = 1; fewest preferences "
    "dropped",
    source="Greco, Mousseau & Słowiński 2008",
    properties=("market_order_invariant",),
)
def fit(question: Question) -> Tuning:
    """Indicators of weight 0 stay out; constant ones keep what is nearest to the declared weight.

    Problems: no preference, a market that is not there, one preferred to itself, a strength of 0 or
    less. A preference on a market without a score is left out, with a warning.
    """
    result = question.result
    preferences = _usable(question)
    if not preferences:
        return Tuning(result.weights)
    said = [(p.better, p.worse) for p in preferences]
    forms = pairs(result, said, [p.strength for p in preferences])
    share = _share(question.options.get("margin", 1.0))
    found = nearer(forms, solve(forms, preferences), share)
    notes = (_summary(forms, found), *_reasons(preferences, found), *_firmness(forms, found))
    weights = weights_of(result, forms.shares(found.y[None])[0])
    before, after = (forms.leads(y[None])[0] * forms.scale for y in (forms.declared, found.y))
    table = pd.DataFrame(
        {
            "better": [p.better for p in preferences],
            "worse": [p.worse for p in preferences],
            "strength": forms.strength,
            "cell": [p.where for p in preferences],
            "lead_before": before,
            "lead_after": after,
            "kept": found.kept,
        }
    )
    return Tuning(weights, notes=notes, tables={TABLE: table})


def _usable(question: Question) -> tuple[Preference, ...]:
    """The preferences that can be judged; none where there is a problem."""
    table, findings, stated = question.result.table, question.findings, question.judgements
    place = {code: i for i, code in enumerate(table.codes)}
    usable, before = [], len(findings.problems)
    for p in stated.preferences:
        where = p.where or "Preferences"
        missing = [code for code in (p.better, p.worse) if code not in place]
        for code in missing:
            findings.problem(where, "{code} is not among the markets", "type the code of a market",
                             code=code)  # fmt: skip
        if p.better == p.worse:
            findings.problem(where, "{code} is preferred to itself", "name two markets",
                             code=p.better)  # fmt: skip
        elif not (np.isfinite(p.strength) and p.strength > 0):
            findings.problem(where, "a strength of {strength:g}", "type a number above 0",
                             strength=p.strength)  # fmt: skip
        elif not missing:
            none = [c for c in (p.better, p.worse) if np.isnan(question.result.score[place[c]])]
            for code in none:
                findings.warn(where, "{code} has no score, so the preference is left out",
                              "fill in its values, or lower min_coverage", code=code)  # fmt: skip
            usable += [p] if not none else []
    if not stated.preferences:
        findings.problem(
            stated.where.get(("Preferences",), "Preferences"),
            "no preference is stated, and this method needs some",
            "fill in the sheet Preferences: better, worse and, if some count more, strength",
        )
    return () if len(findings.problems) > before else tuple(usable)


@dataclass(frozen=True, eq=False)
class Fitted:
    """Effective weights `y`, the preferences `kept`, their real `margin`, and for each dropped one
    those it conflicts with, itself first. `proven`: the set dropped is the smallest there is."""

    y: Floats
    kept: Kept
    margin: float
    conflicts: dict[int, list[int]]
    proven: bool


def solve(forms: Forms, preferences: tuple[Preference, ...]) -> Fitted:
    """The weights for all preferences, or for those that the smallest set to drop leaves."""
    everything = np.ones(len(forms.strength), dtype=bool)
    for attempt, start in _attempts(forms):
        y, margin = _largest(attempt, everything, start)
        if margin >= LEAST * (1 - _SLACK):
            return Fitted(y, everything, margin, {}, True)
    y, _ = _largest(forms, everything, forms.declared)
    kept, y, margin, proven = _kept(forms, y)
    if not proven:
        other = _kept(replace(forms, nodes_stay=False), y)
        kept, y, margin, _ = other if other[0].sum() > kept.sum() else (kept, y, margin, False)
        proven = int((~kept).sum()) <= _needed(forms, preferences)
    programme = forms.programme(y, 1.0)
    conflicts = {}
    for k in np.flatnonzero(~kept):
        conflicts[int(k)] = cycle(preferences, int(k), kept) or _conflict(programme, int(k), kept)
    return Fitted(y, kept, margin, conflicts, proven)


def _attempts(forms: Forms) -> Iterator[tuple[Forms, Floats]]:
    """Where to look for weights that reproduce everything, and from which: the declared ones, and
    where not all is exact more, since the search may end at the best of its surroundings only."""
    yield forms, forms.declared
    if forms.exact.all():
        return
    loose = replace(forms, nodes_stay=False)
    yield loose, forms.declared
    rng = np.random.default_rng(forms.result.methodology.seed)
    for start in rng.dirichlet(np.ones(len(forms.declared)), _STARTS):
        yield loose, start


def _share(given: object) -> float:
    if isinstance(given, int | float) and 0 <= given <= 1:
        return float(given)
    raise UsageError(
        say("margin {given}: type the share of the largest margin to ask for, 0 to 1", given=given)
    )


def nearer(forms: Forms, found: Fitted, share: float) -> Fitted:
    """Nearer to the declared weights, with at least this share of the largest margin."""
    if share == 1 or not found.kept.any():
        return found
    need = max(LEAST, share * found.margin)
    aim = forms.programme(found.y, 1.0).closest(found.kept, need, forms.declared)
    if aim is None:
        return found
    for step in (1.0, 0.9, 0.75, 0.5, 0.25):
        y = np.maximum(found.y + step * (aim - found.y), 0.0)
        margin = float(forms.margins(y / y.sum())[found.kept].min())
        if margin >= need - 10 * _SLACK:
            return replace(found, y=y / y.sum(), margin=margin)
    return found


def _kept(forms: Forms, y: Floats) -> tuple[Kept, Floats, float, bool]:
    """The preferences kept, weights, their margin, and whether no smaller set would do.

    Where not all is exact: by the programme at y, then again at the weights it leads to, as long as
    fewer are dropped by the real scores.
    """
    exact = bool(forms.exact.all())
    best: tuple[Kept, Floats, float, bool] | None = None
    for _ in range(1 if exact else _TRIES):
        kept, proven = forms.programme(y, 1.0).fewest_to_drop()
        y, margin = _largest(forms, kept, y)
        held = kept if exact else forms.margins(y) >= LEAST / 2
        if (held != kept).any():
            y, margin = _largest(forms, held, y)
        if best is not None and held.sum() <= best[0].sum():
            break
        best = held, y, margin, proven and exact
    assert best is not None
    return best


def _needed(forms: Forms, preferences: tuple[Preference, ...]) -> int:
    """So many must be dropped at least: for the exact ones alone, or for circles."""
    programme, exact = forms.programme(forms.declared, 1.0), forms.exact
    lead, asked = programme.lead[exact], programme.asked[exact]
    own = replace(programme, lead=lead, asked=asked, cover=programme.cover[:0])
    kept, proven = own.fewest_to_drop() if exact.any() else (exact[:0], True)
    return max(int((~kept).sum()) if proven else 0, least_circles(preferences))


def _conflict(programme: Programme, dropped: int, kept: Kept) -> list[int]:
    found = programme.conflict(dropped, kept)
    return [dropped, *(int(k) for k in found if k != dropped)]


def _largest(forms: Forms, kept: Kept, start: Floats) -> tuple[Floats, float]:
    """The weights with the largest margin, of these the nearest to the declared, and the margin.

    Where not all is exact: from `start`, within a radius that shrinks where the real scores do not
    gain by a step.
    """

    def real(y: Floats) -> float:
        return float(forms.margins(y)[kept].min(initial=np.inf))

    y, margin, radius = start, real(start), 1.0
    for _ in range(1 if forms.exact[kept].all() else _ITERATIONS):
        _, step = forms.programme(y, radius).best(kept)
        gained = real(step)
        if gained > margin + _TOLERANCE:
            y, margin, radius = step, gained, min(1.0, 2 * radius)
        else:
            radius /= 4
        if radius < _SMALLEST:
            break
    near = forms.programme(y, 1.0).closest(kept, margin, forms.declared)
    near = None if near is None else np.maximum(near, 0.0) / np.maximum(near, 0.0).sum()
    if near is not None and real(near) >= margin - 10 * _SLACK:
        return near, real(near)
    return y, margin


def _summary(forms: Forms, found: Fitted) -> str:
    points = found.margin * forms.scale
    count, left = len(found.kept), int((~found.kept).sum())
    if not left:
        return say(
            "All {count} preferences are reproduced, each by at least {points:.3g} points per unit"
            " of strength.", count=count, points=points,
        )  # fmt: skip
    tail = ""
    if found.kept.any():
        tail = say(", each by at least {points:.3g} points per unit of strength", points=points)
    return say(
        "No weights of 0 or more found reproduce all {count} preferences: {dropped} dropped"
        " ({smallest}), {kept} reproduced{tail}.",
        count=count, dropped=left, kept=count - left, tail=tail,
        smallest=say("no smaller set would do") if found.proven else say("a smaller set may do"),
    )  # fmt: skip


def _reasons(preferences: tuple[Preference, ...], found: Fitted) -> list[str]:
    notes = []
    for k in np.flatnonzero(~found.kept):
        rows = found.conflicts[int(k)]
        circle = cycle(preferences, int(k), found.kept)
        own = _named(preferences[k])
        others = few_of([_named(preferences[i]) for i in rows[1:]], _SHOWN)
        if circle:
            markets = [preferences[i].better for i in rows] + [preferences[k].better]
            why = say("a circle, {markets}, with {others}", markets=" > ".join(markets),
                      others=others)  # fmt: skip
        elif others:
            why = say("no weights reproduce it together with {others}", others=others)
        else:
            why = say("no weights reproduce it, even alone")
        notes.append(say("Dropped: {preference}: {why}.", preference=own, why=why))
    return notes


def _named(preference: Preference) -> str:
    place = f" ({preference.where})" if preference.where else ""
    return say(
        "{better} over {worse}{place}", better=preference.better, worse=preference.worse,
        place=place,
    )  # fmt: skip


def _firmness(forms: Forms, found: Fitted) -> list[str]:
    rough, none = int((~forms.exact).sum()), int((found.y < _NOTHING).sum())
    notes = []
    if none:
        notes.append(
            say(
                "{none} of {count} indicators are left without weight: the largest margin rests"
                " on few; with the option margin, say 0.1, the weights stay nearer to the "
                "declared.",
                none=none,
                count=len(found.y),
            )
        )
    if not rough:
        return [*notes, say("Exact: the scores compared are linear in the weights.")]
    template = (
        phrase(
            "{rough} of {count} preferences compare markets with gaps of their own, or scores that"
            " are no arithmetic means: found by successive approximation and checked with the real"
            " scores; other weights may give a larger margin."
        )
        if found.proven
        else phrase(
            "{rough} of {count} preferences compare markets with gaps of their own, or scores that"
            " are no arithmetic means: found by successive approximation and checked with the real"
            " scores; other weights may give a larger margin, or fewer dropped."
        )
    )
    return [*notes, say(template, rough=rough, count=len(forms.exact))]
