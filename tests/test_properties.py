"""Every registered method obeys each law it declares; a law nobody tests cannot be declared.

The name of a law is looked up in its step's table, so a new method is tested without being named
here.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from entryscore.aggregation import AGGREGATIONS, function_of
from entryscore.crosscheck import CROSS_CHECKS, CrossCheck, ranks_by
from entryscore.imputation import IMPUTATIONS, Relations
from entryscore.normalisation import NORMALISATIONS, Bounds, normalise
from entryscore.panel import PANELS, Panel, newest_used
from entryscore.problems import UsageError
from entryscore.registry import Method
from entryscore.treatment import TREATMENTS

Array = np.ndarray
Law = Callable[..., None]
whole = st.integers(0, 1000).map(float)
columns = arrays(float, st.tuples(st.integers(2, 12), st.integers(1, 3)), elements=whole)
gappy = arrays(float, (8, 3), elements=st.one_of(whole, st.just(np.nan)))
children = arrays(float, (6, 4), elements=whole)
weights = arrays(float, (4,), elements=st.integers(0, 5).map(float)).filter(np.any)
positive = arrays(float, (7, 4), elements=st.integers(1, 50).map(float))
LIMITS = (2.0, 3.5, 5)


def keeps_order(x: Array, y: Array) -> bool:
    order = np.argsort(x, axis=0, kind="stable")
    steps = np.diff(np.take_along_axis(y, order, 0), axis=0)
    return bool(np.all(np.isnan(steps) | (steps >= -1e-9)))


# --- normalisation: law(method applied to (x, scale), x)


def in_scale(apply: Callable[..., Array], x: Array) -> None:
    y = apply(x)
    assert np.all((y >= 0) & (y <= 100))


def affine_invariant(apply: Callable[..., Array], x: Array) -> None:
    np.testing.assert_allclose(apply(x * 3 - 7), apply(x), rtol=1e-9, atol=1e-9)


def independent(apply: Callable[..., Array], x: Array) -> None:
    np.testing.assert_array_equal(apply(x[:1]), apply(x)[:1])


def ordinal(apply: Callable[..., Array], x: Array) -> None:
    np.testing.assert_array_equal(apply(x**3), apply(x))


def data_driven(apply: Callable[..., Array], x: Array) -> None:
    same = apply(np.full_like(x, 3.3))
    assert np.isfinite(same).all()
    assert np.ptp(same, axis=0).max() == 0


def own_scale(apply: Callable[..., Array], x: Array) -> None:
    np.testing.assert_array_equal(apply(x, (1.0, 7.0)), apply(x))


def needs_goalposts(apply: Callable[..., Array], x: Array) -> None:
    assert np.isnan(apply(np.vstack([x, x + 1]), bounds=Bounds())).all()


NORMALISATION_LAWS: dict[str, Law] = {
    "monotone": lambda apply, x: _true(keeps_order(x, apply(x))),
    "in_scale": in_scale,
    "affine_invariant": affine_invariant,
    "independent": independent,
    "ordinal": ordinal,
    "data_driven": data_driven,
    "own_scale": own_scale,
    "needs_goalposts": needs_goalposts,
}


@pytest.mark.parametrize("name", NORMALISATIONS)
@settings(max_examples=40, deadline=None)
@given(x=columns)
def test_normalisation(name: str, x: Array) -> None:
    def apply(
        values: Array, scale: tuple[float, float] = (0.0, 100.0), bounds: Bounds | None = None
    ) -> Array:
        fixed = Bounds(worst=100.0, best=2000.0, reference=0, scale=scale)
        return normalise(values, [name] * values.shape[1], bounds or fixed)

    for law in NORMALISATIONS[name].properties:
        NORMALISATION_LAWS[law](apply, x)


# --- treatment: law(treat, x)


def scale_invariant(treat: Callable[..., Array], x: Array) -> None:
    np.testing.assert_allclose(treat(x * 8.0, LIMITS), treat(x, LIMITS) * 8.0)


def within_range(treat: Callable[..., Array], x: Array) -> None:
    y = treat(x, LIMITS)
    assert np.all((y >= x.min(axis=0)) & (y <= x.max(axis=0)))


def idempotent_treatment(treat: Callable[..., Array], x: Array) -> None:
    y = treat(x, LIMITS)
    np.testing.assert_array_equal(treat(y.copy(), LIMITS), y)


TREATMENT_LAWS: dict[str, Law] = {
    "monotone": lambda treat, x: _true(keeps_order(x, treat(x.copy(), LIMITS))),
    "scale_invariant": scale_invariant,
    "within_range": within_range,
    "idempotent": idempotent_treatment,
}


@pytest.mark.parametrize("name", TREATMENTS)
@settings(max_examples=40, deadline=None)
@given(x=columns, power=st.integers(1, 4))
def test_treatment(name: str, x: Array, power: int) -> None:
    for law in TREATMENTS[name].properties:
        TREATMENT_LAWS[law](TREATMENTS[name].function, x**power)


# --- imputation: law(observed, before, after)


def keeps_observed(observed: Array, x: Array, y: Array) -> None:
    np.testing.assert_array_equal(y[observed], x[observed])


def fills(observed: Array, x: Array, y: Array) -> None:
    assert not np.isnan(y[:, observed.any(axis=0)]).any()


IMPUTATION_LAWS: dict[str, Law] = {"keeps_observed": keeps_observed, "fills": fills}


@pytest.mark.parametrize("name", IMPUTATIONS)
@settings(max_examples=40, deadline=None)
@given(x=gappy)
def test_imputation(name: str, x: Array) -> None:
    signs = np.array([1.0, -1.0, 1.0])
    relations = Relations(np.array([0, 0, 0, 1, 1, 2, -1, -1]), [np.arange(3)], signs)
    y = IMPUTATIONS[name].function(x.copy(), relations)
    for law in IMPUTATIONS[name].properties:
        IMPUTATION_LAWS[law](~np.isnan(x), x, y)


# --- aggregation: law(function, x, w), w spread over the markets


def monotone(function: Callable[..., Array], x: Array, w: Array) -> None:
    more = x.copy()
    more[0] += 1
    assert function(more, w)[0] >= function(x, w)[0] - 1e-9


def between_children(function: Callable[..., Array], x: Array, w: Array) -> None:
    y, used = function(x, w), x[:, w[0] > 0]
    assert np.all((y >= used.min(axis=1) - 1e-6) & (y <= used.max(axis=1) + 1e-6))


def idempotent(function: Callable[..., Array], x: Array, w: Array) -> None:
    same = np.repeat(x[:, :1], x.shape[1], axis=1)
    np.testing.assert_allclose(function(same, w), x[:, 0], rtol=1e-9)


def weight_scale_invariant(function: Callable[..., Array], x: Array, w: Array) -> None:
    np.testing.assert_allclose(function(x, w * 0.3), function(x, w), rtol=1e-9)


def translates(function: Callable[..., Array], x: Array, w: Array) -> None:
    np.testing.assert_allclose(function(x + 7, w), function(x, w) + 7, rtol=1e-9)


def zero_absorbs(function: Callable[..., Array], x: Array, w: Array) -> None:
    x = x.copy()
    x[0, np.argmax(w[0] > 0)] = 0
    assert function(x, w)[0] == 0


def refuses_negative(function: Callable[..., Array], x: Array, w: Array) -> None:
    x = x.copy()
    x[0, np.argmax(w[0] > 0)] = -1
    assert np.isnan(function(x, w)[0])


def ordinal_children(function: Callable[..., Array], x: Array, w: Array) -> None:
    np.testing.assert_array_equal(function(x**3, w), function(x, w))


AGGREGATION_LAWS: dict[str, Law] = {
    "monotone": monotone,
    "between_children": between_children,
    "idempotent": idempotent,
    "weight_scale_invariant": weight_scale_invariant,
    "translates": translates,
    "zero_absorbs": zero_absorbs,
    "refuses_negative": refuses_negative,
    "zero_sum": lambda function, x, w: _true(function(x, w).sum() == 0),
    "ordinal": ordinal_children,
}


@pytest.mark.parametrize("name", AGGREGATIONS)
@settings(max_examples=40, deadline=None)
@given(x=children, w=weights, p=st.sampled_from([-3.0, -1.0, 0.0, 0.5, 2.0, 7.0]))
def test_aggregation(name: str, x: Array, w: Array, p: float) -> None:
    spread = np.broadcast_to(w, x.shape)
    for law in AGGREGATIONS[name].properties:
        AGGREGATION_LAWS[law](function_of(name, p), x, spread)
    y = function_of(name, p)(x, spread)
    order = np.arange(len(x))[::-1]
    np.testing.assert_allclose(function_of(name, p)(x[order], spread), y[order], rtol=1e-12)


# --- cross-checks: law(method, x, w, signs); a dominant market ranks first under all of them


def lower_is_better(method: Method[CrossCheck], x: Array, w: Array, signs: Array) -> None:
    first, score = _scores_with_a_winner(method, x, w, signs)
    assert score[first] == score.min()


def positive_only(method: Method[CrossCheck], x: Array, w: Array, signs: Array) -> None:
    with pytest.raises(UsageError, match="positive"):
        method.function(x - x.max(), w, signs)


def zero_sum(method: Method[CrossCheck], x: Array, w: Array, signs: Array) -> None:
    total = method.function(x, w, signs).sum()
    assert total == pytest.approx(0, abs=1e-9)


def ordinal_cross_check(method: Method[CrossCheck], x: Array, w: Array, signs: Array) -> None:
    function = method.function
    np.testing.assert_allclose(function(x**3, w, signs), function(x, w, signs), atol=1e-12)


CROSS_CHECK_LAWS: dict[str, Law] = {
    "lower_is_better": lower_is_better,
    "positive_only": positive_only,
    "zero_sum": zero_sum,
    "ordinal": ordinal_cross_check,
}


def _scores_with_a_winner(
    method: Method[CrossCheck], x: Array, w: Array, signs: Array
) -> tuple[int, Array]:
    best = np.where(signs > 0, x.max(axis=0) + 1, x.min(axis=0) / 2)
    return len(x), method.function(np.vstack([x, best]), w, signs)


@pytest.mark.parametrize("name", CROSS_CHECKS)
@settings(max_examples=40, deadline=None)
@given(
    x=positive,
    w=arrays(float, (4,), elements=st.integers(1, 5).map(float)),
    signs=arrays(float, (4,), elements=st.sampled_from([-1.0, 1.0])),
)
def test_cross_check(name: str, x: Array, w: Array, signs: Array) -> None:
    method = CROSS_CHECKS[name]
    for law in method.properties:
        CROSS_CHECK_LAWS[law](method, x, w, signs)
    first, scores = _scores_with_a_winner(method, x, w, signs)
    assert np.isfinite(scores).all()
    assert ranks_by(method, scores)[first] == 1
    order = np.arange(len(x))[::-1]
    np.testing.assert_allclose(
        method.function(x[order], w, signs), method.function(x, w, signs)[order], atol=1e-12
    )


# --- panels: law(method, panel, year), years in rows and markets in columns

Frame = pd.DataFrame


@st.composite
def panels(draw: st.DrawFn, elements: st.SearchStrategy[float]) -> Frame:
    years = draw(st.lists(st.integers(1990, 2030), min_size=3, max_size=6, unique=True))
    return Frame(draw(arrays(float, (len(years), 3), elements=elements)), years, list("ABC"))


def same(a: pd.Series, b: pd.Series) -> None:
    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


def within_observed(method: Panel, panel: Frame, year: int | None) -> None:
    value = method(panel, year)
    outside = (value < panel.min() - 1e-9) | (value > panel.max() + 1e-9)
    assert not outside.any()


def blind_to_later(method: Panel, panel: Frame, year: int | None) -> None:
    year = int(panel.index[0]) if year is None else year
    changed = panel.copy()
    changed.loc[panel.index > year] = 5.0
    same(method(changed, year), method(panel, year))


def order_only(method: Panel, panel: Frame, year: int | None) -> None:
    same(method(panel.set_axis(panel.index**2), None), method(panel, None))


def zero_on_constant(method: Panel, panel: Frame, year: int | None) -> None:
    same(method(panel * 0 + 7, None).dropna(), 0)


PANEL_LAWS: dict[str, Law] = {
    "scales": lambda method, panel, year: same(method(panel * 8, year), method(panel, year) * 8),
    "scale_invariant": lambda method, panel, year: same(
        method(panel * 8, year), method(panel, year)
    ),
    "within_observed": within_observed,
    "blind_to_later": blind_to_later,
    "order_only": order_only,
    "zero_on_constant": zero_on_constant,
}


@pytest.mark.parametrize("name", PANELS)
@settings(max_examples=40, deadline=None)
@given(
    panel=panels(st.one_of(whole, st.just(np.nan))),
    complete=panels(st.integers(100, 200).map(float)),
    year=st.one_of(st.none(), st.integers(1985, 2035)),
)
def test_panel(name: str, panel: Frame, complete: Frame, year: int | None) -> None:
    method = PANELS[name].function
    for law in PANELS[name].properties:
        PANEL_LAWS[law](method, panel, year)
    value, used = method(panel, year), newest_used(name, panel, year)
    same(method(panel[list("CAB")], year)[list("ABC")], value)
    same(method(panel.iloc[::-1], year), value)
    assert all(panel.notna().at[used[market], market] for market in value.dropna().index)
    without = panel.copy()
    for market, year_used in used.dropna().items():
        without.loc[without.index != year_used, market] = np.nan
    same(newest_used(name, without, year), used)
    assert np.isfinite(method(complete, None)).all()


def _true(held: bool | np.bool_) -> None:
    assert held
