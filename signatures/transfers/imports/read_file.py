"""A file becomes lines, each sealed. Where it is no good, nothing of it stays."""

import logging
from datetime import datetime
from itertools import dropwhile, islice

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.db.models import F

from signatures.identity.encryption import decrypt_cells, encrypt_cells
from signatures.transfers.imports import columns, tables
from signatures.transfers.imports.file_errors import UnreadableFile
from signatures.transfers.imports.manage import delete_import_file, delete_import_lines, read_import_file
from signatures.transfers.imports.tables import Line
from signatures.transfers.models.imports import WORK_LEASE, Import, ImportLine
from signatures.web.time_boxed import Clock

BATCH = 1000
GIVE_UP_AFTER = 3  # tries that came no further

State, Status = ImportLine.State, Import.Status
logger = logging.getLogger(__name__)


def read_file(found: Import, clock: Clock, stop_at: datetime) -> bool:
    try:
        return _read_step(found, clock, stop_at)
    except UnreadableFile as bad:
        _refuse(found, bad, clock())
        return False


def _read_step(found: Import, clock: Clock, stop_at: datetime) -> bool:
    """Whether it goes on later."""
    if found.tries >= GIVE_UP_AFTER:
        raise UnreadableFile("unreadable")
    Import.objects.filter(id=found.pk).update(tries=F("tries") + 1)
    lines = dropwhile(lambda line: line[0] <= found.reached, tables.read_lines(found.name, _file_content(found)))
    while some := list(islice(lines, BATCH)):
        if not _store_lines(found, some, clock()):
            return False
        if clock() >= stop_at:
            return True
    _finish(found, clock())
    return False


def _file_content(found: Import) -> bytes:
    try:
        return read_import_file(found)
    except (FileNotFoundError, InvalidToken):
        raise UnreadableFile("lost") from None


@transaction.atomic
def _store_lines(found: Import, lines: list[Line], now: datetime) -> bool:
    """False where it was stopped meanwhile, or another one is at it."""
    mine = Import.objects.filter(id=found.pk, status=Status.READING, reached=found.reached)
    found.reached = lines[-1][0]
    found.lines += sum(at > 1 for at, _cells in lines)
    if not mine.update(reached=found.reached, lines=found.lines, tries=0, moved_at=now, held_until=now + WORK_LEASE):
        return False
    ImportLine.objects.bulk_create(
        ImportLine(of=found, line=at, state=State.UNSEEN if at > 1 else State.HEADING, sealed=encrypt_cells(cells))
        for at, cells in lines
    )
    return True


def _finish(found: Import, now: datetime) -> None:
    guessed = columns.guess_columns(headings(found))
    done = Import.objects.filter(id=found.pk, status=Status.READING)
    done.update(status=Status.READ, columns=guessed, moved_at=now, reached=0)
    delete_import_file(found)


def headings(found: Import) -> list[str]:
    """Empty once they are forgotten."""
    sealed = found.rows.filter(state=State.HEADING).values_list("sealed", flat=True).first()
    return decrypt_cells(sealed) if sealed else []


def _refuse(found: Import, bad: UnreadableFile, now: datetime) -> None:
    logger.info("import %s cannot be read: %s", found.pk, bad.code)
    Import.objects.filter(id=found.pk, status=Status.READING).update(
        status=Status.REFUSED, problem=bad.code, problem_line=bad.line, lines=0, moved_at=now, ended_at=now
    )
    delete_import_lines(Import.objects.filter(id=found.pk))
    delete_import_file(found)


def sample_lines(found: Import, many: int) -> list[list[str]]:
    lines = found.rows.people().filter(sealed__isnull=False).order_by("line")
    return [decrypt_cells(line.sealed or b"") for line in lines[:many]]
