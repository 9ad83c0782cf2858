"""A workbook as an analyst keeps it, and LibreOffice to save and open it with."""

import shutil
import subprocess
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

SOFFICE = shutil.which("soffice")
needs_soffice = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not here")
MARKETS = [
    ["code", "name", "growth", "cost", "note"],
    ["AAA", "Alpha", 1, 10, "=C2*2"],
    ["BBB", "Beta & Co", 3, 20, "=C3*2"],
    ["CCC", "中国", 5, 40, "=SUM(C2:C4)"],
]
INDICATORS = [
    ["code", "parent", "weight", "direction"],
    ["growth", "size", 1, "higher_is_better"],
    ["cost", "ease", 3, "lower_is_better"],
]


def write_rich(path: Path, scenarios: list[list[object]] | None = None) -> Path:
    """Formats, a comment, a chart, formulas, a drop-down, a defined name, merged cells."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Markets"
    for row in MARKETS:
        sheet.append(row)
    sheet["A1"].font, sheet["B2"].fill = Font(bold=True), PatternFill("solid", fgColor="FFEE00")
    sheet["C2"].number_format = "0.00"
    sheet["C2"].comment = Comment("from the yearbook", "analyst")
    choice = DataValidation("list", formula1='"yes,no"')
    choice.add("F2:F9")
    sheet.add_data_validation(choice)
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=3, min_row=1, max_row=4), titles_from_data=True)
    sheet.add_chart(chart, "H2")
    listed = book.create_sheet("Indicators")
    for row in INDICATORS:
        listed.append(row)
    own = book.create_sheet("My notes")
    own["B2"] = "=Markets!C2+1"
    own.merge_cells("A4:C4")
    book.defined_names["growth"] = DefinedName("growth", attr_text="Markets!$C$2:$C$4")
    if scenarios is not None:
        sheet = book.create_sheet("Scenarios", 1)
        for row in scenarios:
            sheet.append(row)
    book.save(path)
    return path


def converted(path: Path, kind: str, folder: Path) -> Path:
    """The file as LibreOffice saves it in this format."""
    folder.mkdir(parents=True, exist_ok=True)
    profile = (folder / "profile").as_uri()
    command = [str(SOFFICE), f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind]
    subprocess.run(
        [*command, "--outdir", str(folder), str(path)], check=True, capture_output=True, timeout=180
    )
    return folder / f"{path.stem}.{kind}"
