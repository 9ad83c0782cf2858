"""A score is missing only where a policy says so; anything else that has no answer is a problem."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import entryscore
from entryscore.aggregation import AGGREGATIONS
from entryscore.catalogue import Catalogue, Indicator, Pillar
from entryscore.imputation import IMPUTATIONS
from entryscore.markets import MarketTable
from entryscore.methodology import MISSING, Methodology
from entryscore.normalisation import NORMALISATIONS
from entryscore.problems import InputError
from entryscore.result import Result
from entryscore.treatment import TREATMENTS

values = arrays(
    float,
    st.tuples(st.integers(1, 9), st.just(4)),
    elements=st.one_of(
        st.integers(-3, 3).map(float), st.just(np.nan), st.sampled_from([1e-300, 1e300, 1e15])
    ),
)
CATALOGUE = Catalogue(
    (
        Indicator("a", parent="p", goal_low=-2.0, goal_high=2.0),
        Indicator("b", parent="p", weight=3, direction="lower_is_better", goal_low=0, goal_high=9),
        Indicator("c", parent="q", weight=2, goal_low=1.0, goal_high=1e6),
        Indicator("d", goal_low=-1.0, goal_high=1.0),
    ),
    (Pillar("p", weight=2), Pillar("q")),
)
ROUNDS = {
    "reweight": lambda coverage: (coverage >= 0.5) & (coverage > 0),
    "zero": lambda coverage: np.ones_like(coverage, dtype=bool),
    "exclude": lambda coverage: np.isclose(coverage, 1.0),
}


def assert_nothing_is_lost(result: Result) -> None:
    live = [result.tree.columns[n] for n in result.tree.leaves if result.weights[n] > 0]
    missing = np.isnan(result.imputed[:, live])
    assert (np.isnan(result.treated[:, live]) == missing).all()
    assert (np.isnan(result.normalised[:, live]) == missing).all()
    there = ROUNDS[result.methodology.missing]
    for node in result.tree.inner:
        if node == 0 or result.weights[node] > 0:
            expected = there(result.node_coverage[:, node])
            assert (np.isfinite(result.scores[:, node]) == expected).all()
    assert np.isfinite(result.score[result.ranked]).all()
    assert (np.isfinite(result.ranks) == result.ranked).all()
    too_little = (result.coverage < result.methodology.min_total_coverage) | np.isnan(result.score)
    assert (result.ranked == ~too_little).all()  # there are no gates here


@pytest.mark.parametrize("missing", MISSING)
@settings(max_examples=150, deadline=None)
@given(x=values, data=st.data())
def test_every_combination_of_methods(missing: str, x: np.ndarray, data: st.DataObject) -> None:
    def one_of(names: object) -> str:
        return data.draw(st.sampled_from(list(names)))  # type: ignore[call-overload]  # a registry

    codes = tuple("ABCDEFGHI"[: len(x)])
    groups = tuple("xy"[i % 2] for i in range(len(x)))
    methodology = Methodology(
        normalisation=one_of(NORMALISATIONS), treatment=one_of(TREATMENTS),
        imputation=one_of(IMPUTATIONS), aggregation=one_of(AGGREGATIONS), missing=missing,
        constant=one_of(("problem", "neutral")), reference_market="A", power=-2.0,
        min_coverage=0.5,
    )  # fmt: skip
    with suppress(InputError):
        result = entryscore.score(CATALOGUE, MarketTable(codes, codes, groups, x), methodology)
        event("scored")
        assert_nothing_is_lost(result)
