"""Cross-check methods against plain-formula oracles that several libraries agree with."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import entryscore
from entryscore.aggregation import AGGREGATIONS
from entryscore.catalogue import Catalogue, Indicator
from entryscore.crosscheck import CROSS_CHECKS, LOWER, agreement, ranks_by
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.problems import UsageError
from entryscore.ranking import ranks_of, tau_b
from entryscore.tree import Floats
from tests.shared import SHARED, needs_shared

MCDA = SHARED / "reference" / "mcda"
FILES = {
    "topsis": "topsis_vector",
    "topsis_min_max": "topsis_minmax",
    "vikor": "vikor",
    "promethee_usual": "promethee2_usual",
    "promethee_v_shape": "promethee2_vshape",
    "promethee_linear": "promethee2_linear",
    "copras": "copras",
    "spotis": "spotis",
}


def reference() -> tuple[Floats, pd.DataFrame]:
    matrix = pd.read_csv(MCDA / "matrix.csv", index_col=0)
    return matrix.to_numpy(float), pd.read_csv(MCDA / "criteria.csv", index_col=0)


def oracle(kind: str, name: str) -> Floats:
    return pd.read_csv(MCDA / f"{kind}_{name}.csv", index_col=0)["oracle"].to_numpy(float)


@needs_shared
@pytest.mark.parametrize("name", FILES)
def test_methods_equal_the_oracle(name: str) -> None:
    x, criteria = reference()
    extra = {
        "promethee_v_shape": {"p": "promethee_p"},
        "promethee_linear": {"p": "promethee_p", "q": "promethee_q"},
        "spotis": {"low": "spotis_min", "high": "spotis_max"},
    }.get(name, {})
    given = {key: criteria[column].to_numpy(float) for key, column in extra.items()}
    method = CROSS_CHECKS[name]
    weights, signs = criteria["weight"].to_numpy(float), criteria["type"].to_numpy(float)
    scores = method.function(x, weights, signs, **given)
    np.testing.assert_allclose(scores, oracle("scores", FILES[name]), rtol=0, atol=1e-9)
    assert (ranks_by(method, scores) == oracle("ranks", FILES[name])).all()


@needs_shared
@pytest.mark.parametrize("name", ["wsm_minmax", "wsm_linear", "wpm_linear"])
def test_weighted_sums_and_products_equal_the_oracle(name: str) -> None:
    x, criteria = reference()
    benefit = criteria["type"].to_numpy() > 0
    shares = np.where(benefit, x / x.max(0), x.min(0) / x)
    if name == "wsm_minmax":
        oriented = np.where(benefit, x, -x)
        shares = (oriented - oriented.min(0)) / np.ptp(oriented, axis=0)
    aggregate = AGGREGATIONS["geometric" if name == "wpm_linear" else "arithmetic"].function
    scores = aggregate(shares, criteria["weight"].to_numpy(float))
    np.testing.assert_allclose(scores, oracle("scores", name), rtol=0, atol=1e-9)
    assert (ranks_of(scores) == oracle("ranks", name)).all()


@needs_shared
def test_the_default_thresholds_are_those_of_the_reference() -> None:
    x, criteria = reference()
    weights, signs = criteria["weight"].to_numpy(float), criteria["type"].to_numpy(float)
    scores = CROSS_CHECKS["promethee_linear"].function(x, weights, signs)
    np.testing.assert_allclose(scores, oracle("scores", "promethee2_linear"), rtol=0, atol=1e-4)


def pairwise(x: Floats, w: Floats, signs: Floats, p: float, q: float) -> Floats:
    d = (x * signs)[:, None] - (x * signs)[None]
    preference = np.where(d > q, 1.0, 0.0)
    if p > q:
        preference = np.clip((d - q) / (p - q), 0.0, 1.0)
    total = (preference @ w) / w.sum()
    return np.asarray((total.sum(1) - total.sum(0)) / (len(x) - 1))


def data(seed: int, n: int = 31, k: int = 5) -> tuple[Floats, Floats, Floats]:
    rng = np.random.default_rng(seed)
    x = rng.integers(1, 12, (n, k)).astype(float)
    return x, rng.random(k) + 0.1, rng.choice([-1.0, 1.0], k)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_promethee_equals_the_pairwise_sum(seed: int, shift: float) -> None:
    x, w, signs = data(seed)
    x += shift
    usual, v_shape, linear = (
        CROSS_CHECKS[f"promethee_{kind}"].function for kind in ("usual", "v_shape", "linear")
    )
    for found, wanted in [
        (usual(x, w, signs), pairwise(x, w, signs, 0, 0)),
        (v_shape(x, w, signs, 3.5), pairwise(x, w, signs, 3.5, 0)),
        (linear(x, w, signs, 4.0, 1.0), pairwise(x, w, signs, 4, 1)),
        (linear(x, w, signs, 2.0, 2.0), pairwise(x, w, signs, 2, 2)),
    ]:
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-9)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(2, 60),
    st.integers(0, 2**32),
    st.sampled_from(["normal", "cauchy", "tied", "outlier"]),
    st.sampled_from([1e-200, 1.0, 1e150]),
    st.tuples(st.floats(0, 3), st.floats(0.01, 3)),
)
def test_promethee_on_any_column(
    n: int, seed: int, kind: str, unit: float, steps: tuple[float, float]
) -> None:
    """Thresholds q and p = q + a step, from within a tie's gap to beyond the whole column."""
    rng = np.random.default_rng(seed)
    column = rng.normal(size=n)
    if kind == "cauchy":
        column = column / rng.normal(size=n)
    elif kind == "tied":
        column = column.round(1)
    elif kind == "outlier":
        column[0] = 1e6
    x, w, signs = column[:, None] * unit, np.ones(1), np.array([rng.choice([-1.0, 1.0])])
    q, p = steps[0] * unit, (steps[0] + steps[1]) * unit
    usual, v_shape, linear = (
        CROSS_CHECKS[f"promethee_{kind}"].function for kind in ("usual", "v_shape", "linear")
    )
    for found, wanted in [
        (usual(x, w, signs), pairwise(x, w, signs, 0, 0)),
        (v_shape(x, w, signs, p), pairwise(x, w, signs, p, 0)),
        (linear(x, w, signs, p, q), pairwise(x, w, signs, p, q)),
    ]:
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-9)
        assert found.sum() == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("name", CROSS_CHECKS)
def test_degenerate_data_and_row_order(name: str) -> None:
    method = CROSS_CHECKS[name]
    x, w, signs = data(3)
    x[:, 1] = 0.1
    scores = method.function(x, w, signs)
    assert np.isfinite(scores).all()
    order = np.random.default_rng(1).permutation(len(x))
    moved = method.function(x[order], w, signs)
    np.testing.assert_allclose(moved, scores[order], rtol=0, atol=1e-12)
    assert (ranks_by(method, moved) == ranks_by(method, scores)[order]).all()
    best = np.where(signs > 0, x.max(0), x.min(0))
    leading = ranks_by(method, method.function(np.vstack((x, best)), w, signs))
    assert leading[-1] == 1
    constant = method.function(np.full((4, 5), 7.0), w, signs)
    assert np.isfinite(constant).all()
    assert np.ptp(constant) == pytest.approx(0, abs=1e-12)


def test_tau_b_equals_scipy() -> None:
    rng = np.random.default_rng(5)
    a, b = rng.integers(0, 40, (2, 600)).astype(float)
    assert tau_b(a, b) == pytest.approx(stats.kendalltau(a, b).statistic, abs=1e-12)
    assert np.isnan(tau_b(a, np.ones(600)))


def test_agreement_of_a_result() -> None:
    values = np.array([[4.0, 0.0], [3, 1], [2, 2], [1, 3], [np.nan, 0]])
    catalogue = Catalogue((Indicator("a"), Indicator("b", direction="lower_is_better")))
    table = MarketTable(tuple("ABCDE"), tuple("ABCDE"), ("",) * 5, values)
    result = entryscore.score(catalogue, table, Methodology(min_coverage=0.0))
    found = agreement(result).set_index("method")
    assert list(found.index) == list(CROSS_CHECKS)
    assert (found["markets"] == 4).all()
    assert found.loc["copras", "skipped"] == "needs positive values: b"
    used = found.drop(index="copras")
    assert (used["tau_b"] == 1).all()
    assert (used["move"] == 0).all()
    assert (used["skipped"] == "").all()
    with pytest.raises(UsageError, match="positive"):
        CROSS_CHECKS["copras"].function(values[:4], np.ones(2), np.array([1.0, -1.0]))
    assert {n for n, m in CROSS_CHECKS.items() if LOWER in m.properties} == {"vikor", "spotis"}


def test_agreement_names_the_largest_move() -> None:
    values = np.array([[10.0, 1.0], [1, 2], [2, 3], [3, 4], [np.nan, 9]])
    catalogue = Catalogue((Indicator("a", weight=3.0), Indicator("b", weight=4.0)))
    table = MarketTable(tuple("ABCDE"), tuple("ABCDE"), ("",) * 5, values)
    result = entryscore.score(catalogue, table, Methodology(min_coverage=1.0))
    # Min-max means (b spans 1..9, E included): A 3/7, B 1/14, C 1/21 + 1/7, D 2/21 + 3/14,
    # so A, D, C, B. Copeland follows b alone (weight 4 of 7): D, C, B, A; 3 of 6 pairs agree.
    line = agreement(result).set_index("method").loc["copeland"]
    assert (line["markets"], line["move"], line["market"]) == (4, 3, "A")
    assert line["tau_b"] == pytest.approx(0)
    two = MarketTable(("A", "B"), ("A", "B"), ("", ""), np.array([[1.0, 2.0], [2.0, np.nan]]))
    thin = agreement(
        entryscore.score(catalogue, two, Methodology(min_coverage=0.1, constant="neutral"))
    )
    assert (thin["skipped"] == "fewer than two ranked markets have every indicator").all()
    assert thin["tau_b"].isna().all()
