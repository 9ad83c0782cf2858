"""Composite indices for market entry: read a workbook, score its markets, write the report.

The names below load on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from entryscore.catalogue import Catalogue as Catalogue
    from entryscore.markets import MarketTable as MarketTable
    from entryscore.methodology import Methodology as Methodology
    from entryscore.pipeline import score as score
    from entryscore.report import write_report as write_report
    from entryscore.result import Result as Result
    from entryscore.robustness.ranges import rank_ranges as rank_ranges
    from entryscore.workbook.read import read_workbook as read_workbook

__version__ = "0.1.0"
_HOMES = {
    "Catalogue": "catalogue",
    "MarketTable": "markets",
    "Methodology": "methodology",
    "Result": "result",
    "rank_ranges": "robustness.ranges",
    "read_workbook": "workbook.read",
    "score": "pipeline",
    "write_report": "report",
}
__all__ = [
    "Catalogue",
    "MarketTable",
    "Methodology",
    "Result",
    "__version__",
    "rank_ranges",
    "read_workbook",
    "score",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
