"""Every registered method obeys the laws it declares."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from entryscore.aggregation import AGGREGATIONS, function_of
from entryscore.imputation import IMPUTATIONS, Relations
from entryscore.methodology import AGGREGATIONS as AGGREGATION_NAMES
from entryscore.methodology import IMPUTATIONS as IMPUTATION_NAMES
from entryscore.methodology import NORMALISATIONS as NORMALISATION_NAMES
from entryscore.methodology import TREATMENTS as TREATMENT_NAMES
from entryscore.normalisation import NORMALISATIONS, Bounds, is_constant, normalise
from entryscore.treatment import TREATMENTS

whole = st.integers(0, 1000).map(float)
columns = arrays(float, st.tuples(st.integers(2, 12), st.integers(1, 3)), elements=whole)
gappy = arrays(float, (8, 3), elements=st.one_of(whole, st.just(np.nan)))
children = arrays(float, (6, 4), elements=whole)
weights = arrays(float, (4,), elements=st.integers(0, 5).map(float)).filter(np.any)
BOUNDS = Bounds(worst=100.0, best=2000.0, reference=0)
LIMITS = (2.0, 3.5, 5)


def test_all_names_are_registered() -> None:
    assert list(NORMALISATIONS) == list(NORMALISATION_NAMES)
    assert sorted(TREATMENTS) == sorted(TREATMENT_NAMES)
    assert list(IMPUTATIONS) == list(IMPUTATION_NAMES)
    assert sorted(AGGREGATIONS) == sorted(AGGREGATION_NAMES)


def keeps_order(x: np.ndarray, y: np.ndarray) -> bool:
    order = np.argsort(x, axis=0, kind="stable")
    steps = np.diff(np.take_along_axis(y, order, 0), axis=0)
    return bool(np.all(np.isnan(steps) | (steps >= -1e-9)))


@pytest.mark.parametrize("name", NORMALISATIONS)
@settings(max_examples=40, deadline=None)
@given(x=columns, factor=st.integers(1, 9), shift=st.integers(-50, 50))
def test_normalisation(name: str, x: np.ndarray, factor: int, shift: int) -> None:
    laws = NORMALISATIONS[name].properties
    names = [name] * x.shape[1]
    y = normalise(x, names, BOUNDS)
    if "monotone" in laws:
        assert keeps_order(x, y)
    if "in_scale" in laws:
        assert np.all((y >= 0) & (y <= 100))
    if "affine_invariant" in laws:
        moved = normalise(x * factor + shift, names, BOUNDS)
        np.testing.assert_allclose(moved, y, rtol=1e-9, atol=1e-9)
    if "independent" in laws:
        np.testing.assert_array_equal(normalise(x[:1], names, BOUNDS), y[:1])
    if "ordinal" in laws and not is_constant(x).any():
        np.testing.assert_array_equal(normalise(x**3, names, BOUNDS), y)


@pytest.mark.parametrize("name", TREATMENTS)
@settings(max_examples=40, deadline=None)
@given(x=columns, factor=st.integers(1, 9), power=st.integers(1, 4))
def test_treatment(name: str, x: np.ndarray, factor: int, power: int) -> None:
    laws, treat = TREATMENTS[name].properties, TREATMENTS[name].function
    x = x**power
    y = treat(x.copy(), LIMITS)
    if "monotone" in laws:
        assert keeps_order(x, y)
    if "scale_invariant" in laws:
        np.testing.assert_allclose(treat(x * 2.0**factor, LIMITS), y * 2.0**factor)
    if "within_range" in laws:
        assert np.all((y >= x.min(axis=0)) & (y <= x.max(axis=0)))
    if "idempotent" in laws:
        np.testing.assert_array_equal(treat(y, LIMITS), y)


@pytest.mark.parametrize("name", IMPUTATIONS)
@settings(max_examples=40, deadline=None)
@given(x=gappy)
def test_imputation(name: str, x: np.ndarray) -> None:
    laws = IMPUTATIONS[name].properties
    signs = np.array([1.0, -1.0, 1.0])
    relations = Relations(np.array([0, 0, 0, 1, 1, 2, -1, -1]), [np.arange(3)], signs)
    y = IMPUTATIONS[name].function(x.copy(), relations)
    observed = ~np.isnan(x)
    if "keeps_observed" in laws:
        np.testing.assert_array_equal(y[observed], x[observed])
    if "fills" in laws:
        assert not np.isnan(y[:, observed.any(axis=0)]).any()


@pytest.mark.parametrize("name", AGGREGATIONS)
@settings(max_examples=40, deadline=None)
@given(x=children, w=weights, p=st.sampled_from([-3.0, -1.0, 0.0, 0.5, 1.0, 2.0, 7.0]))
def test_aggregation(  # noqa: C901  # one law after the other
    name: str, x: np.ndarray, w: np.ndarray, p: float
) -> None:
    laws, function = AGGREGATIONS[name].properties, function_of(name, p)
    spread = np.broadcast_to(w, x.shape)
    y = function(x, spread)
    used = x[:, w > 0]
    if "monotone" in laws:
        more = x.copy()
        more[0] += 1
        assert function(more, spread)[0] >= y[0] - 1e-9
    if "between_children" in laws:
        assert np.all((y >= used.min(axis=1) - 1e-6) & (y <= used.max(axis=1) + 1e-6))
    if "idempotent" in laws:
        same = np.repeat(x[:, :1], 4, axis=1)
        np.testing.assert_allclose(function(same, spread), x[:, 0], rtol=1e-9)
    if "weight_scale_invariant" in laws:
        np.testing.assert_allclose(function(x, spread * 0.3), y, rtol=1e-9)
    if "translates" in laws:
        np.testing.assert_allclose(function(x + 7, spread), y + 7, rtol=1e-9)
    if "zero_absorbs" in laws:
        assert np.all(y[(used == 0).any(axis=1)] == 0)
    if "not_negative" in laws:
        assert np.all(y >= 0)
    if "zero_sum" in laws:
        assert y.sum() == 0
    if "ordinal" in laws:
        np.testing.assert_array_equal(function(x**3, spread), y)
