"""How available each partner type is in each market, and the instances this makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from entryscore.partners.ecosystem import Ecosystem
from entryscore.partners.gaps import Gaps, is_plain, rescored
from entryscore.partners.instance import Instance
from entryscore.result import Result
from entryscore.tree import Floats

LEAST = 0.2  # of the least available market under an availability indicator


@dataclass(frozen=True, eq=False)
class Supply:
    """Markets (M) × types (T), types by code.

    available: a, 0..1; assumed: nobody said, so 1; cost, months: the sheet Partners' or the type's;
    strength (T × C): q.
    """

    types: tuple[str, ...]
    available: Floats
    assumed: NDArray[np.bool_]
    cost: Floats
    months: Floats
    strength: Floats


def supply_of(result: Result, ecosystem: Ecosystem) -> Supply:
    types = sorted(ecosystem.types, key=lambda t: t.code)
    codes = result.table.codes
    shape = (len(codes), len(types))
    available = np.ones(shape)
    assumed = np.ones(shape, dtype=bool)
    cost = np.tile([t.cost for t in types], (len(codes), 1))
    months = np.tile([t.months for t in types], (len(codes), 1))
    for j, kind in enumerate(types):
        places = _places(result, kind.availability_indicator)
        known = ~np.isnan(places)
        available[known, j] = LEAST + (1 - LEAST) * places[known]
        assumed[known, j] = False
        for i, code in enumerate(codes):
            said = ecosystem.presence.get((code, kind.code))
            if said is None:
                continue
            if said.availability is not None:
                available[i, j], assumed[i, j] = said.availability, False
            cost[i, j] = cost[i, j] if said.cost is None else said.cost
            months[i, j] = months[i, j] if said.months is None else said.months
    row = {t.code: i for i, t in enumerate(types)}
    column = {c.code: k for k, c in enumerate(ecosystem.capabilities)}
    strength = np.zeros((len(types), len(column)))
    for edge in ecosystem.provisions:
        if edge.partner_type in row and edge.capability in column:
            strength[row[edge.partner_type], column[edge.capability]] = edge.strength
    return Supply(tuple(row), available, assumed, cost, months, strength)


def _places(result: Result, indicator: str) -> Floats:
    """(M) the oriented min-max place among the markets; NaN where it is not known."""
    if not indicator or indicator not in result.catalogue.codes:
        return np.full(len(result.table.codes), np.nan)
    oriented = (
        result.catalogue[indicator].sign
        * result.table.values[:, result.catalogue.position(indicator)]
    )
    if np.isnan(oriented).all():
        return oriented
    low, high = np.nanmin(oriented), np.nanmax(oriented)
    places: Floats = (oriented - low) / (high - low) if high > low else oriented * np.nan
    return places


def instance_of(gaps: Gaps, supply: Supply, ecosystem: Ecosystem, market: int) -> Instance:
    settings = gaps.result.methodology
    points = gaps.points(market)
    available = supply.available[market]
    value: Callable[[Floats], Floats] | None = None
    if not is_plain(gaps.result):
        base = gaps.result.score[market]

        def value(coverage: Floats) -> Floats:
            return np.asarray(rescored(gaps, market, coverage) - base)

    requires, requires_any, conflicts = _relations(ecosystem, supply.types)
    return Instance(
        types=supply.types, capabilities=gaps.capabilities,
        supply=supply.strength * available[:, None], present=available > 0,
        cost=supply.cost[market], months=supply.months[market],
        points=points, needed=points >= max(settings.partner_min_points, 1e-12),
        level=settings.partner_level, requires=requires, requires_any=requires_any,
        conflicts=conflicts, value=value,
    )  # fmt: skip


Pairs = tuple[tuple[int, int], ...]


def _relations(
    ecosystem: Ecosystem, types: tuple[str, ...]
) -> tuple[Pairs, tuple[tuple[int, tuple[int, ...]], ...], Pairs]:
    at = {code: i for i, code in enumerate(types)}
    used = [r for r in ecosystem.relations if r.used and r.source in at and r.target in at]
    pairs = {
        name: tuple(sorted({(at[r.source], at[r.target]) for r in used if r.relation == name}))
        for name in ("requires", "conflicts")
    }
    groups: dict[tuple[int, str], set[int]] = {}
    for r in used:
        if r.relation == "requires_any":
            groups.setdefault((at[r.source], r.group), set()).add(at[r.target])
    alternatives = tuple((p, tuple(sorted(group))) for (p, _), group in sorted(groups.items()))
    return pairs["requires"], alternatives, pairs["conflicts"]
