"""Input workbooks to fill in, made from catalogues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from entryscore.catalogue import (
    INDEX,
    Catalogue,
    Gate,
)
from entryscore.language import current, own_name, phrase, say, translated, using
from entryscore.methodology import (
    CHOICES,
    DEFAULTS,
    SETTINGS,
)
from entryscore.spreadsheet import BODY, QUIET, TITLE, fit_columns, for_print, header, put, save

INDICATOR_COLUMNS = [
    "code",
    "name",
    "name_zh",
    "parent",
    "weight",
    "direction",
    "unit",
    "source",
    "note",
    "valid_min",
    "valid_max",
    "goal_low",
    "goal_high",
    "transform",
    "treatment",
    "normalisation",
    "scale_by",
    "panel",
    "panel_of",
    "role",
    "gate",
    "on_missing_gate",
    "target",
    "proxy_for",
    "evidence",
    "weight_min",
    "weight_max",
    "uncertainty",
]
PILLAR_COLUMNS = [
    "code", "name", "name_zh", "parent", "weight", "aggregation", "axis",
    "weight_min", "weight_max",
]  # fmt: skip
_SPARE_ROWS = 500
HOW_TO = (
    phrase("How to fill in this workbook"),
    phrase(
        "Markets: one row per market with a code of its own; one column per indicator. Leave "
        "a cell empty where a value is not known."
    ),
    phrase("A market with include = no is left out. A group (region, segment) allows comparisons."),
    phrase(
        "Indicators: direction says whether more is better; weight counts among the "
        "indicators with the same parent, on any scale."
    ),
    phrase(
        "A gate such as >= 1000000 or = yes is a condition for being ranked, not a part of "
        "the score."
    ),
    phrase("Pillars: the nodes above the indicators, with their weights."),
    phrase(
        "Observations: values with years, instead of a column in Markets. In Indicators, "
        "panel says how they become one value; panel_of takes those of another indicator."
    ),
    phrase(
        "How sure a rank is: draws of the assumptions in Settings, uncertain. weight_model "
        "says how weights are drawn (uniform, dirichlet: about yours, by weight_noise; any: "
        "every division); weight_order = yes keeps their order."
    ),
    phrase(
        "weight_min, weight_max: the least and the greatest share among siblings (0.2 or "
        "20%) in the draws. uncertainty: standard error, in Indicators as a share of the "
        "value, in Observations in its unit; used where uncertain names data."
    ),
    phrase("Scenarios: named sets of weights; list only the codes that differ."),
    phrase(
        "Settings: leave the value as it is to keep the default; the cells offer what is allowed."
    ),
    phrase("Then: entryscore check BOOK.xlsx, and: entryscore score BOOK.xlsx -o REPORT.xlsx"),
)


def write_template(
    path: Path,
    catalogue: Catalogue,
    *,
    markets: Sequence[str] = (),
    lang: str | None = None,
    frame: pd.DataFrame | None = None,
    settings: Mapping[str, object] | None = None,
    force: bool = False,
) -> None:
    """Writes the workbook, in the current language unless `lang` names one. `frame` (indexed by
    market code, columns `name`, `group` and codes) fills in Markets; `markets` lists codes (or
    chooses rows of the frame)."""
    with using(lang or current()):
        book = _template(catalogue, markets, frame, settings or {})
    save(book, path, force=force)


def _template(
    catalogue: Catalogue, markets: Sequence[str], frame: pd.DataFrame | None,
    settings: Mapping[str, object],
) -> Workbook:  # fmt: skip
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    _how_to(sheet)
    _markets(book.create_sheet("Markets"), catalogue, _rows(catalogue, markets, frame))
    _records(
        book.create_sheet("Indicators"),
        INDICATOR_COLUMNS,
        catalogue.indicators,
        len(catalogue.codes),
    )
    _records(book.create_sheet("Pillars"), PILLAR_COLUMNS, catalogue.pillars, 20)
    for name, columns in (
        ("Observations", "market indicator year value uncertainty source note"),
        ("Scenarios", "scenario code weight"),
    ):
        sheet = book.create_sheet(name)
        header(sheet, 1, columns.split())
        fit_columns(sheet, narrowest=14)
        for_print(sheet, 1, "A2")
    _settings(book.create_sheet("Settings"), catalogue, settings)
    book.active = 1
    return book


def _how_to(sheet: Worksheet) -> None:
    sheet.title = "How to"
    title, *sentences = map(say, HOW_TO)
    put(sheet, 1, 1, title, font=TITLE)
    for row, sentence in enumerate(sentences, 3):
        cell = put(sheet, row, 1, sentence)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[row].height = 30
    sheet.column_dimensions["A"].width = 110
    for_print(sheet)


def _rows(
    catalogue: Catalogue, markets: Sequence[str], frame: pd.DataFrame | None
) -> list[tuple[str, Mapping[str, object]]]:
    if frame is not None:
        rows = [(str(code), dict(row)) for code, row in frame.astype(object).iterrows()]
        return [row for row in rows if not markets or row[0] in markets]
    if catalogue.markets != "countries":
        return [(code, {}) for code in markets]
    import pycountry

    from entryscore.countries import resolve

    def name(code: str) -> str:
        country = pycountry.countries.get(alpha_3=resolve(code) or "")
        return str(getattr(country, "common_name", country.name)) if country else ""

    return [(code, {"name": name(code)}) for code in markets]


def _markets(
    sheet: Worksheet,
    catalogue: Catalogue,
    rows: list[tuple[str, Mapping[str, object]]],
) -> None:
    typed = [i for i in catalogue.indicators if i.panel_of is None]
    columns = ["code", "name", "group", "include", *(i.code for i in typed)]
    header(sheet, 1, columns, height=45)
    for column, indicator in enumerate(typed, 5):
        words = [
            own_name(indicator) or indicator.code,
            translated(indicator.unit),
            indicator.source,
            indicator.note,
        ]
        comment = Comment("\n".join(word for word in words if word), "entryscore", 120, 320)
        sheet.cell(1, column).comment = comment
        sheet.column_dimensions[get_column_letter(column)].width = 14
    for row, (code, values) in enumerate(rows, 2):
        for column, name in enumerate(columns, 1):
            value = code if name == "code" else values.get(name)
            if value is not None and value == value:
                put(sheet, row, column, value)
        sheet.cell(row, 1).number_format = "@"
    for letter, width in zip("ABCD", (10, 26, 24, 9), strict=True):
        sheet.column_dimensions[letter].width = width
    _drop_down(sheet, "D", ("yes", "no"))
    for_print(sheet, 1, "C2")


def _records(sheet: Worksheet, columns: Sequence[str], records: Sequence[Any], spare: int) -> None:
    header(sheet, 1, columns)
    for row, record in enumerate(records, 2):
        for column, name in enumerate(columns, 1):
            put(sheet, row, column, _plain(name, getattr(record, name)))
    fit_columns(sheet, widest=30)
    for column, name in enumerate(columns, 1):
        if name in CHOICES:
            _drop_down(sheet, get_column_letter(column), CHOICES[name])
    for_print(sheet, 1, "B2")


def _plain(name: str, value: object) -> object:
    if isinstance(value, Gate):
        return value.condition
    if value == "" or (name == "parent" and value == INDEX):
        return None
    return value


def _drop_down(sheet: Worksheet, letter: str, choices: Sequence[str]) -> None:
    rule = DataValidation("list", formula1=f'"{",".join(choices)}"', allow_blank=True)
    rule.add(f"{letter}2:{letter}{_SPARE_ROWS}")
    sheet.add_data_validation(rule)


def _settings(sheet: Worksheet, catalogue: Catalogue, given: Mapping[str, object]) -> None:
    values = {
        "title": catalogue.headline,
        "markets": catalogue.markets,
        **catalogue.settings,
        **given,
    }
    header(sheet, 1, ("setting", "value", "allowed"))
    for row, setting in enumerate(SETTINGS.values(), 2):
        put(sheet, row, 1, setting.name)
        value = values.get(setting.name, setting.show(DEFAULTS[setting.name]))
        if setting.name != "catalogue" and value not in (None, ""):
            put(sheet, row, 2, value, font=BODY)
        put(sheet, row, 3, ", ".join(setting.choices), font=QUIET)
        if setting.choices:
            rule = DataValidation(
                "list", formula1=f'"{",".join(setting.choices)}"', allow_blank=True
            )
            rule.add(f"B{row}")
            sheet.add_data_validation(rule)
    fit_columns(sheet, widest=70)
    sheet.column_dimensions["B"].width = 40
    for_print(sheet, 1, "A2")
