"""What the page says, by key, in English. `{…}` is filled in by the page or by content.py."""

from __future__ import annotations

from entryscore.language import translated

WORDS = {
    "illustration": "Illustration, not advice.",
    "no_script": "This page computes in the browser: allow scripts for it, or read the ranking "
    "in the report workbook.",
    "weights": "Weights",
    "weights_help": "Each number is a part's share among its siblings; the others keep their "
    "proportions. Nothing leaves this page.",
    "scenario": "Scenario", "as_run": "{scenario}, as of the run", "by_hand": "set by hand",
    "reset": "Reset weights", "show": "Markets shown", "all": "All",
    "share_of": "{name}: share of {parent}, in percent", "of_score": "{share} of the score",
    "parts_of": "Parts of {name}", "empty": "no values: left out",
    "again": "The same from the command line, with the options of the run:",
    "ranking": "Ranking", "show_all": "Show all {count}",
    "show_fewer": "Show the first {count}",
    "axis": "Score", "unranked": "{count} of {all} markets are not ranked (gates, coverage).",
    "rank": "Rank", "change": "Change", "market": "Market", "group": "Group",
    "score": "Score", "coverage": "Coverage", "band": "Band", "gate": "Gates",
    "range": "Rank range under stated assumptions",
    "range_run": "Rank range under stated assumptions, as of the run",
    "range_short": "Rank range", "range_short_run": "Rank range, as of the run",
    "headline_run": "As of the run: {headline}",
    "gate_more": "Further gates", "gate_every": "Gates, of every market",
    "everywhere": "Gates of every market, not repeated in the table: {gates}.",
    "whole": "One colour: parts are drawn where the score is the arithmetic mean of up to {most} "
    "parts and none is negative.",
    "range_note": "Rank range under stated assumptions: 5-95 % of the draws.",
    "range_stale": "Rank range and partners are as of the run: they do not follow the weights.",
    "partners_stale": "As of the run: this picture does not follow the weights.",
    "change_note": "Change: places against the run.",
    "up": "up {count}", "down": "down {count}", "same": "unchanged", "new": "newly ranked",
    "table": "All markets", "sort": "Sort by {name}", "to": "{low} to {high}",
    "profile": "Market profile", "choose": "Market", "of": "{rank} of {count}",
    "not_ranked": "not ranked", "none": "none",
    "here": "this market", "median": "median of the ranked markets",
    "group_median": "median of {group}", "no_value": "no value",
    "strengths": "Strengths", "weaknesses": "Weaknesses",
    "standing": "{name}: {edge} (score {score}, place {rank} of {count})",
    "standing_note": "Scores of indicators against the median of the ranked markets, of those with "
    "a weight in this market's score. Places are among all markets with a value.",
    "partners": "From gap to partner: {market}",
    "weightless": "All weights under {names} are 0, so there are no scores. Give one of its "
    "parts a share, or reset the weights.",
    "leader": "{name} leads.", "moved": "{count} markets change rank.",
    "nobody": "No market is ranked.",
    "differs": "This page's arithmetic does not give the ranks of the run. Trust the report.",
    "static": "The weights are fixed on this page: {reason}.",
    "static_aggregation": "it does not know the aggregation {name}",
    "static_left_out": "{name} was left out, as its parts have no value or no weight",
    "source": "entryscore {version}. Input SHA-256: {sha256}. Command: {command}. Drawn with "
    "D3 (d3js.org, BSD-3-Clause).",
    "headline": "{name} ranks first of {ranked} ranked markets ({all} in all).",
    "tie": "{names} share the first place of {ranked} ranked markets ({all} in all).",
    "scale_min_max": "between the lowest and the highest of the included markets",
    "scale_z_score": "by the distance from the mean in standard deviations",
    "scale_rank": "by rank among the included markets",
    "scale_percentile_rank": "by percentile among the included markets",
    "scale_borda": "by the number of markets beaten",
    "scale_goalposts": "between fixed goalposts, cut off at both ends",
    "scale_scaled": "between fixed goalposts",
    "scale_distance_to_reference": "by the distance from the reference market",
    "scale_distance_to_target": "by the distance from a target",
    "scale_distance_to_max": "by the distance from the best market",
    "assume_scale": "indicators are scaled {how}", "assume_own": "unless stated otherwise "
    "for one", "assume_aggregation": "combined by {how}", "mean": "the {name} mean",
    "assume_mixed": "{names} (by node)",
    "assume_imputation": "gaps are filled by {how}", "assume_treatment": "outliers: {how}",
    "assume_reweight": "a missing value's weight goes to its siblings, and a node needs "
    "{low} of its weight",
    "assume_zero": "a node with a missing part scores 0",
    "assume_exclude": "a node with a missing part has no score",
    "assume_fill": "a node without a score takes its group's mean",
    "assume_ranked": "ranked are markets with {low} of the weight observed and no failed gate",
    "assumptions": "Assumptions: {parts}.",
}  # fmt: skip


def words() -> dict[str, str]:
    """All of it in the current language."""
    return {key: translated(text) for key, text in WORDS.items()}
