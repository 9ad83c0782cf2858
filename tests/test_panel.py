"""Panels: by hand, against a fit of NumPy's, and against COINr."""

import numpy as np
import pandas as pd
import pytest

from entryscore.panel import growth_rate, interpolated, latest, trend
from tests.shared import SHARED, needs_shared


@needs_shared
@pytest.mark.parametrize(("name", "fill"), [("latest", latest), ("linear_constant", interpolated)])
def test_coinr_k_panel(name: str, fill) -> None:
    def read(file: str) -> pd.DataFrame:
        frame = pd.read_csv(
            SHARED / "reference" / "coinr" / file, keep_default_na=False, na_values="NA"
        )
        return frame.pivot(index="Time", columns="uCode")

    ours, theirs = fill(read("k_panel_input.csv")), read(f"k_panel_{name}.csv")
    pd.testing.assert_frame_equal(ours, theirs[ours.columns], rtol=1e-9)


def test_trend_is_numpys_fit() -> None:
    rng = np.random.default_rng(1)
    panel = pd.DataFrame(rng.random((8, 5)) + 1, index=range(2016, 2024))
    panel = panel.mask(rng.random(panel.shape) < 0.2)
    for column in panel:
        seen = panel[column].dropna()
        slope, base = np.polyfit(seen.index.to_numpy(float), seen.to_numpy(), 1)
        assert trend(panel)[column] == pytest.approx(slope / (base + slope * seen.index[0]))


def test_nothing_is_made_of_too_little() -> None:
    panel = pd.DataFrame(
        {"one": [1.0, None], "none": [None, None], "fall": [1.0, -1]}, index=[1, 2]
    )
    assert growth_rate(panel.astype(float)).isna().all()
    assert trend(panel.astype(float)).isna().all()
