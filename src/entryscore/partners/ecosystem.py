"""The partner graph as data: types, capabilities, who provides what, what closes which gap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from entryscore.catalogue import Origin

ENGAGEMENTS = ("contract", "engage")
RELATIONS = ("requires", "requires_any", "complements", "conflicts", "enables")
EFFECTS = ("lifts", "mitigates", "none")


@dataclass(frozen=True)
class PartnerType:
    """Cost is an index on one scale for all types, months the time until it can start to count.

    `availability_indicator`: an indicator that, where a workbook has it, says how available the
    type is in a market.
    """

    code: str
    name: str = ""
    name_zh: str = ""
    family: str = ""
    engagement: str = "contract"
    cost: float = 0.0
    months: float = 0.0
    availability_indicator: str = ""


@dataclass(frozen=True)
class Capability:
    """`kpi`: how one will know after entry that it works; never an input to a score."""

    code: str
    name: str = ""
    name_zh: str = ""
    group: str = ""
    kpi: str = ""


@dataclass(frozen=True)
class Provision:
    """A type provides a capability; strength (0..1) is that of the evidence, not a measured
    effect; `basis`: the class of the evidence."""

    partner_type: str
    capability: str
    strength: float
    basis: str = ""
    quote: str = ""
    quote_en: str = ""
    note: str = ""


@dataclass(frozen=True)
class Need:
    """A capability closes a share `need` (A, 0..1) of an indicator's gap, of which partners can
    spare us a share `kappa` (0..1); `effect` says how. A blank capability: nothing closes it."""

    indicator: str
    capability: str = ""
    need: float = 1.0
    kappa: float = 0.0
    effect: str = "lifts"
    note: str = ""

    @property
    def addressable(self) -> float:
        return 0.0 if self.effect == "none" or not self.capability else self.kappa


@dataclass(frozen=True)
class Relation:
    """`group`: the alternatives of one `requires_any`. A relation with `used` = False is shown
    and not applied."""

    source: str
    relation: str
    target: str
    group: str = ""
    used: bool = True
    basis: str = ""
    note: str = ""


@dataclass(frozen=True)
class Mode:
    """A way of working together, with the types and capabilities it is named for."""

    code: str
    name: str = ""
    name_zh: str = ""
    quote: str = ""
    partner_types: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True)
class Presence:
    """What the sheet Partners says of a type in a market; None: not said."""

    availability: float | None = None
    cost: float | None = None
    months: float | None = None
    note: str = ""


@dataclass(frozen=True, eq=False)
class Ecosystem:
    """Types and capabilities in the order of their tables, and the edges between them.

    `presence` by (market, type). `own`: the sheets of the workbook that replaced bundled tables.
    """

    types: tuple[PartnerType, ...]
    capabilities: tuple[Capability, ...]
    provisions: tuple[Provision, ...]
    needs: tuple[Need, ...]
    relations: tuple[Relation, ...] = ()
    modes: tuple[Mode, ...] = ()
    presence: Mapping[tuple[str, str], Presence] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    origin: Origin = field(default_factory=lambda: Origin("partners"))
