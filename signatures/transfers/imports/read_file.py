"""Reads an import file into encrypted lines. If the file is unusable, nothing of it is kept."""

import logging
from datetime import datetime
from itertools import dropwhile, islice

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.db.models import F

from signatures.identity.encryption import decrypt_cells, encrypt_cells
from signatures.transfers.imports import columns, tables
from signatures.transfers.imports.manage import delete_import_file, delete_import_lines, read_import_file
from signatures.transfers.imports.tables import Line
from signatures.transfers.models.imports import WORK_LEASE, Import, ImportLine
from signatures.web.tables.file_errors import UnreadableFile
from signatures.web.time_boxed import Clock

BATCH = 1000
GIVE_UP_AFTER = 3  # attempts without progress

State, Status = ImportLine.State, Import.Status
logger = logging.getLogger(__name__)


def read_file(import_: Import, clock: Clock, stop_at: datetime) -> bool:
    try:
        return _read_step(import_, clock, stop_at)
    except UnreadableFile as bad:
        _refuse(import_, bad, clock())
        return False


def _read_step(import_: Import, clock: Clock, stop_at: datetime) -> bool:
    """Reads until `stop_at`. Returns True if there are more lines."""
    if import_.tries >= GIVE_UP_AFTER:
        raise UnreadableFile("unreadable")
    Import.objects.filter(id=import_.pk).update(tries=F("tries") + 1)
    lines = dropwhile(lambda line: line[0] <= import_.reached, tables.read_lines(import_.name, _file_content(import_)))
    while batch := list(islice(lines, BATCH)):
        if not _store_lines(import_, batch, clock()):
            return False
        if clock() >= stop_at:
            return True
    _finish(import_, clock())
    return False


def _file_content(import_: Import) -> bytes:
    try:
        return read_import_file(import_)
    except (FileNotFoundError, InvalidToken):
        raise UnreadableFile("lost") from None


@transaction.atomic
def _store_lines(import_: Import, lines: list[Line], now: datetime) -> bool:
    """Stores one batch. Returns False if the import was stopped or another worker took over."""
    own = Import.objects.filter(id=import_.pk, status=Status.READING, reached=import_.reached)
    import_.reached = lines[-1][0]
    import_.lines += sum(number > 1 for number, _cells in lines)
    if not own.update(reached=import_.reached, lines=import_.lines, tries=0, moved_at=now, held_until=now + WORK_LEASE):
        return False
    ImportLine.objects.bulk_create(
        ImportLine(
            of=import_, line=number, state=State.UNSEEN if number > 1 else State.HEADING, sealed=encrypt_cells(cells)
        )
        for number, cells in lines
    )
    return True


def _finish(import_: Import, now: datetime) -> None:
    guessed = columns.guess_columns(headings(import_))
    done = Import.objects.filter(id=import_.pk, status=Status.READING)
    done.update(status=Status.READ, columns=guessed, moved_at=now, reached=0)
    delete_import_file(import_)


def headings(import_: Import) -> list[str]:
    """Returns the column names, or an empty list after they were deleted."""
    sealed = import_.rows.filter(state=State.HEADING).values_list("sealed", flat=True).first()
    return decrypt_cells(sealed) if sealed else []


def _refuse(import_: Import, bad: UnreadableFile, now: datetime) -> None:
    logger.info("import %s cannot be read: %s", import_.pk, bad.code)
    Import.objects.filter(id=import_.pk, status=Status.READING).update(
        status=Status.REFUSED, problem=bad.code, problem_line=bad.line, lines=0, moved_at=now, ended_at=now
    )
    delete_import_lines(Import.objects.filter(id=import_.pk))
    delete_import_file(import_)


def sample_lines(import_: Import, limit: int) -> list[list[str]]:
    lines = import_.rows.people().filter(sealed__isnull=False).order_by("line")
    return [decrypt_cells(line.sealed or b"") for line in lines[:limit]]
