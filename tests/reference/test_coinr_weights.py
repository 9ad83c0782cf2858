"""Weights by optimisation against COINr's, at its own targets."""

import numpy as np
import pandas as pd
import pytest

import entryscore
from entryscore.result import Result
from entryscore.weighting.importance import equal_importance
from entryscore.weighting.model import Question
from tests.reference.asem import DEFAULT, asem_book, close, read, scored
from tests.shared import needs_shared

pytestmark = needs_shared


@pytest.fixture(scope="module")
def default(tmp_path_factory: pytest.TempPathFactory) -> Result:
    path = tmp_path_factory.mktemp("default") / "asem.xlsx"
    return scored(asem_book(path, DEFAULT, denominators=True, apart=True))


def correlations(scores: np.ndarray, index: np.ndarray) -> np.ndarray:
    return pd.DataFrame(scores).corrwith(pd.Series(index)).to_numpy()


@pytest.mark.parametrize(
    ("level", "name"), [(1, "g_optweights_equal_L3"), (2, "g_optweights_equal_L2_tight")]
)
def test_targets_at_least_as_close(default: Result, level: int, name: str) -> None:
    """First COINr's own figures from its weights, negative ones included, then ours at the target:
    nearer, and no weight below 0."""
    weights = read(name).set_index("iCode")["Weight"].rename({"Index": "index"})
    theirs = read(f"{name}_corr").set_index("iCode")
    nodes = [default.tree.position(code) for code in theirs.index]
    shares = default.tree.shares(weights[list(default.tree.codes)].to_numpy())
    index = _index(default, shares)
    r = correlations(default.scores[:, nodes], index)
    close(r, theirs["corr_at_optweights"])
    close(r / r.sum(), theirs["corr_share_at_optweights"])

    tuning = equal_importance(Question(default, options={"level": level}))
    after = entryscore.score(
        default.catalogue, default.table, default.methodology, weights=tuning.weights
    )
    ours = correlations(after.scores[:, nodes], after.score)
    far = np.abs(ours / ours.sum() - theirs["Desired"]).max()
    assert far < 1e-6 < np.abs(r / r.sum() - theirs["Desired"]).max()
    assert (tuning.weights >= 0).all()
    assert tuning.weights.min() >= 0.05  # not bought with weights of 0


def _index(result: Result, shares: np.ndarray) -> np.ndarray:
    """Plain sums, since a negative weight is refused everywhere else."""
    scores = result.scores.copy()
    for node in result.tree.inner:
        below = result.tree.children[node]
        scores[:, node] = scores[:, below] @ shares[below]
    return scores[:, 0]
