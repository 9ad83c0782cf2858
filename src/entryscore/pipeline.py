"""The construction of an index, step by step, from values as read to ranks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from entryscore import diagnosis
from entryscore.case import Case
from entryscore.catalogue import Catalogue
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.preparation import (
    drop_empty,
    impute,
    outcomes_of_gates,
    scale,
    transform_values,
    treat,
)
from entryscore.problems import Findings
from entryscore.ranking import ranks_of
from entryscore.result import GateOutcome, Result
from entryscore.scoring import aggregate_nodes, normalise_values
from entryscore.tree import Floats, Tree, build_tree

_TOLERANCE = 1e-9


def score(
    catalogue: Catalogue,
    table: MarketTable,
    methodology: Methodology | None = None,
    *,
    weights: Floats | None = None,
    scenario: str = "base",
) -> Result:
    """Scores and ranks; InputError lists everything that is wrong with the input."""
    findings = Findings()
    result = construct(
        catalogue, table, methodology or Methodology(), findings, weights=weights, scenario=scenario
    )
    findings.raise_if_any()
    assert result is not None  # nothing was wrong
    return result


def construct(
    catalogue: Catalogue,
    table: MarketTable,
    methodology: Methodology,
    findings: Findings,
    *,
    weights: Floats | None = None,
    scenario: str = "base",
) -> Result | None:
    """The same, reporting into `findings`; None where a problem was found."""
    tree = build_tree(catalogue)
    found = Findings()
    case = Case(catalogue, table, methodology, tree, found, bool(findings.problems))
    if not table.codes:
        if not findings.problems:
            findings.problem("Markets", "no market is included", "add a row per market")
        return None
    case.check_settings()

    gates = outcomes_of_gates(case)
    scaled = scale(case)
    used, dropped = drop_empty(case, scaled, tree.declared if weights is None else weights)
    live = np.array([c for c in case.columns if catalogue.codes[c] not in dropped], dtype=int)
    imputed = impute(case, scaled, live)
    transformed, goals = transform_values(case, imputed, live)
    treated, treatment = treat(case, transformed, live)
    normalised = normalise_values(case, treated, goals, live)
    aggregated = aggregate_nodes(case, used, normalised)
    coverage = _coverage(tree, used, scaled)
    ranked = _ranked(case, aggregated.scores[:, 0], coverage, gates)
    ranks = ranks_of(methodology.rounded(aggregated.scores[:, 0]), ranked)

    diagnosis.warn_of_errors(case)
    diagnosis.warn_of_scores(case, used, normalised, aggregated.scores, live)
    findings.extend(found)
    if found.problems:
        return None
    unknown = np.full(len(table.codes), np.nan)
    stages = (
        scaled,
        imputed,
        transformed,
        treated,
        normalised,
        used,
        coverage,
        ranked,
        ranks,
        unknown,
    )
    for stage in (*stages, aggregated.scores, aggregated.filled, aggregated.coverage):
        stage.setflags(write=False)
    return Result(
        catalogue=catalogue, tree=tree, table=table, methodology=methodology, scenario=scenario,
        weights=used, scaled=scaled, imputed=imputed, transformed=transformed, treated=treated,
        normalised=normalised, scores=aggregated.scores, filled=aggregated.filled,
        node_coverage=aggregated.coverage, coverage=coverage, gates=gates, ranked=ranked,
        ranks=ranks, rank_low=unknown, rank_high=unknown, treatment=treatment, dropped=dropped,
        warnings=findings.warnings,
    )  # fmt: skip


def _coverage(tree: Tree, weights: Floats, scaled: Floats) -> Floats:
    """(markets) share of effective indicator weight observed."""
    effective = tree.effective(weights)[tree.leaves]
    observed = ~np.isnan(scaled[:, tree.columns[tree.leaves]])
    total = effective.sum()
    return np.asarray((observed * effective).sum(axis=1) / (total if total > 0 else np.nan))


def _ranked(
    case: Case, scores: Floats, coverage: Floats, gates: tuple[GateOutcome, ...]
) -> NDArray[np.bool_]:
    ranked = ~np.isnan(scores) & (coverage >= case.methodology.min_total_coverage - _TOLERANCE)
    ranked[[gate.market for gate in gates if gate.drops]] = False
    return np.asarray(ranked)
