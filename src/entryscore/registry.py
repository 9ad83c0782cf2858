"""Methods by name: each step registers its functions here, where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from entryscore.language import say
from entryscore.naming import did_you_mean
from entryscore.problems import UsageError

F = TypeVar("F", bound=Callable[..., object])


@dataclass(frozen=True)
class Method(Generic[F]):
    """A registered function with what is known about it.

    `properties` are names of laws the method obeys; the property tests look them up.
    """

    name: str
    function: F
    formula: str
    source: str
    properties: frozenset[str]


class Registry(Mapping[str, Method[F]], Generic[F]):
    """The methods of one step, in the order they were registered."""

    def __init__(self, step: str) -> None:
        self.step = step
        self._methods: dict[str, Method[F]] = {}

    def register(
        self, name: str, *, formula: str, source: str, properties: tuple[str, ...] = ()
    ) -> Callable[[F], F]:
        def keep(function: F) -> F:
            self._methods[name] = Method(name, function, formula, source, frozenset(properties))
            return function

        return keep

    def __getitem__(self, name: str) -> Method[F]:
        if name not in self._methods:
            raise UsageError(
                say(
                    "unknown {step} {name!r} ({advice})",
                    step=say(self.step),
                    name=name,
                    advice=did_you_mean(name, self._methods),
                )
            )
        return self._methods[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._methods)

    def __len__(self) -> int:
        return len(self._methods)
