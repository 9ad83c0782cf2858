"""COINr's example index as a workbook, and comparison with its tables to 1e-9 of each value."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

import entryscore
from entryscore.result import Result
from tests.books import settings, write_book
from tests.shared import SHARED

COINR = SHARED / "reference" / "coinr"
PLAIN: dict[str, object] = {"min_coverage": 0, "min_total_coverage": 0}
DEFAULT = PLAIN | {"imputation": "group_mean", "treatment": "auto"}
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
    levels: tuple[int, ...] = (2, 3, 4),
    apart: bool = False,
) -> Path:
    """COINr's example as a workbook: `indicators` adds columns to that sheet, in the order of
    asem_imeta; `aggregations` are by level (2 pillars, 3 sub-indexes, 4 the index), and `levels`
    are those kept: what loses its parent lies right under the index. `apart` keeps the two
    markets apart in TolMin that a workbook makes equal."""
    meta, data = read("asem_imeta"), read(values)
    if apart or chosen.get("normalisation") in RANKS:
        data.loc[data["uCode"] == "JPN", "TolMin"] += 1e-9  # a tie that spreadsheets make
    leaves, inner = meta[meta["Type"] == "Indicator"], meta[meta["Type"] == "Aggregate"]
    sheet = leaves[["iCode", "Parent", "Weight"]].set_axis(["code", "parent", "weight"], axis=1)
    sheet["direction"] = np.where(leaves["Direction"] < 0, "lower_is_better", "higher_is_better")
    sheet["role"] = "indicator"
    inner = inner[inner["Level"].isin(levels)]
    sheet["parent"] = sheet["parent"].where(sheet["parent"].isin(inner["iCode"]))
    for header, cells in (indicators or {}).items():
        sheet[header] = cells
    by = list(meta.loc[meta["Type"] == "Denominator", "iCode"]) if denominators else []
    if denominators:
        sheet["scale_by"] = leaves["Denominator"]
        sheet = pd.concat([sheet, pd.DataFrame({"code": by, "role": "denominator"})])
    pillars = inner[["iCode", "Parent", "Weight"]].set_axis(["code", "parent", "weight"], axis=1)
    pillars["parent"] = pillars["parent"].where(pillars["parent"].isin(inner["iCode"]))
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


def close(ours: object, theirs: object) -> None:
    """To 1e-9 of each value, with no absolute allowance; missing where theirs is."""
    ours, theirs = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    assert ours.shape == theirs.shape
    assert ours.size
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=0)


def same(ours: np.ndarray, codes: list[str], result: Result, name: str) -> None:
    theirs = read(name).set_index("uCode").loc[list(result.table.codes), codes]
    close(ours, theirs)


def same_scores(result: Result, name: str) -> None:
    """Every node: the index, the inner ones and the indicators."""
    assert len(result.tree.codes) == 60
    same(result.scores, ["Index", *result.tree.codes[1:]], result, name)


def same_stage(result: Result, stage: str, name: str) -> None:
    columns = result.tree.columns[result.tree.leaves]
    assert len(columns) == 49
    codes = [result.catalogue.codes[c] for c in columns]
    same(getattr(result, stage)[:, columns], codes, result, name)
