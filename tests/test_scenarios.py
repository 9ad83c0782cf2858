"""Rankings side by side, by hand."""

import numpy as np
import pytest

import entryscore
from entryscore.catalogue import Catalogue, Indicator
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.scenarios import agreement, always_top, distinct, movers, side_by_side, top

CODES = ("A", "B", "C", "D")


def result(weights, scenario, **settings):
    catalogue = Catalogue((Indicator("x"), Indicator("y")), ())
    values = np.array([[0, 10], [10, 4], [5, 5], [1, np.nan]], dtype=float)
    table = MarketTable(CODES, ("", "Bee", "", ""), ("g", "", "", ""), values)
    return entryscore.score(
        catalogue, table, Methodology(**settings), weights=np.array([1.0, *weights]),
        scenario=scenario,
    )  # fmt: skip


# y: A 100, B 0, C 16.7; x: A 0, B 100, C 50, D 10
EQUAL, ONLY_X, ONLY_Y = (result(w, s) for w, s in (((1, 1), "equal"), ((1, 0), "x"), ((0, 1), "y")))


def test_side_by_side():
    frame = side_by_side([EQUAL, ONLY_X, ONLY_Y, EQUAL])
    assert list(frame) == ["code", "name", "group", "equal", "x", "y", "best", "worst", "spread"]
    rows = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    assert rows == [  # equal: A 50, B 50, C 33.3; D lacks y
        ["A", "", "g", 1, 4, 1, 1, 4, 3],
        ["B", "Bee", "", 1, 1, 3, 1, 3, 2],
        ["C", "", "", 3, 2, 2, 2, 3, 1],
        ["D", "", "", None, 3, None, 3, 3, None],
    ]


def test_agreement_is_over_markets_ranked_in_both():
    frame = agreement([EQUAL, ONLY_X, ONLY_Y]).set_index(["scenario", "against"])
    assert list(frame.index) == [("equal", "x"), ("equal", "y"), ("x", "y")]
    assert frame["markets"].tolist() == [3, 3, 3]
    # ranks 1, 1, 3 and 4, 1, 2: pairs AC against, BC with; A and B level in one
    assert frame.loc[("equal", "x"), "tau_b"] == pytest.approx(0)
    # 4, 1, 2 and 1, 3, 2: every pair against
    assert frame.loc[("x", "y"), "tau_b"] == pytest.approx(-1)
    assert frame.loc[("x", "y"), ["moved", "mean_shift"]].tolist() == [2, pytest.approx(5 / 3)]


def test_top_markets():
    assert top(EQUAL, 1) == ["A", "B"]
    assert top(ONLY_X, 2) == ["B", "C"]
    assert always_top([EQUAL, ONLY_Y], 1) == ["A"]
    assert always_top([ONLY_X, ONLY_Y], 2) == ["C"]
    assert always_top([ONLY_X, ONLY_Y], 1) == []


def test_movers_by_size_then_the_better_rank_and_last_those_ranked_once():
    frame = movers(ONLY_Y, ONLY_X)
    assert frame["code"].tolist() == ["A", "B", "D"]
    assert frame["move"].tolist()[:2] == [3, -2]
    assert frame["score_after"].tolist() == [0, 100, 10]
    assert movers(EQUAL, EQUAL).empty


def test_distinct_keeps_the_first_of_each():
    assert distinct([EQUAL, ONLY_X, EQUAL]) == [EQUAL, ONLY_X]
