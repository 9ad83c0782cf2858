"""Draws whose parameters are given, and the parameters of draws that are made here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from entryscore.language import say
from entryscore.methodology import SETTINGS
from entryscore.naming import did_you_mean
from entryscore.problems import UsageError
from entryscore.result import Result
from entryscore.robustness.engine import Engine
from entryscore.robustness.places import Ints, places_of
from entryscore.robustness.plan import DISCRETE, PAGE, Alternative, Draws, Plan, page_of, plan_of
from entryscore.robustness.run import NO_SCORE, decimals_of
from entryscore.tree import Floats

GIVEN: Mapping[str, tuple[str, ...]] = {  # settings that a row may give, by assumption
    "normalisation": (
        "normalisation", "scale_low", "scale_high", "z_mean", "z_sd", "cap", "constant",
        "reference_market",
    ),
    "treatment": ("treatment", "winsorise_max", "skew_limit", "kurtosis_limit"),
    "imputation": ("imputation",),
    "aggregation": ("aggregation", "power"),
}  # fmt: skip
WEIGHTS = "weights"
_CLOSE = 1e-9


@dataclass(frozen=True, eq=False)
class Replay:
    """`ranks` (R × M) from 1 of `markets` (positions of the M ranked ones); a row of 0 where the
    draw failed, which `failures` names with the reason. `labels` (R) name the draws."""

    result: Result
    labels: pd.Index
    markets: Ints
    ranks: Ints
    failures: Mapping[object, str]

    def frame(self) -> pd.DataFrame:
        """Ranks of the draws that did not fail (rows) by market code."""
        codes = [self.result.table.codes[i] for i in self.markets]
        good = np.flatnonzero((self.ranks > 0).all(axis=1))
        return pd.DataFrame(self.ranks[good], index=self.labels[good], columns=codes)

    def statistics(self) -> pd.DataFrame:
        """By market code: rank in the base, and mean, median, 5 % and 95 % quantile (Hyndman &
        Fan's type 7) of the ranks over the draws that did not fail. UsageError if all did."""
        frame = self.frame()
        if frame.empty:
            raise UsageError(say("no draw gives ranks, so there are no statistics of them"))
        low, median, high = np.quantile(frame.to_numpy(), [0.05, 0.5, 0.95], axis=0)
        return pd.DataFrame(
            {
                "nominal": self.result.ranks[self.markets].astype(np.int64),
                "mean": frame.to_numpy().mean(axis=0), "median": median, "q5": low, "q95": high,
            },
            index=pd.Index(frame.columns, name="code"),
        )  # fmt: skip


def replay(result: Result, rows: pd.DataFrame, weights: pd.DataFrame | None = None) -> Replay:
    """Ranks under the settings and weights of each row.

    Columns of `rows` are settings (those in GIVEN; a blank cell keeps the result's) and `weights`,
    the label of a row of `weights`; without that column the row's own label is looked up there.
    Columns of `weights` are codes of the tree, the values raw weights among siblings; nodes without
    a column keep the result's. Geometric and harmonic means that differ from the result's setting
    are taken of scores rescaled to 1…100 where one is 0 or less, as in every draw.

    Raises UsageError for an unknown setting, value, label or code, and for weights that are
    negative, missing, all 0 among siblings, or above 0 where the result has none.
    """
    known = {name for names in GIVEN.values() for name in names} | {WEIGHTS}
    for column in map(str, rows.columns):
        if column not in known:
            raise UsageError(
                say(
                    "column {column}: {advice}",
                    column=column,
                    advice=did_you_mean(column, sorted(known)),
                )
            )
    alternatives, choice = {}, {}
    for assumption, names in GIVEN.items():
        found = _distinct(result, rows, assumption, [name for name in names if name in rows])
        if found is not None:
            alternatives[assumption], choice[assumption] = found
    plan = replace(plan_of(result, ()), alternatives=alternatives)
    draws = Draws(_weights(result, rows, weights), choice, np.arange(len(rows)))
    engine = Engine(plan)
    ranks = np.zeros((len(rows), len(engine.markets)), dtype=np.int64)
    failures: dict[object, str] = {}
    for at, found_ranks, reason in ranks_under(engine, draws):
        if reason:
            failures |= {rows.index[i]: reason for i in at}
        else:
            ranks[at] = found_ranks
    return Replay(result, rows.index, engine.markets, ranks, failures)


def ranks_under(engine: Engine, draws: Draws) -> Iterator[tuple[Ints, Ints, str]]:
    """Blocks of (rows of `draws`, their ranks from 1 (rows × M), ""); for rows that failed no
    ranks but the reason."""
    decimals = decimals_of(engine.result.methodology)
    for rows, scores, failure in engine.scores(draws):
        good = ~np.isnan(scores).any(axis=1)
        if not good.all():
            yield rows[~good], np.zeros((0, 0), dtype=np.int64), failure or say(NO_SCORE)
        if good.any():
            yield rows[good], places_of(scores[good], decimals).ranks() + 1, ""


def parameters(plan: Plan, draws: int) -> pd.DataFrame:
    """What each of the first `draws` draws of the plan assumes, one row per draw from 1.

    Columns: draw; the alternative's name for each discrete assumption that is uncertain, the code
    left out or `none` for leave_one_out; replicate, the number of the stream for missing values and
    noise on the data, where one of them is uncertain; `weight CODE` of every node as drawn, before
    anything is left out and not divided by the siblings' total.
    """
    pages = [page_of(plan, page) for page in range(-(-draws // PAGE))]
    columns: dict[str, object] = {"draw": np.arange(1, draws + 1)}
    for name in pages[0].choice if pages else ():
        names = np.array(_names(plan, name), dtype=object)
        columns[name] = names[np.concatenate([page.choice[name] for page in pages])[:draws]]
    if {"missing", "data"} & set(plan.assumptions):
        columns["replicate"] = np.arange(draws)
    codes = plan.result.tree.codes
    drawn = np.concatenate([np.empty((0, len(codes))), *(page.weights for page in pages)])[:draws]
    nodes = pd.DataFrame(drawn[:, 1:], columns=[f"weight {code}" for code in codes[1:]])
    return pd.concat([pd.DataFrame(columns), nodes], axis=1)


def _names(plan: Plan, assumption: str) -> list[str]:
    if assumption in DISCRETE:
        return [alternative.name for alternative in plan.alternatives[assumption]]
    return ["none", *(plan.result.tree.codes[int(node)] for node in plan.left_out)]


def _distinct(
    result: Result, rows: pd.DataFrame, assumption: str, names: list[str]
) -> tuple[tuple[Alternative, ...], Ints] | None:
    """The different combinations of these columns, and which one each row has."""
    if not names or rows.empty:
        return None
    number = rows.groupby(names, dropna=False, sort=False).ngroup()
    different = rows.loc[~number.duplicated().to_numpy(), names]
    records = different.to_dict("records")
    found = tuple(_alternative(result, assumption, row) for row in records)
    return found, np.asarray(number, dtype=np.int64)


def _alternative(result: Result, assumption: str, row: Mapping[object, object]) -> Alternative:
    settings = {}
    for name, cell in row.items():
        if cell is None or cell is pd.NA or cell != cell or cell == "":
            continue
        value = cell.item() if isinstance(cell, np.generic) else cell
        try:
            settings[str(name)] = SETTINGS[str(name)].read(value)
        except ValueError as error:
            raise UsageError(
                say(
                    "{name}={value}: not a value of {name} ({error})",
                    name=name,
                    value=value,
                    error=error,
                )
            ) from None
    if settings.get("aggregation") == "power" and "power" not in settings:
        settings["power"] = result.methodology.power
        if settings["power"] is None:
            raise UsageError(say("aggregation=power: give the exponent in a column power"))
    base = result.methodology
    extra = [f"{k} = {SETTINGS[k].show(v)}" for k, v in settings.items() if k != assumption]
    name = str(settings.get(assumption, getattr(base, assumption)))
    name += f" ({', '.join(extra)})" if extra else ""
    return Alternative(name, {k: v for k, v in settings.items() if v != getattr(base, k)})


def _weights(result: Result, rows: pd.DataFrame, given: pd.DataFrame | None) -> Floats:
    """(R × nodes) raw weights of each row."""
    weights = np.repeat(result.weights[None], len(rows), axis=0)
    if given is None:
        if WEIGHTS in rows:
            raise UsageError(
                say("a column weights names rows of a table of weights, and none is given")
            )
        return weights
    labels = pd.Index(rows[WEIGHTS]) if WEIGHTS in rows else rows.index
    place = given.index.get_indexer(labels)
    if (place < 0).any():
        raise UsageError(say("no weights are given for {labels}", labels=labels[place < 0][0]))
    tree = result.tree
    for code in map(str, given.columns):
        if code not in tree:
            raise UsageError(
                say("weights of {code}: {advice}", code=code, advice=did_you_mean(code, tree.codes))
            )
    at = [tree.position(str(code)) for code in given.columns]
    weights[:, at] = given.to_numpy(dtype=float)[place]
    _check(result, weights, labels)
    return weights


def _check(result: Result, weights: Floats, labels: pd.Index) -> None:
    bad = ~(np.isfinite(weights) & (weights >= 0))
    if bad.any():
        row, node = (int(i) for i in np.argwhere(bad)[0])
        code, weight = result.tree.codes[node], weights[row, node]
        raise UsageError(
            say(
                "weights {labels}: {code} has {weight:g}; type 0 or more",
                labels=labels[row],
                code=code,
                weight=weight,
            )
        )
    leaves = result.tree.leaves
    effective = result.tree.effective(weights)[:, leaves]
    empty = np.flatnonzero(np.abs(effective.sum(axis=1) - 1) > _CLOSE)
    if empty.size:
        raise UsageError(
            say("weights {labels}: all are 0 under one parent", labels=labels[empty[0]])
        )
    new = np.argwhere((effective > 0) & (result.effective[leaves] == 0))
    if new.size:
        code = result.tree.codes[int(leaves[new[0, 1]])]
        raise UsageError(
            say(
                "weights {labels}: {code} has none in the base, so give it 0",
                labels=labels[new[0, 0]],
                code=code,
            )
        )
