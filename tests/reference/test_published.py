"""Published indices, expressed as workbooks by the contract and scored through the front door."""

from pathlib import Path

import numpy as np
import pandas as pd

import entryscore
from tests.books import settings, write_book
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared
PUBLISHED = SHARED / "reference" / "published"


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(PUBLISHED / name, keep_default_na=False, na_values=[""])


def rows(frame: pd.DataFrame) -> list[list[object]]:
    body = frame.astype(object).where(frame.notna(), None)
    return [list(frame.columns), *body.values.tolist()]


def scored(path: Path) -> pd.DataFrame:
    book = entryscore.read_workbook(path)
    assert book.findings.problems == ()
    result = entryscore.score(book.catalogue, book.table, book.methodology)
    return result.frame().set_index("code")


def test_sdg_index_2018(tmp_path: Path) -> None:
    raw, published = read("sdg_index_2018/raw.csv"), read("sdg_index_2018/published.csv")
    posts = read("sdg_index_2018/goalposts.csv")
    ranked = published[published["rank"].notna()]
    markets = ranked[["iso3", "country", "region"]].merge(raw.drop(columns="country"), on="iso3")
    markets = markets.rename(columns={"iso3": "code", "country": "name", "region": "group"})
    indicators = pd.DataFrame(
        {
            "code": posts["code"],
            "parent": [f"goal{int(g):02d}" for g in posts["goal"]],
            "direction": np.where(posts["direction"] == "-", "lower_is_better", "higher_is_better"),
            "goal_low": posts[["worst", "best"]].min(axis=1),
            "goal_high": posts[["worst", "best"]].max(axis=1),
        }
    )
    path = write_book(
        tmp_path / "sdg.xlsx",
        Markets=rows(markets),
        Indicators=rows(indicators),
        Settings=settings(
            {
                "normalisation": "goalposts",
                "group_fill": "yes",
                "min_coverage": 0,
                "min_total_coverage": 0,
            }
        ),
    )
    ours = scored(path)
    theirs = ranked[ranked["oecd"] == 0].set_index("iso3")
    assert len(theirs) == 121
    difference = (ours.loc[theirs.index, "score"] - theirs["index"]).abs()
    assert difference.max() < 1e-9


def test_gsma_mobile_connectivity_index_2019(tmp_path: Path) -> None:
    scores = read("gsma_mci_2020/scores.csv")
    scores = scores[scores["year"] == 2019]
    structure = read("gsma_mci_2020/structure.csv")
    structure = structure.rename(columns={"node": "code", "weight_2018_2019": "weight"})
    inner = structure["aggregation"].notna()
    leaves = structure[~inner][["code", "parent", "weight"]].assign(goal_low=0, goal_high=100)
    nodes = structure[inner][["code", "parent", "weight", "aggregation"]]
    markets = scores[["iso3", "country", "region", *leaves["code"]]]
    markets = markets.rename(columns={"iso3": "code", "country": "name", "region": "group"})
    path = write_book(
        tmp_path / "gsma.xlsx",
        Markets=rows(markets),
        Indicators=rows(leaves),
        Pillars=rows(nodes),
        Settings=settings(
            {
                "normalisation": "goalposts",
                "bands": "Leader>75, Advanced>65, Transitioner>50, Emerging>35, Discoverer",
            }
        ),
    )
    ours = scored(path)
    theirs = scores.set_index("iso3")
    assert (ours["score"] - theirs["index"]).abs().max() < 5e-5
    assert (ours["band"].loc[theirs.index] == theirs["cluster"]).all()


def test_yale_environmental_performance_index_2020(tmp_path: Path) -> None:
    scores = read("yale_epi_2020/scores.csv")
    structure = read("yale_epi_2020/structure.csv").rename(columns={"node": "code"})
    structure["parent"] = structure["parent"].replace("EPI", None)
    inner = structure["code"].isin(structure["parent"])
    leaves = structure[~inner].assign(goal_low=0, goal_high=100)
    markets = scores[["iso3", "country", *leaves["code"]]]
    path = write_book(
        tmp_path / "epi.xlsx",
        Markets=rows(markets.rename(columns={"iso3": "code", "country": "name"})),
        Indicators=rows(leaves),
        Pillars=rows(structure[inner]),
        Settings=settings(
            {"normalisation": "goalposts", "min_coverage": 0, "min_total_coverage": 0}
        ),
    )
    ours = scored(path)
    theirs = scores.set_index("iso3")
    assert (ours["score"] - theirs["EPI"]).abs().max() < 0.06
