"""Exact partner portfolios: 200 markets by 20 types by 12 capabilities, and one market's draws.

Run: python benchmarks/partners.py
"""

from __future__ import annotations

import time

import numpy as np

from entryscore.partners.instance import Instance
from entryscore.partners.portfolio import cheapest

MARKETS, TYPES, CAPABILITIES = 200, 20, 12


def instances(rng: np.random.Generator) -> list[Instance]:
    strength = np.where(
        rng.random((TYPES, CAPABILITIES)) < 0.25,
        rng.choice([0.3, 0.4, 0.6, 0.8], (TYPES, CAPABILITIES)), 0.0,
    )  # fmt: skip
    cost = rng.integers(2, 10, TYPES).astype(float)
    found = []
    for _ in range(MARKETS):
        points = rng.random(CAPABILITIES)
        found.append(
            Instance(
                types=tuple(f"t{i:02}" for i in range(TYPES)),
                capabilities=tuple(f"c{i:02}" for i in range(CAPABILITIES)),
                supply=strength * rng.uniform(0.2, 1.0, (TYPES, 1)),
                present=np.ones(TYPES, dtype=bool), cost=cost,
                months=rng.integers(1, 10, TYPES).astype(float),
                points=points, needed=points >= 0.25, level=0.5,
                requires=((0, 1), (2, 3), (4, 3)), requires_any=((5, (6, 7)),),
            )
        )  # fmt: skip
    return found


def main() -> None:
    cases = instances(np.random.default_rng(1))
    cheapest(cases[0])  # scipy's import is start-up
    start = time.process_time()
    best = [cheapest(case) for case in cases]
    spent = time.process_time() - start
    solved = [b for b in best if b is not None]
    gap = max(abs(b.cost - b.bound) for b in solved)
    sizes = np.array([b.chosen.sum() for b in solved])
    print(f"{MARKETS} markets x {TYPES} types x {CAPABILITIES} capabilities: {spent:.2f} s CPU")
    print(f"all {len(solved)} solved; largest difference from the solver's bound {gap:.1e}")
    print(f"types per portfolio: {sizes.min()} to {sizes.max()}, {sizes.mean():.1f} on average")


if __name__ == "__main__":
    main()
