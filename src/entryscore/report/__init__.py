"""The report workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

from entryscore.briefing.brief import Brief
from entryscore.report.data_quality import add_data_quality, add_funnel
from entryscore.report.method import add_method, add_weights
from entryscore.report.model import Report
from entryscore.report.partners import add_partners
from entryscore.report.ranking import add_contributions, add_ranking
from entryscore.report.summary import add_summary
from entryscore.result import Result
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
) -> None:
    """Writes the report of the first result; the others are named as its scenarios.

    `equal_ranks` (markets): ranks under equal weights. `partners`: what the sheet Partners shows
    of the first result; without it there is none. Raises InputError where the file exists
    and `force` is not given, or cannot be written.
    """
    first, *others = [results] if isinstance(results, Result) else list(results)
    report = Report(first, others, equal_ranks, sha256, command, partners)
    book = Workbook()
    add_summary(book, report)
    add_ranking(book, report)
    add_weights(book, report)
    add_contributions(book, report)
    add_funnel(book, report)
    if partners is not None:
        add_partners(book, report)
    add_data_quality(book, report)
    add_method(book, report)
    save(book, Path(path), force=force)
