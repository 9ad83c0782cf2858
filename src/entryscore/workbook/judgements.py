"""The sheets Pairwise, Budget and Preferences: what people say about weights and ranks.

Nodes may be written as codes or names, markets too. Bad rows are reported and left out.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from entryscore.catalogue import INDEX
from entryscore.language import phrase, say
from entryscore.naming import did_you_mean, loose
from entryscore.problems import Findings
from entryscore.tree import Tree, build_tree
from entryscore.weighting.judgement import contradictions, pointless
from entryscore.weighting.model import Judgement, Judgements, Preference
from entryscore.workbook.cells import Cell, NumberReader, is_missing, parse_number, shown
from entryscore.workbook.markets import Markets, resolver
from entryscore.workbook.partner_rows import Column
from entryscore.workbook.tables import Table

if TYPE_CHECKING:
    from entryscore.workbook.read import Book

SHEETS = ("Pairwise", "Budget", "Preferences")
# Columns of Budget that help its reader, and are no expert's.
_HELP = frozenset(map(loose, ("name", "name_zh", "parent", "unit", "note", "total")))
_FRACTION = re.compile(r"(.+?)\s*[/:÷∶]\s*(.+)")
_LOWEST, _HIGHEST = 0.11, 9 + 1e-9  # 1/9 may be typed as 0.11
Names = Mapping[str, Sequence[str]]


def read_judgements(book: Book) -> tuple[Judgements, Findings]:
    """What the three sheets say, and every problem in them with its cell.

    Where the catalogue could not be read, nothing can be looked up, and nothing is read.
    """
    found = Findings()
    sheets = {n: book.sheets[n] for n in SHEETS if n in book.sheets and book.sheets[n].complete}
    if not sheets or not book.catalogue.indicators:
        return Judgements(), found
    where: dict[tuple[str, ...], str] = {(n,): t.header(_first(t)) for n, t in sheets.items()}
    tree, names = build_tree(book.catalogue), _names(book)
    pairwise = _pairwise(sheets.get("Pairwise"), tree, names, found)
    points, cells = _budget(sheets.get("Budget"), names, found)
    siblings = [[tree.codes[child] for child in below] for below in tree.children]
    pointless(points, siblings, cells, found)
    preferences = _preferences(sheets.get("Preferences"), book, found)
    return Judgements(pairwise, points, preferences, where | cells), found


def _first(table: Table) -> str:
    return min(table.columns, key=lambda name: table.columns[name])


def _names(book: Book) -> Names:
    """Every node of the tree with its names."""
    nodes = [book.catalogue.node(code) for code in build_tree(book.catalogue).codes]
    return {node.code: (node.name, node.name_zh) for node in nodes}


def _pairwise(
    table: Table | None, tree: Tree, names: Names, findings: Findings
) -> tuple[Judgement, ...]:
    if table is None:
        return ()
    reader = NumberReader("ratio", findings, table.header("ratio"))
    rows, open_rows = [], []
    for row in table.rows:
        parent, a, b = _pair(table, row, tree, names, findings)
        blank = _is_blank(table, row, "ratio")
        ratio = None if blank else _ratio(table.value(row, "ratio", findings), reader, findings)
        expert = table.words(row, "expert", findings) if "expert" in table.columns else ""
        if blank and a and b:
            open_rows.append(str(row))
        if parent and a and b and ratio is not None:
            rows.append(Judgement(parent, a, b, ratio, expert, table.where(row, "ratio")))
    reader.finish()
    if open_rows:
        findings.warn(
            table.header("ratio"), "pairs without a ratio are not compared: rows {rows}",
            "type how many times as important a is as b", rows=", ".join(open_rows),
        )  # fmt: skip
    contradictions(rows, findings)
    return tuple(rows)


def _pair(
    table: Table, row: int, tree: Tree, names: Names, findings: Findings
) -> tuple[str, str, str]:
    """Parent, a and b; "" for what is wrong, and then reported."""
    inner = {code: names[code] for code in tree.codes if tree.columns[tree.position(code)] < 0}
    parent = _named(table, row, "parent", inner, phrase("pillar"), findings, default=INDEX)
    known = {code: name for code, name in names.items() if code != INDEX}
    near = [tree.codes[i] for i in tree.children[tree.position(parent)]] if parent else list(known)
    a, b = (
        _named(table, row, column, known, phrase("indicator or pillar"), findings, near=near)
        for column in ("a", "b")
    )
    if a and a == b:
        findings.problem(
            table.where(row, "b"), "{code} is compared with itself", "name a sibling", code=a
        )
        return parent, a, ""
    pair = {"a": a, "b": b}
    for column, code in pair.items():
        if code and parent and code not in near:
            findings.problem(
                table.where(row, column), "{code} is no child of {parent}, but of {other}",
                "compare siblings, and name their parent", code=code, parent=parent,
                other=tree.codes[tree.parents[tree.position(code)]],
            )  # fmt: skip
            pair[column] = ""
    return parent, pair["a"], pair["b"]


def _named(
    table: Table,
    row: int,
    column: str,
    options: Names,
    noun: str,
    findings: Findings,
    *,
    default: str = "",
    near: Iterable[str] = (),
) -> str:
    """The node a cell means; "" where there is none, and reported unless a blank has a default."""
    said = Findings()
    typed = table.code(row, column, said)
    findings.extend(said)
    if said.problems:
        return ""
    if not typed:
        if not default:
            findings.problem(
                table.where(row, column), "{column} is missing", "fill it in, or empty the row",
                column=column,
            )  # fmt: skip
        return default
    meant = Column(options=options).meant(typed)
    if meant in options:
        return meant
    findings.problem(
        table.where(row, column), "{text!r} is no {noun}", "{advice}", text=typed, noun=say(noun),
        advice=did_you_mean(typed, [*near] or list(options)),
    )  # fmt: skip
    return ""


def _is_blank(table: Table, row: int, column: str) -> bool:
    cell = table.cell(row, column)
    missing = cell.kind in ("text", "error") and is_missing(str(cell.value))
    return (cell.kind == "blank" or missing) and table.spread(row, column) is None


def _ratio(cell: Cell, reader: NumberReader, findings: Findings) -> float | None:
    """A number or a fraction as text, from 1/9 to 9; else None, and reported."""
    if cell.kind == "date":
        findings.problem(
            cell.where, "{text} is a date: Excel makes one of a typed 1/3",
            "type =1/3, or '1/3 as text", text=shown(cell),
        )  # fmt: skip
        return None
    number = _fraction(cell)
    number = reader.read(cell) if number is None else number
    if number is not None and not _LOWEST <= number <= _HIGHEST:
        findings.problem(
            cell.where, "the ratio {ratio:g} is not from 1/9 to 9", "use Saaty's scale",
            ratio=number,
        )  # fmt: skip
        return None
    return number


def _fraction(cell: Cell) -> float | None:
    """The value of a text such as 1/3; None where the cell is no such text."""
    if cell.kind != "text":
        return None
    match = _FRACTION.fullmatch(unicodedata.normalize("NFKC", str(cell.value)).strip())
    try:
        above, below = (parse_number(part) for part in match.groups()) if match else (0.0, 0.0)
    except ValueError:
        return None
    return above / below if below else None


def _budget(
    table: Table | None, names: Names, findings: Findings
) -> tuple[dict[str, dict[str, float]], dict[tuple[str, ...], str]]:
    """Points by expert and code, and the cells they stand in."""
    if table is None:
        return {}, {}
    codes = _budget_codes(table, names, findings)
    points: dict[str, dict[str, float]] = {}
    cells: dict[tuple[str, ...], str] = {}
    for column, expert in _experts(table, findings).items():
        reader = NumberReader(
            say("points of {expert}", expert=expert),
            findings,
            table.sheet.where(table.header_row, column),
        )
        for row, code in codes.items():
            cell = table.value(row, column, findings)
            number = reader.read(cell)
            if number is not None and number < 0:
                findings.problem(
                    cell.where, "{points:g} points are below 0", "type 0 or more", points=number
                )
            elif number is not None and code:
                points.setdefault(expert, {})[code] = number
                cells["Budget", expert, code] = cell.where
        reader.finish()
    return points, cells


def _experts(table: Table, findings: Findings) -> dict[int, str]:
    """The columns of points; one without a header, or headed like another, is a problem."""
    found: dict[int, str] = {}
    filled = {c for row in table.rows for c in table.sheet.rows[row]} - set(table.columns.values())
    for column in sorted(filled - set(table.others)):
        findings.problem(
            table.sheet.where(table.header_row, column), "points without an expert",
            "name the expert in the header",
        )  # fmt: skip
    for column, text in table.others.items():
        if loose(text) in _HELP:
            continue
        if loose(text) in map(loose, found.values()):
            findings.problem(
                table.sheet.where(table.header_row, column), "a second column of {expert!r}",
                "remove or rename one of the two", expert=text,
            )  # fmt: skip
            continue
        found[column] = text
    return found


def _budget_codes(table: Table, names: Names, findings: Findings) -> dict[int, str]:
    """The node of every row; "" where it is wrong, and then reported."""
    known = {code: name for code, name in names.items() if code != INDEX}
    found: dict[int, str] = {}
    first: dict[str, int] = {}
    for row in table.rows:
        code = _named(
            table, row, "code", known, phrase("indicator or pillar with a weight"), findings
        )
        if code in first:
            findings.problem(
                table.where(row, "code"), "{code} stands already in row {first}",
                "remove one of the two rows", code=code, first=first[code],
            )  # fmt: skip
            code = ""
        if code:
            first[code] = row
        found[row] = code
    return found


def _preferences(table: Table | None, book: Book, findings: Findings) -> tuple[Preference, ...]:
    if table is None:
        return ()
    known = Markets(list(book.table.codes), list(book.table.names), excluded=set(book.excluded))
    countries = book.methodology.markets == "countries"
    reader = NumberReader("strength", findings, table.header("strength"))
    rows = []
    for row in table.rows:
        better, worse = (
            _market(table, row, column, known, countries, findings)
            for column in ("better", "worse")
        )
        strength = _strength(table, row, reader, findings)
        if better and better == worse:
            findings.problem(
                table.where(row, "worse"), "{code} is preferred to itself", "name another market",
                code=better,
            )  # fmt: skip
        elif better and worse and strength is not None:
            rows.append(Preference(better, worse, strength, table.where(row, "better")))
    reader.finish()
    return tuple(rows)


def _market(
    table: Table, row: int, column: str, known: Markets, countries: bool, findings: Findings
) -> str:
    """The included market a cell means; "" and reported where there is none."""
    said = Findings()
    text = table.code(row, column, said)
    where = table.where(row, column)
    if not text and not said.problems:
        said.problem(where, "{column} is missing", "fill it in, or empty the row", column=column)
    findings.extend(said)
    found = resolver(known, countries, findings)(text, where) if text else None
    if found in known.excluded:
        findings.problem(
            where, "{code} is left out of the index (include = no)",
            "include it, or empty the row", code=found,
        )  # fmt: skip
        return ""
    return found or ""


def _strength(table: Table, row: int, reader: NumberReader, findings: Findings) -> float | None:
    """1 where blank; None, and reported, where it is no number above 0."""
    if "strength" not in table.columns or _is_blank(table, row, "strength"):
        return 1.0
    cell = table.value(row, "strength", findings)
    number = reader.read(cell)
    if number is not None and not (number > 0 and math.isfinite(number)):
        findings.problem(
            cell.where, "the strength {strength:g} is not above 0", "type more than 0, or leave it"
            " empty", strength=number,
        )  # fmt: skip
        return None
    return number
