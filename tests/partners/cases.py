"""A small index with its partner graph, scored."""

from __future__ import annotations

import numpy as np

import entryscore
from entryscore.catalogue import Catalogue, Indicator, Pillar
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.partners.ecosystem import (
    Capability,
    Ecosystem,
    Need,
    PartnerType,
    Presence,
    Provision,
    Relation,
)
from entryscore.result import Result

ECOSYSTEM = Ecosystem(
    types=(
        PartnerType("telco", cost=9, months=9, availability_indicator="telcos"),
        PartnerType("creator", cost=4, months=3),
        PartnerType("agency", cost=5, months=3),
        PartnerType("ministry", engagement="engage", cost=5, months=6),
    ),
    capabilities=(Capability("reach"), Capability("content"), Capability("law")),
    provisions=(
        Provision("telco", "reach", 0.8),
        Provision("creator", "content", 0.6),
        Provision("agency", "content", 0.4),
        Provision("agency", "reach", 0.4),
        Provision("ministry", "law", 0.8),
    ),
    needs=(
        Need("net", "reach", 0.9, 0.25, "mitigates"),
        Need("net", "content", 0.5, 0.25, "mitigates"),
        Need("video", "content", 0.8, 0.5),
        Need("rules", "law", 1.0, 0.5),
        Need("income", "law", 1.0, 0.9, "none"),
        Need("absent", "law", 1.0, 0.75),
    ),
    relations=(Relation("telco", "requires", "ministry"),),
    presence={("B", "agency"): Presence(availability=0.0), ("C", "creator"): Presence(cost=7.0)},
)


def scored(rows: int = 6, gappy: bool = True, **settings: object) -> Result:
    catalogue = Catalogue(
        (
            Indicator("usage", parent="pull", weight=2, proxy_for="net"),
            Indicator("video", parent="pull", target=90.0),
            Indicator("rules", parent="ease", direction="lower_is_better"),
            Indicator("income", parent="ease"),
            Indicator("telcos", role="info"),
        ),
        (Pillar("pull", weight=2), Pillar("ease")),
    )
    rng = np.random.default_rng(4)
    values = rng.integers(1, 100, (rows, 5)).astype(float)
    if gappy:
        values[2, 1] = np.nan
    codes = tuple("ABCDEFGHIJKL"[:rows])
    table = MarketTable(codes, codes, ("x", "y") * (rows // 2), values)
    return entryscore.score(catalogue, table, Methodology(**settings))  # type: ignore[arg-type]
