"""What one cell says: a number, a missing value, words, or a problem."""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from dataclasses import dataclass, field
from typing import NamedTuple

from entryscore.language import phrase
from entryscore.naming import few_of
from entryscore.problems import Findings

MISSING_TEXTS = frozenset(("n/a", "na", "#n/a", "..", "…", "...", "-", "–", "—", "null", "none"))
MOST_NAMED = 20  # cells or markets that one warning names
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
_MINUS = str.maketrans(dict.fromkeys("−‒–﹣", "-"))
_SPACES = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000\s]+")
_PLAIN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,}|(?: \d{3})+(?:\.\d+)?)")
_COMMA = re.compile(r"[-+]?[\d.]*\d,\d+")
_INFINITE = re.compile(r"[-+]?(inf|infinity|∞)", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


class Cell(NamedTuple):
    """`kind`: blank, text, number, bool, date, error or uncalculated."""

    where: str
    value: object = None
    kind: str = "blank"
    number_format: str = "General"
    formula: str = ""

    @property
    def percent(self) -> bool:
        shape = self.number_format
        return "%" in shape and self.kind == "number" and "%" in _QUOTED.sub("", shape)

    @property
    def place(self) -> str:
        return self.where.rpartition("!")[2]


def tidy(text: str) -> str:
    """The text without invisible characters and with plain spaces, trimmed."""
    return _SPACES.sub(" ", text.translate(_INVISIBLE)).strip()


def is_missing(text: str) -> bool:
    return tidy(text).casefold() in MISSING_TEXTS


def parse_number(text: str) -> float:
    """Raises ValueError with `ambiguous`, `infinite` or `text`.

    >>> parse_number("１,234.5"), parse_number("−3")
    (1234.5, -3.0)
    """
    plain = tidy(unicodedata.normalize("NFKC", text).translate(_MINUS))
    plain = re.sub(r"^([-+]) ", r"\1", plain)
    if _PLAIN.fullmatch(plain):
        number = float(plain)
    elif _GROUPED.fullmatch(plain):
        number = float(re.sub("[, ]", "", plain))
    elif _INFINITE.fullmatch(plain):
        raise ValueError("infinite")
    else:
        raise ValueError("ambiguous" if _COMMA.fullmatch(plain) else "text")
    if math.isinf(number):
        raise ValueError("infinite")
    return number


_WRONG = {
    "text": (phrase("{text!r} is not a number"), phrase("type a number, or leave the cell empty")),
    "ambiguous": (
        phrase("{text!r} can be read as two different numbers"),
        phrase("type it as a number, with a point"),
    ),
    "infinite": (
        phrase("{text!r} is not a finite number"),
        phrase("type a number, or leave the cell empty"),
    ),
    "bool": (phrase("{text} is no number"), phrase("type a number, or leave the cell empty")),
    "date": (
        phrase("{text} is a date, not a number"),
        phrase("type a number and set the cell's format to General"),
    ),
    "error": (
        phrase("the cell holds the error {text}"),
        phrase("mend the formula, or leave the cell empty"),
    ),
    "uncalculated": (
        phrase("the formula {text!r} was never calculated"),
        phrase("open and save the workbook in Excel"),
    ),
}


def shown(cell: Cell) -> str:
    """The cell's value as a person would say it."""
    value = cell.value
    if cell.kind == "blank" or value is None:
        return cell.formula if cell.kind == "uncalculated" else ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, (int, float)):
        text = f"{value:.15g}" if abs(value) >= 1e15 or value != int(value) else str(int(value))
        width = len(cell.number_format)
        return text.zfill(width) if set(cell.number_format) == {"0"} else text
    return tidy(str(value))


def report(cell: Cell, kind: str, findings: Findings) -> None:
    what, hint = _WRONG[kind]
    findings.problem(cell.where, what, hint, text=shown(cell))


def words(cell: Cell, findings: Findings, code: bool = False) -> str:
    """The cell as text; an error, a lost formula and, in a code, a date or boolean are problems."""
    if cell.kind == "error" and str(cell.value) == "#N/A" and not code:
        return ""
    if cell.kind in ("error", "uncalculated"):
        report(cell, cell.kind, findings)
        return ""
    if code and cell.kind in ("date", "bool"):
        findings.problem(
            cell.where, "{text} is a date or a TRUE/FALSE, not a code",
            "set the cell's format to Text and type it again", text=shown(cell),
        )  # fmt: skip
        return ""
    if isinstance(cell.value, float) and not math.isfinite(cell.value):
        return ""
    return shown(cell)


def is_percent_unit(unit: str) -> bool:
    return "%" in unicodedata.normalize("NFKC", unit)


@dataclass
class NumberReader:
    """Reads the cells of one column; `finish` says in warnings how they were read."""

    label: str
    findings: Findings
    header: str = ""
    in_percent: bool = False
    _missing: dict[str, list[Cell]] = field(default_factory=dict)
    _texts: list[Cell] = field(default_factory=list)
    _percent: list[Cell] = field(default_factory=list)
    _plain: list[Cell] = field(default_factory=list)

    def read(self, cell: Cell) -> float | None:
        """The number; None where it is missing or bad (and then reported)."""
        if cell.kind == "blank":
            return None
        if cell.kind in ("text", "error") and is_missing(str(cell.value)):
            self._missing.setdefault(tidy(str(cell.value)), []).append(cell)
            return None
        if cell.kind == "text":
            return self._from_text(cell)
        if cell.kind != "number":
            report(cell, cell.kind, self.findings)
            return None
        number = float(cell.value)  # type: ignore[arg-type]  # the kind is the check
        if not math.isfinite(number):
            report(cell, "infinite", self.findings)
            return None
        (self._percent if cell.percent else self._plain).append(cell)
        return float(f"{number * 100:.15g}") if cell.percent and self.in_percent else number

    def _from_text(self, cell: Cell) -> float | None:
        text = tidy(unicodedata.normalize("NFKC", str(cell.value)))
        percent = text.endswith("%")
        try:
            number = parse_number(text.removesuffix("%"))
        except ValueError as error:
            report(cell, str(error), self.findings)
            return None
        self._texts.append(cell)
        (self._percent if percent else self._plain).append(cell)
        return number / 100 if percent and not self.in_percent else number

    def finish(self) -> None:
        warn = self.findings.warn
        for text, cells in self._missing.items():
            warn(
                cells[0].where, "{label}: {text!r} read as missing: {cells}", "",
                label=self.label, text=text, cells=_listed(cells),
            )  # fmt: skip
        if self._texts:
            warn(
                self._texts[0].where, "{label}: numbers stored as text were read: {cells}",
                "type them as numbers", label=self.label, cells=_listed(self._texts),
            )  # fmt: skip
        if self._percent and self._plain:
            few = min(self._percent, self._plain, key=len)
            warn(
                few[0].where, "{label}: percent and plain cells are mixed: {cells} differ",
                "give the column one format", label=self.label, cells=_listed(few),
            )  # fmt: skip


def _listed(cells: list[Cell]) -> str:
    return few_of([cell.place for cell in cells], MOST_NAMED)
