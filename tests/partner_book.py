"""A small workbook with a partner graph of its own, its numbers to be checked by hand.

Scores: net A 0, B 50, C 100; law A 100, B 0, C 50. Targets 80 and 60, weights a half each.
Points at stake, 100 · w κ g A/ΣA: A reach 16, content 8; B reach 6, content 3, permit 12;
C permit 2.
"""

from __future__ import annotations

from pathlib import Path

from tests.books import Rows, settings, write_book

MARKETS = [["code", "name", "net", "law"], ["A", "Aland", 0, 9], ["B", "Bland", 5, 1],
           ["C", "Cland", 10, 5]]  # fmt: skip
INDICATORS = [["code", "name", "target"], ["net", "Networks", 80], ["law", "Law", 60]]
TYPES = [
    ["code", "name", "engagement", "cost", "months"], ["telco", "Telco", "contract", 9, 9],
    ["creator", "Creator", "contract", 4, 3], ["agency", "Agency", "contract", 5, 3],
    ["ministry", "Ministry", "engage", 5, 6],
]  # fmt: skip
CAPABILITIES = [["code", "name", "kpi"], ["reach", "Reach", "users"], ["content", "Content", None],
                ["permit", "Permit", None], ["brand", "Brand", None]]  # fmt: skip
PROVIDES = [
    ["partner_type", "capability", "strength", "basis", "quote", "quote_en"],
    ["telco", "reach", 0.8, "direct", "電信", "telcos carry it"],
    ["agency", "reach", 0.6, "list", "廣告", "agencies sell it"],
    ["agency", "content", 0.5, "generic", None, None],
    ["creator", "content", 0.6, "direct", "創作者", None],
    ["ministry", "permit", 0.8, "direct", None, "it permits"],
]  # fmt: skip
NEEDS = [
    ["indicator", "capability", "need", "kappa", "effect"], ["net", "reach", 1, 0.6, "mitigates"],
    ["net", "content", 0.5, 0.6, "mitigates"], ["law", "permit", 1, 0.4, "lifts"],
    ["youth_share", "brand", 1, 0.5, "lifts"],
]  # fmt: skip
RELATIONS = [["source", "relation", "target"], ["telco", "requires", "ministry"]]
ABSENT = [["market", "partner_type", "availability"], ["A", "ministry", 0]]
TORN = [*RELATIONS, ["agency", "conflicts", "ministry"]]


def write_partner_book(path: Path, draws: int = 0, **sheets: Rows) -> Path:
    standard: dict[str, Rows] = {
        "Markets": MARKETS, "Indicators": INDICATORS, "PartnerTypes": TYPES,
        "Capabilities": CAPABILITIES, "Provides": PROVIDES, "Needs": NEEDS,
        "PartnerRelations": RELATIONS, "Settings": settings({"partner_draws": draws}),
    }  # fmt: skip
    return write_book(path, **(standard | sheets))
