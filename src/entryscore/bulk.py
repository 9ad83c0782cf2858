"""What is filled into a workbook after openpyxl has written it: large tables, values of formulas.

A cell through openpyxl costs twenty times as much as its XML, and openpyxl writes no values of
formulas, so that viewers that do not calculate would show blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

QUOTED = ("=", "+", "-", "@", "#")  # what a text must not begin with when it is typed again
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LONGEST_TEXT = 32_767
_DIMENSION = re.compile(rb'<dimension ref="[^"]*" ?/>')
_FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^>]*)><f( [^>]*)?>(.*?)</f><v ?/></c>', re.DOTALL)

letter = cache(get_column_letter)


def clean(text: str) -> str:
    """Text a cell can hold: no control characters, no more than Excel takes."""
    return _CONTROL.sub("", text)[:_LONGEST_TEXT]


@dataclass(eq=False)
class Fill:
    """`values` of formulas and `rows` of large tables, by sheet; rows stand below all that openpyxl
    writes on their sheet."""

    values: dict[str, dict[str, object]] = field(default_factory=dict)
    rows: dict[str, list[str]] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)

    def row(
        self, sheet: Worksheet, row: int, cells: Iterable[str], height: float | None = None
    ) -> None:
        """Appends a row of a large table, `height` points high; rows come in ascending order."""
        found = [cell for cell in cells if cell]
        high = "" if height is None else f' ht="{height:g}" customHeight="1"'
        self.rows.setdefault(sheet.title, []).append(f'<row r="{row}"{high}>{"".join(found)}</row>')
        if found:
            self.ends[sheet.title] = found[-1].split('"', 2)[1]

    def filled(self, title: str, data: bytes) -> bytes:
        """The XML of a sheet with its rows and the values of its formulas."""
        if values := self.values.get(title):
            data = _with_values(data, values)
        rows = "".join(self.rows.get(title, ())).encode()
        if rows:
            data = data.replace(b"<sheetData />", b"<sheetData></sheetData>", 1)
            data = data.replace(b"</sheetData>", rows + b"</sheetData>", 1)
            whole = b'<dimension ref="A1:%b" />' % self.ends[title].encode()
            data = _DIMENSION.sub(whole, data, count=1)
        return data


@dataclass(frozen=True)
class Look:
    """A style of the workbook, by number; `quoted` for texts that look like formulas."""

    plain: int
    quoted: int

    @classmethod
    def of(cls, sheet: Worksheet, **looks: Any) -> Look:
        """font, number_format, border, alignment … as openpyxl has them."""
        prototype = Cell(sheet, row=1, column=1)
        for name, look in looks.items():
            setattr(prototype, name, look)
        plain = int(prototype.style_id)
        prototype.quotePrefix = True
        return cls(plain, int(prototype.style_id))


def constant(row: int, column: int, value: object, look: Look) -> str:
    """A cell with a number or a text, which is never a formula; only its style where missing."""
    if isinstance(value, str):
        style = look.quoted if value[:1] in QUOTED else look.plain
        place = f'<c r="{letter(column)}{row}" s="{style}"'
        text = escape(clean(value))
        return f'{place} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    place = f'<c r="{letter(column)}{row}" s="{look.plain}"'
    return f"{place}><v>{value!r}</v></c>" if _is_number(value) else f"{place}/>"


def computed(row: int, column: int, text: str, value: object, look: Look) -> str:
    """A cell with a formula (its text escaped already) and the value it has."""
    kind, shown = _value(value)
    return f'<c r="{letter(column)}{row}" s="{look.plain}"{kind}><f>{text}</f><v>{shown}</v></c>'


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == value


def _value(value: object) -> tuple[str, str]:
    """Attribute and content of `<v>`."""
    if isinstance(value, bool):
        return ' t="b"', "1" if value else "0"
    if _is_number(value):
        return "", repr(value)
    return ' t="str"', "" if value is None or value != value else escape(clean(str(value)))


def _with_values(data: bytes, values: dict[str, object]) -> bytes:
    def filled(match: re.Match[bytes]) -> bytes:
        place, attributes, array, text = match.groups()
        kind, shown = _value(values.get(place.decode()))
        return b'<c r="%b"%b%b><f%b>%b</f><v>%b</v></c>' % (
            place, attributes, kind.encode(), array or b"", text, shown.encode(),
        )  # fmt: skip

    return _FORMULA.sub(filled, data)
