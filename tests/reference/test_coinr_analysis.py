"""The analysis against COINr's on ASEM, from its raw and from its treated values."""

import numpy as np
import pandas as pd
import pytest

import entryscore
from entryscore import analysis
from entryscore.catalogue import Catalogue, Indicator, Pillar
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.result import Result
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared
COINR = SHARED / "reference" / "coinr"


def read(name: str, index: str | None = None) -> pd.DataFrame:
    frame = pd.read_csv(COINR / f"{name}.csv", keep_default_na=False, na_values=["NA"])
    return frame.set_index(index) if index else frame


def asem(name: str) -> Result:
    meta = read("asem_imeta")
    leaves = meta[meta["Type"] == "Indicator"]
    nodes = meta[(meta["Type"] == "Aggregate") & (meta["iCode"] != "Index")]
    parent = {"Index": "index"}
    catalogue = Catalogue(
        tuple(
            Indicator(c, parent=p, direction="lower_is_better" if d == -1 else "higher_is_better")
            for c, p, d in zip(leaves["iCode"], leaves["Parent"], leaves["Direction"], strict=True)
        ),
        tuple(
            Pillar(c, parent=parent.get(p, p))
            for c, p in zip(nodes["iCode"], nodes["Parent"], strict=True)
        ),
    )
    table = MarketTable.from_frame(read(name, "uCode"), catalogue)
    return entryscore.score(catalogue, table, Methodology(min_coverage=0.0, min_total_coverage=0.0))


@pytest.fixture(scope="module")
def raw() -> Result:
    return asem("b_default_Raw")


@pytest.fixture(scope="module")
def default() -> Result:
    return asem("b_default_Treated")


def test_statistics(raw: Result) -> None:
    theirs = read("h_stats_raw", "iCode")
    ours = analysis.statistics(raw).loc[theirs.index]
    names = {"min": "Min", "max": "Max", "mean": "Mean", "median": "Median", "sd": "Std",
             "skew": "Skew", "kurt": "Kurt", "available": "N.Avail",
             "share_available": "Frc.Avail"}  # fmt: skip
    np.testing.assert_allclose(ours[list(names)].astype(float), theirs[list(names.values())], 1e-9)
    assert (ours["outlier"] == (theirs["Flag.SkewKurt"] == "OUT")).all()


def test_cronbach(raw: Result, default: Result) -> None:
    theirs = read("h_cronbach").replace({"g": {"Index": "index"}})
    for name, result, stage in (("Raw", raw, "scaled"), ("Normalised", default, "normalised")):
        part = theirs[theirs["dset"] == name].set_index("g")["alpha"]
        ours = analysis.cronbach_alpha(result, stage)["alpha"]  # type: ignore[arg-type]
        np.testing.assert_allclose(ours[part.index], part, rtol=1e-8)


@pytest.mark.parametrize("level", [1, 2, 3])
def test_first_components_up_to_sign(default: Result, level: int) -> None:
    theirs = read(f"f_pca_weights_level{level}").replace({"Group": {"Index": "index"}})
    ours = analysis.principal_components(default)[1].set_index(["node", "child"])["loading"]
    for group, part in theirs.groupby("Group"):
        found = ours[group][part["iCode"]].to_numpy()
        sign = np.sign(found @ part["weight_PC1"])
        np.testing.assert_allclose(found * sign, part["weight_PC1"], atol=1e-9)


def test_leave_one_out(default: Result) -> None:
    scores, ranks = analysis.leave_one_out(default, 2)
    for ours, name in ((scores, "scores"), (ranks, "ranks")):
        theirs = read(f"j_remove_L2_{name}", "uCode").rename(columns={"Nominal": "index"})
        assert set(theirs) == set(ours)
        np.testing.assert_allclose(ours.loc[theirs.index, theirs.columns], theirs, atol=1e-9)


def test_strengths_and_weaknesses(raw: Result) -> None:
    for function, name in ((analysis.strengths, "strengths"), (analysis.weaknesses, "weaknesses")):
        theirs = read(f"i_{name}_ESP", "Code")
        ours = function(raw, "ESP", 49).loc[theirs.index]
        np.testing.assert_allclose(ours["value"], theirs["Value"])
        np.testing.assert_array_equal(ours["rank"], theirs["Rank"])
        assert set(function(raw, "ESP", 5)["rank"]) == set(theirs["Rank"])
