"""Writes docs/methods.md and the method table of README.md from the registries.

Run: python tools/make_docs.py
"""

from __future__ import annotations

import re
from pathlib import Path

from entryscore.aggregation import AGGREGATIONS
from entryscore.crosscheck import CROSS_CHECKS
from entryscore.imputation import IMPUTATIONS
from entryscore.normalisation import NORMALISATIONS
from entryscore.panel import PANELS
from entryscore.treatment import TREATMENTS
from entryscore.weighting.methods import WEIGHTINGS

PROJECT = Path(__file__).resolve().parents[1]
STEPS = (
    ("Panel", PANELS),
    ("Imputation", IMPUTATIONS),
    ("Treatment", TREATMENTS),
    ("Normalisation", NORMALISATIONS),
    ("Aggregation", AGGREGATIONS),
    ("Weighting", WEIGHTINGS),
    ("Cross-check", CROSS_CHECKS),
)
INTRODUCTION = """# Methods

Written by `tools/make_docs.py` from what is registered in the code; a test fails when they differ.

Panel methods make one value of a market's Observations ([panel.md](panel.md)).
In normalisation x is the oriented column (higher is better) and n the number of values present.
Every method but `z_score`, `rank` and `borda` gives a share of the scale, spread from `scale_low`
to `scale_high`. Weighting methods derive weights from judgements, from the data or from an aim;
those from the data act among sibling indicators, on complete rows. Cross-checks rank the markets in
another way and never change a score. *Laws* are the properties that the tests check for the method.
"""
MARKED = re.compile(r"(<!-- methods -->\n).*?(<!-- /methods -->)", re.DOTALL)


def methods_page() -> str:
    parts = [INTRODUCTION]
    for step, registry in STEPS:
        parts.append(f"\n## {step}\n\n| method | formula | source | laws |\n|---|---|---|---|\n")
        for method in registry.values():
            laws = ", ".join(sorted(method.properties)).replace("_", " ")
            formula = method.formula.replace("|", "\\|")
            parts.append(f"| `{method.name}` | {formula} | {method.source or '–'} | {laws} |\n")
    return "".join(parts)


def with_method_table(readme: str) -> str:
    rows = [
        f"| {step.lower()} | {', '.join(f'`{name}`' for name in registry)} |\n"
        for step, registry in STEPS
    ]
    table = "| step | methods |\n|---|---|\n" + "".join(rows)
    return MARKED.sub(lambda match: match[1] + table + match[2], readme)


if __name__ == "__main__":
    (PROJECT / "docs").mkdir(exist_ok=True)
    (PROJECT / "docs" / "methods.md").write_text(methods_page(), encoding="utf-8")
    readme = PROJECT / "README.md"
    readme.write_text(with_method_table(readme.read_text(encoding="utf-8")), encoding="utf-8")
