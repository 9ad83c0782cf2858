"""The bundled catalogues: `indicators/*.toml`, read strictly."""

from __future__ import annotations

import math
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

from entryscore.catalogue import (
    INDEX,
    MOST_UNCERTAIN,
    RESERVED,
    Catalogue,
    Gate,
    Indicator,
    Origin,
    Pillar,
)
from entryscore.language import say
from entryscore.methodology import CHOICES, SETTINGS
from entryscore.naming import did_you_mean
from entryscore.problems import UsageError
from entryscore.resources import folder
from entryscore.tree import build_tree

_NUMBERS = {
    "weight", "valid_min", "valid_max", "goal_low", "goal_high", "target",
    "weight_min", "weight_max", "uncertainty",
}  # fmt: skip
_LIMITS = {"weight": math.inf, "weight_min": 1.0, "weight_max": 1.0, "uncertainty": MOST_UNCERTAIN}
_TOP = {"title", "title_zh", "markets", "settings", "pillars", "indicators"}


def catalogue_names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in folder("indicators").glob("*.toml")))


def load_catalogue(name: str) -> Catalogue:
    """Raises UsageError for an unknown name."""
    if name not in catalogue_names():
        hint = did_you_mean(name, catalogue_names())
        raise UsageError(
            say("there is no bundled catalogue {name!r} ({hint})", name=name, hint=hint)
        )
    return read_catalogue(folder("indicators") / f"{name}.toml")


def read_catalogue(path: Path) -> Catalogue:
    """Raises ValueError naming the first thing that is not as it must be."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    _only_known(data, _TOP, path.stem)
    for key in ("title", "title_zh", "indicators"):
        if key not in data:
            raise ValueError(f"{path.stem}: {key} is missing")
    settings, markets = data.get("settings", {}), data.get("markets", "any")
    _check_settings(settings | {"markets": markets})
    pillars = tuple(_row(Pillar, row) for row in _tables(data, "pillars"))
    indicators = tuple(_row(Indicator, row) for row in _tables(data, "indicators"))
    _check_codes([row.code for row in (*pillars, *indicators)])
    _check_parents(pillars, indicators)
    catalogue = Catalogue(
        indicators,
        pillars,
        name=path.stem,
        title=data["title"],
        title_zh=data["title_zh"],
        markets=markets,
        settings=settings,
        origin=Origin(f"catalogue {path.stem}"),
    )
    reached = build_tree(catalogue).codes
    for pillar in pillars:
        if pillar.code not in reached:
            raise ValueError(f"{pillar.code}: its parents form a cycle")
    return catalogue


def _tables(data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    rows = data.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"{key}: write each as a table [[{key}]]")
    return rows


def _check_settings(settings: dict[str, Any]) -> None:
    _only_known(settings, set(SETTINGS), "settings")
    for key, value in settings.items():
        try:
            SETTINGS[key].read(value)
        except ValueError as error:
            raise ValueError(f"settings: {key} {value!r} ({error})") from None


def _only_known(table: dict[str, Any], known: set[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise ValueError(f"{where}: unknown key {key!r} ({did_you_mean(key, known)})")


def _row(kind: type[Any], row: dict[str, Any]) -> Any:
    code = row.get("code")
    if not code:
        raise ValueError(f"a row of the {kind.__name__.lower()}s has no code: {row}")
    _only_known(row, {f.name for f in fields(kind)}, code)
    _check_types(row, code)
    for key, choices in CHOICES.items():
        if key in row and row[key] not in choices:
            raise ValueError(f"{code}: {key} {row[key]!r} ({did_you_mean(row[key], choices)})")
    if "gate" in row:
        try:
            row = row | {"gate": Gate.parse(row["gate"])}
        except ValueError as error:
            raise ValueError(f"{code}: gate {row['gate']!r}: {error}") from None
    return kind(**row)


def _check_types(row: dict[str, Any], code: str) -> None:
    for key, value in row.items():
        if key not in _NUMBERS:
            if not isinstance(value, str):
                raise ValueError(f"{code}: {key} {value!r} is not text")
        elif type(value) not in (int, float) or not math.isfinite(value):
            raise ValueError(f"{code}: {key} {value!r} is not a number")
    for key, most in _LIMITS.items():
        if row.get(key, 0) < 0:
            raise ValueError(f"{code}: {key} {row[key]!r} is negative")
        if row.get(key, 0) > most:
            raise ValueError(f"{code}: {key} {row[key]!r} is above {most:g}")


def _check_codes(codes: list[str]) -> None:
    for place, code in enumerate(codes):
        if code in RESERVED - {INDEX}:
            raise ValueError(f"{code}: the code is reserved")
        if code in codes[:place]:
            raise ValueError(f"{code}: the code is there twice")


def _check_parents(pillars: tuple[Pillar, ...], indicators: tuple[Indicator, ...]) -> None:
    known = {INDEX, *(p.code for p in pillars)}
    rows: tuple[Pillar | Indicator, ...] = (*pillars, *indicators)
    for row in rows:
        if row.parent not in known:
            raise ValueError(f"{row.code}: unknown parent {row.parent!r}")
    codes = [indicator.code for indicator in indicators]
    for indicator in indicators:
        if indicator.scale_by is not None and indicator.scale_by not in codes:
            raise ValueError(f"{indicator.code}: unknown scale_by {indicator.scale_by!r}")
    typed = {i.code for i in indicators if i.panel_of is None}
    for indicator in indicators:
        if indicator.panel_of is not None and indicator.panel_of not in typed:
            raise ValueError(f"{indicator.code}: no panel_of {indicator.panel_of!r}")
