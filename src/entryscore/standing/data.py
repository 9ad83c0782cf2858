"""How sure the ranks are as csv and json."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from entryscore import output
from entryscore.language import say
from entryscore.problems import Problem
from entryscore.robustness.exact import PotentialWinners
from entryscore.robustness.words import RANGE, range_parts
from entryscore.standing.findings import Exact, Standing
from entryscore.tree import Floats


def as_csv(standing: Standing) -> str:
    return output.frame_csv(standing.ranks)


def as_json(standing: Standing, *, sha256: str | None, warnings: Iterable[Problem] = ()) -> str:
    """Everything; null where a number is missing or was not worked out."""
    result = standing.result
    return output.dump(
        sha256,
        title=result.methodology.title or result.catalogue.title,
        scenario=result.scenario,
        meaning=say("rank_low and rank_high: {range}, 5 and 95 % of the draws", range=say(RANGE)),
        **range_parts([standing.ranges]),
        markets=_markets(standing),
        acceptability=_matrix(standing.acceptability, "shares"),
        winning=_matrix(standing.winning, "shares"),
        central_weights=_central(standing),
        sensitivity=_sensitivity(standing),
        exact=None if standing.exact is None else _exact(standing.exact),
        not_worked_out=list(standing.missing),
        warnings=[warning.as_dict() for warning in warnings],
    )


def _markets(standing: Standing) -> list[dict[str, object]]:
    rows = output.frame_rows(standing.ranks)
    verdicts = output.frame_rows(standing.verdicts.drop(columns="code"))
    return [
        row | {key: value or None if key == "verdict" else value for key, value in said.items()}
        for row, said in zip(rows, verdicts, strict=True)
    ]


def _matrix(frame: pd.DataFrame | None, name: str) -> dict[str, object] | None:
    if frame is None:
        return None
    return {
        "codes": [str(code) for code in frame.index],
        "columns": [output.plain(column) for column in frame.columns],
        name: [[output.plain(x) for x in row] for row in frame.to_numpy()],
    }


def _central(standing: Standing) -> list[dict[str, object]] | None:
    if standing.central is None:
        return None
    rows = output.frame_rows(standing.central.drop(columns="draws"))
    return [
        {
            "code": str(code), "draws": output.plain(draws),
            "confidence_factor": output.plain(standing.confidence[str(code)]), "weights": row,
        }
        for (code, draws), row in zip(standing.central["draws"].items(), rows, strict=True)
    ]  # fmt: skip


def _sensitivity(standing: Standing) -> dict[str, object] | None:
    found = standing.sensitivity
    if found is None:
        return None
    return {
        "output": "mean over the ranked markets of |rank in the run - rank in the ranking|",
        "mean_shift": output.plain(found.shift),
        "samples": found.samples, "used": found.used, "runs": found.runs,
        "indices": output.frame_rows(found.frame()), "notes": list(found.notes),
    }  # fmt: skip


def _exact(exact: Exact) -> dict[str, object]:
    found = exact.dominance
    return {
        "dominance": {
            "codes": list(found.codes),
            "least_difference": [[output.plain(x) for x in row] for row in found.least],
            "always_ahead": [[_truth(x) for x in row] for row in found.strict],
        },
        "can_be_first": _winners(exact.winners),
        "can_be_first_under_any_weights": _winners(exact.anyhow),
        "stability": {"top": exact.top, "weights": output.frame_rows(exact.stable)},
    }


def _winners(found: PotentialWinners) -> list[dict[str, object]]:
    return [
        {
            "code": code, "first": _truth(first), "margin": output.plain(margin),
            "weights": _shares(found.nodes, shares),
        }
        for code, first, margin, shares in zip(
            found.codes, found.first, found.margin, found.shares, strict=True
        )
    ]  # fmt: skip


def _shares(nodes: tuple[str, ...], shares: Floats) -> dict[str, object] | None:
    if np.isnan(shares).all():
        return None
    return {node: output.plain(x) for node, x in zip(nodes[1:], shares[1:], strict=True)}


def _truth(value: float) -> bool | None:
    """1 and 0 as true and false, NaN (undecided) as null."""
    return None if np.isnan(value) else bool(value)
