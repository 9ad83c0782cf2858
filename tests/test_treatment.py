import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entryscore.treatment import TREATMENTS, Limits, needs_treatment, skewness_and_kurtosis
from entryscore.tree import Floats

LIMITS = (2.0, 3.5, 5)
SKEWED = np.array([[1.0, 2, 3, 4, 5, 6, 7, 8, 9, 1000]]).T

GOLDEN = {
    "none": [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 1000],
    "winsorise": [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 9],
    "log": np.log(SKEWED.ravel() - 1 + 0.01 * 999),
    "auto": [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 9],
}


@pytest.mark.parametrize("name", TREATMENTS)
def test_golden(name: str) -> None:
    treated = TREATMENTS[name].function(SKEWED, LIMITS)
    np.testing.assert_allclose(treated.ravel(), GOLDEN[name], rtol=1e-14)


def test_skew_and_kurt_are_excels() -> None:
    skew, kurt = skewness_and_kurtosis(np.array([[3.0, 4, 5, 2, 3, 4, 5, 6, 4, 7]]).T)
    np.testing.assert_allclose([skew[0], kurt[0]], [0.359543071, -0.151799637], rtol=1e-8)


def test_missing_values_do_not_count() -> None:
    with_gap = np.vstack([SKEWED[:4], [[np.nan]], SKEWED[4:]])
    np.testing.assert_allclose(skewness_and_kurtosis(with_gap), skewness_and_kurtosis(SKEWED))


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_winsorise_moves_the_outlier_to_its_neighbour(sign: float) -> None:
    treated = TREATMENTS["winsorise"].function(sign * SKEWED, LIMITS)
    assert (sign * treated).ravel().tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 9]


def test_winsorise_stops_at_the_most_points() -> None:
    x = np.exp(np.arange(60.0) / 2)[:, None]
    treated = TREATMENTS["winsorise"].function(x, LIMITS)
    assert int((treated != x).sum()) == 5
    assert TREATMENTS["winsorise"].function(x, (2.0, 3.5, 0)).tolist() == x.tolist()


def test_log_touches_only_what_needs_it() -> None:
    both = np.hstack([SKEWED, np.arange(10.0)[:, None]])
    treated = TREATMENTS["log"].function(both, LIMITS)
    np.testing.assert_allclose(treated[:, 0], np.log(SKEWED[:, 0] - 1 + 9.99))
    assert treated[:, 1].tolist() == both[:, 1].tolist()


def test_auto_takes_the_log_of_the_original_where_winsorising_was_not_enough() -> None:
    x = np.exp(np.arange(60.0) / 2)[:, None]
    np.testing.assert_array_equal(
        TREATMENTS["auto"].function(x, LIMITS), TREATMENTS["log"].function(x, LIMITS)
    )
    assert TREATMENTS["auto"].function(SKEWED, LIMITS)[-1, 0] == 9


def test_constant_and_short_columns_need_nothing() -> None:
    assert not needs_treatment(np.ones((10, 1))).any()
    assert not needs_treatment(np.array([[0.0], [0.0], [9.0]])).any()


@pytest.mark.parametrize("gaps", [0, 3])
def test_one_value_has_no_skewness_even_where_the_mean_is_rounded(gaps: int) -> None:
    for n in range(4, 40):
        x = np.full((n + gaps, 1), 0.1)
        x[:gaps] = np.nan
        assert np.isnan(skewness_and_kurtosis(x)).all()


def plain_winsorise(column: Floats, limits: Limits) -> list[Floats]:
    """The definition, one step at a time: the column as it was, then after every step."""
    steps, moved = [column], np.zeros(len(column), dtype=bool)
    while needs_treatment(steps[-1][:, None], limits)[0] and moved.sum() < limits[2]:
        skew = skewness_and_kurtosis(steps[-1][:, None])[0][0]
        x = steps[-1] if skew >= 0 else -steps[-1]
        at_top = x == np.nanmax(x)
        x = np.where(at_top, np.nanmax(x[~at_top]), x)
        moved |= at_top
        steps.append(x if skew >= 0 else -x)
    return steps


@st.composite
def awkward_columns(draw: st.DrawFn) -> Floats:
    """(markets, indicators): ordinary, tied, heavy-tailed, far outliers, gaps, any magnitude."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n, k = draw(st.integers(1, 90)), draw(st.integers(1, 4))
    x = rng.normal(size=(n, k))
    kind = draw(st.sampled_from(["normal", "exponential", "cauchy", "tied", "zeros", "few"]))
    if kind == "exponential":
        x = np.exp(x * draw(st.sampled_from([1.0, 2.0, 5.0])))
    elif kind == "cauchy":
        x = x / rng.normal(size=(n, k))
    elif kind == "tied":
        x = np.exp(x).round()
    elif kind == "zeros":
        x = np.where(rng.random((n, k)) < 0.9, 0.0, x)
    elif kind == "few":
        x = rng.choice([0.0, 1.0, 30.0], p=[0.85, 0.09, 0.06], size=(n, k))
    for far in draw(st.lists(st.sampled_from([1e2, -1e2, 1e6, 1e20, -1e60]), max_size=6)):
        x[rng.integers(n), rng.integers(k)] = far
    x = x * draw(st.sampled_from([1.0, -1.0, 1e-320, 1e-200, 1e-80, 1e40, 1e200]))
    x = x + draw(st.sampled_from([0.0, 1.0, -1e6, 1e12]))
    gaps = draw(st.sampled_from([0.0, 0.1, 0.8]))
    return np.where(rng.random((n, k)) < gaps, np.nan, x)


@settings(max_examples=300, deadline=None)
@given(
    awkward_columns(),
    st.sampled_from([0.0, 0.5, 2.0]),
    st.sampled_from([-1.0, 0.0, 3.5]),
    st.integers(0, 8),
)
def test_winsorise_equals_the_definition(x: Floats, skew: float, kurt: float, most: int) -> None:
    limits = (skew, kurt, most)
    wanted = np.column_stack([plain_winsorise(column, limits)[-1] for column in x.T])
    np.testing.assert_array_equal(TREATMENTS["winsorise"].function(x, limits), wanted)


@settings(max_examples=300, deadline=None)
@given(awkward_columns(), st.data())
def test_winsorise_is_exact_at_the_limit(x: Floats, data: st.DataObject) -> None:
    """Limits that a column meets exactly, or misses by one digit, part way through."""
    column = x[:, 0]
    step = data.draw(st.sampled_from(plain_winsorise(column, (0.0, -9.0, 6))))
    skew, kurt = (moment[0] for moment in skewness_and_kurtosis(step[:, None]))
    limit, by_skewness = data.draw(st.sampled_from([(abs(skew), True), (kurt, False)]))
    limit = np.nextafter(limit, data.draw(st.sampled_from([-np.inf, limit, np.inf])))
    limits = (limit, -9.0, 6) if by_skewness else (0.0, limit, 6)
    found = TREATMENTS["winsorise"].function(x[:, :1], limits)[:, 0]
    np.testing.assert_array_equal(found, plain_winsorise(column, limits)[-1])
