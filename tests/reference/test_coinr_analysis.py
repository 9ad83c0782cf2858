"""The analysis against COINr's on its example index, from a workbook of raw inputs."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import entryscore
from entryscore import analysis
from entryscore.panel import growth_rate
from entryscore.result import Result
from tests.reference.asem import DEFAULT, PLAIN, asem_book, close, read, scored
from tests.shared import needs_shared

pytestmark = needs_shared
TO_INDEX = {"Index": "index"}
LIMIT = 0.7


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return scored(asem_book(tmp_path_factory.mktemp("raw") / "asem.xlsx", PLAIN, apart=True))


@pytest.fixture(scope="module")
def default(tmp_path_factory: pytest.TempPathFactory) -> Result:
    path = tmp_path_factory.mktemp("default") / "asem.xlsx"
    return scored(asem_book(path, DEFAULT, denominators=True, apart=True))


@pytest.mark.parametrize("name", ["raw", "treated"])
def test_statistics(raw: Result, default: Result, name: str) -> None:
    theirs = read(f"h_stats_{name}").set_index("iCode")
    ours = analysis.statistics(raw) if name == "raw" else analysis.statistics(default, "treated")
    assert set(ours.index) == set(theirs.index)
    ours = ours.loc[theirs.index]
    names = {"min": "Min", "max": "Max", "mean": "Mean", "median": "Median", "sd": "Std",
             "skew": "Skew", "kurt": "Kurt", "available": "N.Avail",
             "share_available": "Frc.Avail", "constant_share": "Frc.Same",
             "unique_share": "Frc.Unique"}  # fmt: skip
    close(ours[list(names)], theirs[list(names.values())])
    close(1 - ours["zero_share"], theirs["Frc.NonZero"])
    for share, count in (("constant_share", "N.Same"), ("unique_share", "N.Unique")):
        close(ours[share] * ours["available"], theirs[count])
    close((1 - ours["zero_share"]) * ours["available"], theirs["N.NonZero"])
    assert (ours["outlier"] == (theirs["Flag.SkewKurt"] == "OUT")).all()


@pytest.mark.parametrize(
    ("name", "stage"), [("h_data_avail_units", "scaled"), ("b_default_screen_summary", "imputed")]
)
def test_availability(raw: Result, default: Result, name: str, stage: analysis.Stage) -> None:
    theirs = read(name).set_index("uCode")
    ours = analysis.availability(raw if stage == "scaled" else default, stage).loc[theirs.index]
    close(ours["missing"], theirs["N_missing"])
    close(ours["zeros"], theirs["N_zero"])
    close(ours["missing"] + ours["zeros"], theirs["N_miss_or_zero"])
    close(ours["share_available"], theirs["Dat_Avail"])
    close(1 - ours["zero_share"], theirs["Non_Zero"])
    if stage == "imputed":
        assert ((ours["share_available"] >= 0.9) == theirs["Included"]).all()


def test_treatment(default: Result) -> None:
    theirs = read("b_default_treat_details").set_index("iCode")
    stages: tuple[analysis.Stage, ...] = ("transformed", "treated")
    before, after = (analysis.statistics(default, stage).loc[theirs.index] for stage in stages)
    close(before[["skew", "kurt"]], theirs[["check_SkewKurt0.Skew", "check_SkewKurt0.Kurt"]])
    passed = theirs["check_SkewKurt0.Pass"].astype(bool)
    assert (before["outlier"] == ~passed).all()
    treated = theirs[~passed]
    moved = treated["winsorise.nwin"].astype(int)
    assert dict(default.treatment) == {code: f"winsorised {n}" for code, n in moved.items()}
    close(
        after.loc[treated.index, ["skew", "kurt"]],
        treated[["check_SkewKurt1.Skew", "check_SkewKurt1.Kurt"]],
    )
    assert treated["check_SkewKurt1.Pass"].astype(bool).all()
    assert not after["outlier"].any()


def test_correlations_with_the_parent(default: Result) -> None:
    theirs = read("h_corr_agg_withparent_1_2_pearson").set_index(["Var1", "Var2"])["Correlation"]
    ours = analysis.correlations(default)
    ours = ours[(ours["relation"] == "parent") & ours["a"].isin(theirs.index.levels[1])]
    assert len(ours) == len(theirs) == 49
    close(ours.set_index(["b", "a"])["r"].loc[theirs.index], theirs)


def test_correlations_with_denominators(default: Result) -> None:
    theirs = read("h_denom_corr_0.7").set_index(["Ind", "Denom"])["Corr"]
    ours = analysis.denominator_correlations(default).stack()
    close(ours[theirs.index], theirs)
    assert set(ours.index[ours.abs() >= LIMIT]) == set(theirs.index)


def test_cronbach(raw: Result, default: Result, tmp_path: Path) -> None:
    theirs = read("h_cronbach").replace({"g": TO_INDEX}).set_index(["dset", "g"])["alpha"]
    pillars = asem_book(tmp_path / "asem.xlsx", DEFAULT, levels=(2, 4), denominators=True)
    parts = analysis.cronbach_alpha(default).loc[["Conn", "Sust"]]
    of_pillars = pd.concat([parts, analysis.cronbach_alpha(scored(pillars)).loc[["index"]]])
    of_pillars.index = [f"{code} (level 2)" for code in ("Conn", "Sust", "Index")]
    ours = {
        "Raw": analysis.cronbach_alpha(raw, "scaled"),
        "Normalised": analysis.cronbach_alpha(default, "normalised"),
        "Aggregated": of_pillars,
    }
    found = pd.concat(ours)["alpha"]
    assert set(found.index) == set(theirs.index)
    close(found[theirs.index], theirs)


@pytest.mark.parametrize("level", [1, 2, 3])
def test_first_components_up_to_sign(default: Result, level: int) -> None:
    theirs = read(f"f_pca_weights_level{level}").replace({"Group": TO_INDEX})
    ours = analysis.principal_components(default)[1].set_index(["node", "child"])["loading"]
    for group, part in theirs.groupby("Group"):
        found = ours[group][part["iCode"]].to_numpy()
        close(found * np.sign(found @ part["weight_PC1"]), part["weight_PC1"])


def test_components_as_weights(default: Result, tmp_path: Path) -> None:
    """Where all loadings of a pillar have one sign, a mean with their sizes is COINr's."""
    loadings = analysis.principal_components(default)[1].set_index("child")["loading"]
    meta = read("asem_imeta")
    leaves = meta.loc[meta["Type"] == "Indicator", ["iCode", "Parent"]]
    own = loadings[leaves["iCode"]]
    negative = own.lt(0).groupby(leaves["Parent"].to_numpy()).any()
    assert list(negative.index[negative]) == ["Environ", "Instit", "SusEcFin"]
    weights = {"weight": list(own.abs())}
    path = asem_book(tmp_path / "asem.xlsx", DEFAULT, indicators=weights, denominators=True)
    result = scored(path)
    codes = ["ConEcFin", "P2P", "Physical", "Political", "Social"]
    theirs = read("f_pca1_amean").set_index("uCode").loc[list(result.table.codes), codes]
    close(result.scores[:, [result.tree.codes.index(code) for code in codes]], theirs)


def test_negative_weights_are_refused(tmp_path: Path) -> None:
    """The pillars whose loadings differ in sign are an exception."""
    weights = read("f_pca_weights_level1").set_index("iCode")["weight_PC1"]
    meta = read("asem_imeta")
    given = list(weights[meta.loc[meta["Type"] == "Indicator", "iCode"]])
    book = entryscore.read_workbook(
        asem_book(tmp_path / "asem.xlsx", DEFAULT, indicators={"weight": given}, denominators=True)
    )
    assert len(book.findings.problems) == sum(weight < 0 for weight in given)
    assert all("is no weight" in str(problem) for problem in book.findings.problems)


def test_leave_one_out(default: Result) -> None:
    scores, ranks = analysis.leave_one_out(default, 2)
    ours = {"scores": scores.rename(columns={"index": "Nominal"})}
    ours["ranks"] = ranks.rename(columns={"index": "Nominal"})
    for name, frame in ours.items():
        theirs = read(f"j_remove_L2_{name}").set_index("uCode")
        assert set(theirs) == set(frame)
        close(frame.loc[theirs.index, theirs.columns], theirs)
    moved = ours["ranks"].sub(ours["ranks"]["Nominal"], axis=0).abs().mean()
    theirs = read("j_remove_L2_meanabsdiff").set_index("removed")["MeanAbsDiff"]
    close(moved[theirs.index], theirs)


def test_strengths_and_weaknesses(raw: Result) -> None:
    for function, name in ((analysis.strengths, "strengths"), (analysis.weaknesses, "weaknesses")):
        theirs = read(f"i_{name}_ESP").set_index("Code")
        ours = function(raw, "ESP", 49).loc[theirs.index]
        close(ours["value"], theirs["Value"])
        np.testing.assert_array_equal(ours["rank"], theirs["Rank"])
        assert set(function(raw, "ESP", 5)["rank"]) == set(theirs["Rank"])


def test_results_table(default: Result) -> None:
    theirs, ours = read("i_results_summ"), default.frame()
    assert list(ours["code"]) == list(theirs["uCode"])
    close(ours["score"], theirs["Index"])
    assert list(ours["rank"]) == list(theirs["Rank"])


def test_growth_where_the_panel_has_both_ends() -> None:
    theirs = read("m_trends_CAGR").set_index(["iCode", "uCode"])["CAGR"]
    panel = read("k_panel_input").pivot(index="Time", columns="uCode")
    known = [pair for pair in theirs.index if panel[pair].iloc[[0, -1]].notna().all()]
    assert (len(known), len(theirs)) == (83, 153)
    close(growth_rate(panel[known])[known], theirs[known])


@pytest.fixture(scope="module")
def flat(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """49 equal weights under one node."""
    path = tmp_path_factory.mktemp("flat") / "asem.xlsx"
    chosen = DEFAULT | {"aggregation": "copeland"}
    return scored(asem_book(path, chosen, denominators=True, levels=(4,)))


def exact_lead() -> pd.DataFrame:
    """Whole numbers: indicators in which one is ahead less those in which it is behind."""
    x = read("b_default_Normalised").set_index("uCode")
    lead = np.sign(x.to_numpy()[:, None] - x.to_numpy()).sum(axis=2).astype(int)
    return pd.DataFrame(lead, index=x.index, columns=x.index)


def test_outranking(flat: Result) -> None:
    """But for two pairs that differ in TolMin in the seventeenth digit, here ties (½ of 49)."""
    theirs = read("e_outranking_equalweights").set_index("uCode")
    theirs = theirs.mask(np.eye(len(theirs), dtype=bool), 0.5)  # COINr puts 0 there
    for ahead in ("BGR", "CZE"):
        theirs.loc[ahead, "GRC"] -= 0.5 / 49
        theirs.loc["GRC", ahead] += 0.5 / 49
    close(analysis.outranking(flat).loc[theirs.index, theirs.columns], theirs)


def test_copeland_of_equal_weights_is_exact(flat: Result) -> None:
    """COINr's differs where whole numbers show a tie, which rounding breaks."""
    lead = exact_lead()
    theirs = read("e_copeland_flat").set_index("uCode")["copeland_equal"]
    ours = pd.Series(flat.score, index=list(flat.table.codes))[theirs.index]
    np.testing.assert_array_equal(ours, np.sign(lead).sum(axis=1)[theirs.index])
    ties = ((lead == 0).sum(axis=1) - 1)[theirs.index]
    assert ties.sum() == 2 * 16
    off = (ours - theirs).abs()
    assert (off <= ties).all()
    assert (off.max(), off.gt(0).sum()) == (2, 10)


def test_copeland_of_effective_weights(default: Result, tmp_path: Path) -> None:
    weights = default.effective[default.tree.leaves]
    by_code = dict(zip((default.tree.codes[i] for i in default.tree.leaves), weights, strict=True))
    meta = read("asem_imeta")
    given = [by_code[code] for code in meta.loc[meta["Type"] == "Indicator", "iCode"]]
    result = scored(
        asem_book(
            tmp_path / "asem.xlsx", DEFAULT | {"aggregation": "copeland"},
            indicators={"weight": given}, denominators=True, levels=(4,),
        )
    )  # fmt: skip
    theirs = read("e_copeland_flat").set_index("uCode")["copeland_eff"]
    np.testing.assert_array_equal(result.score, theirs[list(result.table.codes)])
