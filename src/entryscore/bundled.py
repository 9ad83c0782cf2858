"""The bundled catalogues: `indicators/*.toml`, read strictly."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

from entryscore.catalogue import (
    AXES,
    DIRECTIONS,
    INDEX,
    ON_MISSING_GATE,
    RESERVED,
    ROLES,
    TRANSFORMS,
    Catalogue,
    Gate,
    Indicator,
    Origin,
    Pillar,
)
from entryscore.methodology import AGGREGATIONS, NORMALISATIONS, SETTINGS, TREATMENTS
from entryscore.naming import did_you_mean
from entryscore.problems import UsageError
from entryscore.resources import folder

_TOP = {"title", "title_zh", "markets", "settings", "pillars", "indicators"}
_CHOICES: dict[str, tuple[str, ...]] = {
    "direction": DIRECTIONS,
    "transform": TRANSFORMS,
    "treatment": tuple(TREATMENTS),
    "normalisation": tuple(NORMALISATIONS),
    "role": ROLES,
    "on_missing_gate": ON_MISSING_GATE,
    "aggregation": tuple(AGGREGATIONS),
    "axis": AXES,
}


def catalogue_names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in folder("indicators").glob("*.toml")))


def load_catalogue(name: str) -> Catalogue:
    """Raises UsageError for an unknown name."""
    if name not in catalogue_names():
        hint = did_you_mean(name, catalogue_names())
        raise UsageError(f"there is no bundled catalogue {name!r} ({hint})")
    return read_catalogue(folder("indicators") / f"{name}.toml")


def read_catalogue(path: Path) -> Catalogue:
    """Raises ValueError naming the first thing that is not as it must be."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    _only_known(data, _TOP, path.stem)
    _only_known(data.get("settings", {}), set(SETTINGS), "settings")
    pillars = tuple(_row(Pillar, row) for row in data.get("pillars", ()))
    indicators = tuple(_row(Indicator, row) for row in data["indicators"])
    _check_codes([row.code for row in (*pillars, *indicators)])
    _check_parents(pillars, indicators)
    return Catalogue(
        indicators,
        pillars,
        name=path.stem,
        title=data["title"],
        title_zh=data["title_zh"],
        markets=data.get("markets", "any"),
        settings=data.get("settings", {}),
        origin=Origin(f"catalogue {path.stem}"),
    )


def _only_known(table: dict[str, Any], known: set[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise ValueError(f"{where}: unknown key {key!r} ({did_you_mean(key, known)})")


def _row(kind: type[Any], row: dict[str, Any]) -> Any:
    code = row.get("code", "a row without code")
    _only_known(row, {f.name for f in fields(kind)}, code)
    for key, choices in _CHOICES.items():
        if key in row and row[key] not in choices:
            raise ValueError(f"{code}: {key} {row[key]!r} ({did_you_mean(row[key], choices)})")
    if "gate" in row:
        row = row | {"gate": Gate.parse(row["gate"])}
    return kind(**row)


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
