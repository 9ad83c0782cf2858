"""Weights from preferences as programmes: the largest margin, the fewest to drop, conflicts.

Robust ordinal regression (Greco, Mousseau & Słowiński 2008, EJOR 191). Variables are the effective
weights y of the n indicators, y >= 0 and Σ y = 1. Preference k holds with margin m where
lead_k · y >= m (asked_k · y); for complete data asked_k is its strength everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from entryscore.tree import Floats
from entryscore.weighting.model import Preference
from entryscore.weighting.programmes import cheapest, cheapest_whole, nearest

LEAST = 1e-5  # least margin that reproduces a preference, as a share of the largest lead
_SLACK, _CONVERGED = 1e-7, 1e-10
_ROUNDS = 50
_NODES = 2000  # a minute for 200 preferences; a hundred take less than fifty nodes
Kept = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Programme:
    """`lead`, `asked` (K × n) of the preferences; `cover` (r × n): rows that must stay >= 0;
    `low`, `high` (n): bounds of y; `start` (n) is within all of them."""

    lead: Floats
    asked: Floats
    cover: Floats
    low: Floats
    high: Floats
    start: Floats

    def margin(self, y: Floats, kept: Kept) -> float:
        """The smallest margin of the kept preferences; inf where there are none."""
        lead, asked = self.lead[kept] @ y, self.asked[kept] @ y
        ratios = np.where(asked > _CONVERGED, lead, -np.inf) / np.maximum(asked, _CONVERGED)
        return float(ratios.min(initial=np.inf))

    def best(self, kept: Kept) -> tuple[float, Floats]:
        """The largest margin of the kept preferences, and weights that give it.

        A linear programme; where `asked` differs, a quotient, by Dinkelbach's algorithm for the
        largest smallest ratio (Crouzeix, Ferland & Schaible 1985), which ends at the optimum.
        """
        y = self.start
        if not kept.any():
            return np.inf, y
        m = self.margin(y, kept)
        for _ in range(_ROUNDS):
            gain = self.lead[kept] - m * self.asked[kept]
            rows = np.column_stack((gain, -self.asked[kept] @ y))
            found = cheapest(np.append(np.zeros(len(y)), -1.0), *self._binding(rows, 1))
            new = m if found is None else self.margin(found[: len(y)], kept)
            if found is None or new <= m + _CONVERGED:
                break
            m, y = new, found[: len(y)]
        return m, y

    def closest(self, kept: Kept, m: float, to: Floats) -> Floats | None:
        """The weights nearest to `to` that keep the margin (to 1e-7); None where rounding errors
        leave none."""
        n = len(to)
        need = min(m, m * (1 - _SLACK)) - _SLACK
        rows = np.vstack((self.lead[kept] - need * self.asked[kept], self.cover, self._bounds[0]))
        least = np.concatenate((np.zeros(len(rows) - 2 * n), self._bounds[1]))
        return nearest(to, rows, least, np.ones((1, n)), np.ones(1))

    @property
    def _bounds(self) -> tuple[Floats, Floats]:
        one = np.eye(len(self.low))
        return np.vstack((one, -one)), np.concatenate((self.low, -self.high))

    def _binding(self, rows: Floats, extra: int) -> tuple[Floats, Floats, Floats, Floats]:
        """rows · (y, z) >= 0 with `extra` further variables z, beside all that binds y."""
        bounds, least = self._bounds
        binding = np.vstack((self.cover, bounds))
        rows = np.vstack((rows, np.column_stack((binding, np.zeros((len(binding), extra))))))
        low = np.concatenate((np.zeros(len(rows) - len(least)), least))
        equal = np.append(np.ones(len(self.low)), np.zeros(extra))[None]
        return rows, low, equal, np.ones(1)

    def reproducible(self, kept: Kept) -> bool:
        rows = self.lead[kept] - LEAST * self.asked[kept]
        return cheapest(np.zeros(len(self.low)), *self._binding(rows, 0)) is not None

    def fewest_to_drop(self) -> tuple[Kept, bool]:
        """The preferences kept by the smallest set to drop, and whether its size is proven.

        A mixed-integer programme over which to drop (HiGHS, no gap allowed). Of several smallest
        sets the one that keeps the earlier rows: the first row is kept if any smallest set keeps
        it, then the second, …
        """
        count, n = self.lead.shape
        most = np.ones(n + count)
        dropped, proven = self._dropped(most)
        for k in range(count) if proven else ():
            if dropped[k]:
                limit = most.copy()
                limit[n : n + k] = dropped[:k]
                limit[n + k] = 0.0
                other, sure = self._dropped(limit)
                if sure and other.sum() <= dropped.sum():
                    dropped = other
        return ~dropped, proven and self.reproducible(~dropped)

    def _dropped(self, most: Floats) -> tuple[Kept, bool]:
        """The smallest set, within `most` (n + K) of the variables, and whether that is proven."""
        count, n = self.lead.shape
        rows = self.lead - LEAST * self.asked
        big = np.maximum(0.0, -rows.min(axis=1))
        one = np.concatenate((np.zeros(n), np.ones(count)))
        system = self._binding(np.column_stack((rows, np.diag(big))), count)
        found, proven = cheapest_whole(one, *system, most, one, _NODES)
        dropped = np.ones(count, dtype=bool) if found is None else found[n:] > 0.5
        return dropped, proven

    def conflict(self, dropped: int, kept: Kept) -> NDArray[np.intp]:
        """Preferences, the dropped one among them, that cannot hold together, while any fewer of
        them can (a deletion filter: Chinneck & Dravnieks 1991)."""
        within = kept.copy()
        within[dropped] = True
        for k in np.flatnonzero(kept)[::-1]:
            within[k] = False
            within[k] = self.reproducible(within)
        return np.flatnonzero(within)


def least_circles(preferences: tuple[Preference, ...]) -> int:
    """How many circles there are without a preference in common, at least: so many must be dropped
    whatever the scores are made of."""
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph([(p.better, p.worse) for p in preferences])
    count = 0
    while True:
        try:
            graph.remove_edges_from(nx.find_cycle(graph))
        except nx.NetworkXNoCycle:
            return count
        count += 1


def cycle(preferences: tuple[Preference, ...], dropped: int, kept: Kept) -> list[int]:
    """The fewest kept preferences that lead from the worse market of the dropped one back to its
    better one, the dropped one first; empty where none do."""
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    for k in np.flatnonzero(kept)[::-1]:
        graph.add_edge(preferences[k].better, preferences[k].worse, row=int(k))
    own = preferences[dropped]
    try:
        path = nx.shortest_path(graph, own.worse, own.better)
    except (nx.NodeNotFound, nx.NetworkXNoPath):
        return []
    return [dropped, *(graph.edges[edge]["row"] for edge in pairwise(path))]
