import numpy as np
import pytest

from entryscore.treatment import TREATMENTS, needs_treatment, skewness_and_kurtosis

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
