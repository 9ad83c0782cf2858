"""The partner sheets: each replaces the bundled table of the same things; Partners is added.

A sheet without rows replaces nothing. References may be written as codes or names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from entryscore.catalogue import Catalogue, Origin
from entryscore.language import phrase
from entryscore.partners.bundled import load_ecosystem
from entryscore.partners.ecosystem import (
    EFFECTS,
    ENGAGEMENTS,
    RELATIONS,
    Capability,
    Ecosystem,
    Mode,
    Need,
    PartnerType,
    Presence,
    Provision,
    Relation,
)
from entryscore.problems import Findings
from entryscore.workbook.markets import Markets, resolver
from entryscore.workbook.partner_checks import (
    drop_circles,
    drop_loops,
    fill_costs,
    of_the_indicator,
)
from entryscore.workbook.partner_rows import (
    AMOUNT,
    SHARE,
    WORDS,
    Column,
    Reading,
    Row,
    choice,
    code_column,
    names_of,
    reference,
)
from entryscore.workbook.tables import PARTNER_SHEETS, Table

if TYPE_CHECKING:
    from entryscore.workbook.read import Book

Names = Mapping[str, Sequence[str]]


def read_ecosystem(book: Book) -> tuple[Ecosystem, Findings]:
    """The bundled partner graph with the book's sheets in the place of its tables.

    What is wrong with their rows is in the findings; bad rows are left out.
    """
    found = Findings()
    reader = _Sheets(book, found)
    base = load_ecosystem()
    types = reader.types(base)
    capabilities = reader.capabilities(base)
    own = Ecosystem(
        types, capabilities,
        reader.provisions(base, types, capabilities),
        reader.needs(base, capabilities),
        reader.relations(base, types),
        base.modes, reader.presence(types), frozenset(reader.own), Origin("partners", reader.cells),
    )  # fmt: skip
    return _fitting(own, reader), found


class _Sheets:
    """`cells`: by (sheet, *key, column); `own`: the sheets that have rows."""

    def __init__(self, book: Book, findings: Findings) -> None:
        self.book, self.findings = book, findings
        self.cells: dict[tuple[str, ...], str] = {}
        self.typed: dict[str, list[str]] = {}
        self.own = {n for n in PARTNER_SHEETS if n in book.sheets and self._usable(book.sheets[n])}

    @staticmethod
    def _usable(table: Table) -> bool:
        return table.complete and bool(table.rows)

    def table(self, name: str) -> Table:
        return self.book.sheets[name]

    def rows(self, sheet: str, key: tuple[str, ...], /, **columns: Column) -> dict[int, Row]:
        reading = Reading(self.table(sheet), columns, key, self.findings)
        rows = self._keep(reading.rows(), sheet, key)
        self.typed[sheet] = reading.typed
        return rows

    def _keep(self, rows: dict[int, Row], name: str, key: tuple[str, ...]) -> dict[int, Row]:
        table = self.table(name)
        for row, cells in rows.items():
            at = tuple(str(cells[column]) for column in key)
            self.cells |= {(name, *at, c): table.where(row, c) for c in table.columns}
        return rows

    def names(self, name: str, records: Iterable[Any]) -> Names | None:
        """What may be referred to, bad rows too; None where the sheet cannot be read."""
        table = self.book.sheets.get(name)
        if table is not None and not table.complete:
            return None
        return dict.fromkeys(self.typed.get(name, ()), ()) | names_of(records)

    def types(self, base: Ecosystem) -> tuple[PartnerType, ...]:
        if "PartnerTypes" not in self.own:
            return base.types
        rows = self.rows(
            "PartnerTypes", ("code",), code=code_column(), name=WORDS, name_zh=WORDS, family=WORDS,
            engagement=choice(ENGAGEMENTS, phrase("engagement")), cost=AMOUNT, months=AMOUNT,
            availability_indicator=WORDS,
        )  # fmt: skip
        table = self.table("PartnerTypes")
        if "availability_indicator" not in table.columns:
            known = {t.code: t.availability_indicator for t in base.types}
            for row in rows.values():
                row["availability_indicator"] = known.get(row["code"], "")
        fill_costs(table, rows, self.findings)
        return tuple(
            PartnerType(**row | {"engagement": row["engagement"] or "contract"})
            for row in rows.values()
        )

    def capabilities(self, base: Ecosystem) -> tuple[Capability, ...]:
        if "Capabilities" not in self.own:
            return base.capabilities
        rows = self.rows(
            "Capabilities", ("code",), code=code_column(), name=WORDS, name_zh=WORDS, group=WORDS,
            kpi=WORDS,
        )  # fmt: skip
        if "group" not in self.table("Capabilities").columns:
            known = {c.code: c.group for c in base.capabilities}
            for row in rows.values():
                row["group"] = known.get(row["code"], "")
        return tuple(Capability(**row) for row in rows.values())

    def provisions(
        self, base: Ecosystem, types: Iterable[PartnerType], capabilities: Iterable[Capability]
    ) -> tuple[Provision, ...]:
        if "Provides" not in self.own:
            return base.provisions
        rows = self.rows(
            "Provides", ("partner_type", "capability"),
            partner_type=reference(self.names("PartnerTypes", types), phrase("partner type")),
            capability=reference(self.names("Capabilities", capabilities), phrase("capability")),
            strength=replace(SHARE, required=True), basis=WORDS, quote=WORDS, quote_en=WORDS,
            note=WORDS,
        )  # fmt: skip
        return tuple(Provision(**row) for row in rows.values())

    def needs(self, base: Ecosystem, capabilities: Iterable[Capability]) -> tuple[Need, ...]:
        if "Needs" not in self.own:
            return base.needs
        rows = self.rows(
            "Needs", ("indicator", "capability"),
            indicator=reference(_indicators(self.book.catalogue), phrase("indicator")),
            capability=reference(
                self.names("Capabilities", capabilities), phrase("capability"), required=False
            ),
            need=SHARE, kappa=SHARE, effect=choice(EFFECTS, phrase("effect")), note=WORDS,
        )  # fmt: skip
        table = self.table("Needs")
        for column, default in (("kappa", 1.0), ("effect", "lifts")):
            of_the_indicator(table, rows, column, default, self.findings)
        return tuple(
            Need(**row | {"need": 1.0 if row["need"] is None else row["need"]})
            for row in rows.values()
        )

    def relations(self, base: Ecosystem, types: Iterable[PartnerType]) -> tuple[Relation, ...]:
        if "PartnerRelations" not in self.own:
            return base.relations
        known = reference(self.names("PartnerTypes", types), phrase("partner type"))
        rows = self.rows(
            "PartnerRelations", ("source", "relation", "target", "group"), source=known,
            relation=choice(RELATIONS, phrase("relation"), required=True), target=known,
            group=WORDS,
            used=choice(("yes", "no"), phrase("yes or no")), basis=WORDS, note=WORDS,
        )  # fmt: skip
        table = self.table("PartnerRelations")
        drop_loops(table, rows, self.findings)
        drop_circles(table, rows, self.findings)
        return tuple(Relation(**row | {"used": row["used"] != "no"}) for row in rows.values())

    def presence(self, types: Iterable[PartnerType]) -> dict[tuple[str, str], Presence]:
        if "Partners" not in self.own:
            return {}
        table, markets = self.table("Partners"), self._markets()
        key = ("market", "partner_type")
        columns = {
            "market": Column(required=True),
            "partner_type": reference(self.names("PartnerTypes", types), phrase("partner type")),
            "availability": SHARE, "cost": AMOUNT, "months": AMOUNT, "note": WORDS,
        }  # fmt: skip
        reading = Reading(table, columns, key, self.findings, {"market": markets})
        included = [row for row, code in markets.items() if code not in self.book.excluded]
        rows = self._keep(reading.rows(included), "Partners", key)
        return {
            (row.pop("market"), row.pop("partner_type")): Presence(**row) for row in rows.values()
        }

    def _markets(self) -> dict[int, str | None]:
        """The market of every row; None where it is bad, "" where the row names none."""
        book, table = self.book, self.table("Partners")
        known = Markets(list(book.table.codes), list(book.table.names), excluded=set(book.excluded))
        find = resolver(known, book.methodology.markets == "countries", self.findings)
        found: dict[int, str | None] = {}
        for row in table.rows:
            said = Findings()
            text = table.words(row, "market", said)
            self.findings.extend(said)
            missing: str | None = None if said.problems else ""
            found[row] = find(text, table.where(row, "market")) if text else missing
        return found


def _indicators(catalogue: Catalogue) -> Names | None:
    """The catalogue's indicators, those they stand for, and those of the bundled catalogues (whose
    needs wait until a workbook has them); None where the catalogue could not be read."""
    from entryscore.bundled import catalogue_names, load_catalogue

    if not catalogue.indicators:
        return None
    known: dict[str, Sequence[str]] = dict(names_of(catalogue.indicators))
    for indicator in catalogue.indicators:
        if indicator.proxy_for:
            known.setdefault(indicator.proxy_for, ())
    for name in catalogue_names():
        for code in load_catalogue(name).codes:
            known.setdefault(code, ())
    return known


def _fitting(own: Ecosystem, reader: _Sheets) -> Ecosystem:
    """Without the edges of bundled tables that name what the book's own sheets do not have."""
    if not own.own & {"PartnerTypes", "Capabilities"}:
        return own
    types = {t.code for t in own.types}
    capabilities = {c.code for c in own.capabilities}
    fitting = replace(
        own,
        provisions=tuple(
            p for p in own.provisions if p.partner_type in types and p.capability in capabilities
        ),
        needs=tuple(n for n in own.needs if n.capability in capabilities | {""}),
        relations=tuple(r for r in own.relations if {r.source, r.target} <= types),
        modes=tuple(filter(None, (_fitting_mode(m, types, capabilities) for m in own.modes))),
    )
    lost = {
        "Provides": len(own.provisions) - len(fitting.provisions),
        "Needs": len(own.needs) - len(fitting.needs),
        "PartnerRelations": len(own.relations) - len(fitting.relations),
    }
    parts = ", ".join(f"{sheet} {count}" for sheet, count in lost.items() if count)
    if parts:
        sheet = next(name for name in PARTNER_SHEETS if name in own.own)
        reader.findings.warn(
            reader.table(sheet).header("code"),
            "{count} bundled edges name types or capabilities that are not here, and are dropped "
            "({parts})", "fill in sheets of your own for them",
            count=sum(lost.values()), parts=parts,
        )  # fmt: skip
    return fitting


def _fitting_mode(mode: Mode, types: set[str], capabilities: set[str]) -> Mode | None:
    """The mode with the types and capabilities there are; None where it served others only."""
    named = mode.partner_types + mode.capabilities
    left = replace(
        mode,
        partner_types=tuple(code for code in mode.partner_types if code in types),
        capabilities=tuple(code for code in mode.capabilities if code in capabilities),
    )
    return left if left.partner_types or left.capabilities or not named else None
