"""The R package COINr's results on its example index, from raw inputs through a workbook."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import entryscore
from entryscore.result import Result
from tests.books import settings, write_book
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared
COINR = SHARED / "reference" / "coinr"
PLAIN: dict[str, object] = {"min_coverage": 0, "min_total_coverage": 0}
SHARES = PLAIN | {"scale_low": 0, "scale_high": 1}
POSITIVE = PLAIN | {"scale_low": 1}
DEFAULT = PLAIN | {"imputation": "group_mean", "treatment": "auto"}
GERMANY = {"normalisation": "distance_to_reference", "reference_market": "DEU", "cap": "no"}
RANKS = ("rank", "borda", "percentile_rank")


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(COINR / f"{name}.csv", keep_default_na=False, na_values="NA")


def rows(frame: pd.DataFrame) -> list[list[object]]:
    return [list(frame), *frame.astype(object).where(frame.notna(), None).values.tolist()]


def asem_book(
    path: Path,
    chosen: Mapping[str, object],
    *,
    indicators: Mapping[str, list[float]] | None = None,
    aggregations: Mapping[int, str] | None = None,
    denominators: bool = False,
    values: str = "asem_idata",
) -> Path:
    """COINr's example as a workbook: `indicators` adds columns to that sheet, in the order of
    asem_imeta; `aggregations` are by level (2 pillars, 3 sub-indexes, 4 the index)."""
    meta, data = read("asem_imeta"), read(values)
    if chosen.get("normalisation") in RANKS:
        data.loc[data["uCode"] == "JPN", "TolMin"] += 1e-9  # a tie that spreadsheets make
    leaves, inner = meta[meta["Type"] == "Indicator"], meta[meta["Type"] == "Aggregate"]
    sheet = leaves[["iCode", "Parent", "Weight"]].set_axis(["code", "parent", "weight"], axis=1)
    sheet["direction"] = np.where(leaves["Direction"] < 0, "lower_is_better", "higher_is_better")
    sheet["role"] = "indicator"
    for header, cells in (indicators or {}).items():
        sheet[header] = cells
    by = list(meta.loc[meta["Type"] == "Denominator", "iCode"]) if denominators else []
    if denominators:
        sheet["scale_by"] = leaves["Denominator"]
        sheet = pd.concat([sheet, pd.DataFrame({"code": by, "role": "denominator"})])
    pillars = inner[["iCode", "Parent", "Weight"]].set_axis(["code", "parent", "weight"], axis=1)
    pillars["code"] = pillars["code"].replace("Index", "index")
    pillars["aggregation"] = [(aggregations or {}).get(int(level)) for level in inner["Level"]]
    markets = data.rename(columns={"uCode": "code", "uName": "name", "EurAsia_group": "group"})
    markets = markets[["code", "name", "group", *leaves["iCode"], *by]]
    return write_book(
        path, Markets=rows(markets), Indicators=rows(sheet), Pillars=rows(pillars),
        Settings=settings(chosen),
    )  # fmt: skip


def scored(path: Path) -> Result:
    book = entryscore.read_workbook(path)
    assert book.findings.problems == ()
    return entryscore.score(book.catalogue, book.table, book.methodology)


def same(ours: np.ndarray, codes: list[str], result: Result, name: str) -> None:
    theirs = read(name).set_index("uCode").loc[list(result.table.codes), codes]
    np.testing.assert_allclose(ours, theirs.to_numpy(dtype=float), rtol=1e-9, atol=0)


def same_scores(result: Result, name: str) -> None:
    """Every node: the index, the inner ones and the indicators."""
    assert len(result.tree.codes) == 60
    same(result.scores, ["Index", *result.tree.codes[1:]], result, name)


def same_stage(result: Result, stage: str, name: str) -> None:
    columns = result.tree.columns[result.tree.leaves]
    assert len(columns) == 49
    codes = [result.catalogue.codes[c] for c in columns]
    same(getattr(result, stage)[:, columns], codes, result, name)


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


def test_an_aggregation_for_each_level(tmp_path: Path) -> None:
    by_level = {2: "arithmetic", 3: "geometric", 4: "harmonic"}
    result = scored(asem_book(tmp_path / "asem.xlsx", POSITIVE, aggregations=by_level))
    same_scores(result, "c_raw_minmax1_100_amean_gmean_hmean_bylevel")


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("Denominated", "scaled"),
        ("Imputed", "imputed"),
        ("Treated", "treated"),
        ("Normalised", "normalised"),
    ],
)
def test_b_default(tmp_path: Path, name: str, stage: str) -> None:
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
    np.testing.assert_allclose(ours, theirs[ours.index], rtol=1e-9)
