"""What the commands do, without a command line: checks before work, options, scoring a book."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from entryscore.language import phrase, say
from entryscore.methodology import read_override
from entryscore.naming import did_you_mean, loose
from entryscore.pipeline import construct
from entryscore.problems import EntryscoreError, Findings, InputError, Problem, UsageError
from entryscore.result import Result
from entryscore.tree import Floats, Tree, build_tree

if TYPE_CHECKING:
    from entryscore.partners.ecosystem import Ecosystem
    from entryscore.robustness.ranges import Ranges
    from entryscore.workbook.read import Book

BASE = "base"
_TOLERANCE = 1e-9


def require_input(path: Path) -> None:
    """Refuses what is no file, before any work."""
    if path.is_dir():
        raise _file_problem(path, "is a folder, not a workbook", "name the file in it")
    if not path.is_file():
        raise _file_problem(path, "no such file", "check the name and the folder")


def require_output(
    path: Path,
    *,
    force: bool,
    inputs: Iterable[Path] = (),
    suffixes: Sequence[str] = (".xlsx",),
) -> None:
    """Refuses, before any work, a file that exists, has no folder, or is the input."""
    if path.suffix.lower() not in suffixes:
        kinds = {".xlsx": phrase("workbook"), ".html": phrase("page")}
        raise UsageError(
            say(
                "{path}: what is written is a {kind} (end its name in {suffixes})",
                path=path,
                kind=say(kinds.get(suffixes[0], phrase("graph"))),
                suffixes=", ".join(suffixes),
            )
        )
    if any(path.exists() and source.exists() and path.samefile(source) for source in inputs):
        raise _file_problem(path, "is the input", "choose another name for the output")
    if path.is_dir():
        raise _file_problem(path, "is a folder", "name a file in it")
    if path.exists() and not force:
        raise _file_problem(path, "exists already", "add --force to replace it")
    if not path.parent.is_dir():
        raise _file_problem(path, "its folder does not exist", "make the folder first")
    if not os.access(path.parent, os.W_OK):
        raise _file_problem(path, "its folder cannot be written to", "choose another folder")


def _file_problem(path: Path, what: str, hint: str) -> EntryscoreError:
    return EntryscoreError(str(Problem(str(path), what, hint)))


def settings_of(typed: Iterable[str], option: str = "--set") -> dict[str, str]:
    """`KEY=VALUE` options as settings; a wrong one is wrong usage.

    >>> settings_of(["Missing=zero"])
    {'missing': 'zero'}
    """
    found = {}
    for text in typed:
        key, equals, value = text.partition("=")
        if not equals:
            raise UsageError(
                say("{option} {text}: write it as KEY=VALUE", option=option, text=text)
            )
        name, _ = read_override(key, value, option)
        found[name] = value.strip()
    _known_catalogue(found.get("catalogue"))
    return found


def _known_catalogue(name: str | None) -> None:
    if name:
        from entryscore.bundled import catalogue_names

        if name not in catalogue_names():
            raise UsageError(
                say(
                    "no catalogue {name!r} ({advice})",
                    name=name,
                    advice=did_you_mean(name, catalogue_names()),
                )
            )


def shares_of(typed: Iterable[str]) -> dict[str, float]:
    """`CODE=SHARE` options; a share is a fraction or a percentage.

    >>> shares_of(["growth=40%", "risk=0.5"])
    {'growth': 0.4, 'risk': 0.5}
    """
    found: dict[str, float] = {}
    for text in typed:
        code, _, value = text.rpartition("=")
        number = value.strip().removesuffix("%")
        try:
            share = float(number) / (100 if number != value.strip() else 1)
        except ValueError:
            share = float("nan")
        if not code or not isfinite(share) or not 0 <= share <= 1:
            raise UsageError(
                say("--weight {text}: write CODE=SHARE, from 0 to 1 or as a percentage", text=text)
            )
        if code.strip() in found:
            raise UsageError(
                say("--weight {text}: {code} is given twice", text=text, code=code.strip())
            )
        found[code.strip()] = share
    return found


def weights_with_shares(
    tree: Tree, weights: Mapping[str, float], shares: Mapping[str, float]
) -> dict[str, float]:
    """Weights in which each named node has its share among its siblings.

    The siblings not named keep their proportions. `weights` overrides the declared ones, and so
    does what is returned.
    """
    for code in shares:
        if code not in tree or tree.position(code) == 0:
            raise UsageError(
                say(
                    "--weight {code}: no such node ({advice})",
                    code=code,
                    advice=did_you_mean(code, tree.codes[1:]),
                )
            )
    changed = dict(weights)
    parents = {int(tree.parents[tree.position(code)]) for code in shares}
    for parent in sorted(parents):
        codes = [tree.codes[child] for child in tree.children[parent]]
        present = {c: weights.get(c, float(tree.declared[tree.position(c)])) for c in codes}
        changed |= _shared_out(present, {c: shares[c] for c in codes if c in shares})
    return changed


def _shared_out(present: Mapping[str, float], shares: Mapping[str, float]) -> dict[str, float]:
    left = 1 - sum(shares.values())
    rest = {code: weight for code, weight in present.items() if code not in shares}
    total = sum(rest.values())
    names = ", ".join(shares)
    if left < -_TOLERANCE:
        raise UsageError(say("--weight {names}: the shares add to more than 1", names=names))
    left = 0.0 if left < _TOLERANCE else left
    if left and not total:
        raise UsageError(
            say("--weight {names}: no sibling carries the rest, so they must add to 1", names=names)
        )
    return dict(shares) | {code: left * weight / (total or 1) for code, weight in rest.items()}


def score_book(
    book: Book, scenarios: Sequence[str] = (), shares: Mapping[str, float] | None = None
) -> list[Result]:
    """One result per scenario (the base where none is named).

    Raises InputError with every problem of reading and of construction.
    """
    scenarios = tuple(dict.fromkeys(scenarios)) or (BASE,)
    tree = build_tree(book.catalogue)
    findings, results = Findings(), []
    chosen = [(name, _scenario(book, name)) for name in scenarios]
    for name, weights in chosen:
        if shares and not book.findings.problems:
            weights = weights_with_shares(tree, weights, shares)
        result, found = _construct(book, name, weights)
        results.append(result)
        findings.extend(found)
    findings.raise_if_any()
    return [result for result in results if result is not None]


def with_ranges(results: Sequence[Result], *, detail: bool = False) -> list[Ranges]:
    """Every result with its rank ranges; `detail`: of the first, what its report shows too.

    Where nothing can be drawn the ranges stay unknown, and a warning says why.
    """
    from entryscore.robustness.ranges import ranges_or_warning

    return [
        ranges_or_warning(result, detail=detail and place == 0)
        for place, result in enumerate(results)
    ]


def _construct(
    book: Book, name: str, weights: Mapping[str, float]
) -> tuple[Result | None, Findings]:
    """The result, and the findings of reading and of its construction."""
    found = Findings()
    found.extend(book.findings)
    tree = build_tree(book.catalogue)
    nodes = [weights.get(c, w) for c, w in zip(tree.codes, tree.declared.tolist(), strict=True)]
    result = construct(
        book.catalogue, book.table, book.methodology, found,
        weights=np.array(nodes, dtype=float), scenario=name,
    )  # fmt: skip
    return result, found


def _scenario(book: Book, name: str) -> dict[str, float]:
    if name in book.scenarios:
        return dict(book.scenarios[name])
    if name == BASE:
        return {}
    if book.findings.problems:
        book.findings.raise_if_any()
    names = [*book.scenarios, BASE]
    raise UsageError(
        say(
            "--scenario {name}: no such scenario ({advice})",
            name=name,
            advice=did_you_mean(name, names),
        )
    )


def stored_weights(book: Book) -> dict[str, Floats]:
    """Weights (nodes) of every scenario stored in the workbook."""
    tree = build_tree(book.catalogue)
    return {
        name: np.array(
            [weights.get(c, w) for c, w in zip(tree.codes, tree.declared.tolist(), strict=True)]
        )
        for name, weights in book.scenarios.items()
    }


def market_of(book: Book, text: str, option: str) -> str:
    """The code of the market with this code, or else this name; UsageError where there is none."""
    codes, names = book.table.codes, book.table.names
    if text in codes:
        return text
    alike = [
        code for code, name in zip(codes, names, strict=True)
        if loose(text) in (loose(code), loose(name))
    ]  # fmt: skip
    if len(alike) == 1:
        return alike[0]
    if text in book.excluded:
        raise UsageError(
            say("{option} {text}: left out of the index (include = no)", option=option, text=text)
        )
    hint = did_you_mean(text, [*codes, *names])
    raise UsageError(
        say("{option} {text}: no such market ({hint})", option=option, text=text, hint=hint)
    )


def ecosystem_of(book: Book) -> tuple[Ecosystem, tuple[Problem, ...]]:
    """The book's partner graph and the warnings about it; InputError with every problem."""
    from entryscore.workbook.partners import read_ecosystem

    ecosystem, found = read_ecosystem(book)
    found.raise_if_any()
    return ecosystem, found.warnings


def markets_asked(book: Book, result: Result, typed: Sequence[str]) -> list[int]:
    """Positions of the markets named, in the order given, or of the shortlist in rank order.

    Raises UsageError for an unknown one, InputError for those without a score.
    """
    if not typed:
        ranked = [int(i) for i in result.order if result.ranked[i]]
        if not ranked:
            raise InputError([Problem("Markets", "no market is ranked", "name the markets")])
        return ranked[: result.methodology.shortlist]
    codes = dict.fromkeys(market_of(book, text, "MARKET") for text in typed)
    found = [result.table.codes.index(code) for code in codes]
    problems = [_unscored(result, i) for i in found if np.isnan(result.score[i])]
    if problems:
        raise InputError(problems)
    return found


def _unscored(result: Result, market: int) -> Problem:
    code, catalogue = result.table.codes[market], result.catalogue
    columns = result.tree.columns[result.tree.leaves]
    missing = [catalogue.codes[c] for c in columns if np.isnan(result.scaled[market, c])]
    return Problem(
        result.table.where(code, missing[0]) if missing else "Markets",
        "{code} has no score that partners could lift: it has no value of {missing}",
        "fill them in, or lower min_coverage",
        {"code": code, "missing": ", ".join(missing) or say("enough indicators")},
    )


def check_book(book: Book) -> Findings:
    """Every problem and warning of reading, of each scenario, of partner and judgement sheets."""
    findings = Findings()
    cases: dict[str, Mapping[str, float]] = {BASE: {}, **book.scenarios}
    for name, weights in cases.items():
        findings.extend(_construct(book, name, weights)[1])
    if book.sheets:
        from entryscore.workbook.judgements import read_judgements
        from entryscore.workbook.partners import read_ecosystem

        findings.extend(read_ecosystem(book)[1])
        findings.extend(read_judgements(book)[1])
    return findings


def equal_ranks(book: Book) -> Floats | None:
    """Ranks where all siblings with a weight have the same; None where that has none."""
    declared = build_tree(book.catalogue)
    pairs = zip(declared.codes, declared.declared.tolist(), strict=True)
    result, _ = _construct(book, "equal", {code: float(weight > 0) for code, weight in pairs})
    return None if result is None else result.ranks


__all__ = [
    "InputError",
    "check_book",
    "ecosystem_of",
    "equal_ranks",
    "market_of",
    "markets_asked",
    "require_input",
    "require_output",
    "score_book",
    "settings_of",
    "shares_of",
    "weights_with_shares",
    "with_ranges",
]
