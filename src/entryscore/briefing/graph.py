"""The partner graph of the markets of a brief, with their portfolios marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from entryscore.briefing.brief import Brief
from entryscore.briefing.rows import gap_rows
from entryscore.partners.graph import build_graph

if TYPE_CHECKING:
    from networkx import MultiDiGraph


def graph_of(brief: Brief) -> MultiDiGraph[str]:
    result, supply, gaps = brief.field.result, brief.field.supply, brief.field.gaps
    first = brief.answers[0].market
    title = result.methodology.title or result.catalogue.title
    return build_graph(
        brief.field.ecosystem,
        result.catalogue,
        {
            brief.code(of): {
                r.indicator: None if r.gap is None else r.gap / 100 for r in gap_rows(brief, of)
            }
            for of in brief.answers
        },
        availability={
            brief.code(of): {
                code: float(supply.available[of.market, j])
                for j, code in enumerate(supply.types)
                if not supply.assumed[of.market, j]
            }
            for of in brief.answers
        },
        chosen={brief.code(of): {m.partner_type for m in of.members} for of in brief.answers},
        names={brief.code(of): brief.label(of) for of in brief.answers},
        weights=dict(zip(gaps.indicators, gaps.weight[first].tolist(), strict=True)),
        targets={
            code: 100 * float(target)
            for code, target in zip(gaps.indicators, gaps.target, strict=True)
            if not np.isnan(target)
        },
        title=title,
    )
