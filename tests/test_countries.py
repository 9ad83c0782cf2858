"""Country codes and names as people write them."""

import csv

import pytest

from entryscore.countries import resolve
from tests.shared import SHARED, needs_shared


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("ROM", "ROU"), ("ZAR", "COD"), ("TMP", "TLS"), ("UK", "GBR"), ("Türkiye", "TUR"),
        ("Turkey", "TUR"), ("Côte d'Ivoire", "CIV"), ("Cote d’Ivoire", "CIV"), ("NA", "NAM"),
        ("nga", "NGA"), ("Niger", "NER"), ("Guinea", "GIN"), ("Georgia", "GEO"),
        ("Viet Nam", "VNM"), ("South Korea", "KOR"), ("DR Congo", "COD"), ("Kosovo", "XKX"),
        ("Ivory Coast", "CIV"), ("Russia", "RUS"), ("Laos", "LAO"), ("Bolivia", "BOL"),
        ("Iran", "IRN"), ("Swaziland", "SWZ"), ("Burma", "MMR"), ("Myanmar (Burma)", "MMR"),
        ("U.K.", "GBR"), ("U.S.", "USA"), ("U.A.E.", "ARE"), ("Bosnia", "BIH"),
    ],
)  # fmt: skip
def test_known(typed: str, code: str) -> None:
    assert resolve(typed) == code


@pytest.mark.parametrize("typed", ["Congo", "England", "Korea", "Scotland", "Atlantis", "", "1"])
def test_not_certain(typed: str) -> None:
    assert resolve(typed) is None


@needs_shared
def test_every_name_of_a_real_table() -> None:
    with (SHARED / "data" / "markets" / "markets.csv").open() as file:
        for row in csv.DictReader(file):
            assert resolve(row["country"]) == row["iso3"] == resolve(row["iso3"])
