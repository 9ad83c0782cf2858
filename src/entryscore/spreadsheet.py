"""Writing workbooks: safe text, one visual style, deterministic bytes, whole files or none."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Callable, Sequence
from copy import copy
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any
from weakref import WeakKeyDictionary

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.bulk import QUOTED, Fill, Look, clean
from entryscore.files import moment, replacing
from entryscore.language import ENGLISH, current, say, translated
from entryscore.naming import text_width

INK, ACCENT, PALE, RULE = "1F2A37", "1B4F72", "EAF0F5", "B8C4CE"
PALETTE = ("1B4F72", "D98E04", "3C8D7A", "9A5B8F", "7F8C8D", "B5533C")  # told apart by all eyes
TITLE = Font(name="Calibri", size=18, bold=True, color=INK)
HEADING = Font(name="Calibri", size=12, bold=True, color=ACCENT)
BODY = Font(name="Calibri", size=10, color=INK)
BOLD = Font(name="Calibri", size=10, bold=True, color=INK)
QUIET = Font(name="Calibri", size=9, italic=True, color="5F6B76")
_HEADER_FONT = Font(name="Calibri", size=10, bold=True, color="FFFFFF")
_HEADER_FILL = PatternFill("solid", fgColor=ACCENT)
_HAN = "Microsoft JhengHei"  # of texts in Chinese; programs without it take a like one
_HAN_HEIGHT = 1.1
_COMPRESSION = 3  # a report is written once; level 6 takes twice as long for 5 % less
_HEADER_SIDE = Alignment(wrap_text=True, vertical="center")
_STYLES: WeakKeyDictionary[Workbook, dict[Any, Any]] = WeakKeyDictionary()
_LINE = Border(bottom=Side(style="thin", color=RULE))


def put(
    sheet: Worksheet, row: int, column: int, value: object, *, font: Font = BODY, form: str = ""
) -> Any:
    """Writes one cell; text is never a formula, NaN is blank."""
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = clean(value)
        cell.data_type = "s"
        if value[:1] in QUOTED:
            cell.quotePrefix = True
    elif value is not None and not (isinstance(value, float) and value != value):
        cell.value = value  # type: ignore[assignment]  # a number
    styled(cell, font=font, number_format=form or "General")
    return cell


def styled(cell: Any, **looks: Any) -> None:
    """Sets font, border, alignment … as attributes do. openpyxl hashes a look each time it is set,
    so the style that comes of it is kept, and copied to the next cell like it."""
    known = _STYLES.setdefault(cell.parent.parent, {})
    now = cell._style.tobytes() if cell._style is not None else b""
    key = (now, *((name, id(look)) for name, look in looks.items()))
    if key not in known:
        for name, look in looks.items():
            setattr(cell, name, look)
        known[key] = (copy(cell._style), looks)  # the looks are kept, so that no id comes again
    cell._style = copy(known[key][0])


@cache
def aligned(
    side: str = "general", high: str = "bottom", wrap: bool = False, indent: int = 0,
    *, shrink: bool = False,
) -> Any:  # fmt: skip
    return Alignment(side, high, wrap_text=wrap, indent=indent, shrink_to_fit=shrink)


def formula(
    sheet: Worksheet, row: int, column: int, text: str, value: object, fill: Fill,
    *, font: Font = BODY, form: str = "",
) -> Any:  # fmt: skip
    """Writes a formula, and keeps the value it has, for viewers that do not calculate."""
    cell = sheet.cell(row, column, f"={text}")
    styled(cell, font=font, number_format=form or "General")
    fill.values.setdefault(sheet.title, {})[cell.coordinate] = value
    return cell


def quoted(text: str) -> str:
    """A text as a formula has it."""
    return '"' + text.replace('"', '""') + '"'


def joined(template: str, /, **parts: object) -> str:
    """The formula of a template in the current language: texts among `parts` are formulas, the
    rest is filled in.

    >>> joined("{count} of {markets} markets", count="COUNT(A:A)", markets=9)
    'COUNT(A:A)&" of 9 markets"'
    """
    found, text = [], ""
    for words, name, _, _ in Formatter().parse(translated(template)):
        text += words
        part = parts[name] if name is not None else ""
        if isinstance(part, str) and name is not None:
            found += [quoted(text), part] if text else [part]
            text = ""
        else:
            text += str(part)
    return "&".join([*found, quoted(text)] if text else found)


def looks(sheet: Worksheet) -> Callable[..., Look]:
    """The styles of rows of a large table, made once each: by number format, font and side."""

    @cache
    def look(
        form: str = "", font: str = "", right: bool = True, ruled: bool = True, wrap: bool = False,
        align: Alignment | None = None,
    ) -> Look:  # fmt: skip
        styles: dict[str, Any] = {"font": {"bold": BOLD, "quiet": QUIET}.get(font, BODY)}
        if form:
            styles["number_format"] = form
        if ruled:
            styles["border"] = _LINE
        if align is not None:
            styles["alignment"] = align
        elif not right:
            styles["alignment"] = Alignment("left", indent=1, wrap_text=wrap)
        return Look.of(sheet, **styles)

    return look


def header(sheet: Worksheet, row: int, names: Sequence[str], height: float = 30) -> None:
    for column, name in enumerate(names, 1):
        cell = put(sheet, row, column, name, font=_HEADER_FONT)
        styled(cell, fill=_HEADER_FILL, alignment=_HEADER_SIDE)
    sheet.row_dimensions[row].height = height


def lines(sheet: Worksheet, first: int, last: int, columns: int) -> None:
    """A thin rule under each row of a table; headers stand over what they name."""
    for column in range(1, columns + 1):
        head = sheet.cell(first - 1, column)
        values = [sheet.cell(row, column) for row in range(first, last + 1)]
        is_number = any(_is_figure(cell) for cell in values)
        side, indent = ("right", 0) if is_number else ("left", 1)
        styled(head, alignment=aligned(side, "center", True, indent))
        for cell in values:
            styled(cell, border=_LINE)
            now = cell.alignment
            if _is_text(cell) and not now.horizontal:
                left = max(1, int(now.indent))
                styled(cell, alignment=aligned("left", now.vertical, now.wrap_text, left))


def _is_text(cell: Any) -> bool:
    return isinstance(cell.value, str) and cell.data_type != "f"


def _is_figure(cell: Any) -> bool:
    """A number, or a formula shown as one."""
    is_formula = cell.data_type == "f" and cell.number_format != "General"
    return isinstance(cell.value, (int, float)) or is_formula


def fit_columns(sheet: Worksheet, first_row: int = 1, widest: int = 44, narrowest: int = 8) -> None:
    """Widths by content; header words may wrap."""
    for column in range(1, sheet.max_column + 1):
        width = narrowest
        for row in range(first_row, sheet.max_row + 1):
            cell = sheet.cell(row, column)
            value = cell.value
            if isinstance(value, str) and _is_text(cell):
                parts = value.split() if row == first_row else [value]
                width = max(width, *(text_width(part) for part in parts or [""]))
            elif value is not None:
                width = max(width, 10)
        sheet.column_dimensions[get_column_letter(column)].width = min(width, widest) + 2


def set_widths(
    sheet: Worksheet, heads: Sequence[str], columns: Sequence[Sequence[object]], widest: int = 44
) -> None:
    """Widths of a large table by its texts; header words may wrap. Heads stand over what they
    name: numbers right, texts left."""
    for place, (head, values) in enumerate(zip(heads, columns, strict=True), 1):
        texts = [v for v in values if isinstance(v, str)]
        words = head.split()  # a line never breaks at _
        width = max([8, *map(text_width, words), *map(text_width, texts)])
        sheet.column_dimensions[get_column_letter(place)].width = min(width, widest) + 2
        look = aligned("left", "center", True, 1) if texts else aligned("right", "center", True)
        styled(sheet.cell(1, place), alignment=look)


def for_print(sheet: Worksheet, header_row: int | None = None, freeze: str | None = None) -> None:
    """A4 landscape, fitted to the width; the header row stays in view and on every page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    footer = sheet.oddFooter
    assert footer is not None  # openpyxl makes it, with all three parts
    assert footer.right is not None
    footer.right.text = say("&A, page &P of &N")
    footer.right.size = 8
    sheet.sheet_view.showGridLines = False
    if header_row is not None:
        sheet.print_title_rows = f"{header_row}:{header_row}"
    if freeze is not None:
        sheet.freeze_panes = freeze


def save(book: Workbook, path: Path, *, force: bool = False, fill: Fill | None = None) -> None:
    """The whole file, or the old one untouched; formulas with their values. Raises InputError
    where it cannot be written."""
    written = datetime.datetime.fromtimestamp(moment(), datetime.UTC).replace(tzinfo=None)
    book.properties.created = book.properties.modified = written
    book.properties.creator = "entryscore"
    if current() != ENGLISH:
        _use_han(book)
    with replacing(path, force=force) as stream:
        book.save(stream)
        _same_bytes(stream, written, fill or Fill(), [sheet.title for sheet in book.worksheets])


def _use_han(book: Workbook) -> None:
    """Every font of the workbook is one with Chinese letters, which need a little more height."""
    fonts: Any = book
    found = []
    for font in fonts._fonts:
        other = copy(font)
        other.name = _HAN
        found.append(other)
    fonts._fonts = IndexedList(found)
    for sheet in book.worksheets:
        for row in sheet.row_dimensions.values():
            if row.height:
                row.height *= _HAN_HEIGHT


def _same_bytes(stream: Any, written: datetime.datetime, fill: Fill, titles: Sequence[str]) -> None:
    """Rewrites the zip in place with one time for every part, and what is filled in."""
    stream.seek(0)
    stamp = written.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    sheets = {f"xl/worksheets/sheet{i}.xml": title for i, title in enumerate(titles, 1)}
    with zipfile.ZipFile(stream) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    stream.seek(0)
    stream.truncate()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            if name in sheets:
                data = fill.filled(sheets[name], data)
            part = zipfile.ZipInfo(name, written.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(part, data, compresslevel=_COMPRESSION)
