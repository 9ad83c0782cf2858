"""A tuning as csv and json."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from entryscore import output
from entryscore.problems import Problem
from entryscore.tuning.tuned import Expert, Tuned


def as_csv(tuned: Tuned) -> str:
    """`code,parent,declared,tuned`: shares among siblings, every node and indicator."""
    return output.frame_csv(tuned.weights)


def as_json(
    tuned: Tuned,
    *,
    sha256: str,
    options: Mapping[str, object] | None = None,
    warnings: Iterable[Problem] = (),
) -> str:
    """Weights with names and effects, all movers, agreement, experts, notes and tables."""
    tables = {title: output.frame_rows(table) for title, table in tuned.tuning.tables.items()}
    return output.dump(
        sha256,
        method=tuned.method,
        options=dict(options or {}),
        scenario=tuned.after.scenario,
        base_scenario=tuned.before.scenario,
        weights=output.frame_rows(tuned.detail),
        stored=tuned.stored(),
        agreement={key: output.plain(value) for key, value in tuned.agreement.items()},
        movers=output.frame_rows(tuned.movers),
        experts=[_expert(tuned, expert, row) for expert, row in zip(
            tuned.experts, output.frame_rows(tuned.opinions), strict=True
        )],
        notes=list(tuned.tuning.notes),
        tables=tables,
        warnings=[warning.as_dict() for warning in warnings],
    )  # fmt: skip


def _expert(tuned: Tuned, expert: Expert, row: Mapping[str, object]) -> dict[str, object]:
    codes = tuned.before.tree.codes[1:]
    shares = zip(codes, expert.shares[1:].tolist(), strict=True)
    return {**row, "weights": [{"code": code, "share": share} for code, share in shares]}
