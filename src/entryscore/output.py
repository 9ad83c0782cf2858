"""Answers as text: csv and json in full precision, a table for the terminal."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from entryscore import __version__
from entryscore.catalogue import INDEX
from entryscore.language import ENGLISH, current, own_name, say, translated
from entryscore.naming import text_width
from entryscore.problems import Problem
from entryscore.result import GateOutcome, Result
from entryscore.robustness.ranges import Ranges
from entryscore.robustness.words import range_notes, range_parts, span
from entryscore.rounding import round_half_away
from entryscore.tree import Floats
from entryscore.wording import FLAGGED, flag, wrapped
from entryscore.wording import heading as heading_of

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_ESCAPED = re.compile("(.*_)?name|group")
_WIDEST = 28
_FEW_NAMED = 5  # markets not ranked that are named
_WIDTH = 110


More = Mapping[str, Floats]  # columns to add to a ranking, each (markets)


def as_csv(results: Sequence[Result], *, top: int | None = None, more: Sequence[More] = ()) -> str:
    """Each scenario's ranking; with two or more a leading column says which.

    `more`: for each result further columns, which come last; `…_rank` are whole numbers.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    header: list[str] = []
    for place, result in enumerate(results):
        lead = {"scenario": result.scenario} if len(results) > 1 else {}
        rows = [lead | row for row in _rows(result, top, more[place] if more else {})]
        if rows and list(rows[0]) != header:
            header = list(rows[0])
            writer.writerow(header)
        for row in rows:
            row |= {key: _escaped(str(row[key])) for key in ("name", "group")}
            writer.writerow([_csv_cell(value) for value in row.values()])
    return out.getvalue()


def as_json(
    results: Sequence[Result],
    *,
    sha256: str | None,
    warnings: Iterable[Problem] = (),
    top: int | None = None,
    more: Sequence[More] = (),
    ranges: Sequence[Ranges] = (),
) -> str:
    """The same as csv with settings, weights, warnings and what `ranges` (one for each result)
    rest on; null where a number is missing."""
    several = len(results) > 1
    first = results[0]

    def labelled(result: Result, rows: list[dict[str, object]]) -> list[dict[str, object]]:
        return [{"scenario": result.scenario} | row for row in rows] if several else rows

    return dump(
        sha256,
        title=first.methodology.title or first.catalogue.title,
        scenarios=[result.scenario for result in results],
        settings={key: plain(value) for key, value in first.methodology.plain().items()},
        **(range_parts(ranges) if ranges else {}),
        weights=[row for r in results for row in labelled(r, _weights(r))],
        warnings=[warning.as_dict() for warning in warnings],
        markets=[
            row
            for place, r in enumerate(results)
            for row in labelled(r, _rows(r, top, more[place] if more else {}))
        ],
    )


def dump(sha256: str | None, **parts: object) -> str:
    """A command's json answer."""
    answer = {"version": __version__, "input_sha256": sha256, **parts}
    return json.dumps(answer, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def frame_rows(frame: pd.DataFrame) -> list[dict[str, object]]:
    """An object per row, as json takes it: None where a value is missing or not finite."""
    names = [str(name) for name in frame.columns]
    return [
        dict(zip(names, map(plain, row), strict=True))
        for row in frame.itertuples(index=False, name=None)
    ]


def frame_csv(frame: pd.DataFrame) -> str:
    """Full precision; texts in `name`, `group` and `…_name` columns escaped where formula-like."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(frame.columns)
    for row in frame_rows(frame):
        cells = {
            key: _escaped(value) if isinstance(value, str) and _ESCAPED.fullmatch(key) else value
            for key, value in row.items()
        }
        writer.writerow([_csv_cell(value) for value in cells.values()])
    return out.getvalue()


def frame_table(frame: pd.DataFrame, formats: Mapping[str, str]) -> list[str]:
    """Aligned lines; `formats` has the format of a column's numbers, else some four digits."""
    rows = frame_rows(frame)
    heads = [str(name) for name in frame.columns]
    right = {
        k for k, head in enumerate(heads)
        if any(isinstance(row[head], int | float) for row in rows)
    }  # fmt: skip
    texts = [
        [
            flag(str(row[head])) if head in FLAGGED and row[head]
            else _table_cell(row[head], formats.get(head))
            for head in heads
        ]
        for row in rows
    ]  # fmt: skip
    return columns([heading_of(head) for head in heads], texts, right)


def in_language(frame: pd.DataFrame, result: Result) -> pd.DataFrame:
    """The frame with the names of nodes, by its column `code`, in the current language."""
    if current() == ENGLISH:
        return frame
    catalogue = result.catalogue
    codes = [str(code).strip() for code in frame["code"]]
    names = [own_name(catalogue.index if c == INDEX else catalogue.node(c)) for c in codes]
    found = frame.assign(name=names)
    return found.assign(unit=found["unit"].map(translated)) if "unit" in found else found


def _table_cell(value: object, spec: str | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, int):
        return format(value, spec or "d")
    if isinstance(value, float):
        text = format(value, spec) if spec else _four_digits(value)
        return text.replace("-", "") if not any(c in "123456789" for c in text) else text
    return cut(str(value))


def _four_digits(value: float) -> str:
    """
    >>> [_four_digits(x) for x in (1450935791.0, 36.26, 0.1234, 0.000012)]
    ['1,450,935,791', '36.3', '0.123', '1.2e-05']
    """
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return f"{value:.3g}" if 0 < size < 0.01 else f"{value:.3f}" if size < 1 else f"{value:.2f}"


def as_table(
    results: Sequence[Result],
    *,
    top: int | None = None,
    more: Sequence[More] = (),
    ranges: Sequence[Ranges] = (),
) -> str:
    """Each scenario's ranking with the scores of the top nodes; `more` stands beside the score.

    `ranges`: one for each result, to say below what its rank ranges rest on.
    """
    return "\n".join(
        _one_table(
            result, top, len(results) > 1, more[place] if more else {},
            range_notes(ranges[place]) if ranges else [],
        )
        for place, result in enumerate(results)
    )  # fmt: skip


def _rows(result: Result, top: int | None, more: More) -> list[dict[str, object]]:
    order = result.order
    frame = result.frame()
    for name, values in more.items():
        found = values[order]
        frame[name] = (
            pd.array([None if np.isnan(x) else int(x) for x in found], "Int64")
            if name.endswith("_rank") else found
        )  # fmt: skip
    return frame_rows(frame.head(top if top is not None else len(order)))


def plain(value: object) -> object:
    """Python's own types; None for what is missing or not finite."""
    if value is pd.NA or value is None:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def _csv_cell(value: object) -> object:
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value


def _escaped(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _weights(result: Result) -> list[dict[str, object]]:
    tree = result.tree
    return [
        {
            "code": code,
            "parent": tree.codes[int(tree.parents[node])],
            "declared": plain(tree.declared[node]),
            "used": plain(result.weights[node]),
            "effective": plain(result.effective[node]),
        }
        for node, code in enumerate(tree.codes)
        if node
    ]


def _one_table(
    result: Result, top: int | None, several: bool, more: More, notes: Sequence[str]
) -> str:
    table, tree = result.table, result.tree
    nodes = [int(node) for node in tree.children[0]]
    common = _common_gates(result)
    heads = [heading_of(x) for x in ("rank", "code", "name", "group", "score", "range")]
    heads += [heading_of(name) for name in more]
    heads += [cut(result.catalogue.called(tree.codes[node]), 20) for node in nodes]
    heads += [heading_of(x) for x in ("coverage", "band", "gate")]
    gates = _gates(result, lambda gate: gate.told() not in common)
    scores = numbers(result.scores[:, [0, *nodes]])
    beside = [_texts(name, values) for name, values in more.items()]
    rows = []
    for i in result.order[:top]:
        rank = "–" if np.isnan(result.ranks[i]) else f"{result.ranks[i]:.0f}"
        score, *below = scores[i]
        rows.append(
            [rank, table.codes[i], cut(table.names[i]), cut(table.groups[i]),
             score, span(result.rank_low[i], result.rank_high[i]),
             *(texts[i] for texts in beside), *below, f"{result.coverage[i]:.0%}",
             result.bands[i], "; ".join(gates.get(int(i), ()))]
        )  # fmt: skip
    lines = [
        *heading(result, named=several),
        "",
        *columns(heads, rows, right={0, *range(4, 7 + len(nodes) + len(more))}),
    ]
    said = [say("Every market: {gate}", gate=gate) for gate in sorted(common)]
    notes = [
        *said,
        *_not_ranked(result),
        *(line for note in notes for line in wrapped(note, _WIDTH)),
    ]
    return "\n".join([*lines, *([""] if notes else []), *notes, ""])


def _texts(name: str, values: Floats) -> list[str]:
    """Ranks as whole numbers, scores as tables show them."""
    return [text for (text,) in numbers(values[:, None], 0 if name.endswith("_rank") else 1)]


def heading(result: Result, *, named: bool) -> list[str]:
    """Two lines: the title, with the scenario where it is to be named, and how many are ranked."""
    title = result.methodology.title or result.catalogue.headline or say("Ranking")
    return [
        say("{title} — scenario {scenario}", title=title, scenario=result.scenario)
        if named
        else title,
        say(
            "{ranked} of {markets} markets ranked",
            ranked=int(result.ranked.sum()),
            markets=len(result.table.codes),
        ),
    ]


def _gates(result: Result, chosen: Callable[[GateOutcome], bool]) -> dict[int, list[str]]:
    """The texts of the chosen gates by market."""
    found: dict[int, list[str]] = {}
    for gate in filter(chosen, result.gates):
        found.setdefault(gate.market, []).append(gate.told())
    return found


def _common_gates(result: Result) -> set[str]:
    counted = Counter(gate.told() for gate in result.gates)
    return {text for text, times in counted.items() if times == len(result.table.codes) > 1}


def _not_ranked(result: Result) -> list[str]:
    """Each reason with its markets, where they are few."""
    dropping = _gates(result, lambda gate: gate.drops)
    reasons: dict[str, list[str]] = {}
    for i in np.flatnonzero(~result.ranked).tolist():
        why = "; ".join(dropping.get(i, [say("too little data (score or coverage)")]))
        reasons.setdefault(why, []).append(result.table.codes[i])
    lines = []
    for why, codes in sorted(reasons.items(), key=lambda item: -len(item[1])):
        named = f" [{', '.join(codes)}]" if len(codes) <= _FEW_NAMED else ""
        lines.append(say("Not ranked ({count}): {why}", count=len(codes), why=why) + named)
    return lines


def number(value: float, decimals: int = 1) -> str:
    """A score as tables show it: half away from zero; blank where it is missing."""
    return numbers(np.array([[value]]), decimals)[0][0]


def numbers(values: Floats, decimals: int = 1) -> list[list[str]]:
    """A table of scores, each as `number` has it."""
    return [
        ["" if value != value else f"{value:.{decimals}f}" for value in row]
        for row in round_half_away(values, decimals).tolist()
    ]


def cut(text: str, widest: int = _WIDEST) -> str:
    """The text in one line of at most so many columns."""
    text = "".join(c if c.isprintable() else " " for c in text)
    if text_width(text) <= widest:
        return text
    while text_width(text) >= widest:
        text = text[:-1]
    return text.rstrip() + "…"


def columns(
    heads: Sequence[str], rows: Sequence[Sequence[str]], right: Iterable[int] = ()
) -> list[str]:
    """Lines with aligned columns; a column without any text is left out."""
    used = [k for k in range(len(heads)) if any(row[k] for row in rows)]
    texts = {k: [heads[k], *(row[k] for row in rows)] for k in used}
    widths = {k: max(map(text_width, texts[k])) for k in used}
    to_right = set(right)

    def line(cells: Sequence[str]) -> str:
        padded = []
        for k in used:
            blank = " " * (widths[k] - text_width(cells[k]))
            padded.append(blank + cells[k] if k in to_right else cells[k] + blank)
        return "  ".join(padded).rstrip()

    return [line(heads), *map(line, rows)]
