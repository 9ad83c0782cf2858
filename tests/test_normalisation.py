from dataclasses import replace

import numpy as np
import pytest

from entryscore.normalisation import NORMALISATIONS, Bounds, is_constant, normalise

NAN = np.nan
X = np.array([[2.0], [4.0], [4.0], [10.0], [NAN]])
BOUNDS = Bounds(worst=np.array([4.0]), best=np.array([8.0]), reference=1)


GOLDEN = {
    "min_max": [0, 25, 25, 100, NAN],
    "z_score": [
        -0.8660254037844386, -0.2886751345948129, -0.2886751345948129, 1.4433756729740645, NAN,
    ],
    "rank": [1, 2, 2, 4, NAN],
    "percentile_rank": [0, 100 / 3, 100 / 3, 100, NAN],
    "borda": [0, 1, 1, 3, NAN],
    "goalposts": [0, 0, 0, 100, NAN],
    "scaled": [-50, 0, 0, 150, NAN],
    "distance_to_reference": [0, 100, 100, 100, NAN],
    "distance_to_target": [0, 100 / 3, 100 / 3, 100, NAN],
    "distance_to_max": [0, 25, 25, 100, NAN],
}  # fmt: skip


@pytest.mark.parametrize("name", NORMALISATIONS)
def test_golden(name: str) -> None:
    np.testing.assert_allclose(normalise(X, [name], BOUNDS)[:, 0], GOLDEN[name], rtol=1e-10)


def test_without_cap_a_distance_goes_beyond_the_scale() -> None:
    free = replace(BOUNDS, cap=False, scale=(1.0, 11.0))
    assert normalise(X, ["distance_to_reference"], free)[3, 0] == pytest.approx(41)
    assert normalise(X, ["distance_to_target"], free)[3, 0] == pytest.approx(1 + 10 * 8 / 6)


@pytest.mark.parametrize(
    ("name", "middle"),
    [("min_max", 50), ("z_score", 0), ("rank", 2), ("borda", 1), ("percentile_rank", 50)],
)
def test_constant_columns_are_neutral(name: str, middle: float) -> None:
    x = np.array([[3.3], [3.3 * (1 + 1e-15)], [NAN], [3.3]])
    assert normalise(x, [name], Bounds())[[0, 1, 3], 0].tolist() == [middle] * 3
    assert np.isnan(normalise(x, [name], Bounds())[2, 0])


def test_constant_means_twelve_digits() -> None:
    x = np.array([[1.0, 1.0, 5.0, NAN], [1.00000000001, 1.0000000000001, NAN, NAN]])
    assert is_constant(x).tolist() == [False, True, True, False]


def test_columns_with_different_methods_and_draws() -> None:
    x = np.stack([np.hstack([X, X]), np.hstack([2 * X, X])])
    both = normalise(x, ["min_max", "rank"], Bounds())
    np.testing.assert_array_equal(both[0], both[1])
    assert both[0, 3].tolist() == [100, 4]
