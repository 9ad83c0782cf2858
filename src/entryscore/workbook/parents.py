"""Who hangs under whom: names of parents, cycles, and weights left blank."""

from __future__ import annotations

from dataclasses import replace

from entryscore.catalogue import INDEX, RESERVED, Catalogue, Indicator, Pillar
from entryscore.language import phrase
from entryscore.naming import loose, nearest
from entryscore.problems import Findings


class _Resolver:
    def __init__(self, catalogue: Catalogue, findings: Findings) -> None:
        self.catalogue, self.findings = catalogue, findings
        self.listed = [p.code for p in catalogue.pillars if p.code != INDEX]
        self.unlisted: dict[str, str] = {}
        self.names = {loose(n): p.code for p in catalogue.pillars for n in (p.name, p.name_zh) if n}

    def resolve(self, node: Indicator | Pillar) -> str:
        """The parent's code; a near miss is a problem, and then taken as meant."""
        parent = node.parent
        if parent == INDEX or parent in self.listed:
            return parent
        alike = [code for code in self.listed if loose(code) == loose(parent)]
        if len(alike) == 1:
            return alike[0]
        near = self.names.get(loose(parent)) or nearest(parent, self.listed)
        if near:
            self._problem(
                node, phrase("{parent!r} is no pillar"), phrase("did you mean {near!r}?"), near=near
            )
            return near
        if parent in self.catalogue.codes:
            self._problem(
                node, phrase("{parent!r} is an indicator, not a pillar"), phrase("name a pillar")
            )
            return INDEX
        if loose(parent) in set(map(loose, RESERVED)):
            self._problem(
                node, phrase("{parent!r} is reserved"), phrase("choose another code for the pillar")
            )
            return INDEX
        return self.unlisted.setdefault(loose(parent), parent)

    def _problem(self, node: Indicator | Pillar, what: str, hint: str, **values: object) -> None:
        where = self.catalogue.origin.where((node.code, "parent"))
        self.findings.problem(where, what, hint, parent=node.parent, **values)


def check_parents(catalogue: Catalogue, findings: Findings) -> Catalogue:
    """The catalogue with every parent resolved and every cycle reported and cut."""
    resolver = _Resolver(catalogue, findings)
    pillars = [
        replace(p, parent=resolver.resolve(p) if p.code != INDEX else INDEX)
        for p in catalogue.pillars
    ]
    indicators = [
        replace(i, parent=resolver.resolve(i)) if i.scored else i for i in catalogue.indicators
    ]
    parents = {p.code: p.parent for p in pillars if p.code != INDEX}
    for code in list(parents):
        if not _circles(code, parents):
            continue
        findings.problem(
            catalogue.origin.where((code, "parent")), "{code!r} lies under itself",
            "name a parent that does not lie below it", code=code,
        )  # fmt: skip
        parents[code] = INDEX
    pillars = [replace(p, parent=parents.get(p.code, INDEX)) for p in pillars]
    return replace(catalogue, indicators=tuple(indicators), pillars=tuple(pillars))


def _circles(code: str, parents: dict[str, str]) -> bool:
    seen = set()
    above = parents[code]
    while above in parents and above not in seen and above != code:
        seen.add(above)
        above = parents[above]
    return above == code


def warn_of_blank_weights(catalogue: Catalogue, blank: set[str], findings: Findings) -> None:
    """Warns where some siblings have a weight and others count as 1."""
    siblings: dict[str, list[Indicator | Pillar]] = {}
    for pillar in catalogue.pillars:
        if pillar.code != INDEX:
            siblings.setdefault(loose(pillar.parent), []).append(pillar)
    for indicator in catalogue.indicators:
        if indicator.scored:
            siblings.setdefault(loose(indicator.parent), []).append(indicator)
    for nodes in siblings.values():
        codes = [n.code for n in nodes if n.code in blank]
        if codes and any(n.code not in blank and n.weight != 1 for n in nodes):
            findings.warn(
                catalogue.origin.where((codes[0], "weight"), (codes[0], "code")),
                "a blank weight counts as 1 beside other weights: {codes}", "type the weights",
                codes=", ".join(codes),
            )  # fmt: skip
