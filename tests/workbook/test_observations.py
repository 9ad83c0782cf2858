"""Values by year in a workbook: what they become, and what is said where nothing comes of them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from entryscore.pipeline import score
from entryscore.report import write_report
from entryscore.workbook.read import Book, read_workbook
from tests.books import settings, write_book
from tests.shared import SHARED, needs_shared

MARKETS = [("code",), ("A",), ("B",), ("C",)]
INDICATORS = [
    ("code", "panel", "panel_of", "role", "unit", "valid_min", "valid_max"),
    ("sales", None, None, "info"),
    ("growth", "cagr", "sales"),
    ("trend", "trend", "Sales"),
    ("price", "interpolated"),
]
ROWS = [
    ("market", "indicator", "year", "value"),
    ("A", "sales", 2018, 100), ("A", "sales", 2020, 121), ("A", "sales", 2021, 150),
    ("B", "sales", 2021, 90), ("B", "sales", 2017, 10), ("B", "sales", 2019, 40),
    ("C", "sales", 2021, 64), ("C", "sales", 2018, 125), ("C", "sales", 2019, 100),
    ("A", "price", 2017, 4), ("A", "price", 2021, 8),
    ("B", "price", 2018, 5),
    ("C", "price", 2020, 7), ("C", "price", 2022, 1), ("C", "price", 2024, "n/a"),
]  # fmt: skip


def book(tmp_path: Path, edits: dict[str, object] | None = None, **sheets: object) -> Path:
    standard = {"Markets": MARKETS, "Indicators": INDICATORS, "Observations": ROWS}
    path = write_book(tmp_path / "book.xlsx", **(standard | sheets))
    made = load_workbook(path)
    for cell, value in (edits or {}).items():
        sheet, place = cell.split("!")
        made[sheet][place] = value
    made.save(path)
    return path


def values(read: Book, code: str) -> list[float]:
    return read.table.values[:, read.catalogue.position(code)].tolist()


def said(read: Book, kind: str = "problems") -> list[str]:
    return [str(one) for one in getattr(read.findings, kind)]


def test_several_years_scored(tmp_path: Path) -> None:
    read = read_workbook(book(tmp_path))
    assert not said(read)
    assert values(read, "sales") == [150, 90, 64]
    assert values(read, "growth") == pytest.approx(
        [1.5 ** (1 / 3) - 1, 9 ** (1 / 4) - 1, -0.2], rel=1e-12
    )
    by_hand = []
    for years, seen in (
        ([2018, 2020, 2021], [100, 121, 150]), ([2017, 2019, 2021], [10, 40, 90]),
        ([2018, 2019, 2021], [125, 100, 64]),
    ):  # fmt: skip
        slope, base = np.polyfit(np.array(years) - years[0], seen, 1)
        by_hand.append(slope / base)
    assert by_hand[1] == pytest.approx(20 / (140 / 3 - 40))  # slope 20, the line starts at 6.67
    assert values(read, "trend") == pytest.approx(by_hand, rel=1e-9)
    assert values(read, "price") == [8, 5, 1]  # in 2022, the newest year with a number
    assert read.table.texts["sales"] == ("150", "90", "64")
    where = read.table.where
    assert [where(m, "growth") for m in "ABC"] == [f"Observations!D{row}" for row in (4, 5, 8)]
    assert where("B", "growth") == where("B", "trend") == where("B", "sales")
    result = score(read.catalogue, read.table, read.methodology)
    growth = 1.5 ** (1 / 3) - 1
    expected = (growth + 0.2) / (9 ** (1 / 4) - 1 + 0.2) * 100
    scores = result.frame().set_index("code")["growth"].to_dict()
    assert scores == pytest.approx({"A": expected, "B": 100, "C": 0})


def test_the_year(tmp_path: Path) -> None:
    path = book(tmp_path, Settings=settings({"year": 2020}))
    read = read_workbook(path)
    assert values(read, "growth") == pytest.approx([0.1, 1, -0.2])
    assert values(read, "price") == [7, 5, 7]  # A: three quarters of the way from 4 to 8
    assert np.isnan(values(read, "trend")).all()
    assert [read.table.where(m, "price") for m in "ABC"] == [
        "Observations!D12", "Observations!D13", "Observations!D14",
    ]  # fmt: skip
    assert "Indicators!B4: trend: no trend from fewer than 3 values: A, B, C" in (
        said(read, "warnings")
    )
    assert values(read_workbook(path, {"year": "2021"}), "price") == [8, 5, 4]
    assert values(read_workbook(path, {"year": "2016"}), "price") == [4, 5, 7]  # the nearest
    assert values(read_workbook(path, {"year": "1990"}), "sales") == pytest.approx(
        [np.nan] * 3, nan_ok=True
    )


@needs_shared
@pytest.mark.parametrize(
    ("panel", "table"), [("latest", "latest"), ("interpolated", "linear_constant")]
)
def test_coinr_k_panel_through_a_workbook(tmp_path: Path, panel: str, table: str) -> None:
    def read(name: str) -> pd.DataFrame:
        folder = SHARED / "reference" / "coinr"
        return pd.read_csv(folder / f"{name}.csv", keep_default_na=False, na_values="NA")

    given, theirs = read("k_panel_input"), read(f"k_panel_{table}").set_index(["Time", "uCode"])
    codes = list(theirs.columns)
    markets = list(dict.fromkeys(given["uCode"]))
    long = given.melt(["uCode", "Time"], var_name="code").dropna()
    path = write_book(
        tmp_path / "panel.xlsx",
        Markets=[("code",), *((market,) for market in markets)],
        Indicators=[("code", "panel"), *((code, panel) for code in codes)],
        Observations=[
            ("market", "indicator", "year", "value"),
            *long[["uCode", "code", "Time", "value"]].itertuples(index=False),
        ],
    )
    for year in (2018, 2020, 2022):
        found = read_workbook(path, {"year": str(year)})
        assert not said(found)
        ours = pd.DataFrame(found.table.values, found.table.codes, found.catalogue.codes)
        expected = theirs.loc[year].reindex(index=markets, columns=codes)
        assert expected.notna().to_numpy().any()
        np.testing.assert_allclose(ours, expected, rtol=1e-9)


SAYS = {
    "unknown source": (
        {"Indicators!C3": "sale"},
        "Indicators!C3: 'sale' is no other indicator with Observations of its own "
        "(did you mean 'sales'?)",
    ),
    "itself": ({"Indicators!C3": "growth"}, "Indicators!C3: 'growth' is no other indicator"),
    "a derived one": (
        {"Indicators!C4": "growth"},
        "Indicators!C4: 'growth' is no other indicator with Observations of its own "
        "(did you mean 'sales'?)",
    ),
    "unknown method": (
        {"Indicators!B3": "cagrr"}, "Indicators!B3: 'cagrr' is no panel (did you mean 'cagr'?)",
    ),
    "no year": (
        {"Observations!C2": None}, "Observations!C2: the year is missing, and growth needs it: cagr"
    ),
    "no year to interpolate": (
        {"Observations!C12": "n/a"},
        "Observations!C12: the year is missing, and price needs it: interpolated",
    ),
    "rows of a derived one": (
        {"Observations!B2": "growth"},
        "Observations!B2: growth is made of the Observations of sales (remove the row, or empty "
        "panel_of in Indicators)",
    ),
    "values of a derived one": (
        {"Markets!B1": "growth", "Markets!B3": 5},
        "Markets!B3: growth is made of the Observations of sales (empty the cell, or panel_of in "
        "Indicators)",
    ),
    "text": ({"Observations!D2": "many"}, "Observations!D2: 'many' is not a number"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAYS)
def test_problems(tmp_path: Path, name: str) -> None:
    """One thing wrong, one problem, and no warning of what follows from it."""
    edits, expected = SAYS[name]
    read = read_workbook(book(tmp_path, edits))
    [problem] = said(read)
    assert problem.startswith(expected)
    assert not [w for w in said(read, "warnings") if "values, in" in w]


def test_a_row_without_a_value_needs_no_year(tmp_path: Path) -> None:
    rows = [*ROWS, ("A", "sales", None, "n/a"), ("A", "price", None, None)]
    read = read_workbook(book(tmp_path, Observations=rows))
    assert not said(read)
    assert values(read, "growth")[0] == pytest.approx(1.5 ** (1 / 3) - 1)


def test_no_year_column_is_one_problem_for_each_indicator(tmp_path: Path) -> None:
    without = [(market, code, value) for market, code, _, value in ROWS[::3]]
    assert {row[1] for row in without[1:]} == {"sales", "price"}
    read = read_workbook(
        book(tmp_path, Observations=[("market", "indicator", "value"), *without[1:]])
    )
    assert said(read) == [
        "Observations!D1: the year is missing, and growth needs it: cagr (type it in four digits)",
        "Observations!D1: the year is missing, and price needs it: interpolated (type it in four "
        "digits)",
    ]


def test_values_in_markets_have_no_year(tmp_path: Path) -> None:
    markets = [("code", "sales", "price"), ("A", 1, 2), ("B", 3, 4), ("C", None, None)]
    rows = [ROWS[0], *(row for row in ROWS if row[0] == "C")]
    read = read_workbook(book(tmp_path, Markets=markets, Observations=rows))
    advice = " (type its values in the sheet Observations, with their years)"
    assert said(read) == [
        "Indicators!C3: sales has values in the sheet Markets, which have no year: B2, B3" + advice,
        "Indicators!C4: sales has values in the sheet Markets, which have no year: B2, B3" + advice,
        "Indicators!B5: price has values in the sheet Markets, which have no year: C2, C3" + advice,
    ]


@pytest.mark.parametrize("rows", [ROWS[:1], [], None], ids=["no rows", "empty", "no sheet"])
def test_no_observations(tmp_path: Path, rows: list[object] | None) -> None:
    path = write_book(
        tmp_path / "book.xlsx",
        Markets=[("code", "sales", "other"), ("A", None, 1), ("B", None, 2)],
        Indicators=[*INDICATORS, ("other",)],
        **({} if rows is None else {"Observations": rows}),
    )
    read = read_workbook(path)
    advice = " (type its values in the sheet Observations, with their years)"
    assert said(read) == [
        f"Indicators!{cell}: {code} has no Observations{advice}"
        for cell, code in (("C3", "sales"), ("C4", "sales"), ("B5", "price"))
    ]


def test_a_broken_sheet_is_not_an_empty_one(tmp_path: Path) -> None:
    read = read_workbook(book(tmp_path, {"Observations!A1": "place"}))
    assert [p for p in said(read) if p.startswith("Indicators")] == []
    assert any("the column market is missing" in p for p in said(read))


def test_markets_without_a_growth_rate_are_named(tmp_path: Path) -> None:
    edits = {"Observations!D2": 0, "Observations!D5": -5, "Observations!C9": 2021}
    rows = [row for row in ROWS if row[:2] != ("C", "sales")] + [("C", "sales", 2021, 3)]
    read = read_workbook(book(tmp_path, {k: edits[k] for k in list(edits)[:2]}, Observations=rows))
    assert not said(read)
    warnings = [w for w in said(read, "warnings") if w.startswith("Indicators!B")]
    assert warnings == [
        "Indicators!B3: growth: no cagr from fewer than 2 values: C",
        "Indicators!B3: growth: no cagr where the first or last value is not above 0: A, B",
        "Indicators!B4: trend: no trend from fewer than 3 values: C",
    ]
    assert np.isnan(values(read, "growth")).all()
    assert np.isnan(values(read, "trend")).tolist() == [False, False, True]


def test_trends_that_start_at_or_below_zero(tmp_path: Path) -> None:
    rows = [ROWS[0]]
    for market, seen in {"A": (0, 0.1, 0.2), "B": (-10, -8, -6), "C": (1, 2, 3)}.items():
        rows += [(market, "sales", 2001 + t, value) for t, value in enumerate(seen)]
    indicators = [INDICATORS[0], ("sales", None, None, "info"), ("trend", "trend", "sales")]
    read = read_workbook(book(tmp_path, Indicators=indicators, Observations=rows))
    assert [w for w in said(read, "warnings") if w.startswith("Indicators")] == [
        "Indicators!B3: trend: no trend where the fitted line starts at 0: A",
        "Indicators!B3: trend: a trend whose fitted line starts below 0 calls a rise a fall: B",
    ]
    assert values(read, "trend") == pytest.approx([np.nan, -0.2, 1], nan_ok=True)


def test_bounds_apply_to_what_was_read(tmp_path: Path) -> None:
    """Own rows: every observation; a derived indicator: its value, at the newest one used."""
    edits = {
        "Indicators!F2": 20, "Indicators!G2": 140,  # sales
        "Indicators!F3": -0.1,  # growth
        "Indicators!G5": 7,  # price, whose observation of A in 2021 is 8
    }  # fmt: skip
    read = read_workbook(book(tmp_path, edits, Settings=settings({"year": 2020})))
    assert [p.partition(" (")[0] for p in said(read)] == [
        "Observations!D4: 150 is above the highest valid value 140",
        "Observations!D6: 10 is below the lowest valid value 20",
        "Observations!D10: -0.2 is below the lowest valid value -0.1",
        "Observations!D12: 8 is above the highest valid value 7",
    ]


def test_bounds_of_growth_made_of_own_rows_are_for_the_rows(tmp_path: Path) -> None:
    indicators = [INDICATORS[0], ("sales", "cagr", None, None, None, 10, 200), ("price",)]
    read = read_workbook(book(tmp_path, Indicators=indicators))
    assert not said(read)
    assert values(read, "sales")[2] == pytest.approx(-0.2)


def test_percent_in_the_unit(tmp_path: Path) -> None:
    """Shares per year are per hundred where the unit says %, as percent cells are."""
    edits: dict[str, object] = {"Indicators!E3": "% a year", "Indicators!F3": -0.25}
    path = book(tmp_path, edits)
    made = load_workbook(path)
    made["Indicators"]["F3"].number_format = "0%"
    for row in (11, 12):
        made["Observations"][f"D{row}"].number_format = "0%"
    made.save(path)
    read = read_workbook(path)
    assert read.catalogue["growth"].valid_min == -25
    assert not said(read)
    assert values(read, "growth")[2] == pytest.approx(-20)
    assert values(read, "trend")[1] == pytest.approx(3)
    assert values(read, "price")[0] == 8


def test_a_copy_of_the_newest_value_and_growth_that_is_only_shown(tmp_path: Path) -> None:
    indicators = [
        INDICATORS[0], ("sales", "trend", None, "denominator"), ("newest", None, "sales"),
        ("shown", "cagr", "sales", "info"), ("price", "interpolated"),
    ]  # fmt: skip
    read = read_workbook(book(tmp_path, Indicators=indicators))
    assert not said(read)
    assert values(read, "newest") == [150, 90, 64]
    assert [float(text or "nan") for text in read.table.texts["shown"]] == pytest.approx(
        [1.5 ** (1 / 3) - 1, 9 ** (1 / 4) - 1, -0.2]
    )


def test_texts_by_year_are_shown_but_make_no_growth(tmp_path: Path) -> None:
    rows = [*ROWS, ("A", "law", 2019, "draft"), ("A", "law", 2021, "passed"), ("B", "law", 2020, 3)]
    indicators = [*INDICATORS, ("law", None, None, "info"), ("copy", None, "law", "info")]
    path = book(tmp_path, Indicators=indicators, Observations=rows)
    for year, expected in (("2020", ("draft", "3", None)), ("2022", ("passed", "3", None))):
        read = read_workbook(path, {"year": year})
        assert not said(read)
        assert read.table.texts["law"] == read.table.texts["copy"] == expected
    path = book(tmp_path, {"Indicators!D7": None}, Indicators=indicators, Observations=rows)
    assert [p.partition(" (")[0] for p in said(read_workbook(path))] == [
        "Observations!D17: 'draft' is not a number", "Observations!D18: 'passed' is not a number",
    ]  # fmt: skip


def test_the_report_says_what_a_value_was_made_of(tmp_path: Path) -> None:
    read = read_workbook(book(tmp_path))
    result = score(read.catalogue, read.table, read.methodology)
    path = tmp_path / "report.xlsx"
    write_report([result], path, sha256=read.sha256, command="test", force=False)
    rows = load_workbook(path)["Method"].values
    how = {row[0]: row[1] for row in rows if row[0] in read.catalogue.codes}
    assert how == {
        "sales": "higher is better, info",
        "growth": "higher is better, cagr of sales by year, min_max",
        "trend": "higher is better, trend of sales by year, min_max",
        "price": "higher is better, interpolated of price by year, min_max",
    }
