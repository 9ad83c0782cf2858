"""Places of many draws at once, and what is counted of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from entryscore.tree import Floats

Ints = NDArray[np.int64]
MOST_COUNTED = 5_000  # markets up to which every (market, rank) is counted
MOST_KEPT = 200_000_000  # ranks kept for more markets than that: 400 MB
_EXACT = 2.0**51  # up to here _ROUNDER rounds to a whole number, half to even
_ROUNDER = 1.5 * 2.0**52  # added to a float, it leaves the whole number in the lowest bits
_ROUNDER_BITS = int(np.array(_ROUNDER).view(np.int64))
_SORTABLE = 2.0**62  # below the bits of infinity


@dataclass(frozen=True, eq=False)
class Places:
    """Of R draws and M markets, the best first: `market` (R × M) positions, `rank` (R or 1 × M)
    from 0, ties sharing the best."""

    market: Ints
    rank: Ints

    def ranks(self) -> Ints:
        """(R × M) ranks from 0, by market."""
        ranks = np.empty_like(self.market)
        np.put_along_axis(ranks, self.market, np.broadcast_to(self.rank, ranks.shape), axis=1)
        return ranks

    def first(self) -> NDArray[np.bool_]:
        """(R × M) who is first, ties included, by market."""
        found = np.zeros(self.market.shape, dtype=bool)
        np.put_along_axis(found, self.market, np.broadcast_to(self.rank == 0, found.shape), axis=1)
        return found


def places_of(scores: Floats, decimals: int) -> Places:
    """Places of scores (R × M), the highest first, compared on so many decimals; no NaN.

    A rounded score and the market's position make one whole number, so that one plain sort gives
    order and ties; where they do not fit, the scores are sorted indirectly.
    """
    count = scores.shape[1]
    whole = scores * -(10.0**decimals)
    low, high = whole.min(initial=0.0), whole.max(initial=0.0)
    bits = int(count - 1).bit_length()
    if max(-low, high) < _EXACT and (high - low + 1) * 2.0**bits < _SORTABLE:
        whole += _ROUNDER
        level = whole.view(np.int64)
        level -= level.min(initial=_ROUNDER_BITS)
        level <<= bits
        level += np.arange(count)
        whole.sort(axis=1)  # floats sort faster, and positive ones in the order of their bits
        market = level & ((1 << bits) - 1)
        level >>= bits
        same = level[:, 1:] == level[:, :-1]
    else:
        np.rint(whole, out=whole)
        market = np.argsort(whole, axis=1, kind="stable")
        whole = np.take_along_axis(whole, market, axis=1)
        same = whole[:, 1:] == whole[:, :-1]
    rank: Ints = np.arange(count)[None]
    if same.any():
        rank = np.repeat(rank, len(market), axis=0)
        rank[:, 1:][same] = 0
        rank = np.maximum.accumulate(rank, axis=1)
    return Places(market, rank)


class Tally(Protocol):
    """What the statistics of ranks are made of."""

    draws: int

    def add(self, places: Places) -> None: ...

    def merge(self, other: Tally) -> None: ...

    def quantiles(self, shares: Floats) -> Floats:
        """(shares × M) quantiles of the ranks from 1 (Hyndman & Fan's type 7, as NumPy's)."""

    def top(self, n: int) -> Floats:
        """(M) share of the draws with rank n or better."""


class Counts:
    """How often each market has each rank: memory grows with the markets, not with the draws."""

    def __init__(self, markets: int) -> None:
        self.draws = 0
        self.counts = np.zeros((markets, markets), dtype=np.int32)  # market × rank

    def add(self, places: Places) -> None:
        flat = places.market * len(self.counts)
        flat += places.rank
        np.add.at(self.counts.reshape(-1), flat.reshape(-1), np.int32(1))  # a plain 1 is cast
        self.draws += len(places.market)

    def merge(self, other: Tally) -> None:
        assert isinstance(other, Counts)
        self.counts += other.counts
        self.draws += other.draws

    def quantiles(self, shares: Floats) -> Floats:
        passed = self.counts.cumsum(axis=1)
        at = (self.draws - 1) * np.asarray(shares, dtype=float)
        below = np.floor(at)
        found = np.empty((len(at), len(self.counts)))
        for i, low in enumerate(below):
            first = (passed <= low).sum(axis=1)
            second = (passed <= min(low + 1, self.draws - 1)).sum(axis=1)
            found[i] = 1 + first + (at[i] - low) * (second - first)
        return found

    def top(self, n: int) -> Floats:
        return np.asarray(self.counts[:, :n].sum(axis=1) / self.draws)


class Kept:
    """The ranks themselves, for more markets than can be counted."""

    def __init__(self, markets: int) -> None:
        self.draws = 0
        self.markets = markets
        self.parts: list[NDArray[np.uint32]] = []

    def add(self, places: Places) -> None:
        self.parts.append(places.ranks().astype(np.uint32))
        self.draws += len(places.market)

    def merge(self, other: Tally) -> None:
        assert isinstance(other, Kept)
        self.parts += other.parts
        self.draws += other.draws

    def quantiles(self, shares: Floats) -> Floats:
        found = np.empty((len(shares), self.markets))
        for start in range(0, self.markets, 1000):
            block = np.concatenate([part[:, start : start + 1000] for part in self.parts])
            found[:, start : start + 1000] = 1 + np.quantile(block, shares, axis=0)
        return found

    def top(self, n: int) -> Floats:
        return np.asarray(sum((part < n).sum(axis=0) for part in self.parts) / self.draws)


def tally_for(markets: int) -> Counts | Kept:
    return Counts(markets) if markets <= MOST_COUNTED else Kept(markets)
