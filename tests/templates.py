"""Every template that the package says, found in its source and in the bundled data."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from entryscore import resources
from entryscore.aggregation import AGGREGATIONS
from entryscore.bundled import catalogue_names, load_catalogue
from entryscore.imputation import IMPUTATIONS
from entryscore.normalisation import NORMALISATIONS
from entryscore.page.words import WORDS
from entryscore.treatment import TREATMENTS

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "entryscore"
# Which arguments of which calls are templates.
SPOKEN = {
    "say": (0,), "phrase": (0,), "problem": (1, 2), "warn": (1, 2), "Problem": (1, 2),
    "refusal": (1, 2), "_file_problem": (1, 2), "unwritable": (2,), "Fault": (0, 1),
    "Registry": (0,), "joined": (0,),
}  # fmt: skip
_PROSE = re.compile(r"[a-z']{3,} [a-z]{2,}|[a-z]{2,} [a-z]{3,}|, [a-z]+ ")


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def has_words(template: str) -> bool:
    return any(c.isalpha() for text, *_ in Formatter().parse(template) for c in text)


def in_source() -> dict[str, str]:
    """Template -> the file and line it stands in."""
    found: dict[str, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            for text in _texts(call):
                where = f"{path.relative_to(PACKAGE)}:{call.lineno}"
                found.setdefault(text, where)
    return found


def _texts(call: ast.Call) -> Iterator[str]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    for place in SPOKEN.get(name, ()):
        for argument in call.args[place : place + 1]:
            yield from _literals(argument)


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def in_data() -> set[str]:
    """The page's words; units, KPIs, kinds of evidence of the bundled data; formulas with words."""
    words = {i.unit for name in catalogue_names() for i in load_catalogue(name).indicators}
    for table, column in (("capabilities", "kpi"), ("provides", "basis")):
        path = resources.folder("indicators") / "partners" / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as stream:
            words |= {row[column] for row in csv.DictReader(stream)}
    registries = (IMPUTATIONS, TREATMENTS, NORMALISATIONS, AGGREGATIONS)
    formulas = {m.formula for registry in registries for m in registry.values()}
    words |= {text for text in formulas if _PROSE.search(text)}
    return (words | set(WORDS.values())) - {""}
