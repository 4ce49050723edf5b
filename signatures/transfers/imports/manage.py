"""What an organiser decides about a file of signatures that were collected elsewhere. The worker does the rest:
signatures/imports."""

import secrets
from datetime import datetime
from functools import partial
from tempfile import TemporaryFile

from django.contrib.auth.models import User
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_audit_entry
from signatures.identity import encryption
from signatures.mail.outbox import enqueue_task
from signatures.statements.models.sector import Sector
from signatures.statements.models.statement import Statement
from signatures.transfers.models.imports import FINAL_STATUSES, Import, ImportLine
from signatures.web.limits import IMPORT_FILE_RETENTION, IMPORT_RETENTION

Action, Status = AuditEntry.Action, Import.Status

FOLDER = "imports"
BATCH = 5000
ZERO_COUNTERS = dict.fromkeys(("reached", "ready", "bad", "duplicates", "known", "silent", "brought"), 0)


@transaction.atomic
def create_import(
    *, statement: Statement, source: str, name: str, content: bytes, actor: User, now: datetime
) -> Import:
    """Stores it, sealed, for the worker to read."""
    with TemporaryFile() as file:
        encryption.encrypt_file(content, file)
        file.seek(0)
        kept = default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}.sealed", File(file))
    found = Import.objects.create(
        statement=statement, source=source, name=name, author=actor, created_at=now, moved_at=now, file=kept,
        size=len(content), digest=encryption.digest_of_file(content), language=statement.language,
    )  # fmt: skip
    _record_audit_entry(Action.IMPORT, found, actor, now)
    _wake_worker_after_commit()
    return found


@transaction.atomic
def choose_columns(
    *, import_id: int, columns: list[str], sector: Sector | None, language: str, visibility: str, now: datetime
) -> bool:
    """Has every line checked. May be said anew as long as nothing has been sent."""
    found = Import.objects.filter(id=import_id, status__in=[Status.READ, Status.CHECKED])
    _wake_worker_after_commit()
    return bool(
        found.update(
            status=Status.CHECKING, columns=columns, sector=sector, language=language, visibility=visibility,
            moved_at=now, held_until=None, **ZERO_COUNTERS,
        )
    )  # fmt: skip


@transaction.atomic
def start_import(*, import_id: int, pace: int, actor: User, now: datetime) -> bool:
    """From now on the mails go out, so many an hour. Also after a pause."""
    found = Import.objects.select_for_update().filter(id=import_id, status__in=[Status.CHECKED, Status.PAUSED]).first()
    if found is None:
        return False
    found.status, found.pace, found.moved_at, found.began_at = Status.RUNNING, pace, now, found.began_at or now
    found.save(update_fields=["status", "pace", "moved_at", "began_at"])
    _record_audit_entry(Action.SEND_IMPORT, found, actor, now, after=f"{pace}")
    _wake_worker_after_commit()
    return True


@transaction.atomic
def set_import_rate(*, import_id: int, pace: int, actor: User, now: datetime) -> bool:
    """For what is still to come."""
    found = Import.objects.select_for_update().filter(id=import_id, status=Status.RUNNING).first()
    if found is None:
        return False
    _record_audit_entry(Action.PACE_IMPORT, found, actor, now, before=f"{found.pace}", after=f"{pace}")
    Import.objects.filter(id=import_id).update(pace=pace)
    return True


@transaction.atomic
def pause_import(*, import_id: int, actor: User, now: datetime) -> bool:
    done = Import.objects.filter(id=import_id, status=Status.RUNNING).update(status=Status.PAUSED, moved_at=now)
    return bool(done) and _record_step(Action.PAUSE_IMPORT, import_id, actor, now)


@transaction.atomic
def stop_import(*, import_id: int, actor: User, now: datetime) -> bool:
    """For good: what is left of the file is forgotten within minutes. Whoever has a mail already can still confirm."""
    begun = Import.objects.filter(id=import_id).exclude(status__in=FINAL_STATUSES)
    done = begun.update(status=Status.STOPPED, moved_at=now, ended_at=now)
    return bool(done) and _record_step(Action.STOP_IMPORT, import_id, actor, now)


def read_import_file(found: Import) -> bytes:
    """FileNotFoundError or InvalidToken where it cannot be had any more."""
    with default_storage.open(found.file) as file:
        return encryption.decrypt_file(file)


def delete_import_file(found: Import) -> None:
    """Once it is read, or cannot be."""
    if found.file:
        default_storage.delete(found.file)
        Import.objects.filter(id=found.pk).update(file="")


def delete_old_imports(now: datetime) -> int:
    """Lines of what is over, and of what has not moved for long. Returns how many rows went."""
    stuck = Import.objects.filter(status=Status.READING, created_at__lte=now - IMPORT_FILE_RETENTION)
    stuck.update(status=Status.REFUSED, problem="lost", ended_at=now)
    old = Import.objects.filter(moved_at__lte=now - IMPORT_RETENTION).exclude(
        status__in=[Status.STOPPED, Status.REFUSED]
    )
    old.exclude(status=Status.DONE).update(status=Status.STOPPED, ended_at=now)
    over = Import.objects.filter(status__in=[Status.STOPPED, Status.REFUSED])
    gone = delete_import_lines(over) + delete_import_lines(Import.objects.filter(moved_at__lte=now - IMPORT_RETENTION))
    for found in over.exclude(file=""):
        delete_import_file(found)
    _delete_orphaned_files(now)
    return gone


def delete_import_lines(imports) -> int:
    """In batches, each a short statement."""
    gone = 0
    while ids := list(ImportLine.objects.filter(of__in=imports).values_list("id", flat=True)[:BATCH]):
        gone += ImportLine.objects.filter(id__in=ids).delete()[0]
    return gone


def _delete_orphaned_files(now: datetime) -> None:
    """Left by whoever was killed between the file and its row."""
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    known = set(Import.objects.exclude(file="").values_list("file", flat=True))
    for path in (f"{FOLDER}/{name}" for name in names):
        if path not in known and default_storage.get_modified_time(path) <= now - IMPORT_FILE_RETENTION:
            default_storage.delete(path)


def _record_step(action: AuditEntry.Action, import_id: int, actor: User, now: datetime) -> bool:
    _record_audit_entry(action, Import.objects.select_related("statement").get(id=import_id), actor, now)
    return True


def _record_audit_entry(
    action: AuditEntry.Action, found: Import, actor: User, now: datetime, *, before: str = "", after: str = ""
) -> None:
    said = f"{found.source} ({found.name})"
    record_audit_entry(
        action, statement=found.statement, actor=actor, reason=said, now=now, before=before, after=after, about=found
    )


def _wake_worker_after_commit() -> None:
    transaction.on_commit(partial(enqueue_task, "signatures.work_on_imports", within=30), robust=True)
