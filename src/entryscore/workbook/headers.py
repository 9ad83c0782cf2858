"""Which column of Markets belongs to which indicator."""

from __future__ import annotations

from entryscore.catalogue import Catalogue
from entryscore.naming import did_you_mean, loose, nearest
from entryscore.problems import Findings
from entryscore.workbook.framework import Framework
from entryscore.workbook.tables import LAYOUTS, Table, report_near_header


def _options(text: str, catalogue: Catalogue) -> list[str]:
    """The indicators a header means: exactly by code, name or name_zh, else loosely."""
    for exact in (True, False):
        same = (lambda a, b: a == b) if exact else (lambda a, b: loose(a) == loose(b))
        for column in ("code", "name", "name_zh"):
            codes = [i.code for i in catalogue.indicators if same(getattr(i, column), text)]
            if codes:
                return codes
    return []


def match_indicators(table: Table, framework: Framework, findings: Findings) -> dict[str, int]:
    """The column of each indicator; headers that mean none, two or a taken one are reported."""
    catalogue = framework.catalogue
    columns: dict[str, int] = {}
    left: dict[int, str] = {}
    options = {c: _options(text, catalogue) for c, text in table.others.items()}
    by_code_first = sorted(options, key=lambda c: (table.others[c] not in catalogue.codes, c))
    for column in by_code_first:
        codes, text = options[column], table.others[column]
        where = table.sheet.where(table.header_row, column)
        if len(codes) > 1:
            findings.problem(
                where, "{text!r} can mean several indicators: {codes}", "write the code exactly",
                text=text, codes=", ".join(codes),
            )  # fmt: skip
            for code in codes:
                columns.setdefault(code, column)
        elif not codes:
            left[column] = text
        elif codes[0] in columns:
            first = columns[codes[0]]
            columns[codes[0]] = min(first, column)
            findings.problem(
                table.sheet.where(table.header_row, max(first, column)),
                "a second column for {code!r}", "remove one of the two", code=codes[0],
            )  # fmt: skip
        else:
            columns[codes[0]] = column
    _judge(table, dict(sorted(left.items())), framework, columns, findings)
    return columns


def _judge(
    table: Table,
    left: dict[int, str],
    framework: Framework,
    columns: dict[str, int],
    findings: Findings,
) -> None:
    """Headers that match nothing: near misses are problems, and read as meant."""
    for column, text in left.items():
        if framework.broken or loose(text) in framework.silent:
            continue
        meant = {
            name: i.code
            for i in framework.catalogue.indicators
            if i.code not in columns
            for name in (i.code, i.name, i.name_zh)
            if name
        }
        standard = [c for c in LAYOUTS["Markets"].columns if c not in table.columns]
        near = nearest(text, [*meant, *standard])
        where = table.sheet.where(table.header_row, column)
        if near is not None:
            report_near_header(table, column, text, near, findings)
            if near in meant:
                columns[meant[near]] = column
        elif framework.own:
            findings.warn(where, "{text!r} is no indicator and is left alone", text=text)
        else:
            findings.problem(
                where, "{text!r} is no indicator of the catalogue; {advice}",
                "to make an index of your own columns: entryscore init NEW.xlsx --from THIS.xlsx",
                text=text, advice=did_you_mean(text, framework.catalogue.codes),
            )  # fmt: skip


def report_absent(
    table: Table, framework: Framework, present: set[str], findings: Findings
) -> None:
    """One problem for the indicators that have neither a column nor Observations."""
    absent = [code for code in framework.catalogue.codes if code not in present]
    if absent and not framework.broken and table.complete:
        findings.problem(
            table.free, "no column and no Observations for: {codes}",
            "add a column headed by the code, or remove the indicator", codes=", ".join(absent),
        )  # fmt: skip
