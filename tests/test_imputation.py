import numpy as np
import pytest

from entryscore.imputation import IMPUTATIONS, Relations

NAN = np.nan
X = np.array([[1.0, 10.0], [NAN, 20.0], [4.0, 40.0], [7.0, NAN]])
RELATIONS = Relations(np.array([0, 0, 1, 1]), [np.array([0, 1])], np.array([1.0, -1.0]))


GOLDEN = {
    "none": (NAN, NAN),
    "mean": (4.0, 70 / 3),
    "median": (4.0, 20.0),
    "group_mean": (1.0, 40.0),
    "group_median": (1.0, 40.0),
    # 20 is 2/3 of the way from worst (40) to best (10); 7 is the best, so 10
    "pillar_mean": (5.0, 10.0),
}


@pytest.mark.parametrize("name", IMPUTATIONS)
def test_golden(name: str) -> None:
    filled = IMPUTATIONS[name].function(X, RELATIONS)
    np.testing.assert_allclose([filled[1, 0], filled[3, 1]], GOLDEN[name])


def test_a_blank_or_an_empty_group_fills_nothing() -> None:
    x = np.array([[1.0], [NAN], [NAN]])
    filled = IMPUTATIONS["group_mean"].function(x, Relations(np.array([-1, -1, 0])))
    assert np.isnan(filled[1:]).all()
