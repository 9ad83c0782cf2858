"""Panels: by hand, against a fit of NumPy's, and against COINr."""

import numpy as np
import pandas as pd
import pytest

from entryscore.panel import (
    PANELS,
    at_year,
    caveats,
    growth_rate,
    interpolated,
    latest,
    newest,
    newest_used,
    trend,
)
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


PANEL = pd.DataFrame(
    {"a": [100.0, np.nan, 121.0, 150.0], "b": [np.nan, 4.0, np.nan, np.nan]},
    index=[2018, 2019, 2020, 2022],
)


@pytest.mark.parametrize(
    ("method", "year", "expected"),
    [
        (newest, None, [150, 4]), (newest, 2021, [121, 4]), (newest, 2018, [100, np.nan]),
        (at_year, None, [150, 4]), (at_year, 2021, [135.5, 4]), (at_year, 2019, [110.5, 4]),
        (at_year, 2030, [150, 4]), (at_year, 1990, [100, 4]),
        (growth_rate, None, [1.5**0.25 - 1, np.nan]), (growth_rate, 2021, [0.1, np.nan]),
        (trend, 2021, [np.nan, np.nan]),
    ],
)  # fmt: skip
def test_the_year_that_counts(method, year: int | None, expected: list[float]) -> None:
    np.testing.assert_allclose(method(PANEL, year), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "year", "expected"),
    [
        ("latest", 2021, [2020, 2019]), ("cagr", 2018, [2018, np.nan]),
        ("trend", None, [2022, 2019]), ("interpolated", None, [2022, 2019]),
        ("interpolated", 2021, [2022, 2019]), ("interpolated", 2020, [2020, 2019]),
        ("interpolated", 1990, [2018, 2019]),
    ],
)  # fmt: skip
def test_the_newest_value_used(name: str, year: int | None, expected: list[float]) -> None:
    np.testing.assert_array_equal(newest_used(name, PANEL, year), expected)


def test_huge_and_tiny_values_do_not_overflow() -> None:
    panel = pd.DataFrame({"up": [1e-300, 1e-10, 1e300], "big": [1e308, 1.2e308, 1.4e308]})
    np.testing.assert_allclose(growth_rate(panel)["up"], 1e300, rtol=1e-9)
    np.testing.assert_allclose(trend(panel)["big"], 0.2, rtol=1e-9)


def test_noise_is_no_value_to_divide_by() -> None:
    """Three values x, y, 5x + 2y: the fitted line starts at 0, in binary a little beside it."""
    panel = pd.DataFrame(
        {"a": [0.1, 0.2, 0.9], "b": [0.1, 0.4, 0.7], "c": [0.0] * 3, "d": [0.3, 0.1, 1.7]}
    )
    np.testing.assert_allclose(trend(panel), [np.nan, 3, np.nan, np.nan], rtol=1e-9)


def test_growth_down_to_nothing_has_no_rate() -> None:
    panel = pd.DataFrame({"a": [5.0, 0.0], "b": [5.0, 10.0]}, index=[2020, 2021])
    np.testing.assert_allclose(growth_rate(panel), [np.nan, 1])


@pytest.mark.parametrize("name", PANELS)
def test_whatever_gives_no_value_is_explained(name: str) -> None:
    """Unless nothing at all is known, which is missing as anywhere."""
    panel = pd.DataFrame(
        {"one": [1, None, None], "zero": [0, 0, 0], "fall": [2, 1, -3], "fine": [4, 5, 6],
         "two": [1, 2, None], "none": [None] * 3},
        index=[2001, 2002, 2003], dtype=float,
    )  # fmt: skip
    missing = PANELS[name].function(panel, None).isna()
    explained = {market for caveat in caveats(name, panel) for market in caveat.series}
    assert set(missing.index[missing]) - {"none"} <= explained
    assert "fine" not in explained
