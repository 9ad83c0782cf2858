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
