"""COINr's uncertainty and sensitivity analyses, each draw again from the raw inputs."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from entryscore.result import Result
from entryscore.robustness.replay import Replay, replay
from tests.reference.asem import DEFAULT, asem_book, close, read, scored
from tests.shared import needs_shared

pytestmark = needs_shared
NORMALISATION = {
    "n_minmax": {"normalisation": "min_max", "scale_low": 1, "scale_high": 100},
    "n_zscore": {"normalisation": "z_score", "z_mean": 10, "z_sd": 2},
}
AGGREGATION = {"a_amean": "arithmetic", "a_gmean": "geometric"}
PARAMETERS = ["Winmax", "Normalisation", "Weights", "Aggregation"]
RUNS = 100


@pytest.fixture(scope="module")
def asem(tmp_path_factory: pytest.TempPathFactory) -> Result:
    path = Path(tmp_path_factory.mktemp("asem")) / "asem.xlsx"
    return scored(asem_book(path, DEFAULT, denominators=True, apart=True))


def given(table: str) -> pd.DataFrame:
    """The parameters of each draw as settings and the label of a row of weights."""
    theirs = read(table).set_index("rep").set_axis(PARAMETERS, axis=1)
    rows = pd.DataFrame([NORMALISATION[name] for name in theirs["Normalisation"]], theirs.index)
    rows["winsorise_max"] = theirs["Winmax"]
    rows["aggregation"] = theirs["Aggregation"].map(AGGREGATION)
    rows["weights"] = [f"rep{number}" for number in theirs["Weights"]]
    return rows


def noisy_weights() -> pd.DataFrame:
    weights = read("m_noisy_weights_100").set_index("iCode").drop(columns="Level")
    return weights.rename(index={"Index": "index"}).T


def replayed(asem: Result, table: str) -> Replay:
    found = replay(asem, given(table), noisy_weights())
    assert found.failures == {}  # min-max on 1..100 and z-scores about 10 by 2 stay above 0
    return found


def same_statistics(found: pd.DataFrame, name: str) -> None:
    theirs = read(name).set_index("uCode").loc[list(found.index)]
    close(found, theirs)


def test_uncertainty(asem: Result) -> None:
    """Every rank of every draw, and the nominal ones; then their statistics."""
    found = replayed(asem, "n_ua100_parameters")
    theirs = read("n_ua100_ranks").set_index("uCode")
    ours = found.frame().T
    assert ours.shape == (51, RUNS)
    theirs = theirs.loc[list(ours.index)]
    np.testing.assert_array_equal(ours, theirs.drop(columns="Nominal"))
    np.testing.assert_array_equal(asem.ranks[found.markets], theirs["Nominal"])
    same_statistics(found.statistics(), "n_ua100_rankstats")


def test_sobol_design(asem: Result) -> None:
    """COINr's own design and its formulas on ranks made here: A, B, then AB of each parameter."""
    found = replayed(asem, "n_sa100_parameters")
    shift = np.abs(found.ranks - asem.ranks[found.markets]).mean(axis=1)
    a, b, *ab = shift.reshape(6, RUNS)
    assert len(ab) == len(PARAMETERS)
    variance = np.var(np.r_[a, b], ddof=1)
    theirs = read("n_sa100_indices").set_index("Variable").loc[PARAMETERS]
    close([np.mean(b * (i - a)) / variance for i in ab], theirs["Si"])
    close([np.sum((a - i) ** 2) / (2 * RUNS * variance) for i in ab], theirs["STi"])


def test_sobol_statistics(asem: Result) -> None:
    """Of the independent runs, A and B."""
    independent = given("n_sa100_parameters").iloc[: 2 * RUNS]
    same_statistics(replay(asem, independent, noisy_weights()).statistics(), "n_sa100_rankstats")
