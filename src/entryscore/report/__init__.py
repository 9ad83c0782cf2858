"""The report workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

from entryscore.briefing.brief import Brief
from entryscore.bulk import Fill
from entryscore.language import say
from entryscore.problems import Problem
from entryscore.report.contributions import add_contributions
from entryscore.report.data_quality import add_data_quality
from entryscore.report.funnel import add_funnel
from entryscore.report.live.layout import MOST_MARKETS, Layout, why_static
from entryscore.report.live.ranking import add_run
from entryscore.report.live.scores import add_observed, add_scores, add_terms, add_values
from entryscore.report.live.weights import add_weights as add_live_weights
from entryscore.report.method import add_method, add_weights
from entryscore.report.model import Report
from entryscore.report.partners import add_partners
from entryscore.report.profiles import add_profiles
from entryscore.report.quadrant import add_quadrant
from entryscore.report.ranking import add_ranking, ranking_columns
from entryscore.report.robustness import add_robustness
from entryscore.report.scenarios import add_scenarios
from entryscore.report.summary import add_summary
from entryscore.result import Result
from entryscore.robustness.ranges import Ranges
from entryscore.spreadsheet import save
from entryscore.tree import Floats


def write_report(
    results: Result | Sequence[Result],
    path: str | Path,
    *,
    sha256: str = "",
    command: str = "",
    force: bool = False,
    equal_ranks: Floats | None = None,
    partners: Brief | None = None,
    ranges: Ranges | None = None,
    scenarios: Mapping[str, Floats] | None = None,
    static: bool | None = None,
    warnings: Sequence[Problem] | None = None,
) -> None:
    """Writes the report of the first result; the ranks of the others stand beside its own in the
    sheet Scenarios.

    `equal_ranks` (markets): ranks under equal weights. `partners`: what the sheet Partners shows
    of the first result; without it there is none. `ranges`: of the first result, with detail, for
    the sheet Robustness. `scenarios`: stored weights (nodes) by name.
    `warnings`: of the run, for the sheet Data quality; by default the first result's own.
    Scores, ranks and charts are formulas that follow the sheet Weights, unless `static`, or where
    they cannot be (`why_static`), or, by default, above 2,000 markets. Raises InputError where the
    file exists and `force` is not given, or cannot be written.
    """
    first, *others = [results] if isinstance(results, Result) else list(results)
    why = _why_static(first, static)
    live = None if why else Layout(first)
    said = first.warnings if warnings is None else warnings
    report = Report(
        first, others, equal_ranks, sha256, command, partners, scenarios or {}, why, said
    )
    book, fill = Workbook(), Fill()
    add_summary(book, report, live, fill, ranges)
    add_ranking(book, report, live, fill)
    if live is None:
        add_weights(book, report)
    else:
        names = [report.name(node) for node in range(len(first.tree.codes))]
        add_live_weights(book, live, names, report.scenarios, fill)
    add_contributions(book, report, fill)
    add_profiles(book, report, live, fill)
    add_quadrant(book, report, live, fill)
    if ranges is not None:
        add_robustness(book, report, ranges)
    add_scenarios(book, report, fill)
    add_funnel(book, report)
    if partners is not None:
        add_partners(book, report)
    add_data_quality(book, report)
    add_method(book, report)
    if live is not None:
        add_values(book, live, fill)
        add_scores(book, live, fill)
        add_terms(book, live, fill)
        add_observed(book, live, fill)
        add_run(book, live, ranking_columns(report, live), fill)
    save(book, Path(path), force=force, fill=fill)


def _why_static(result: Result, static: bool | None) -> str:
    if static:
        return say("it was asked for without formulas")
    if static is None and len(result.table.codes) > MOST_MARKETS:
        return say("there are more than {count:,} markets", count=MOST_MARKETS)
    return why_static(result)
