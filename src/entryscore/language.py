"""The language of what people read: English templates in the code, translated by one catalogue.

`zh.toml` holds the Chinese of every template, by its English. Codes, column, sheet and setting
names are no templates: they are the same in every language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Protocol

ENGLISH = "en"
LANGUAGES = (ENGLISH, "zh")
_LANGUAGE: ContextVar[str] = ContextVar("language", default=ENGLISH)


class Named(Protocol):
    """An indicator, pillar, partner type or capability."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def name_zh(self) -> str: ...


def current() -> str:
    """One of LANGUAGES."""
    return _LANGUAGE.get()


@contextmanager
def using(language: str) -> Iterator[None]:
    """Within the block `say` speaks this language."""
    before = _LANGUAGE.set(language)
    try:
        yield
    finally:
        _LANGUAGE.reset(before)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """The translation of every template; loaded when first asked for."""
    import tomllib  # only where it is needed

    text = Path(__file__).with_name(f"{language}.toml").read_text(encoding="utf-8")
    return {english: str(words) for english, words in tomllib.loads(text).items()}


def translated(template: str) -> str:
    """The template in the current language; in English where the catalogue lacks it."""
    language = current()
    return template if language == ENGLISH else catalogue(language).get(template, template)


def say(template: str, /, **values: object) -> str:
    """The template in the current language, filled in.

    >>> say("{count} markets change rank.", count=2)
    '2 markets change rank.'
    >>> with using("zh"):
    ...     say("{count} markets change rank.", count=2)
    '2 個市場的名次有變動。'
    """
    return translated(template).format(**values)


def phrase(template: str) -> str:
    """The template as it is: marks a text that is handed to `say` later, so that the catalogue
    must have it."""
    return template


def own_name(row: Named) -> str:
    """Its name in the current language, else in English; blank where it has none."""
    return (row.name_zh if current() != ENGLISH else "") or row.name
