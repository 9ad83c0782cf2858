"""The cells of a worksheet's part, read as a stream (ECMA-376, part 1, 18.3).

Only what a table needs is read: values, formulas, merged ranges, hidden rows. A drawing, a
validation or a format that is broken does not keep a sheet from being read.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from openpyxl.formula.translate import Translator
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import from_excel, from_ISO8601

from entryscore.workbook.cells import Cell, tidy

Place = tuple[int, int]
Area = tuple[int, int, int, int]  # first row, first column, last row, last column
_READ = ("row", "c", "v", "f", "t", "rPh", "mergeCell")
_TEXTS = ("s", "str", "inlineStr")
_DIGITS = "0123456789"


@dataclass(frozen=True)
class Looks:
    """What the workbook's other parts say of a cell: shared strings and, by style, formats."""

    strings: Sequence[str]
    formats: Sequence[str]
    dates: frozenset[int]
    durations: frozenset[int]
    epoch: datetime.datetime

    def format(self, style: int) -> str:
        return self.formats[style] if style < len(self.formats) else "General"


class CellStream:
    """`cells` that are not blank, by row and column; `merged` areas; numbers of `hidden` rows.

    Raises ValueError where the part is no well-formed XML.
    """

    def __init__(self, title: str, part: IO[bytes], looks: Looks) -> None:
        self.title, self.looks = title, looks
        self.cells: dict[Place, Cell] = {}
        self.merged: list[Area] = []
        self.hidden: set[int] = set()
        self._row = self._column = 0
        self._attributes: Mapping[str, str] = {}  # of the cell that is read
        self._value = ""
        self._words: list[str] = []  # of a string in the cell itself
        self._phonetic = False
        self._formula: str | None = None
        self._formula_attributes: Mapping[str, str] = {}
        self._shared: dict[str, Translator] = {}
        self._text: list[str] = []
        self._names: dict[str, str] = {}
        parser = self._parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler = self._root
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            parser.ParseFile(part)
        except expat.ExpatError as error:
            raise ValueError(f"{title}: {error}") from error

    def _refuse(self, *_: object) -> None:
        raise ValueError(f"{self.title}: DOCTYPE")

    def _root(self, name: str, attributes: dict[str, str]) -> None:
        space = name.rpartition("}")[0] + "}"
        self._names = {space + local: local for local in _READ}
        self._parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = self._names.get(name)
        if local == "c":
            self._attributes, self._value, self._formula = attributes, "", None
            self._words.clear()
        elif local in ("v", "t"):
            self._text.clear()
        elif local == "f":
            self._text.clear()
            self._formula_attributes = attributes
        elif local == "row":
            self._begin_row(attributes)
        elif local == "rPh":
            self._phonetic = True
        elif local == "mergeCell":
            left, top, right, bottom = range_boundaries(attributes["ref"])
            self.merged.append((int(top or 1), int(left or 1), int(bottom or 1), int(right or 1)))

    def _end(self, name: str) -> None:
        local = self._names.get(name)
        if local == "v":
            self._value = "".join(self._text)
        elif local == "c":
            self._finish_cell()
        elif local == "t" and not self._phonetic:
            self._words.append("".join(self._text))
        elif local == "f":
            self._formula = "=" + "".join(self._text)
        elif local == "rPh":
            self._phonetic = False

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        self._row = int(float(attributes.get("r", self._row + 1)))
        self._column = 0
        if attributes.get("hidden") in ("1", "true"):
            self.hidden.add(self._row)

    def _finish_cell(self) -> None:
        attributes = self._attributes
        place, row = attributes.get("r"), self._row
        if place is None:
            self._column += 1
            place = f"{get_column_letter(self._column)}{row}"
        else:
            letters = place.rstrip(_DIGITS)
            self._column = column_index_from_string(letters)
            row = int(place[len(letters) :])
        kind = attributes.get("t", "n")
        text = self._value if kind != "inlineStr" else "".join(self._words)
        style = int(attributes.get("s", 0))
        read = _READERS.get(kind, _number)(text, style, self.looks) if text else None
        formula = "" if self._formula is None else self._whole_formula(place)
        if read is not None:
            cell = Cell(f"{self.title}!{place}", *read, self.looks.format(style), formula)
        elif formula and kind not in _TEXTS:  # a formula may well give an empty text
            cell = Cell(f"{self.title}!{place}", None, "uncalculated", formula=formula)
        else:
            return
        self.cells[row, self._column] = cell

    def _whole_formula(self, place: str) -> str:
        """The formula's text; one shared with other cells is moved here from the first."""
        text, attributes = self._formula or "", self._formula_attributes
        if attributes.get("t") != "shared":
            return text
        key = attributes.get("si", "")
        if text != "=":
            self._shared[key] = Translator(text, place)
        elif key in self._shared:
            return str(self._shared[key].translate_formula(place))
        return text


Read = tuple[object, str] | None  # a value and its kind in the sense of Cell


def _number(text: str, style: int, looks: Looks) -> Read:
    try:
        number = float(text)
    except ValueError:
        return _string(text, style, looks)
    if math.isnan(number):
        return None
    if style not in looks.dates:
        return number, "number"
    try:
        return from_excel(number, looks.epoch, timedelta=style in looks.durations), "date"
    except (OverflowError, ValueError):
        return "#VALUE!", "error"


def _string(text: str, style: int, looks: Looks) -> Read:
    return (text, "text") if tidy(text) else None


def _shared_string(text: str, style: int, looks: Looks) -> Read:
    return _string(looks.strings[int(text)], style, looks)


def _boolean(text: str, style: int, looks: Looks) -> Read:
    return bool(int(text)), "bool"


def _iso_date(text: str, style: int, looks: Looks) -> Read:
    try:
        return from_ISO8601(text), "date"  # type: ignore[no-untyped-call]  # its stub has no types
    except ValueError:
        return _string(text, style, looks)


def _error(text: str, style: int, looks: Looks) -> Read:
    return text, "error"


_READERS: dict[str, Callable[[str, int, Looks], Read]] = {
    "n": _number,
    "s": _shared_string,
    "str": _string,
    "inlineStr": _string,
    "b": _boolean,
    "d": _iso_date,
    "e": _error,
}
