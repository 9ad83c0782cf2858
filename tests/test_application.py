"""Shares among siblings."""

import pytest

from entryscore.application import weights_with_shares
from entryscore.catalogue import Catalogue, Indicator
from entryscore.problems import UsageError
from entryscore.tree import build_tree

TREE = build_tree(
    Catalogue((Indicator("a", weight=1), Indicator("b", weight=1), Indicator("c", weight=3)))
)


def test_the_rest_keep_their_proportions():
    assert weights_with_shares(TREE, {}, {"a": 0.2}) == pytest.approx(
        {"a": 0.2, "b": 0.2, "c": 0.6}
    )


def test_scenario_weights_come_first():
    got = weights_with_shares(TREE, {"b": 3}, {"a": 0.4})
    assert got == pytest.approx({"a": 0.4, "b": 0.3, "c": 0.3})


@pytest.mark.parametrize("shares", [{"a": 0.6, "b": 0.5}, {"a": 0.1, "b": 0.1, "c": 0.1}, {"x": 1}])
def test_impossible_shares(shares):
    with pytest.raises(UsageError):
        weights_with_shares(TREE, {}, shares)


def test_one_takes_all():
    assert weights_with_shares(TREE, {}, {"a": 1.0}) == {"a": 1.0, "b": 0.0, "c": 0.0}
