"""What local partners could make of a ranking, for commands that print or report one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from entryscore.cli.common import progress
from entryscore.language import phrase, say

if TYPE_CHECKING:
    from entryscore.briefing.brief import Brief
    from entryscore.partners.answer import Field
    from entryscore.problems import Problem
    from entryscore.result import Result
    from entryscore.tree import Floats
    from entryscore.workbook.read import Book


def partner_fields(
    book: Book, results: Sequence[Result], *, must: bool
) -> tuple[list[Field], list[Problem]]:
    """Each result with its partner graph, and warnings.

    Where nothing can be assessed there are none; unless `must`, problems of the partner sheets
    are then one warning, else InputError.
    """
    from entryscore import application
    from entryscore.briefing.brief import SILENT, is_silent
    from entryscore.partners.answer import Field
    from entryscore.problems import InputError, Problem

    try:
        ecosystem, said = application.ecosystem_of(book)
    except InputError as error:
        if must:
            raise
        what = phrase(
            "problems in the partner sheets ({count}), so the report has no sheet Partners"
        )
        hint = phrase("list them with: entryscore check")
        return [], [Problem("Partners", what, hint, {"count": len(error.problems)})]
    fields = [Field.of(result, ecosystem) for result in results]
    if is_silent(fields[0]):
        return (fields, [*said, SILENT]) if must else ([], [])
    return fields, list(said)


def adjusted_columns(fields: Sequence[Field]) -> list[dict[str, Floats]]:
    """Adjusted scores and ranks of every result."""
    from entryscore.briefing.brief import adjusted

    steps = sum(int(field.result.ranked.sum()) for field in fields)
    with progress(steps, say("Partners")) as step:
        return [adjusted(field, step) for field in fields]


def shortlist_brief(field: Field, *, draws: bool) -> Brief | None:
    """What the sheet Partners shows: the shortlist, with the setting's draws or without any."""
    from entryscore.briefing.brief import Question, assemble, work

    result = field.result
    ranked = [int(i) for i in result.order if result.ranked[i]]
    if not ranked:
        return None
    question = Question(draws=result.methodology.partner_draws if draws else 0)
    shortlist = ranked[: result.methodology.shortlist]
    with progress(work(shortlist, question.draws), say("Partners")) as step:
        return assemble(field, shortlist, question, step)
