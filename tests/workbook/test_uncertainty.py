"""The columns weight_min, weight_max and uncertainty: how they are read, and what is refused."""

from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook

from entryscore.bundled import read_catalogue
from entryscore.workbook.read import Book, read_workbook
from tests.books import settings, write_book

MARKETS = [("code", "a", "b", "c"), ("X", 1, 4, 30), ("Y", 2, 3, 20), ("Z", 3, 1, None)]
HEADS = ("code", "parent", "weight", "unit", "panel", "weight_min", "weight_max", "uncertainty")


def read(tmp_path: Path, rows: list[tuple[object, ...]], **sheets: object) -> Book:
    return read_workbook(
        write_book(tmp_path / "book.xlsx", Markets=MARKETS, Indicators=[HEADS, *rows], **sheets)
    )


def said(book: Book, kind: str = "problems") -> list[str]:
    return [str(one) for one in getattr(book.findings, kind)]


def test_bounds_and_errors_are_read_percent_cells_as_fractions(tmp_path: Path) -> None:
    path = write_book(
        tmp_path / "book.xlsx", Markets=MARKETS,
        Indicators=[
            HEADS, ("a", "p", 1, "%", None, 0.2, 0.75, 0.05), ("b", "p", 1, None, None, 0.1),
            ("c", None, 1),
        ],
        Pillars=[("code", "weight", "weight_min", "weight_max"), ("p", 1, 0.25, 0.6)],
    )  # fmt: skip
    made = load_workbook(path)
    for place in ("F2", "G2", "H2"):
        made["Indicators"][place].number_format = "0%"
    made.save(path)
    book = read_workbook(path)
    a, b, c = book.catalogue.indicators
    assert (a.weight_min, a.weight_max, a.uncertainty) == (0.2, 0.75, 0.05)
    assert (b.weight_min, b.weight_max, b.uncertainty) == (0.1, None, None)
    assert (c.weight_min, c.weight_max, c.uncertainty) == (None, None, None)
    assert (book.catalogue.pillars[0].weight_min, book.catalogue.pillars[0].weight_max) == (
        0.25,
        0.6,
    )
    assert not said(book)


def test_bounds_no_weights_can_keep_are_problems_with_their_cells(tmp_path: Path) -> None:
    book = read(
        tmp_path,
        [
            ("a", "p", 1, None, None, 0.7, 0.2, 11),
            ("b", "p", 1, None, None, 0.6, "30%", -0.1),
            ("c", None, 1, None, None, -0.1, 1.5),
        ],
        Pillars=[("code", "weight_max"), ("p", 0.3)],
    )
    assert said(book) == [
        "Indicators!F2: weight_min of the siblings a, b adds to 1.3, more than 1 (lower some)",
        "Indicators!G2: weight_max 0.2 is below weight_min 0.7 (the least share stands in "
        "weight_min)",
        "Indicators!G2: weight_max of the siblings a, b adds to 0.5, less than 1 (raise some, or "
        "leave one blank)",
        "Indicators!H2: 11 is no uncertainty (type a number from 0 to 10)",
        "Indicators!G3: weight_max 0.3 is below weight_min 0.6 (the least share stands in "
        "weight_min)",
        "Indicators!H3: -0.1 is no uncertainty (type a number from 0 to 10)",
        "Indicators!F4: -0.1 is no weight_min (type a number from 0 to 1)",
        "Indicators!G4: 1.5 is no weight_max (type a number from 0 to 1)",
    ]


def test_a_sibling_without_weight_is_in_no_draw_and_its_bounds_do_not_count(tmp_path: Path) -> None:
    rows = [("a", "p", 0, None, None, 0.9), ("b", "p", 1, None, None, 0.9), ("c", None, 1)]
    assert not said(read(tmp_path, rows))


def test_a_declared_share_outside_its_bounds_is_a_warning(tmp_path: Path) -> None:
    book = read(tmp_path, [("a", "p", 3, None, None, None, 0.5), ("b", "p", 1), ("c", None, 1)])
    assert not said(book)
    assert (
        "Indicators!C2: the share of a among its siblings is 0.75, outside its bounds 0 to 0.5: "
        "the draws of weights keep them, the score does not (change the weight or the bounds)"
    ) in said(book, "warnings")


OBSERVED = [
    ("market", "indicator", "year", "value", "uncertainty"),
    ("X", "a", 2020, 10, 9), ("X", "a", 2021, 12, 1.5),
    ("Y", "a", 2021, 20, None), ("Y", "a", 2022, "n/a", 4),
    ("Z", "a", 2019, 30, 2), ("Z", "a", 2023, 40, 3),
]  # fmt: skip


def observed(tmp_path: Path, panel: str | None, rows: list[tuple[object, ...]]) -> Book:
    return read_workbook(
        write_book(
            tmp_path / "book.xlsx",
            Markets=[("code", "b"), ("X", 4), ("Y", 3), ("Z", 1)],
            Indicators=[HEADS, ("a", None, 1, None, panel, None, None, 0.1), ("b", None, 1)],
            Observations=rows,
            Settings=settings({"year": 2022}),
        )
    )


def test_the_error_of_the_observation_used_is_that_of_the_value(tmp_path: Path) -> None:
    book = observed(tmp_path, None, OBSERVED)
    assert not said(book)
    assert book.table.errors is not None
    assert book.table.errors[:, 0].tolist() == pytest.approx([1.5, np.nan, 2], nan_ok=True)
    errors = book.table.standard_errors(book.catalogue)
    assert errors.tolist() == [[1.5, 0.0], [2.0, 0.0], [2.0, 0.0]]  # Y: a tenth of 20


def test_errors_of_years_that_are_combined_do_not_count(tmp_path: Path) -> None:
    book = observed(tmp_path, "interpolated", OBSERVED)
    assert book.table.errors is None
    assert (
        "Indicators!E2: a: the uncertainty of its Observations counts for panel = latest only "
        "(state it in Indicators, as a share of the value)"
    ) in said(book, "warnings")


def test_a_bad_error_is_a_problem_at_its_cell(tmp_path: Path) -> None:
    rows = [*OBSERVED[:2], ("Y", "a", 2021, 20, -1), ("Z", "a", 2021, 20, "some")]
    assert said(observed(tmp_path, None, rows)) == [
        "Observations!E3: -1 is no standard error (type a number from 0 on)",
        "Observations!E4: 'some' is not a number (type a number, or leave the cell empty)",
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("weight_min = -0.1", "weight_min -0.1 is negative"),
        ("weight_max = 1.2", "weight_max 1.2 is above 1"),
        ("uncertainty = 11", "uncertainty 11 is above 10"),
    ],
)
def test_a_bundled_catalogue_is_held_to_the_same(tmp_path: Path, line: str, message: str) -> None:
    text = f'title = "t"\ntitle_zh = "t"\n[[indicators]]\ncode = "a"\n{line}\n'
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_catalogue(tmp_path / "own.toml")
