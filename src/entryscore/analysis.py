"""Statistics of an index and of its parts: every function takes a Result and gives a frame.

Formulas: COINr (Becker et al., JOSS 2022) and the OECD/JRC Handbook (2008), unless said otherwise.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from entryscore.ranking import ranks_of, tau_b
from entryscore.result import Result
from entryscore.rounding import round_half_away
from entryscore.scoring import aggregate_nodes, case_of
from entryscore.treatment import skewness_and_kurtosis
from entryscore.tree import Floats, Tree

Kind = Literal["pearson", "spearman", "kendall"]
Stage = Literal["scaled", "imputed", "transformed", "treated", "normalised"]
HIGH, NEGATIVE = 0.9, -0.3


def _codes(result: Result, nodes: object) -> list[str]:
    return [result.tree.codes[i] for i in np.atleast_1d(np.asarray(nodes))]


def _stage(result: Result, stage: Stage) -> Floats:
    """(markets × indicators of the tree), in the order of the tree's leaves."""
    values: Floats = getattr(result, stage)
    return values[:, result.tree.columns[result.tree.leaves]]


def statistics(result: Result, stage: Stage = "scaled") -> pd.DataFrame:
    """(indicators × statistics); sd with n - 1, Excel's SKEW and KURT. `outlier`: both
    |skew| and kurt reach the limits of the settings (2 and 3.5 unless set, as COINr's).
    `constant_share` is the share of the commonest value among those available, `zero_share` that
    of zeros, `unique_share` the number of different values over that of available ones."""
    values, settings = _stage(result, stage), result.methodology
    frame = pd.DataFrame(values, columns=_codes(result, result.tree.leaves))
    skew, kurt = skewness_and_kurtosis(values)
    available = frame.notna().sum()
    commonest = frame.apply(lambda x: x.value_counts().max() if x.notna().any() else np.nan)
    return pd.DataFrame(
        {
            "min": frame.min(), "max": frame.max(), "mean": frame.mean(),
            "median": frame.median(), "sd": frame.std(ddof=1), "skew": skew, "kurt": kurt,
            "available": available, "share_available": available / max(1, len(frame)),
            "outlier": (np.abs(skew) >= settings.skew_limit) & (kurt >= settings.kurtosis_limit),
            "constant_share": commonest / available.where(available > 0),
            "zero_share": (frame == 0).sum() / available.where(available > 0),
            "unique_share": frame.nunique() / available.where(available > 0),
        }
    )  # fmt: skip


def availability(result: Result, stage: Stage = "scaled") -> pd.DataFrame:
    """(markets × 4) by count of indicators: missing, zeros, `share_available` of all indicators and
    `zero_share` of those available, NaN without any (COINr get_data_avail). The coverage of a
    Result is by weight instead."""
    values = _stage(result, stage)
    missing, zeros, count = np.isnan(values).sum(axis=1), (values == 0).sum(axis=1), values.shape[1]
    available = count - missing
    return pd.DataFrame(
        {
            "missing": missing, "zeros": zeros, "share_available": available / max(1, count),
            "zero_share": zeros / np.where(available > 0, available, np.nan),
        },
        index=list(result.table.codes),
    )  # fmt: skip


def denominator_correlations(result: Result, kind: Kind = "pearson") -> pd.DataFrame:
    """(indicators × denominators) correlations of values as read, before any scaling, pairwise
    complete: an indicator that goes with a denominator measures size (COINr get_denom_corr)."""
    frame = pd.DataFrame(result.table.values, columns=list(result.catalogue.codes))
    by = [i.code for i in result.catalogue.indicators if i.role == "denominator"]
    both = [*_codes(result, result.tree.leaves), *by]
    r = frame[both].corr(method=kind, min_periods=3)
    return r.loc[both[: len(both) - len(by)], by]


def outranking(result: Result) -> pd.DataFrame:
    """(markets × markets) o_ij: the share of effective weight by which i is ahead of j in
    normalised scores, ties half, over the indicators both have; NaN where they share none.

    o_ij + o_ji = 1 and o_ii = ½ (OECD/JRC Handbook 2008, §6; COINr outrankMatrix). Differences
    beyond 10 decimals are ties, as in the Copeland aggregation.
    """
    values = round_half_away(_stage(result, "normalised"), 10)
    ahead = np.zeros((len(values), len(values)))
    shared = np.zeros_like(ahead)
    for column, weight in zip(values.T, result.effective[result.tree.leaves], strict=True):
        lead = np.sign(column[:, None] - column)
        shared += np.where(np.isnan(lead), 0.0, weight)
        ahead += np.where(np.isnan(lead), 0.0, weight * (1 + lead) / 2)
    codes = list(result.table.codes)
    return pd.DataFrame(ahead / np.where(shared > 0, shared, np.nan), index=codes, columns=codes)


def correlations(result: Result, kind: Kind = "pearson") -> pd.DataFrame:
    """(pairs × 7) of scores: siblings (`within` their node), each child with its parent, then
    indicators of different parents (`across`, `within` the lowest node above both).

    Pairwise complete; Kendall's is tau-b. `high` is |r| > 0.9 (COINr get_corr_flags'
    default), `negative` is r < -0.3 (ours, stricter than the -0.4 of COINr's plot_corr).
    """
    frame = pd.DataFrame(result.scores)
    rows: list[tuple[str, str, str, str, float]] = []
    codes, tree = result.tree.codes, result.tree
    for node in range(len(codes)):
        below = [int(c) for c in tree.children[node]]
        if not below:
            continue
        r = frame[[*below, node]].corr(method=kind, min_periods=3).to_numpy()
        for i, a in enumerate(below):
            rows += [
                (codes[node], codes[a], codes[b], "sibling", float(r[i, j]))
                for j, b in enumerate(below) if j > i
            ]  # fmt: skip
            rows.append((codes[node], codes[a], codes[node], "parent", float(r[i, -1])))
    leaves = [int(i) for i in tree.leaves]
    r = frame[leaves].corr(method=kind, min_periods=3).to_numpy()
    rows += [
        (codes[_meeting(tree, a, b)], codes[a], codes[b], "across", float(r[i, j]))
        for i, a in enumerate(leaves) for j, b in enumerate(leaves)
        if j > i and tree.parents[a] != tree.parents[b]
    ]  # fmt: skip
    out = pd.DataFrame(rows, columns=["within", "a", "b", "relation", "r"])
    return out.assign(high=out["r"].abs() > HIGH, negative=out["r"] < NEGATIVE)


def _meeting(tree: Tree, a: int, b: int) -> int:
    """The lowest node above both."""
    above = {0, *tree.path(a)}
    return next((node for node in tree.path(b) if node in above), 0)


def _by_node(result: Result, stage: Stage | None) -> list[tuple[str, pd.DataFrame]]:
    """Per inner node (markets × children): scores, or with a stage all indicators below it."""
    tree, out = result.tree, []
    for node in reversed(tree.inner):
        if stage is None:
            below, values = tree.children[node], result.scores[:, tree.children[node]]
        else:
            under = np.array([node == 0 or node in tree.path(int(i)) for i in tree.leaves])
            below, values = tree.leaves[under], _stage(result, stage)[:, under]
        out.append((tree.codes[node], pd.DataFrame(values, columns=_codes(result, below))))
    return out


def cronbach_alpha(result: Result, stage: Stage | None = None) -> pd.DataFrame:
    """(inner nodes × 2) alpha = k² · mean off-diagonal covariance / sum of the covariance matrix,
    pairwise complete. Of the children's scores, or of all indicators below at a stage.
    NaN where that sum is not positive, as gaps in the data can make it."""
    rows = []
    for code, frame in _by_node(result, stage):
        k = frame.shape[1]
        c = frame.cov().to_numpy() if len(frame) > 1 else np.full((k, k), np.nan)
        total = c.sum()
        off = (total - np.trace(c)) / (k * (k - 1)) if k > 1 else np.nan
        rows.append((code, k, k * k * off / total if total > 0 else np.nan))
    return pd.DataFrame(rows, columns=["node", "children", "alpha"]).set_index("node")


def principal_components(result: Result) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Shares of variance (node, component) and loadings of the first component (node, child).

    Of the correlation matrix of the children's scores, complete rows only, as COINr's get_PCA
    (prcomp, scaled); constant children are left out. The largest loading is made positive.
    """
    shares: list[tuple[str, int, float]] = []
    loadings: list[tuple[str, str, float]] = []
    for node, frame in _by_node(result, None):
        full = frame.dropna()
        full = full.loc[:, full.nunique() > 1]
        if len(full) < 2 or full.shape[1] < 1:
            continue
        x = ((full - full.mean()) / full.std(ddof=1)).to_numpy()
        _, s, v = np.linalg.svd(x, full_matrices=False)
        first = v[0] * np.sign(v[0, np.abs(v[0]).argmax()])
        shares += [(node, i + 1, float(p)) for i, p in enumerate(s**2 / (s**2).sum())]
        loadings += [(node, str(c), float(p)) for c, p in zip(full.columns, first, strict=True)]
    return (
        pd.DataFrame(shares, columns=["node", "component", "share"]),
        pd.DataFrame(loadings, columns=["node", "child", "loading"]),
    )


def _binned_effect(x: Floats, y: Floats) -> float:
    """Bias-adjusted correlation ratio (Kelley's epsilon²) of y over floor(sqrt n) rank bins of x.

    1 - (1 - between / total sum of squares)(n - 1)/(n - bins), no less than 0; ties share a bin.
    """
    both = ~np.isnan(x) & ~np.isnan(y)
    x, y = x[both], y[both]
    n = len(x)
    if n < 4 or np.ptp(y) == 0:
        return float("nan")
    wanted = int(np.sqrt(n))
    bins = ((ranks_of(-x) - 1) * wanted // n).astype(int)
    size = np.bincount(bins)
    means = np.bincount(bins, y) / np.maximum(size, 1)
    within = ((y - means[bins]) ** 2).sum() / ((y - y.mean()) ** 2).sum()
    return float(max(0.0, 1 - within * (n - 1) / (n - (size > 0).sum())))


def weights_and_effects(result: Result) -> pd.DataFrame:
    """(indicators × 4) what weights say and what the scores show (Paruolo et al., JRSS A 2013).

    `main_effect_linear` is Pearson's r² with the index, `main_effect_binned` the correlation
    ratio estimated over rank bins (`_binned_effect`), which needs no straight line.
    """
    tree, index = result.tree, pd.Series(result.score)
    scores = pd.DataFrame(result.scores[:, tree.leaves], columns=_codes(result, tree.leaves))
    moving = scores.loc[:, scores.nunique() > 1] if index.nunique() > 1 else scores.iloc[:, :0]
    linear = moving.apply(lambda x: x.corr(index, min_periods=3) ** 2, result_type="reduce")
    return pd.DataFrame(
        {
            "declared_share": tree.shares(tree.declared)[tree.leaves],
            "effective_weight": result.effective[tree.leaves],
            "main_effect_linear": linear.reindex(scores.columns).to_numpy(dtype=float),
            "main_effect_binned": [_binned_effect(x, result.score) for x in scores.to_numpy().T],
        },
        index=scores.columns,
    )


def _ranked(result: Result, market: str) -> pd.DataFrame:
    """(indicators × 4) ranks of one market by normalised score, the best first, ties the best."""
    here, values = result.table.codes.index(market), _stage(result, "normalised")
    group = np.array(result.table.groups) == result.table.groups[here]
    inside = int(group[:here].sum())
    return pd.DataFrame(
        {
            "rank": ranks_of(values.T)[:, here],
            "rank_in_group": ranks_of(values[group].T)[:, inside],
            "score": values[here],
            "value": _stage(result, "scaled")[here],
        },
        index=_codes(result, result.tree.leaves),
    ).dropna(subset=["rank", "value"])


def strengths(result: Result, market: str, n: int = 5) -> pd.DataFrame:
    """(up to n × 4) the observed indicators where the market ranks best (COINr get_str_weak)."""
    return _ranked(result, market).sort_values("rank", kind="stable").head(n)


def weaknesses(result: Result, market: str, n: int = 5) -> pd.DataFrame:
    """(up to n × 4) the observed indicators where the market ranks worst, the worst first."""
    return _ranked(result, market).sort_values("rank", ascending=False, kind="stable").head(n)


def similar_markets(result: Result, market: str, n: int = 5) -> pd.DataFrame:
    """(up to n × 2) nearest markets by sqrt(sum w d² / sum w), d the difference of normalised
    scores of the indicators both have, w effective weights (Gower 1971, pairwise complete);
    `shared_weight` is the share of the weight compared."""
    here, w = result.table.codes.index(market), result.effective[result.tree.leaves]
    values = _stage(result, "normalised")
    d = values - values[here]
    shared = (~np.isnan(d) * w).sum(axis=1)
    squares = (np.nan_to_num(d) ** 2 * w).sum(axis=1)
    distance = np.sqrt(squares / np.where(shared > 0, shared, np.nan))
    frame = pd.DataFrame(
        {"distance": distance, "shared_weight": shared / (w.sum() or np.nan)},
        index=list(result.table.codes),
    )
    return frame.drop(index=market).dropna().sort_values("distance", kind="stable").head(n)


def leave_one_out(result: Result, level: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scores and ranks, markets × (`index` as it is, then the nodes of that depth).

    Each node's weight is set to 0 in turn and the index aggregated again (COINr remove_elements).
    Gates and the markets ranked stay as they are."""
    tree = result.tree
    case = case_of(result)
    columns = {tree.codes[0]: result.score}
    for node in range(1, len(tree.codes)):
        if tree.depth(node) == level:
            weights = result.weights.copy()
            weights[node] = 0.0
            for above in tree.path(node)[1:]:  # a node without a part goes with its last one
                weights[above] *= np.any(weights[tree.children[above]] > 0)
            columns[tree.codes[node]] = aggregate_nodes(
                case, weights, result.normalised
            ).scores[:, 0]  # fmt: skip
    scores = pd.DataFrame(columns, index=list(result.table.codes))
    ranks = scores.apply(
        lambda x: ranks_of(result.methodology.rounded(x.to_numpy(dtype=float)), result.ranked),
        raw=False,
    )
    return scores, ranks


def compare(a: Result, b: Result) -> tuple[pd.DataFrame, float]:
    """(markets in both × 3) ranks as published and b - a, and Kendall's tau-b of the ranks."""
    left = pd.Series(a.ranks, index=list(a.table.codes), name="rank_a")
    right = pd.Series(b.ranks, index=list(b.table.codes), name="rank_b")
    both = pd.concat([left, right], axis=1, join="inner")
    ranked = both.dropna().to_numpy()
    return both.assign(difference=both["rank_b"] - both["rank_a"]), tau_b(*ranked.T)
