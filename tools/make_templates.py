"""Writes templates/: an empty workbook per catalogue, and the example with real figures.

Run: python tools/make_templates.py [DATA]
DATA is the folder with markets.csv (default: ../shared/data/markets beside the project); without
it the example is left as it is.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from entryscore.bundled import catalogue_names, load_catalogue
from entryscore.resources import folder
from entryscore.template import write_template

PROJECT = Path(__file__).resolve().parents[1]
EXAMPLE_SETTINGS = {
    "title": "Where to go next: emerging markets on open data (illustration, not advice)"
}


def example_frame(data: Path) -> pd.DataFrame:
    """The emerging markets: income group known, and not high income."""
    markets = pd.read_csv(data / "markets.csv", keep_default_na=False, na_values=[""])
    income = markets["income_group_2019"]
    emerging = markets[income.notna() & (income != "High income")]
    frame = emerging.rename(columns={"iso3": "code", "country": "name", "region": "group"})
    return frame.set_index("code")


def write_all(target: Path, data: Path) -> None:
    for name in catalogue_names():
        write_template(target / f"{name}.xlsx", load_catalogue(name), force=True)
    if data.is_dir():
        write_template(
            target / "example.xlsx", load_catalogue("emerging_market_public"),
            frame=example_frame(data), settings=EXAMPLE_SETTINGS, force=True,
        )  # fmt: skip


if __name__ == "__main__":
    default = PROJECT.parent / "shared" / "data" / "markets"
    write_all(folder("templates"), Path(sys.argv[1]) if len(sys.argv) > 1 else default)
