"""Lists the lines with a problem. Each is checked again, so that the messages are in the reader's language."""

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
    messages: list[tuple[str | Promise, str]]
    """Pairs of a field label and an error message."""
    cells: dict[str, str]


@dataclass(frozen=True)
class ProblemPage:
    rows: list[LineProblems]
    after: int | None
    """The line number after which the next page begins, or None on the last page."""


def problem_page(import_: Import, *, after: int, limit: int) -> ProblemPage:
    lines = _lines(import_, after)[: limit + 1]
    rows = list(_checked_again(import_, lines))
    return ProblemPage(rows[:limit], rows[limit - 1].line if len(rows) > limit else None)


def problem_rows(import_: Import) -> tuple[list[str], Iterator[list[list[str]]]]:
    """Returns the headings and the rows, in batches, of a table for download."""
    held = [column for column in import_.columns if column]
    return [_("Line"), _("Problem"), *(str(COLUMN_LABELS[column]) for column in held)], _batches(import_, held)


def _batches(import_: Import, held: list[str]) -> Iterator[list[list[str]]]:
    after = 0
    while problems := list(_checked_again(import_, _lines(import_, after)[:BATCH])):
        after = problems[-1].line
        yield [
            [f"{problem.line}", _as_one_text(problem), *(problem.cells.get(column, "") for column in held)]
            for problem in problems
        ]


def _lines(import_: Import, after: int):
    return import_.rows.filter(state=ImportLine.State.BAD, line__gt=after).order_by("line")


def _checked_again(import_: Import, lines) -> Iterator[LineProblems]:
    forms = LineForms(import_)
    for line in lines:
        try:
            cells = decrypt_cells(line.sealed) if line.sealed else []
        except InvalidToken:
            yield LineProblems(line.line, [(_("Line"), KEY_MISSING_TEXT)], {})
        else:
            named = dict(zip(import_.columns, cells, strict=False)) | cells_by_column(import_.columns, cells)
            yield LineProblems(line.line, list(forms.form(cells).problems()), named)


def _as_one_text(problem: LineProblems) -> str:
    return " ".join(f"{about}: {words}" for about, words in problem.messages)
