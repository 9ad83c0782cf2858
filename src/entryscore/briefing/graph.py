"""The partner graph of the markets of a brief, with their portfolios marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from entryscore.briefing.brief import Brief
from entryscore.briefing.rows import gap_rows
from entryscore.partners.graph import build_graph

if TYPE_CHECKING:
    from networkx import MultiDiGraph


PICTURES = (".svg", ".mmd")  # to be looked at: with many markets, of the first only
_READABLE = 3  # markets


def graph_of(brief: Brief, suffix: str = "") -> MultiDiGraph[str]:
    """`suffix`: of the file it is for; a picture of more markets than can be read has the first."""
    many = suffix.lower() in PICTURES and len(brief.answers) > _READABLE
    shown = brief.answers[:1] if many else brief.answers
    result, supply, gaps = brief.field.result, brief.field.supply, brief.field.gaps
    first = shown[0].market
    title = result.methodology.title or result.catalogue.headline
    return build_graph(
        brief.field.ecosystem,
        result.catalogue,
        {
            brief.code(of): {
                r.indicator: None if r.gap is None else r.gap / 100 for r in gap_rows(brief, of)
            }
            for of in shown
        },
        availability={
            brief.code(of): {
                code: float(supply.available[of.market, j])
                for j, code in enumerate(supply.types)
                if not supply.assumed[of.market, j]
            }
            for of in shown
        },
        chosen={brief.code(of): {m.partner_type for m in of.members} for of in shown},
        names={brief.code(of): brief.label(of) for of in shown},
        weights=dict(zip(gaps.indicators, gaps.weight[first].tolist(), strict=True)),
        targets={
            code: 100 * float(target)
            for code, target in zip(gaps.indicators, gaps.target, strict=True)
            if not np.isnan(target)
        },
        title=title,
    )
