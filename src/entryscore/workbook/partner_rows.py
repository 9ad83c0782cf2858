"""Rows of the partner sheets: read by kind of column, then checked by pandera, cell by cell."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from entryscore.language import phrase, say
from entryscore.naming import did_you_mean, loose
from entryscore.problems import Findings
from entryscore.workbook.cells import NumberReader, is_missing
from entryscore.workbook.schema import failures, repeated
from entryscore.workbook.tables import Table

Row = dict[str, Any]
_BLANK, _UNKNOWN, _RANGE, _MISSING = "blank", "unknown", "range", "not_nullable"

if TYPE_CHECKING:
    import pandera.pandas as pa


@dataclass(frozen=True)
class Column:
    """`what`: words, code, number or choice. `options`: the known codes, each with its other
    names; None: anything goes. `noun`: what an option is called."""

    what: str = "words"
    required: bool = False
    noun: str = ""
    options: Mapping[str, Sequence[str]] | None = None
    low: float = 0.0
    high: float = math.inf

    def schema(self) -> pa.Column:
        import pandera.pandas as pa

        if self.what == "number":
            inside = pa.Check.in_range(self.low, self.high, error=_RANGE)
            return pa.Column(float, inside, nullable=not self.required)
        checks = [pa.Check.ne("", error=_BLANK)] if self.required else []
        if self.options is not None:
            checks.append(pa.Check.isin([*self.options, ""], error=_UNKNOWN))
        return pa.Column(object, checks)

    def meant(self, text: str) -> str:
        """The option the text is, exactly or else loosely by code or name; else the text."""
        if not text or self.options is None or text in self.options:
            return text
        alike = [
            code for code, names in self.options.items()
            if loose(text) in {loose(name) for name in (code, *names)}
        ]  # fmt: skip
        return alike[0] if len(alike) == 1 else text


WORDS = Column()
SHARE = Column("number", high=1.0)
AMOUNT = Column("number")


def code_column() -> Column:
    return Column("code", required=True)


def reference(
    options: Mapping[str, Sequence[str]] | None, noun: str, required: bool = True
) -> Column:
    return Column("words", required, noun, options)


def choice(options: Iterable[str], noun: str, required: bool = False) -> Column:
    return Column("words", required, noun, dict.fromkeys(options, ()))


def names_of(records: Iterable[Any]) -> dict[str, tuple[str, str]]:
    """Codes with both names, of types, capabilities or indicators."""
    return {r.code: (r.name, r.name_zh) for r in records}


@dataclass
class Reading:
    """One sheet's rows. `given`: values of a column that the caller has read, by row (None: bad,
    and reported). `typed`: what stands in the key's first column, of bad rows too."""

    table: Table
    columns: Mapping[str, Column]
    key: tuple[str, ...]
    findings: Findings
    given: Mapping[str, Mapping[int, str | None]] = field(default_factory=dict)
    reported: set[tuple[int, str]] = field(default_factory=set)
    typed: list[str] = field(default_factory=list)

    def rows(self, chosen: Iterable[int] | None = None) -> dict[int, Row]:
        """The usable rows by their number; every bad cell of the others is reported."""
        numbers = list(self.table.rows if chosen is None else chosen)
        read = {name: self._column(name, numbers) for name in self.columns}
        types = {n: float if c.what == "number" else object for n, c in self.columns.items()}
        frame = pd.DataFrame(
            {n: pd.Series(read[n], index=numbers, dtype=types[n]) for n in self.columns}
        )
        cells_at_fault = self._check(frame)
        bad = {row for row, _ in cells_at_fault} | self._repeated(frame, cells_at_fault)
        self.typed = [str(code) for code in frame[self.key[0]] if code]
        plain: dict[str, list[Any]] = {n: frame[n].astype(object).tolist() for n in self.columns}
        return {
            row: {n: None if cells[place] != cells[place] else cells[place]
                  for n, cells in plain.items()}
            for place, row in enumerate(numbers) if row not in bad
        }  # fmt: skip

    def where(self, row: int, column: str) -> str:
        return self.table.where(row, column)

    def _column(self, name: str, numbers: list[int]) -> list[object]:
        column = self.columns[name]
        if name in self.given:
            values = [self.given[name].get(row) for row in numbers]
            pairs = zip(numbers, values, strict=True)
            self.reported |= {(row, name) for row, value in pairs if value is None}
            return [value or "" for value in values]
        if name not in self.table.columns:
            return [math.nan if column.what == "number" else "" for _ in numbers]
        if column.what != "number":
            return [self._text(row, name, column) for row in numbers]
        reader = NumberReader(name, self.findings, self.table.header(name))
        found = [self._number(row, name, reader) for row in numbers]
        reader.finish()
        return list(found)

    def _text(self, row: int, name: str, column: Column) -> str:
        found = Findings()
        read = self.table.code if column.what == "code" else self.table.words
        text = column.meant(read(row, name, found))
        self.findings.extend(found)
        if found.problems:
            self.reported.add((row, name))
        return text

    def _number(self, row: int, name: str, reader: NumberReader) -> float:
        cell = self.table.value(row, name, self.findings)
        number = reader.read(cell)
        missing = cell.kind == "blank" or is_missing(str(cell.value))
        if (number is None and not missing) or self.table.spread(row, name) is not None:
            self.reported.add((row, name))
        return math.nan if number is None else number

    def _check(self, frame: pd.DataFrame) -> set[tuple[int, str]]:
        import pandera.pandas as pa

        schema = pa.DataFrameSchema({name: c.schema() for name, c in self.columns.items()})
        cases = failures(schema, frame)
        for row, name, check, value in zip(
            *(cases[n] for n in ("index", "column", "check", "failure_case")), strict=True
        ):
            if (int(row), name) not in self.reported:
                self._say(int(row), str(name), str(check), value)
        found = zip(map(int, cases["index"]), map(str, cases["column"]), strict=True)
        return set(found) | self.reported

    def _say(self, row: int, name: str, check: str, value: Any) -> None:
        column, where = self.columns[name], self.where(row, name)
        bounds = say("from {low:g} to {high:g}", low=column.low, high=column.high)
        if math.isinf(column.high):
            bounds = say("of {low:g} or more", low=column.low)
        if check in (_BLANK, _MISSING):
            advice = phrase("fill it in, or empty the row")
            self.findings.problem(where, "the {column} is missing", advice, column=_spoken(name))
        elif check == _RANGE:
            self.findings.problem(
                where, "{number:g} is no {column}", "type a number {bounds}",
                number=float(value), column=_spoken(name), bounds=bounds,
            )  # fmt: skip
        else:
            self.findings.problem(
                where, "{text!r} is no {noun}", "{advice}",
                text=value, noun=say(column.noun), advice=did_you_mean(value, column.options or ()),
            )  # fmt: skip

    def _repeated(self, frame: pd.DataFrame, faults: set[tuple[int, str]]) -> set[int]:
        """Rows whose key stood before; keys with a bad cell are not compared."""
        keys = {
            int(row): tuple(map(str, key))
            for row, key in zip(frame.index, frame[list(self.key)].to_numpy(), strict=True)
            if not any((int(row), name) in faults for name in self.key)
        }
        numbers = list(keys)
        again = [numbers[i] for i in repeated(["\0".join(key) for key in keys.values()])]
        first: dict[tuple[str, ...], int] = {}
        for row, key in keys.items():
            first.setdefault(key, row)
        for row in again:
            self.findings.problem(
                self.where(row, self.key[0]), "{key} stands already in row {first}",
                "remove one of the two rows",
                key=" – ".join(filter(None, keys[row])), first=first[keys[row]],
            )  # fmt: skip
        return set(again)


def _spoken(name: str) -> str:
    return name.replace("_", " ")
