"""The R package COINr's results on its example index, from raw inputs through a workbook."""

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
PLAIN = {"min_coverage": 0, "min_total_coverage": 0}
SHARES = PLAIN | {"scale_low": 0, "scale_high": 1}
POSITIVE = PLAIN | {"scale_low": 1}
DEFAULT = PLAIN | {"imputation": "group_mean", "treatment": "auto"}


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(COINR / name, keep_default_na=False, na_values="NA")


def rows(frame: pd.DataFrame) -> list[list[object]]:
    return [list(frame), *frame.astype(object).where(frame.notna(), None).values.tolist()]


def scored(
    folder: Path, chosen: dict[str, object], *, denominators: bool = False, **nodes: str
) -> Result:
    meta, data = read("asem_imeta.csv"), read("asem_idata.csv")
    data.loc[data["uCode"] == "JPN", "TolMin"] += 1e-9  # a tie that spreadsheets make
    indicators = meta[meta["Type"] == "Indicator"]
    inner = meta[meta["Type"] == "Aggregate"]
    by = sorted(set(indicators["Denominator"].dropna())) if denominators else []
    sheet = pd.DataFrame(
        {
            "code": [*indicators["iCode"], *by],
            "parent": [*indicators["Parent"], *[None] * len(by)],
            "weight": [*indicators["Weight"], *[None] * len(by)],
            "direction": np.where(
                [*(indicators["Direction"] < 0), *[False] * len(by)], "lower_is_better", None
            ),
            "role": [*["indicator"] * len(indicators), *["denominator"] * len(by)],
            "scale_by": [
                *(indicators["Denominator"] if denominators else [None] * len(indicators)),
                *[None] * len(by),
            ],
        }
    )
    pillars = inner[["iCode", "Parent", "Weight"]].copy()
    pillars.columns = ["code", "parent", "weight"]
    pillars["code"] = pillars["code"].replace("Index", "index")
    pillars["aggregation"] = [nodes.get(f"level{level}") for level in inner["Level"].astype(int)]
    markets = data.rename(columns={"uCode": "code", "uName": "name", "EurAsia_group": "group"})
    markets = markets[["code", "name", "group", *indicators["iCode"], *by]]
    path = write_book(
        folder / "asem.xlsx", Markets=rows(markets), Indicators=rows(sheet),
        Pillars=rows(pillars), Settings=settings(chosen),
    )  # fmt: skip
    book = entryscore.read_workbook(path)
    assert book.findings.problems == ()
    return entryscore.score(book.catalogue, book.table, book.methodology)


def same(ours: np.ndarray, codes: list[str], result: Result, name: str) -> None:
    theirs = read(name).set_index("uCode").loc[list(result.table.codes), codes]
    np.testing.assert_allclose(ours, theirs.to_numpy(dtype=float), rtol=1e-9, atol=1e-9)


def same_scores(result: Result, name: str) -> None:
    codes = ["Index", *result.tree.codes[1:]]
    same(result.scores, codes, result, name)


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
        (
            "d_raw_dist2ref_DEU_amean",
            SHARES
            | {"normalisation": "distance_to_reference", "reference_market": "DEU", "cap": "no"},
        ),
    ],
)
def test_every_node(tmp_path: Path, name: str, chosen: dict[str, object]) -> None:
    same_scores(scored(tmp_path, chosen), f"{name}.csv")


def test_an_aggregation_for_each_level(tmp_path: Path) -> None:
    result = scored(tmp_path, POSITIVE, level2="arithmetic", level3="geometric", level4="harmonic")
    same_scores(result, "c_raw_minmax1_100_amean_gmean_hmean_bylevel.csv")


def test_the_default_construction_stage_by_stage(tmp_path: Path) -> None:
    result = scored(tmp_path, DEFAULT, denominators=True)
    columns = result.tree.columns[result.tree.leaves]
    codes = [result.catalogue.codes[c] for c in columns]
    for stage, name in (
        (result.scaled, "Denominated"),
        (result.imputed, "Imputed"),
        (result.treated, "Treated"),
        (result.normalised, "Normalised"),
    ):
        same(stage[:, columns], codes, result, f"b_default_{name}.csv")
    same_scores(result, "b_default_Aggregated.csv")


def test_effective_weights(tmp_path: Path) -> None:
    result = scored(tmp_path, PLAIN)
    theirs = read("g_effective_weights.csv").set_index("iCode")["EffWeight"]
    ours = pd.Series(result.effective[1:], index=result.tree.codes[1:])
    np.testing.assert_allclose(ours, theirs[ours.index], rtol=1e-9)
