"""What the command line asks of a tuning, checked before any work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from entryscore.language import say
from entryscore.naming import loose
from entryscore.problems import Findings, Problem, UsageError
from entryscore.result import Result
from entryscore.tuning.tuned import Tuned, tune
from entryscore.weighting.methods import WEIGHTINGS
from entryscore.workbook.judgements import read_judgements
from entryscore.workbook.read import Book

BASE = "base"


def method_of(typed: str | None) -> str:
    """A registered method's name, without regard to case, spaces, `_` and `-`.

    Raises UsageError with the nearest name, or with all of them where none was given.
    """
    if typed is None:
        raise UsageError(
            say("name a method with --method: {weightings}", weightings=", ".join(WEIGHTINGS))
        )
    found = [name for name in WEIGHTINGS if loose(name) == loose(typed)]
    return found[0] if found else WEIGHTINGS[typed].name


def scenario_name(typed: str) -> str:
    """The name of the new scenario; UsageError for a blank one and for the sheets' own."""
    name = " ".join(typed.split())
    if not name or not name.isprintable() or name.casefold() == BASE:
        raise UsageError(say("--scenario-name {typed!r}: choose another name", typed=typed))
    return name


def options_of(typed: Iterable[str]) -> dict[str, object]:
    """`KEY=VALUE` as the methods take them; `KEY.CODE=VALUE` makes one value per code.

    >>> options_of(["level=2", "target.risk=1.5", "move=all"])
    {'level': 2, 'target': {'risk': 1.5}, 'move': 'all'}
    """
    found: dict[str, object] = {}
    for text in typed:
        key, equals, value = (part.strip() for part in text.partition("="))
        name, dot, code = key.partition(".")
        into = found.setdefault(name, {}) if dot else found
        last = code if dot else name
        if not equals or not last or not name:
            raise UsageError(
                say("--option {text}: write it as KEY=VALUE, or KEY.CODE=VALUE", text=text)
            )
        if not isinstance(into, dict) or last in into:
            raise UsageError(say("--option {text}: {name} is given twice", text=text, name=name))
        into[last] = _number(value)
    return found


def _number(text: str) -> object:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def require_like(output: Path, book: Path) -> tuple[str, ...]:
    """The ending that a copy of the book must have; UsageError for another one."""
    ending = book.suffix.lower()
    if ending != output.suffix.lower():
        raise UsageError(
            say(
                "{output}: a copy is the same kind of file (end its name in {ending})",
                output=output,
                ending=ending or ".xlsx",
            )
        )
    return (ending,)


def tune_book(
    book: Book, before: Result, method: str, options: Mapping[str, object], name: str
) -> tuple[Tuned, list[Problem]]:
    """The tuning of a book already scored, and the warnings that come with it.

    Raises InputError with all problems of the judgement sheets, then with those of the method.
    """
    findings = Findings()
    judgements, found = read_judgements(book)
    findings.extend(found)
    findings.raise_if_any()
    tuned = tune(before, method, judgements, options, name)
    return tuned, [*findings.warnings, *tuned.warnings]
