"""The figures of docs/libraries.md, recomputed from the libraries' results."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from entryscore.crosscheck import CROSS_CHECKS
from entryscore.ranking import ranks_of, tau_b
from entryscore.tree import Floats
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared
MCDA = SHARED / "reference" / "mcda"
PAGE = (Path(__file__).parents[2] / "docs" / "libraries.md").read_text(encoding="utf-8")
ORACLES = {"ahp": "oracle_eigenvector"}


def table(*header: str) -> list[list[str]]:
    """The rows of the page's table whose header begins so, without backticks."""
    start = PAGE.index("| " + " | ".join(header))
    lines = PAGE[start:].split("\n\n")[0].splitlines()[2:]
    assert lines
    return [[cell.strip("` ") for cell in line.strip("|").split(" | ")] for line in lines]


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(MCDA / f"{name}.csv", index_col=0)


def moved(ours: Floats, theirs: Floats) -> tuple[str, str]:
    count = int((ours != theirs).sum())
    return f"{count} of {len(ours)}", f"{tau_b(ours, theirs):.2f}"


RANKINGS = table("method", "library", "ranks", "tau", "top")
WEIGHTS = table("method", "library", "largest")


@pytest.mark.parametrize("row", RANKINGS, ids=lambda row: " ".join(row[:2]))
def test_rankings_that_differ(row: list[str]) -> None:
    ranks = read(f"ranks_{row[0]}")
    theirs = ranks[row[1]]
    figures = moved(ranks["oracle"].to_numpy(float), theirs.to_numpy(float))
    assert (*figures, theirs.idxmin()) == tuple(row[2:5])


@pytest.mark.parametrize("row", WEIGHTS, ids=lambda row: " ".join(row[:2]))
def test_weights_that_differ(row: list[str]) -> None:
    weights = read(f"weights_{row[0]}")
    ours, theirs = weights[ORACLES.get(row[0], "oracle")], weights[row[1]]
    figures = moved(ranks_of(ours.to_numpy()), ranks_of(theirs.to_numpy()))
    assert (f"{(ours - theirs).abs().max():.3f}", *figures) == tuple(row[2:5])


def test_nothing_that_differs_is_left_out() -> None:
    """Of ranks and of weights; a score in another unit is no difference."""
    summary = read("agreement_summary").reset_index()
    off = summary[~summary["agrees_1e-9"] & ~summary["implementation"].str.startswith("oracle")]
    off = off[off["method"].str.startswith("weights") | (off["rank_positions_changed"] > 0)]
    found = {
        (method.removeprefix("weights:"), implementation)
        for method, implementation in zip(off["method"], off["implementation"], strict=True)
    }
    assert {(row[0], row[1]) for row in (*RANKINGS, *WEIGHTS)} == found


def test_libraries_that_are_equal() -> None:
    """Every other implementation of a cross-check gives the oracle's scores, or its ranks."""
    differing = {(row[0], row[1]) for row in RANKINGS}
    paths = sorted(MCDA.glob("scores_*.csv"))
    assert len(paths) == 11
    for path in paths:
        name = path.stem.removeprefix("scores_")
        scores, ranks = read(path.stem), read(f"ranks_{name}")
        for library in scores.columns[1:]:
            if (name, library) in differing:
                continue
            assert (ranks[library] == ranks["oracle"]).all(), (name, library)
            if library != "skcriteria SumScaler+COPRAS":
                np.testing.assert_allclose(scores[library], scores["oracle"], rtol=0, atol=1e-9)


def inputs() -> tuple[Floats, Floats, Floats]:
    criteria = read("criteria")
    weights, signs = criteria["weight"].to_numpy(float), criteria["type"].to_numpy(float)
    return read("matrix").to_numpy(float), weights, signs


def added_costs(x: Floats, weights: Floats) -> Floats:
    total = (x / x.sum(axis=0) * weights).sum(axis=1)
    return np.asarray(total / total.max())


def test_causes_of_other_rankings() -> None:
    x, weights, signs = inputs()
    added = added_costs(x, weights)
    np.testing.assert_allclose(added, read("scores_copras")["pymcdm"], rtol=0, atol=1e-9)
    dearer = x.copy()
    dearer[0, list(read("criteria").index).index("tariff_rate")] *= 3
    assert [ranks_of(s)[0] for s in (added, added_costs(dearer, weights))] == [12, 4]
    inverted = np.where(signs > 0, x, 1 / x)
    benefits = np.ones_like(signs)
    found = CROSS_CHECKS["topsis"].function(inverted, weights, benefits)
    row = next(row for row in RANKINGS if row[0] == "topsis_vector")
    np.testing.assert_allclose(found, read("scores_topsis_vector")[row[1]], rtol=0, atol=1e-9)
    p, q = (read("criteria")[f"promethee_{end}"].to_numpy(float) for end in "pq")
    kinds: dict[str, tuple[str, tuple[Floats, ...]]] = {
        "usual": ("usual", ()), "vshape": ("v_shape", (p,)), "linear": ("linear", (p, q)),
    }  # fmt: skip
    for name, (method, thresholds) in kinds.items():
        function = CROSS_CHECKS[f"promethee_{method}"].function
        flows = function(x, weights, benefits, *thresholds)
        for row in RANKINGS:
            if row[0] == f"promethee2_{name}":
                theirs = read(f"scores_{row[0]}")[row[1]]
                np.testing.assert_allclose(flows, theirs, rtol=0, atol=1e-9)


def test_causes_of_other_weights() -> None:
    critic = read("weights_critic")
    for row in WEIGHTS:
        if row[0] == "critic":
            np.testing.assert_allclose(
                critic[row[1]], critic["oracle_ignoring_types"], rtol=0, atol=1e-9
            )
    x, _, signs = inputs()
    shares = np.where(signs > 0, x, 1 / x)
    shares /= shares.sum(axis=0)
    spread = 1 + (shares * np.log(shares)).sum(axis=0) / np.log(len(x))
    entropy = read("weights_entropy")
    np.testing.assert_allclose(
        spread / spread.sum(), entropy["oracle_cost_inverted"], rtol=0, atol=1e-9
    )
    np.testing.assert_allclose(entropy["pyDecision"], entropy["oracle_cost_inverted"], atol=3e-8)


def test_methods_not_here() -> None:
    cross = pd.read_csv(MCDA / "other_methods_cross.csv")
    rows = table("method", "library", "ranks", "tau", "cause")
    for method, library, ranks, tau, _ in rows:
        here = cross[(cross["method"] == method) & (cross["b"] == library)]
        assert len(here)
        assert set(here["markets_with_different_rank"]) == {int(ranks.split(" of ")[0])}
        assert set(here["tau"]) == {float(tau)}
    differing = cross[cross["markets_with_different_rank"] > 0]
    assert set(differing["method"]) == {row[0] for row in rows}


def test_consistency_ratios_and_best_worst() -> None:
    ratios = read("ahp_consistency")["value"].filter(like="_CR")
    assert f"from {ratios.min():.4f} to {ratios.max():.4f}" in " ".join(PAGE.split())
    weights = read("weights_bwm")
    off = max(
        (weights[f"{case}|oracle_LP"] - weights[f"{case}|pyDecision_bw"]).abs().max()
        for case in ("near_consistent", "inconsistent")
    )
    assert f"up to {off:.4f} from the optimum" in PAGE
