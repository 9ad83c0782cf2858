"""The sheet Scenarios: named sets of weights."""

from __future__ import annotations

from entryscore.catalogue import INDEX, Catalogue
from entryscore.naming import did_you_mean, loose
from entryscore.problems import Findings
from entryscore.workbook.cells import NumberReader
from entryscore.workbook.tables import Table


def weighted_codes(catalogue: Catalogue) -> list[str]:
    """Every node that has a weight: pillars, parents that are not listed, indicators."""
    pillars = [p.code for p in catalogue.pillars]
    scored = [i for i in catalogue.indicators if i.scored]
    parents = [p.parent for p in catalogue.pillars] + [i.parent for i in scored]
    codes = dict.fromkeys([*pillars, *parents, *(i.code for i in scored)])
    return [code for code in codes if code != INDEX]


def read_scenarios(
    table: Table | None, catalogue: Catalogue, findings: Findings
) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    if table is None or not table.complete:
        return found
    codes = weighted_codes(catalogue)
    reader = NumberReader("weight", findings, table.header("weight"))
    for row in table.rows:
        name = table.words(row, "scenario", findings)
        code = _code(table, row, codes, findings)
        weight = _weight(table, row, reader, findings)
        if not name:
            if table.cell(row, "scenario").kind == "blank":
                findings.problem(
                    table.where(row, "scenario"), "a weight without a scenario", "name the scenario"
                )
        elif code is not None and code in found.get(name, {}):
            findings.problem(
                table.where(row, "code"), "{code!r} stands twice in the scenario {name!r}",
                "remove one of the two", code=code, name=name,
            )  # fmt: skip
        elif code is not None and weight is not None:
            found.setdefault(name, {})[code] = weight
    reader.finish()
    return found


def _code(table: Table, row: int, codes: list[str], findings: Findings) -> str | None:
    typed = table.code(row, "code", findings)
    if typed in codes:
        return typed
    alike = [code for code in codes if loose(code) == loose(typed)]
    if len(alike) == 1:
        return alike[0]
    blank = table.cell(row, "code").kind == "blank" and table.spread(row, "code") is None
    if typed or blank:
        findings.problem(
            table.where(row, "code"), "{code!r} is no indicator or pillar with a weight",
            "{advice}", code=typed, advice=did_you_mean(typed, codes),
        )  # fmt: skip
    return None


def _weight(table: Table, row: int, reader: NumberReader, findings: Findings) -> float | None:
    cell = table.value(row, "weight", findings)
    weight = reader.read(cell)
    if weight is not None and weight < 0:
        findings.problem(
            cell.where, "the weight {weight:g} is below 0", "type 0 or more", weight=weight
        )
        return None
    if cell.kind == "blank" and table.spread(row, "weight") is None:
        findings.problem(cell.where, "the weight is missing", "type a weight, or delete the row")
    return weight
