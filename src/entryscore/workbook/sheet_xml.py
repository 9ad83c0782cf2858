"""Cells written into a worksheet's XML in place: what is not written stays as it is, byte for byte.

The positions of rows and cells come from expat; the new text is put between them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape

from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.cell import coordinate_from_string, range_boundaries

from entryscore.language import say

_TAG = re.compile(rb"<(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")
Value = str | float | None
Edit = tuple[int, int, bytes]  # from, to, what comes there


@dataclass
class Element:
    """`start`, `inside` (behind its opening tag), `end` in bytes."""

    start: int
    inside: int
    end: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        """Written as one tag `<row/>`."""
        return self.inside == self.end


@dataclass
class XmlCell(Element):
    column: int = 0
    filled: bool = False
    formula: bool = False

    @property
    def style(self) -> str:
        return self.attributes.get("s", "")


@dataclass
class XmlRow(Element):
    number: int = 0
    cells: list[XmlCell] = field(default_factory=list)

    def cell(self, column: int) -> XmlCell | None:
        return next((cell for cell in self.cells if cell.column == column), None)


class SheetXml:
    """A worksheet part. `merged`: (first row, first column, last row, last column) of each range;
    `tables`: how many tables lie on it. Raises ValueError where it is no readable worksheet."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.rows: list[XmlRow] = []
        self.merged: list[tuple[int, int, int, int]] = []
        self.tables = 0
        self.body: Element | None = None
        self.dimension: Element | None = None
        self.prefix = b""
        self._open: list[str] = []
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._finish
        self._parser = parser
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            raise ValueError(say("its XML cannot be read ({error})", error=error)) from error
        if self.body is None:
            raise ValueError(say("it has no cells to write to"))

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        inside = self._open[1:] == ["sheetData"] or "sheetData" in self._open[1:2]
        self._open.append(local)
        start = self._parser.CurrentByteIndex
        tag = _TAG.match(self.data, start)
        end = tag.end() if tag else start
        if inside:
            self._begin_inside(local, attributes, start, end)
        elif local == "sheetData" and len(self._open) == 2:
            self.prefix = name.encode()[: -len("sheetData")]
            self.body = Element(start, end, attributes=attributes)
        elif local == "dimension":
            self.dimension = Element(start, end, end, attributes)
        elif local == "mergeCell":
            left, top, right, bottom = range_boundaries(attributes["ref"])
            self.merged.append((int(top or 1), int(left or 1), int(bottom or 1), int(right or 1)))
        elif local == "tablePart":
            self.tables += 1

    def _begin_inside(self, local: str, attributes: dict[str, str], start: int, end: int) -> None:
        depth = len(self._open) - 2
        if local == "row" and depth == 1:
            before = self.rows[-1].number if self.rows else 0
            number = int(attributes.get("r", before + 1))
            self.rows.append(XmlRow(start, end, attributes=attributes, number=number))
        elif local == "c" and depth == 2:
            cells = self.rows[-1].cells
            place = attributes.get("r")
            column = (
                column_index_from_string(coordinate_from_string(place)[0]) if place
                else (cells[-1].column if cells else 0) + 1
            )  # fmt: skip
            cells.append(XmlCell(start, end, attributes=attributes, column=column))
        elif depth == 3 and local in ("v", "f", "is"):
            cell = self.rows[-1].cells[-1]
            cell.filled = True
            cell.formula |= local == "f"

    def _finish(self, name: str) -> None:
        local, depth = self._open.pop(), len(self._open) - 1
        found: Element | None = None
        if local == "sheetData" and depth == 0:
            found = self.body
        elif self._open[1:2] == ["sheetData"] and local == "row" and depth == 1:
            found = self.rows[-1]
        elif self._open[1:2] == ["sheetData"] and local == "c" and depth == 2:
            found = self.rows[-1].cells[-1]
        if found is not None:
            at = self._parser.CurrentByteIndex
            closing = _TAG.match(self.data, at) if self.data[at : at + 2] == b"</" else None
            found.end = closing.end() if closing and at >= found.inside else found.inside

    @property
    def last_row(self) -> int:
        """The last row that holds anything, or lies in a merged range; 0 where none does."""
        filled = [row.number for row in self.rows if any(cell.filled for cell in row.cells)]
        return max([0, *filled, *(bottom for _, _, bottom, _ in self.merged)])

    def cell(self, row: int, column: int) -> XmlCell | None:
        found = next((r for r in self.rows if r.number == row), None)
        return None if found is None else found.cell(column)

    def is_merged(self, row: int, column: int) -> bool:
        return any(
            top <= row <= bottom and left <= column <= right
            for top, left, bottom, right in self.merged
        )

    def with_cells(self, values: Mapping[tuple[int, int], Value], like: int = 0) -> bytes:
        """The part with these cells; None blanks one. A cell that is there keeps its style, a new
        one takes that of its column in the row `like`."""
        styles = {c.column: c.style for r in self.rows if r.number == like for c in r.cells}
        by_row: dict[int, dict[int, Value]] = {}
        for (row, column), value in sorted(values.items()):
            by_row.setdefault(row, {})[column] = value
        edits: list[Edit] = []
        at_end = b""
        known = {row.number: row for row in self.rows}
        for number, cells in by_row.items():
            if number in known:
                edits += self._into_row(known[number], cells, styles)
                continue
            text = row_xml(number, cells, styles, self.prefix)
            later = next((row for row in self.rows if row.number > number), None)
            if later is None:
                at_end += text
            else:
                edits.append((later.start, later.start, text))
        edits += self._at_end(at_end)
        edits += self._grown(values)
        return _edited(self.data, edits)

    def _at_end(self, rows: bytes) -> list[Edit]:
        body = self.body
        assert body is not None  # the constructor refuses a part without
        if not rows:
            return []
        if body.closed:
            tag = self.prefix + b"sheetData>"
            return [(body.start, body.end, b"<" + tag + rows + b"</" + tag)]
        close = self.data.rindex(b"</", body.inside, body.end)
        return [(close, close, rows)]

    def _into_row(
        self, row: XmlRow, cells: Mapping[int, Value], styles: Mapping[int, str]
    ) -> list[Edit]:
        head = self.data[row.start : row.inside]
        plain = re.sub(rb"\sspans\s*=\s*(\"[^\"]*\"|'[^']*')", b"", head)  # a hint, now wrong
        if row.closed:
            texts = [cell_xml(row.number, c, v, styles.get(c, ""), self.prefix)
                     for c, v in cells.items()]  # fmt: skip
            open_tag = plain[:-2].rstrip() + b">"
            return [(row.start, row.end,
                     open_tag + b"".join(texts) + b"</" + self.prefix + b"row>")]  # fmt: skip
        edits: list[Edit] = [(row.start, row.inside, plain)] if plain != head else []
        close = self.data.rindex(b"</", row.inside, row.end)
        for column, value in cells.items():
            old = row.cell(column)
            style = styles.get(column, "") if old is None else old.style
            text = cell_xml(row.number, column, value, style, self.prefix)
            later = next((c.start for c in row.cells if c.column > column), close)
            edits.append((later, later, text) if old is None else (old.start, old.end, text))
        return edits

    def _grown(self, values: Mapping[tuple[int, int], Value]) -> list[Edit]:
        """The dimension, which readers that stream rely on."""
        found = self.dimension
        if found is None or "ref" not in found.attributes:
            return []
        left, top, right, bottom = (int(x or 1) for x in range_boundaries(found.attributes["ref"]))
        rows, columns = {row for row, _ in values}, {column for _, column in values}
        first = f"{get_column_letter(min(left, *columns))}{min(top, *rows)}"
        last = f"{get_column_letter(max(right, *columns))}{max(bottom, *rows)}"
        ref = f'ref="{first}:{last}"'.encode()
        tag = re.sub(rb"ref\s*=\s*(\"[^\"]*\"|'[^']*')", ref, self.data[found.start : found.inside])
        return [(found.start, found.inside, tag)]


def row_xml(
    number: int, cells: Mapping[int, Value], styles: Mapping[int, str], prefix: bytes = b""
) -> bytes:
    texts = [cell_xml(number, c, v, styles.get(c, ""), prefix) for c, v in sorted(cells.items())]
    head = b"<" + prefix + b'row r="' + str(number).encode() + b'">'
    return head + b"".join(texts) + b"</" + prefix + b"row>"


def cell_xml(row: int, column: int, value: Value, style: str, prefix: bytes = b"") -> bytes:
    """One cell: text in the cell itself, a number in full precision, or blank."""
    p = prefix.decode()
    head = f'<{p}c r="{get_column_letter(column)}{row}"' + (f' s="{style}"' if style else "")
    if value is None:
        return f"{head}/>".encode()
    if isinstance(value, str):
        text = f'<{p}is><{p}t xml:space="preserve">{escape(value)}</{p}t></{p}is>'
        return f'{head} t="inlineStr">{text}</{p}c>'.encode()
    return f"{head}><{p}v>{value!r}</{p}v></{p}c>".encode()


def _edited(data: bytes, edits: list[Edit]) -> bytes:
    out, at = [], 0
    for start, end, text in sorted(edits, key=lambda edit: edit[:2]):
        out += [data[at:start], text]
        at = end
    return b"".join([*out, data[at:]])
