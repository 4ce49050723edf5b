"""Lines that cannot be brought in, each with what is wrong: found anew by the form, in the reader's language."""

from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.fernet import InvalidToken
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from signatures.identity.encryption import decrypt_cells
from signatures.transfers.imports.columns import COLUMN_LABELS, cells_by_column
from signatures.transfers.imports.line_form import LineForms
from signatures.transfers.models.imports import Import, ImportLine

BATCH = 500
KEY_MISSING_TEXT = "(its key is no longer in FIELD_KEY)"


@dataclass(frozen=True)
class LineProblems:
    line: int
    found: list[tuple[str | Promise, str]]
    """What it is about, and what is wrong."""
    said: dict[str, str]


@dataclass(frozen=True)
class ProblemPage:
    rows: list[LineProblems]
    after: int | None
    """The line after which there are more."""


def problem_page(found: Import, *, after: int, many: int) -> ProblemPage:
    lines = _lines(found, after)[: many + 1]
    rows = list(_checked_again(found, lines))
    return ProblemPage(rows[:many], rows[many - 1].line if len(rows) > many else None)


def problem_rows(found: Import) -> tuple[list[str], Iterator[list[list[str]]]]:
    """For a table: what stands in its first line, and the others, some at a time."""
    held = [column for column in found.columns if column]
    return [_("Line"), _("Problem"), *(str(COLUMN_LABELS[column]) for column in held)], _batches(found, held)


def _batches(found: Import, held: list[str]) -> Iterator[list[list[str]]]:
    after = 0
    while problems := list(_checked_again(found, _lines(found, after)[:BATCH])):
        after = problems[-1].line
        yield [
            [f"{each.line}", _as_one_text(each), *(each.said.get(column, "") for column in held)] for each in problems
        ]


def _lines(found: Import, after: int):
    return found.rows.filter(state=ImportLine.State.BAD, line__gt=after).order_by("line")


def _checked_again(found: Import, lines) -> Iterator[LineProblems]:
    forms = LineForms(found)
    for line in lines:
        try:
            cells = decrypt_cells(line.sealed) if line.sealed else []
        except InvalidToken:
            yield LineProblems(line.line, [(_("Line"), KEY_MISSING_TEXT)], {})
        else:
            said = dict(zip(found.columns, cells, strict=False)) | cells_by_column(found.columns, cells)
            yield LineProblems(line.line, list(forms.form(cells).problems()), said)


def _as_one_text(problem: LineProblems) -> str:
    return " ".join(f"{about}: {words}" for about, words in problem.found)
