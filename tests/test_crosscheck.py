"""Cross-checks by hand on three markets; the libraries' reference is in tests/reference."""

from math import sqrt

import numpy as np
import pytest

from entryscore.crosscheck import CROSS_CHECKS

X = np.array([[1.0, 4.0], [2.0, 1.0], [4.0, 2.0]])
WEIGHTS, SIGNS = np.array([1.0, 3.0]), np.array([1.0, -1.0])
P = 0.5 * sqrt(14)  # 1.5 sd (over n) of either column
STEP, PART = 1 / P, (5 - P) / (4 * P)  # preference for a difference of 1: V-shape; linear, q = p/5
GOLDEN = {
    "topsis": [0, sqrt(5.125) / (sqrt(5.125) + 0.5), sqrt(2.8125) / (sqrt(2.8125) + 0.75)],
    "topsis_min_max": [
        0,
        sqrt(1 / 144 + 0.5625) / (sqrt(1 / 144 + 0.5625) + 1 / 6),
        sqrt(0.3125) / (sqrt(0.3125) + 0.25),
    ],
    "vikor": [1, 0, 0.5 * 0.1 + 0.5 / 7],
    "promethee_usual": [-1, 0.75, 0.25],
    "promethee_v_shape": [
        (0.25 * (-STEP - 1) + 0.75 * -2) / 2,
        (0.25 * (STEP - 1) + 0.75 * (1 + STEP)) / 2,
        (0.25 * 2 + 0.75 * (1 - STEP)) / 2,
    ],
    "promethee_linear": [
        (0.25 * (-PART - 1) + 0.75 * -2) / 2,
        (0.25 * (PART - 1) + 0.75 * (1 + PART)) / 2,
        (0.25 * 2 + 0.75 * (1 - PART)) / 2,
    ],
    "copras": [4 / 14, 1, 10 / 14],
    "spotis": [1, 1 / 6, 1 / 4],
    "copeland": [-2, 2, 0],
}


@pytest.mark.parametrize("name", CROSS_CHECKS)
def test_golden(name: str) -> None:
    scores = CROSS_CHECKS[name].function(X, WEIGHTS, SIGNS)
    np.testing.assert_allclose(scores, GOLDEN[name], rtol=1e-12, atol=1e-12)
