"""Rules across the rows of one partner sheet."""

from __future__ import annotations

from collections.abc import Mapping

from entryscore.problems import Findings
from entryscore.workbook.partner_rows import Row
from entryscore.workbook.tables import Table


def fill_costs(table: Table, rows: dict[int, Row], findings: Findings) -> None:
    """A blank among costs is a problem, since it would always be cheapest; no cost at all: 1
    each. Blank months are 0."""
    blank = [row for row, cells in rows.items() if cells["cost"] is None]
    if len(blank) == len(rows) and rows:
        findings.warn(table.header("cost"), "no type has a cost: each counts as 1")
    for row in blank:
        if len(blank) < len(rows):
            findings.problem(
                table.where(row, "cost"), "the cost is missing, but others have one",
                "type a cost, or 0 if it costs nothing",
            )  # fmt: skip
        rows[row]["cost"] = 1.0
    late = [cells["code"] for cells in rows.values() if cells["months"] is None]
    if late:
        findings.warn(
            table.header("months"), "no months for {codes}: counted as 0", codes=", ".join(late)
        )
    for cells in rows.values():
        cells["months"] = cells["months"] or 0.0


def of_the_indicator(
    table: Table, rows: dict[int, Row], column: str, default: object, findings: Findings
) -> None:
    """Kappa and effect are the indicator's: rows may not differ, a blank takes the others'."""
    typed: dict[str, tuple[int, object]] = {}
    for row, cells in rows.items():
        value, indicator = cells[column], cells["indicator"]
        if value in (None, ""):
            continue
        first, said = typed.setdefault(indicator, (row, value))
        if value != said:
            findings.problem(
                table.where(row, column),
                "{column} {value} of {indicator}: row {first} says {said}",
                "it is one for all rows of the indicator", column=column, value=value,
                indicator=indicator, first=first, said=said,
            )  # fmt: skip
    without = dict.fromkeys(c["indicator"] for c in rows.values() if c["indicator"] not in typed)
    if without and column == "kappa":
        findings.warn(
            table.header(column), "no kappa for {codes}: counted as 1, partners can spare it all",
            "type the share that partners can spare us", codes=", ".join(without),
        )  # fmt: skip
    for cells in rows.values():
        cells[column] = typed.get(cells["indicator"], (0, default))[1]


def drop_loops(table: Table, rows: dict[int, Row], findings: Findings) -> None:
    for row, cells in list(rows.items()):
        if cells["source"] == cells["target"]:
            findings.problem(
                table.where(row, "target"), "{code!r} stands in a relation to itself",
                "name another type, or empty the row", code=cells["source"],
            )  # fmt: skip
            del rows[row]
        elif cells["group"] and cells["relation"] != "requires_any":
            findings.warn(
                table.where(row, "group"), "a group counts with requires_any only",
                "empty it, or change the relation",
            )  # fmt: skip


def drop_circles(table: Table, rows: dict[int, Row], findings: Findings) -> None:
    """The row of `requires` that closes a circle is a problem and left out."""
    after: dict[str, list[str]] = {}
    for row, cells in list(rows.items()):
        if cells["relation"] != "requires" or cells["used"] == "no":
            continue
        source, target = cells["source"], cells["target"]
        back = _path(after, target, source)
        if back:
            findings.problem(
                table.where(row, "target"), "the prerequisites go in a circle: {circle}",
                "remove one of these rows", circle=" → ".join([source, *back]),
            )  # fmt: skip
            del rows[row]
        else:
            after.setdefault(source, []).append(target)


def _path(after: Mapping[str, list[str]], start: str, end: str) -> list[str]:
    """A shortest way from start to end, both included; empty where there is none."""
    ways = [[start]]
    seen = {start}
    for way in ways:
        if way[-1] == end:
            return way
        for code in after.get(way[-1], ()):
            if code not in seen:
                seen.add(code)
                ways.append([*way, code])
    return []
