"""Small workbooks for the tests of the command line."""

from pathlib import Path

from openpyxl import Workbook

MARKETS = [
    ["code", "name", "group", "growth", "cost"],
    ["AAA", "Alpha", "North", 1, 10],
    ["BBB", "=Beta", "North", 3, 20],
    ["CCC", "中国", "South", 5, 40],
    ["DDD", "Delta", "South", 2, None],
]
INDICATORS = [
    ["code", "name", "parent", "weight", "direction"],
    ["growth", "Growth", "size", 1, "higher_is_better"],
    ["cost", "Cost", "ease", 3, "lower_is_better"],
]
SCENARIOS = [["scenario", "code", "weight"], ["growth first", "size", 3]]
SIX_MARKETS = [
    ["code", "name", "group", "a", "b", "c", "d"],
    ["AAA", "Alpha", "North", 1, 10, 1, 4],
    ["BBB", "=Beta", "North", 2, 8, 3, 5],
    ["CCC", "中国", "South", 3, 6, 2, 9],
    ["DDD", "Delta", "South", 4, 4, 5, 7],
    ["EEE", "Echo", "", 5, 2, 4, None],
    ["FFF", "Foxtrot", "", 6, 1, 6, 8],
]
SIX_INDICATORS = [
    ["code", "name", "parent", "weight"],
    ["a", "Ay", "p", 1], ["b", "+Bee", "p", 1], ["c", "Cee", "q", 2], ["d", "Dee", "q", 1],
]  # fmt: skip
SIX_SCENARIOS = [["scenario", "code", "weight"], ["q first", "q", 3]]


def write_book(path: Path, **sheets: list[list[object]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    standard = {"Markets": MARKETS, "Indicators": INDICATORS, "Scenarios": SCENARIOS}
    for name, rows in (standard | sheets).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
            for cell in sheet[sheet.max_row]:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    cell.data_type = "s"
    book.save(path)
    return path


def write_six(path: Path) -> Path:
    """Six markets in two groups and none, two pillars of two indicators each."""
    return write_book(path, Markets=SIX_MARKETS, Indicators=SIX_INDICATORS, Scenarios=SIX_SCENARIOS)
