"""Countries by the codes and names people use, resolved to ISO 3166-1 alpha-3."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_ALIASES = {
    "ROM": "ROU", "ZAR": "COD", "TMP": "TLS", "WBG": "PSE", "KSV": "XKX", "UVK": "XKX",
    "UK": "GBR", "EL": "GRC", "Kosovo": "XKX", "XKX": "XKX", "XK": "XKX",
    "Great Britain": "GBR", "Britain": "GBR", "United Kingdom of Great Britain": "GBR",
    "USA": "USA", "US": "USA", "America": "USA", "United States of America": "USA",
    "Turkey": "TUR", "Turkiye": "TUR", "Ivory Coast": "CIV", "Cote d'Ivoire": "CIV",
    "South Korea": "KOR", "Korea, Rep.": "KOR", "Republic of Korea": "KOR", "North Korea": "PRK",
    "Korea, Dem. People's Rep.": "PRK", "Russia": "RUS", "Vietnam": "VNM", "Laos": "LAO",
    "Lao PDR": "LAO", "Bolivia": "BOL", "Venezuela": "VEN", "Venezuela, RB": "VEN", "Iran": "IRN",
    "Iran, Islamic Rep.": "IRN", "Syria": "SYR", "Tanzania": "TZA", "Moldova": "MDA",
    "DR Congo": "COD", "DRC": "COD", "Democratic Republic of Congo": "COD",
    "Democratic Republic of the Congo": "COD", "Congo, Dem. Rep.": "COD",
    "Congo-Kinshasa": "COD", "Zaire": "COD", "Congo-Brazzaville": "COG", "Congo, Rep.": "COG",
    "Congo Republic": "COG",
    "Republic of Congo": "COG", "Republic of the Congo": "COG", "Swaziland": "SWZ",
    "Burma": "MMR", "Czech Republic": "CZE", "Macedonia": "MKD", "North Macedonia": "MKD",
    "Cape Verde": "CPV", "East Timor": "TLS", "Palestine": "PSE", "West Bank and Gaza": "PSE",
    "Taiwan": "TWN", "Hong Kong": "HKG", "Hong Kong SAR": "HKG", "Macau": "MAC", "Macao": "MAC",
    "Brunei": "BRN", "Gambia": "GMB", "The Gambia": "GMB", "Gambia, The": "GMB",
    "Bahamas, The": "BHS", "The Bahamas": "BHS", "Egypt, Arab Rep.": "EGY", "Yemen, Rep.": "YEM",
    "Slovak Republic": "SVK", "Kyrgyz Republic": "KGZ", "Micronesia": "FSM",
    "Micronesia, Fed. Sts.": "FSM", "Vatican": "VAT",
    "Holland": "NLD", "UAE": "ARE", "U.A.E.": "ARE", "U.S.": "USA", "U.S.A.": "USA", "U.K.": "GBR",
    "Bosnia": "BIH", "Myanmar (Burma)": "MMR", "KSA": "SAU", "PRC": "CHN", "Mainland China": "CHN",
    "St. Lucia": "LCA", "St. Kitts and Nevis": "KNA", "St. Vincent and the Grenadines": "VCT",
    "Sao Tome": "STP", "Reunion": "REU", "Curacao": "CUW",
}  # fmt: skip
_AMBIGUOUS = ("Congo", "Korea", "Virgin Islands", "England", "Scotland", "Wales")


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.replace("’", "'").replace("&", " and "))
    bare = "".join(c for c in letters if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", " ", bare.casefold()).strip()


@cache
def _table() -> dict[str, str]:
    import pycountry

    table: dict[str, str] = {}
    for country in pycountry.countries:
        for field in ("alpha_2", "alpha_3", "name", "official_name", "common_name"):
            name = getattr(country, field, None)
            if name:
                table.setdefault(_plain(name), country.alpha_3)
    table |= {_plain(alias): code for alias, code in _ALIASES.items()}
    for name in _AMBIGUOUS:
        table.pop(_plain(name), None)
    return table


def resolve(text: str) -> str | None:
    """The alpha-3 code of a country's code or name; None where it is not certain.

    >>> resolve("Türkiye"), resolve("ROM"), resolve("NA"), resolve("Congo"), resolve("England")
    ('TUR', 'ROU', 'NAM', None, None)
    """
    return _table().get(_plain(text))
