"""The sheet Profiles, recalculated by LibreOffice for a chosen market, against the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openpyxl
import pytest

import entryscore
from entryscore.catalogue import Catalogue, Gate, Indicator, Pillar
from entryscore.contribution import spread_weights
from entryscore.markets import MarketTable
from entryscore.methodology import Methodology
from entryscore.report import write_report
from entryscore.resources import template
from entryscore.result import Result
from entryscore.scoring import aggregate_nodes, case_of
from tests.libreoffice import converted, needs_libreoffice

# LibreOffice adds extensions of its own to what it writes
pytestmark = pytest.mark.filterwarnings("ignore:.*xtension is not supported:UserWarning")
STRENGTHS, WEAKNESSES = "Strengths, against the median", "Weaknesses, against the median"
GAINS = "Most points to gain, up to the best ranked market"


def example() -> Result:
    book = entryscore.read_workbook(template("example.xlsx"))
    return entryscore.score(book.catalogue, book.table, book.methodology)


def gaps(lower: str = "arithmetic", index: str = "", **settings: object) -> Result:
    """Two levels of pillars; A lacks the pillar `hard`, B an indicator, C is 0 in one, D fails a
    gate; `off` has no weight."""
    catalogue = Catalogue(
        (
            Indicator("size", parent="pull", weight=2, gate=Gate.parse(">= 1")),
            Indicator("growth", parent="pull"),
            Indicator("tax", parent="hard"),
            Indicator("law", parent="hard", weight=3, direction="lower_is_better"),
            Indicator("sea", parent="deep"),
            Indicator("air", parent="deep", weight=2),
            Indicator("lone", weight=0.5),
            Indicator("off", parent="pull", weight=0),
        ),
        (
            Pillar("pull", weight=2, aggregation=lower), Pillar("hard", weight=2, parent="deep"),
            Pillar("deep", aggregation=lower),
        ),
    )  # fmt: skip
    rng = np.random.default_rng(3)
    values = np.round(rng.random((11, 8)) * 9 + 1, 1)
    values[0, [2, 3]] = np.nan
    values[1, 1] = np.nan
    values[2, 4] = 0.0
    values[3, 0] = 0.0
    codes = tuple("ABCDEFGHIJK")
    table = MarketTable(
        codes, codes, ("x", "y", "x", "x", "", "y", "x", "y", "x", "x", "y"), values
    )
    if index:
        settings["aggregation"] = index
    return entryscore.score(catalogue, table, Methodology(**settings))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Case:
    make: Callable[[], Result]
    market: str
    weights: Mapping[str, float]  # typed in the sheet Weights
    static: bool = False


TYPED = {"pull": 0.3, "hard": 1.5, "off": 2.0, "size": 0.1}
CASES = {
    "as it is": Case(example, "IDN", {}),
    "changed weights": Case(example, "IDN", {"attractiveness": 0.2, "risk": 0.5}),
    "no pillar": Case(gaps, "A", {}),
    "no pillar, changed": Case(gaps, "A", TYPED),
    "no indicator": Case(gaps, "B", TYPED),
    "unranked": Case(gaps, "D", {}),
    "geometric": Case(lambda: gaps("geometric"), "A", TYPED),
    "a zero": Case(lambda: gaps("geometric"), "C", {}),
    "harmonic": Case(lambda: gaps("harmonic", "geometric"), "E", TYPED),
    "harmonic zero": Case(lambda: gaps("harmonic", "harmonic"), "C", {}),
    "zero for missing": Case(lambda: gaps(missing="zero"), "B", TYPED),
    "imputed": Case(lambda: gaps(imputation="mean"), "A", TYPED),
    "imputed, static": Case(lambda: gaps(imputation="median"), "B", {}, static=True),
    "static": Case(gaps, "A", {}, static=True),
    "static geometric": Case(lambda: gaps("geometric"), "B", {}, static=True),
    "minimum": Case(lambda: gaps("minimum", "minimum"), "F", {}, static=True),
    "power": Case(lambda: gaps("power", "power", power=3.0), "C", {}, static=True),
    "negative power": Case(lambda: gaps("power", "power", power=-2.0), "E", {}, static=True),
    "copeland": Case(lambda: gaps(index="copeland"), "E", {}, static=True),
    "group": Case(lambda: gaps(group_fill=True), "A", {}, static=True),
    "zero for missing, static": Case(lambda: gaps(missing="zero"), "A", {}, static=True),
}


def rescored(result: Result, changes: Mapping[str, float]) -> Result:
    weights = result.weights.copy()
    for code, weight in changes.items():
        weights[result.tree.position(code)] = weight
    return entryscore.score(result.catalogue, result.table, result.methodology, weights=weights)


def with_choice(case: Case, result: Result, path: Path) -> Path:
    """A report in which somebody chose the market and typed the weights."""
    write_report(result, path, static=case.static)
    book = openpyxl.load_workbook(path)
    book["Profiles"]["B3"].value = case.market
    for row in book["Weights"].iter_rows() if case.weights else ():
        if row[0].value in case.weights:
            row[1].value = case.weights[str(row[0].value)]
    changed = path.with_name(f"changed {path.name}")
    book.save(changed)
    return changed


@pytest.fixture(scope="module")
def profiles(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, tuple[Result, list[list[object]]]]:
    """By case: the result under the weights typed, and the rows of the sheet, blanks as None."""
    folder = tmp_path_factory.mktemp("profiles")
    results = {name: case.make() for name, case in CASES.items()}
    paths = [
        with_choice(CASES[name], result, folder / f"{name}.xlsx")
        for name, result in results.items()
    ]  # fmt: skip
    found = {}
    for (name, result), path in zip(results.items(), converted(paths, folder), strict=True):
        rows = openpyxl.load_workbook(path, data_only=True)["Profiles"].values
        cells = [[None if c == "" else c for c in row] for row in rows]
        found[name] = (rescored(result, CASES[name].weights), cells)
    return found


def gain(result: Result, market: int, node: int) -> float:
    """By scoring again with the best ranked market's score in the indicator."""
    column = result.tree.columns[node]
    normalised = result.normalised.copy()
    scores = normalised[:, column]
    scores[market] = max(scores[market], np.nanmax(scores[result.ranked]))
    again = aggregate_nodes(case_of(result), result.weights, normalised).scores
    return float(again[market, 0] - result.score[market])


def name_of(result: Result, node: int) -> str:
    code = result.tree.codes[node]
    return result.catalogue.node(code).name or code


def is_close(cell: object, value: float) -> bool:
    if np.isnan(value):
        return cell is None
    return isinstance(cell, (int, float)) and abs(cell - value) <= 1e-9 * max(1.0, abs(value))


@needs_libreoffice
@pytest.mark.parametrize("name", CASES)
def test_a_chosen_market_has_the_engines_shares_medians_and_gains(
    name: str, profiles: dict[str, tuple[Result, list[list[object]]]]
) -> None:
    result, rows = profiles[name]
    market = result.table.codes.index(CASES[name].market)
    tree, group = result.tree, result.table.groups[market]
    assert rows[2][2] == result.table.label(market)
    assert (rows[5][0] or "") == group
    assert is_close(rows[5][1], result.ranks[market])
    assert rows[5][2] == result.ranked.sum()
    assert is_close(rows[5][3], result.score[market])
    lines = {str(row[0]): row for row in rows[8:] if row[0] is not None}
    own = [i for i in np.flatnonzero(result.ranked) if group and result.table.groups[i] == group]
    weights = spread_weights(result)[market]
    shown = [int(n) for n in tree.leaves if result.weights[n] > 0 or name_of(result, n) in lines]
    assert len(shown) >= 7
    for node in [*tree.children[0].tolist(), *shown]:
        share, score, median, inside, against, points = lines[name_of(result, node)][1:7]
        here, scores = result.scores[market, node], result.scores[:, node]
        assert is_close(share, weights[node])
        assert is_close(score, here)
        assert is_close(median, np.nanmedian(scores[result.ranked]))
        assert is_close(inside, np.nanmedian(scores[own]) if own else np.nan)
        assert is_close(against, here - np.nanmedian(scores[result.ranked]))
        if name == "copeland" or np.isnan(here):
            assert points is None
        elif node in tree.leaves:
            assert is_close(points, gain(result, market, node)), (node, points)


def listed(rows: list[list[object]], title: str) -> list[tuple[object, object]]:
    start = next(k for k, row in enumerate(rows) if row[8] == title) + 1
    found = [(row[8], row[9]) for row in rows[start : start + 5]]
    return [pair for pair in found if pair[1] is not None]


@needs_libreoffice
@pytest.mark.parametrize("name", CASES)
def test_lists_hold_only_what_weighs_and_has_the_sign(
    name: str, profiles: dict[str, tuple[Result, list[list[object]]]]
) -> None:
    result, rows = profiles[name]
    market = result.table.codes.index(CASES[name].market)
    observed = ~np.isnan(result.scaled[market])
    leaves = [
        int(n) for n in result.tree.leaves
        if spread_weights(result)[market, n] > 0 and observed[result.tree.columns[n]]
    ]  # fmt: skip
    ranked = result.scores[result.ranked]
    against = {
        name_of(result, n): result.scores[market, n] - np.nanmedian(ranked[:, n]) for n in leaves
    }
    points = (
        {name_of(result, n): gain(result, market, n) for n in leaves} if name != "copeland" else {}
    )
    for title, values, sign in (
        (STRENGTHS, against, 1), (WEAKNESSES, against, -1), (GAINS, points, 1),
    ):  # fmt: skip
        expected = sorted((sign * v for v in values.values() if sign * v > 1e-9), reverse=True)[:5]
        found = listed(rows, title)
        assert [sign * p for _, p in found] == pytest.approx(expected)  # type: ignore[operator]
        assert all(values[str(who)] == pytest.approx(p) for who, p in found)
    if name == "copeland":
        assert "not given under copeland" in [row[8] for row in rows]


def test_the_cases_tell_own_weights_from_declared_ones() -> None:
    """Else the shares above would show nothing."""
    result = gaps()
    own = spread_weights(result)[0]
    growth, tax = (result.tree.position(code) for code in ("growth", "tax"))
    assert own[growth] == pytest.approx(result.effective[growth])
    assert own[tax] == 0 < result.effective[tax]
    assert gaps(group_fill=True).filled[0].any()


def test_everything_is_printed_and_long_names_wrap(tmp_path: Path) -> None:
    base = gaps()
    long = "Revenue of digital subscriptions per year and head, in constant prices, estimated"
    renamed = tuple(
        Indicator(i.code, long if i.code == "tax" else i.code, parent=i.parent, weight=i.weight)
        for i in base.catalogue.indicators
    )
    result = entryscore.score(Catalogue(renamed, base.catalogue.pillars), base.table)
    write_report(result, tmp_path / "r.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["Profiles"]
    used = [c for row in sheet.iter_rows(max_col=10) for c in row if c.value is not None]
    last = max(cell.row for cell in used)
    assert sheet.print_area == f"'Profiles'!$A$1:$J${last}"
    cell = next(c for c in used if c.value == long)
    width = sheet.column_dimensions["A"].width
    assert cell.alignment.wrap_text
    height = sheet.row_dimensions[cell.row].height
    assert height is not None
    assert height / 14 * width > len(long)
    strength = sheet.cell(10, 9)
    assert strength.alignment.wrap_text
    assert (sheet.row_dimensions[11].height or 0) / 14 * width > len(long)


@needs_libreoffice
def test_the_market_chosen_is_found_by_its_exact_code(tmp_path: Path) -> None:
    codes = ("a1", "A1", "A?", "A*", "100", "=A1")
    table = MarketTable(
        codes, tuple(f"Land of {code}" for code in codes), ("",) * 6,
        np.array([[6.0, 1.0, 5.0, 3.0, 4.0, 2.0]]).T,
    )  # fmt: skip
    result = entryscore.score(Catalogue((Indicator("size"),)), table, Methodology())
    path = tmp_path / "report.xlsx"
    write_report(result, path)
    typed = [*codes, 100, "ZZ", None]
    changed = []
    for place, code in enumerate(typed):
        book = openpyxl.load_workbook(path)
        assert book["Profiles"]["B3"].number_format == "@"
        book["Profiles"]["B3"].value = code
        book["Profiles"]["B3"].data_type = "n" if code == 100 else "s"
        changed.append(tmp_path / f"chosen{place}.xlsx")
        book.save(changed[-1])
    found = {}
    for code, again in zip(typed, converted(changed, tmp_path / "out"), strict=True):
        sheet = openpyxl.load_workbook(again, data_only=True)["Profiles"]
        shown = [str(c.value) for row in sheet["A1:M60"] for c in row if c.value is not None]
        assert not [text for text in shown if text.startswith("#")]
        found[code] = sheet["C3"].value
    told = "no market has this code: choose one from the list"
    named = {code: f"Land of {code}" for code in codes}
    assert found == {**named, 100: "Land of 100", "ZZ": told, None: told}
