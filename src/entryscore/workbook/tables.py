"""Sheets as tables: the header row, the columns by name, and the rows below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from entryscore.naming import loose, nearest
from entryscore.problems import Findings
from entryscore.workbook.cells import Cell, shown, words
from entryscore.workbook.grid import Sheet

_SEARCHED = 50


@dataclass(frozen=True)
class Layout:
    """Columns a sheet must and may have; `open`: others are the caller's to judge."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    open: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return self.required + self.optional


def _layout(required: str, optional: str = "", open: bool = False) -> Layout:
    return Layout(tuple(required.split()), tuple(optional.split()), open)


LAYOUTS: dict[str, Layout] = {
    "Markets": _layout("code", "name group include", open=True),
    "Indicators": _layout(
        "code",
        "name name_zh unit source note parent weight direction valid_min valid_max goal_low "
        "goal_high transform treatment normalisation scale_by panel panel_of role gate "
        "on_missing_gate target proxy_for evidence weight_min weight_max uncertainty",
    ),
    "Pillars": _layout("code", "name name_zh parent weight aggregation axis weight_min weight_max"),
    "Observations": _layout("market indicator value", "year uncertainty source note"),
    "Scenarios": _layout("scenario code weight"),
    "Settings": _layout("setting value", "note allowed"),
    "Partners": _layout("market partner_type", "availability cost months note"),
    "PartnerTypes": _layout(
        "code", "name name_zh family engagement cost months availability_indicator"
    ),
    "Capabilities": _layout("code", "name name_zh group kpi"),
    "Provides": _layout("partner_type capability strength", "basis quote quote_en note"),
    "Needs": _layout("indicator capability", "need kappa effect note"),
    "PartnerRelations": _layout("source relation target", "group used basis note"),
    "Pairwise": _layout("parent a b ratio", "expert"),
    "Budget": _layout("code", open=True),
    "Preferences": _layout("better worse", "strength"),
}
PARTNER_SHEETS = (
    "PartnerTypes", "Capabilities", "Provides", "Needs", "PartnerRelations", "Partners",
)  # fmt: skip


@dataclass(frozen=True)
class Table:
    """`columns`: known columns by name; `others`: headers that are no known column."""

    name: str
    sheet: Sheet
    header_row: int = 1
    columns: Mapping[str, int] = field(default_factory=dict)
    others: Mapping[int, str] = field(default_factory=dict)
    rows: tuple[int, ...] = ()
    complete: bool = True

    def where(self, row: int, column: str) -> str:
        """The cell; of an absent column the first free header cell."""
        if column not in self.columns:
            return self.free
        return self.sheet.where(row, self.columns[column])

    def header(self, column: str) -> str:
        return self.where(self.header_row, column)

    @property
    def free(self) -> str:
        filled = self.sheet.rows.get(self.header_row, [])
        return self.sheet.where(self.header_row, max(filled, default=0) + 1)

    def cell(self, row: int, column: str | int) -> Cell:
        place = self.columns.get(column) if isinstance(column, str) else column
        return Cell(self.free) if place is None else self.sheet.cell(row, place)

    def spread(self, row: int, column: str | int) -> tuple[int, int] | None:
        """The first cell of the merged range over this one, where it lies below the header."""
        place = self.columns.get(column, 0) if isinstance(column, str) else column
        first = self.sheet.merged.get((row, place))
        return first if first is not None and first[0] > self.header_row else None

    def value(self, row: int, column: str | int, findings: Findings) -> Cell:
        """The cell of a value or code: merged ones are a problem, and then blank."""
        first = self.spread(row, column) if self.sheet.merged else None
        if first is None:
            return self.cell(row, column)
        findings.problem(
            self.sheet.where(*first), "merged cells hold one value for several cells",
            "unmerge them and fill in each cell",
        )  # fmt: skip
        return Cell(self.cell(row, column).where)

    def code(self, row: int, column: str, findings: Findings) -> str:
        return words(self.value(row, column, findings), findings, code=True)

    def words(self, row: int, column: str, findings: Findings) -> str:
        """The cell's words; those of a merged cell count for every row."""
        first = self.spread(row, column)
        if first is None or first[1] != self.columns[column]:
            return words(self.cell(row, column), findings)
        if first[0] != row:
            findings.warn(
                self.sheet.where(*first), "merged cells: {text!r} counts for every row they cover",
                "fill in each cell", text=shown(self.sheet.cell(*first)),
            )  # fmt: skip
        return words(self.sheet.cell(*first), findings)


def read_table(
    name: str, sheet: Sheet, findings: Findings, more: frozenset[str] = frozenset()
) -> Table:
    """`more`: further headers (loosely) that tell the header row."""
    layout = LAYOUTS[name]
    row = _header_row(sheet, layout, more)
    table = Table(name, sheet, row, rows=tuple(r for r in sheet.rows if r > row))
    table = _match_headers(table, layout, findings)
    _warn_of_hidden_rows(table, findings)
    absent = [c for c in layout.required if c not in table.columns]
    if not absent or not sheet.cells:
        return replace(table, complete=not absent)
    findings.problem(
        table.free, "the column {columns} is missing", "add it, with this header",
        columns=", ".join(absent),
    )  # fmt: skip
    return replace(table, complete=False)


def _header_row(sheet: Sheet, layout: Layout, more: frozenset[str]) -> int:
    required = set(map(loose, layout.required))
    known = {*map(loose, layout.columns), *more}
    best, best_score = 0, (0, 0, 0)
    for row in list(sheet.rows)[:_SEARCHED]:
        cells = [sheet.cell(row, column) for column in sheet.rows[row]]
        texts = {loose(shown(cell)) for cell in cells}
        typed = {loose(shown(cell)) for cell in cells if cell.kind == "text"}
        near = sum(nearest(text, layout.columns) is not None for text in typed)
        score = (len(texts & required), len(texts & known), near)
        if score > best_score:
            best, best_score = row, score
    if best:
        return best
    wide = [row for row, columns in sheet.rows.items() if len(columns) > 1]
    return min(wide or sheet.rows or [1])


def _match_headers(table: Table, layout: Layout, findings: Findings) -> Table:
    sheet, row = table.sheet, table.header_row
    texts = {c: words(sheet.cell(row, c), findings) for c in sheet.rows.get(row, [])}
    columns: dict[str, int] = {}
    others: dict[int, str] = {}
    by_loose = {loose(name): name for name in layout.columns}
    exact_first = sorted(texts, key=lambda c: (texts[c] not in layout.columns, c))
    for column in exact_first:
        name = by_loose.get(loose(texts[column]))
        if name is None:
            others[column] = texts[column]
        elif name not in columns:
            columns[name] = column
        else:
            later = max(column, columns[name])
            columns[name] = min(column, columns[name])
            findings.problem(
                sheet.where(row, later), "a second column {name}",
                "remove or rename one of the two", name=name,
            )  # fmt: skip
    others = {c: text for c, text in sorted(others.items()) if text}
    if not layout.open:
        others = _judge_others(table, layout, columns, others, findings)
    return replace(table, columns=columns, others=others)


def _judge_others(
    table: Table,
    layout: Layout,
    columns: dict[str, int],
    others: dict[int, str],
    findings: Findings,
) -> dict[int, str]:
    left = {}
    for column, text in others.items():
        name = nearest(text, [c for c in layout.columns if c not in columns])
        if name is None:
            left[column] = text
            findings.warn(
                table.sheet.where(table.header_row, column),
                "{text!r} is no column of this sheet and is left alone", text=text,
            )  # fmt: skip
            continue
        columns[name] = column
        report_near_header(table, column, text, name, findings)
    return left


def report_near_header(table: Table, column: int, text: str, name: str, findings: Findings) -> None:
    findings.problem(
        table.sheet.where(table.header_row, column), "{text!r} is no known column",
        "did you mean {name!r}?", text=text, name=name,
    )  # fmt: skip


def _warn_of_hidden_rows(table: Table, findings: Findings) -> None:
    hidden = [row for row in table.rows if row in table.sheet.hidden]
    if hidden:
        findings.warn(
            table.sheet.where(hidden[0], 1), "hidden rows are read too: {rows}",
            "unhide them, or delete what should not count", rows=", ".join(map(str, hidden)),
        )  # fmt: skip
