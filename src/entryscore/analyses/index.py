"""The indicators and nodes of an index: statistics, relations, weights."""

from __future__ import annotations

import numpy as np
import pandas as pd

from entryscore import analysis
from entryscore.analyses.part import ROWS, Part, Question, listed, name_of, with_names
from entryscore.language import phrase, say

MORE, LESS = 2.0, 0.5  # effect share over weight


def statistics(question: Question) -> Part:
    result, settings = question.result, question.result.methodology
    found = with_names(result, analysis.statistics(result))
    found["transform"] = [result.catalogue[code].transform for code in found["code"]]
    found["treatment"] = [result.treatment.get(code, "") for code in found["code"]]
    brief = found[["code", "name", "min", "median", "mean", "max", "sd", "skew", "kurt"]].assign(
        observed=found["share_available"], flag=np.where(found["outlier"], "outlier", ""),
        transform=found["transform"].replace("none", ""), treatment=found["treatment"],
    )  # fmt: skip
    missing = found["skew"].isna() | found["kurt"].isna()
    return Part(
        say("the indicators as measured"),
        say("Flag outlier: |skew| at least {skew_limit:g} and kurt at least "
            "{kurtosis_limit:g}; a few markets then stretch the scale for all, unless "
            "there is a transform or a treatment.",
            skew_limit=settings.skew_limit, kurtosis_limit=settings.kurtosis_limit),
        found, brief.sort_values("flag", ascending=False, kind="stable") if len(found) > ROWS
        else brief,
        {"observed": ".0%", "skew": ".2f", "kurt": ".2f"},
        listed(phrase("No skew or kurt (too few values, or all the same)"), found["code"][missing]),
        nodes="code",
    )  # fmt: skip


def _flags(pairs: pd.DataFrame, only_child: pd.Series) -> list[str]:
    """What a correlation beyond the limits says; nothing of an only child and its parent."""
    found = []
    rows = zip(pairs["relation"], pairs["high"], pairs["negative"], only_child, strict=True)
    for relation, high, negative, alone in rows:
        words = []
        if high and not alone:
            words.append("dominates" if relation == "parent" else "redundant")
        if negative:
            words.append("against its parent" if relation == "parent" else "opposed")
        found.append(", ".join(words))
    return found


def correlations(question: Question) -> Part:
    result, tree = question.result, question.result.tree
    found = analysis.correlations(result, question.kind)
    alone = {tree.codes[node] for node in tree.inner if len(tree.children[node]) == 1}
    only_child = (found["relation"] == "parent") & found["within"].isin(alone)
    found["flag"] = _flags(found, only_child)
    found = found.drop(columns=["high", "negative"])
    flagged = found[found["flag"] != ""].sort_values("r", key=lambda r: -r.abs(), kind="stable")
    counts = pd.DataFrame(
        [
            {"relation": kind, "pairs": len(rows), "flagged": int((rows["flag"] != "").sum()),
             "not_computed": int(rows["r"].isna().sum())}
            for kind, rows in found.groupby("relation", sort=False)
        ],
        columns=["relation", "pairs", "flagged", "not_computed"],
    )  # fmt: skip
    words = {
        "sibling": phrase("{flagged} of {pairs} sibling pairs"),
        "parent": phrase("{flagged} of {pairs} nodes with their parent"),
        "across": phrase("{flagged} of {pairs} indicator pairs across parents"),
    }
    told = say(", ").join(
        say(words[str(row.relation)], flagged=row.flagged, pairs=row.pairs)
        for row in counts.itertuples()
    )
    lacking = int(found["r"].isna().sum())
    note = say(
        "Pairs without a correlation (fewer than 3 markets have both, or no spread): {count}",
        count=lacking,
    )
    return Part(
        say("pairs of scores that stand out ({kind})", kind=question.kind),
        say("Redundant: |r| above {high:g}, much the same counted twice; dominates: its "
            "parent hardly says more; opposed, against its parent: r below {negative:g}, "
            "one offsets the other.", high=analysis.HIGH, negative=analysis.NEGATIVE),
        found, flagged, {"r": "+.2f"},
        (say("Flagged: {pairs}", pairs=told), *((note,) if lacking else ())), counts,
    )  # fmt: skip


def alpha(question: Question) -> Part:
    result = question.result
    found = with_names(result, analysis.cronbach_alpha(result), "node")
    several = found["children"] > 1
    return Part(
        say("do the parts of a node measure one thing?"),
        say(
            "Cronbach's alpha: from 0.7 they do; the lower, the less, which is fine only where "
            "they are meant to differ."
        ),
        found, found[several], {"alpha": ".2f"},
        listed(phrase("No alpha, one part only"), found["node"][~several])
        + listed(
            phrase("No alpha (too few markets in common, or no spread)"),
            found["node"][several & found["alpha"].isna()],
        ),
        nodes="node",
    )  # fmt: skip


def components(question: Question) -> Part:
    result, tree = question.result, question.result.tree
    shares, loadings = analysis.principal_components(result)
    found = shares.merge(loadings.assign(component=1), how="left", on=["node", "component"])
    parts = {tree.codes[node]: len(tree.children[node]) for node in reversed(tree.inner)}
    several = [node for node, count in parts.items() if count > 1]
    single = [node for node, count in parts.items() if count == 1]
    rows = []
    for node in several:
        share = shares.loc[shares["node"] == node, "share"].to_numpy()
        mine = loadings[loadings["node"] == node]
        if len(share):
            rows.append({
                "node": node, "name": name_of(result, node), "parts": len(mine), "first": share[0],
                "second": share[1] if len(share) > 1 else np.nan,
                "opposed": ", ".join(mine["child"][mine["loading"] < 0]),
            })  # fmt: skip
    brief = pd.DataFrame(rows, columns=["node", "name", "parts", "first", "second", "opposed"])
    return Part(
        say("how many dimensions do the parts of a node have?"),
        say(
            "Principal components. First: share of the variance that one dimension explains; "
            "opposed: parts that point the other way on it. The loadings are in csv and json."
        ),
        found, brief, {"first": ".0%", "second": ".0%"},
        listed(phrase("No components, one part only"), single)
        + listed(
            phrase("No components (no two markets have every part, or no spread)"),
            [node for node in several if node not in set(shares["node"])],
        ),
        nodes="node",
    )  # fmt: skip


def effects(question: Question) -> Part:
    result = question.result
    found = with_names(result, analysis.weights_and_effects(result))
    effect = found["main_effect_binned"]
    found["effect_share"] = effect / (effect.sum() or np.nan)
    scores = pd.DataFrame(result.scores[:, [*result.tree.leaves, 0]])
    r = scores.corr(min_periods=3).to_numpy()[:-1, -1]
    found.insert(4, "r", r)
    weighted = found["effective_weight"] > 0
    ratio = found["effect_share"] / found["effective_weight"].where(weighted)
    found["flag"] = np.select(
        [weighted & (r < analysis.NEGATIVE), ratio >= MORE, ratio <= LESS],
        ["against", "more", "less"],
        "",
    )
    brief = found.sort_values("effective_weight", ascending=False, kind="stable")
    if len(brief) > ROWS:  # what is flagged first
        brief = brief.sort_values("flag", key=lambda flag: flag == "", kind="stable")
    return Part(
        say("does an indicator count as much as its weight says?"),
        say("Compare the effect share, its part of all main effects, with the effective "
            "weight. More, less: {more:g} times the weight or over, {less:g} or under; "
            "against: r, its correlation with the index, is below {negative:g}.",
            more=MORE, less=LESS, negative=analysis.NEGATIVE),
        found, brief,
        {"declared_share": ".1%", "effective_weight": ".1%", "main_effect_linear": ".2f",
         "main_effect_binned": ".2f", "r": "+.2f", "effect_share": ".1%"},
        listed(
            phrase("No effect (fewer than 4 markets with a score, or no spread)"),
            found["code"][effect.isna()],
        ),
        nodes="code",
    )  # fmt: skip
