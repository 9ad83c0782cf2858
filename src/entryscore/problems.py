"""Problems and warnings: where, what is wrong, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from entryscore.language import say


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at one place.

    `what` and `hint` are templates in English; `values` fills them. Texts come out in the language
    in use when they are asked for.

    >>> print(Problem("Markets!C5", "{text!r} is not a number", "type a number", {"text": "abc"}))
    Markets!C5: 'abc' is not a number (type a number)
    """

    where: str
    what: str
    hint: str = ""
    values: dict[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return say(self.what, **self.values)

    @property
    def advice(self) -> str:
        return say(self.hint, **self.values) if self.hint else ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" ({self.advice})" if self.hint else ""
        return f"{place}{self.message}{advice}"

    def as_dict(self) -> dict[str, str]:
        return {"cell": self.where, "message": self.message, "hint": self.advice}


class EntryscoreError(Exception):
    """Something the user can mend; shown without a traceback."""

    exit_code = 1


class UsageError(EntryscoreError):
    """A wrong option or argument."""

    exit_code = 2


class InputError(EntryscoreError):
    """The input has problems: all of them, with the warnings found beside them."""

    def __init__(self, problems: Iterable[Problem], warnings: Iterable[Problem] = ()) -> None:
        self.problems = tuple(problems)
        self.warnings = tuple(warnings)
        super().__init__("\n".join(map(str, self.problems)))


class Findings:
    """Collects problems and warnings while the work goes on."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []
        self._warnings: list[Problem] = []

    def problem(self, where: str, what: str, hint: str = "", **values: object) -> None:
        self._problems.append(Problem(where, what, hint, values))

    def warn(self, where: str, what: str, hint: str = "", **values: object) -> None:
        self._warnings.append(Problem(where, what, hint, values))

    def extend(self, other: Findings) -> None:
        self._problems += other._problems
        self._warnings += other._warnings

    @property
    def problems(self) -> tuple[Problem, ...]:
        return _in_sheet_order(self._problems)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return _in_sheet_order(self._warnings)

    def raise_if_any(self) -> None:
        if self._problems:
            raise InputError(self.problems, self.warnings)


_CELL = re.compile(r"(?P<sheet>.*)!\$?(?P<column>[A-Z]{0,3})\$?(?P<row>\d*)")
SHEET_ORDER = ("Markets", "Indicators", "Pillars", "Observations", "Scenarios", "Settings")


def _in_sheet_order(found: list[Problem]) -> tuple[Problem, ...]:
    """Without repetitions, by sheet, row and column."""

    def place(problem: Problem) -> tuple[int, str, int, int, str]:
        match = _CELL.fullmatch(problem.where)
        if match is None:
            return (-1, problem.where, 0, 0, "")
        sheet, column, row = match["sheet"], match["column"], match["row"]
        order = SHEET_ORDER.index(sheet) if sheet in SHEET_ORDER else len(SHEET_ORDER)
        return (order, sheet, int(row or 0), len(column), column)

    unique = {(p.where, p.message): p for p in found}
    return tuple(sorted(unique.values(), key=place))
