"""The R package COINr's results on its example index, from raw inputs through a workbook."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.reference.asem import (
    DEFAULT,
    PLAIN,
    asem_book,
    close,
    read,
    same_scores,
    same_stage,
    scored,
)
from tests.shared import needs_shared

pytestmark = needs_shared
SHARES = PLAIN | {"scale_low": 0, "scale_high": 1}
POSITIVE = PLAIN | {"scale_low": 1}
GERMANY = {"normalisation": "distance_to_reference", "reference_market": "DEU", "cap": "no"}


def ends(kind: str) -> dict[str, list[float]]:
    """Goalposts from COINr's parameters; its targets are the better goalposts."""
    given = read("d_imeta_with_normalisation_parameters")
    given = given[given["Type"] == "Indicator"]
    return {"goal_low": list(given[f"{kind}_lower"]), "goal_high": list(given[f"{kind}_upper"])}


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("a_raw_minmax0_100_amean", PLAIN),
        ("c_raw_minmax1_100_gmean", POSITIVE | {"aggregation": "geometric"}),
        ("c_raw_minmax1_100_hmean", POSITIVE | {"aggregation": "harmonic"}),
        ("d_raw_zscore0_1_amean", PLAIN | {"normalisation": "z_score"}),
        ("d_raw_rank_amean", PLAIN | {"normalisation": "rank"}),
        ("d_raw_borda_amean", PLAIN | {"normalisation": "borda"}),
        ("d_raw_prank_amean", SHARES | {"normalisation": "percentile_rank"}),
        ("d_raw_dist2max_amean", SHARES | {"normalisation": "distance_to_max"}),
        ("d_raw_dist2ref_DEU_amean", SHARES | GERMANY),
    ],
)
def test_every_node(tmp_path: Path, name: str, chosen: dict[str, object]) -> None:
    same_scores(scored(asem_book(tmp_path / "asem.xlsx", chosen)), name)


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("a_raw_minmax0_100_normalised", PLAIN),
        ("d_raw_zscore0_1_normalised", PLAIN | {"normalisation": "z_score"}),
        ("d_raw_rank_normalised", PLAIN | {"normalisation": "rank"}),
        ("d_raw_prank_normalised", SHARES | {"normalisation": "percentile_rank"}),
    ],
)
def test_normalised(tmp_path: Path, name: str, chosen: dict[str, object]) -> None:
    same_stage(scored(asem_book(tmp_path / "asem.xlsx", chosen)), "normalised", name)


@pytest.mark.parametrize(
    ("name", "kind", "chosen"),
    [
        ("d_raw_dist2targ_capped", "goalpost", SHARES | {"normalisation": "distance_to_target"}),
        ("d_raw_goalposts_trunc", "goalpost", PLAIN | {"normalisation": "goalposts"}),
        ("d_raw_scaled", "scaled", PLAIN | {"normalisation": "scaled"}),
    ],
)
def test_bounds_by_indicator(
    tmp_path: Path, name: str, kind: str, chosen: dict[str, object]
) -> None:
    result = scored(asem_book(tmp_path / "asem.xlsx", chosen, indicators=ends(kind)))
    same_scores(result, f"{name}_amean")
    if kind == "goalpost":
        same_stage(result, "normalised", f"{name}_normalised")


def test_targets_are_the_better_goalposts() -> None:
    given = read("d_imeta_with_normalisation_parameters")
    given = given[given["Type"] == "Indicator"]
    better = np.where(given["Direction"] < 0, given["goalpost_lower"], given["goalpost_upper"])
    np.testing.assert_allclose(better, given["Target"], rtol=1e-12)


def test_a_threshold_of_availability(tmp_path: Path) -> None:
    """COINr's dat_thresh, a share of the children, is `min_coverage` under equal weights."""
    result = scored(asem_book(tmp_path / "asem.xlsx", PLAIN | {"min_coverage": 0.9}))
    same_scores(result, "a_raw_minmax0_100_amean_datthresh0.9")
    assert np.isnan(result.score).sum() == 20


def test_the_inputs_are_those_of_the_tables(tmp_path: Path) -> None:
    result = scored(asem_book(tmp_path / "asem.xlsx", PLAIN))
    same_stage(result, "scaled", "b_default_Raw")
    tree = result.tree
    paths = {tuple(tree.codes[i] for i in tree.path(int(leaf))) for leaf in tree.leaves}
    lineage = read("asem_lineage")[["Sub-index", "Pillar", "Indicator"]]
    ours = {tuple(sorted(path)) for path in paths}
    assert ours == {tuple(sorted(path)) for path in lineage.to_numpy()}


def test_an_aggregation_for_each_level(tmp_path: Path) -> None:
    by_level = {2: "arithmetic", 3: "geometric", 4: "harmonic"}
    result = scored(asem_book(tmp_path / "asem.xlsx", POSITIVE, aggregations=by_level))
    same_scores(result, "c_raw_minmax1_100_amean_gmean_hmean_bylevel")


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("Denominated", "scaled"),
        ("Imputed", "imputed"),
        ("Screened", "imputed"),
        ("Treated", "treated"),
        ("Normalised", "normalised"),
    ],
)
def test_b_default(tmp_path: Path, name: str, stage: str) -> None:
    """COINr screens after imputing, when nothing is missing and no market leaves."""
    result = scored(asem_book(tmp_path / "asem.xlsx", DEFAULT, denominators=True))
    same_stage(result, stage, f"b_default_{name}")


def test_b_default_aggregated(tmp_path: Path) -> None:
    result = scored(asem_book(tmp_path / "asem.xlsx", DEFAULT, denominators=True))
    same_scores(result, "b_default_Aggregated")


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("k_imputed_mean", "mean"),
        ("k_imputed_median", "median"),
        ("k_imputed_mean_grp_EurAsia", "group_mean"),
        ("k_imputed_row_mean_within_level2", "pillar_mean"),
    ],
)
def test_imputed(tmp_path: Path, name: str, method: str) -> None:
    chosen = PLAIN | {"imputation": method}
    path = asem_book(tmp_path / "asem.xlsx", chosen, values="k_idata_extra_na")
    same_stage(scored(path), "imputed", name)


def test_e_copeland_hierarchical(tmp_path: Path) -> None:
    chosen = DEFAULT | {"aggregation": "copeland"}
    result = scored(asem_book(tmp_path / "asem.xlsx", chosen, denominators=True))
    same_scores(result, "e_copeland_hierarchical")


def test_effective_weights(tmp_path: Path) -> None:
    result = scored(asem_book(tmp_path / "asem.xlsx", PLAIN))
    theirs = read("g_effective_weights").set_index("iCode")["EffWeight"]
    ours = pd.Series(result.effective, index=["Index", *result.tree.codes[1:]])
    assert set(theirs.index) == set(ours.index)
    close(ours, theirs[ours.index])
