"""Actions of organisers on imports, and the deletion of old imports. The worker does the rest (run.py)."""

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
from signatures.transfers.limits import IMPORT_FILE_RETENTION, IMPORT_RETENTION
from signatures.transfers.models.imports import FINAL_STATUSES, Import, ImportLine

Action, Status = AuditEntry.Action, Import.Status

FOLDER = "imports"
BATCH = 5000
ZERO_COUNTERS = dict.fromkeys(("reached", "ready", "bad", "duplicates", "known", "silent", "brought"), 0)


@transaction.atomic
def create_import(
    *, statement: Statement, source: str, name: str, content: bytes, actor: User, now: datetime
) -> Import:
    """Stores the file encrypted, for the worker to read."""
    with TemporaryFile() as file:
        encryption.encrypt_file(content, file)
        file.seek(0)
        file_name = default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}.sealed", File(file))
    import_ = Import.objects.create(
        statement=statement, source=source, name=name, author=actor, created_at=now, moved_at=now, file=file_name,
        size=len(content), digest=encryption.digest_of_file(content), language=statement.language,
    )  # fmt: skip
    _record_audit_entry(Action.IMPORT, import_, actor, now)
    _wake_worker_after_commit()
    return import_


@transaction.atomic
def choose_columns(
    *, import_id: int, columns: list[str], sector: Sector | None, language: str, visibility: str, now: datetime
) -> bool:
    """Starts the check of every line. Can be repeated until emails are sent. Returns False if it is too late."""
    import_ = Import.objects.filter(id=import_id, status__in=[Status.READ, Status.CHECKED])
    _wake_worker_after_commit()
    return bool(
        import_.update(
            status=Status.CHECKING, columns=columns, sector=sector, language=language, visibility=visibility,
            moved_at=now, held_until=None, **ZERO_COUNTERS,
        )
    )  # fmt: skip


@transaction.atomic
def start_import(*, import_id: int, pace: int, actor: User, now: datetime) -> bool:
    """Starts or resumes sending, with `pace` emails an hour. Returns False if the import is in another state."""
    import_ = (
        Import.objects.select_for_update().filter(id=import_id, status__in=[Status.CHECKED, Status.PAUSED]).first()
    )
    if import_ is None:
        return False
    import_.status, import_.pace, import_.moved_at, import_.began_at = (
        Status.RUNNING,
        pace,
        now,
        import_.began_at or now,
    )
    import_.save(update_fields=["status", "pace", "moved_at", "began_at"])
    _record_audit_entry(Action.SEND_IMPORT, import_, actor, now, after=f"{pace}")
    _wake_worker_after_commit()
    return True


@transaction.atomic
def set_import_rate(*, import_id: int, pace: int, actor: User, now: datetime) -> bool:
    """Changes how many emails an hour are sent from now on. Returns False if the import is not running."""
    import_ = Import.objects.select_for_update().filter(id=import_id, status=Status.RUNNING).first()
    if import_ is None:
        return False
    _record_audit_entry(Action.PACE_IMPORT, import_, actor, now, before=f"{import_.pace}", after=f"{pace}")
    Import.objects.filter(id=import_id).update(pace=pace)
    return True


@transaction.atomic
def pause_import(*, import_id: int, actor: User, now: datetime) -> bool:
    done = Import.objects.filter(id=import_id, status=Status.RUNNING).update(status=Status.PAUSED, moved_at=now)
    return bool(done) and _record_step(Action.PAUSE_IMPORT, import_id, actor, now)


@transaction.atomic
def stop_import(*, import_id: int, actor: User, now: datetime) -> bool:
    """Stops the import for good. Its lines are deleted within minutes; signers with an email can still confirm."""
    unfinished = Import.objects.filter(id=import_id).exclude(status__in=FINAL_STATUSES)
    done = unfinished.update(status=Status.STOPPED, moved_at=now, ended_at=now)
    return bool(done) and _record_step(Action.STOP_IMPORT, import_id, actor, now)


def read_import_file(import_: Import) -> bytes:
    """Raises FileNotFoundError if the file is gone, InvalidToken if its key is."""
    with default_storage.open(import_.file) as file:
        return encryption.decrypt_file(file)


def delete_import_file(import_: Import) -> None:
    if import_.file:
        default_storage.delete(import_.file)
        Import.objects.filter(id=import_.pk).update(file="")


def delete_old_imports(now: datetime) -> int:
    """Deletes lines of finished imports and of imports without progress. Returns how many rows were deleted."""
    stuck = Import.objects.filter(status=Status.READING, created_at__lte=now - IMPORT_FILE_RETENTION)
    stuck.update(status=Status.REFUSED, problem="lost", ended_at=now)
    old = Import.objects.filter(moved_at__lte=now - IMPORT_RETENTION).exclude(
        status__in=[Status.STOPPED, Status.REFUSED]
    )
    old.exclude(status=Status.DONE).update(status=Status.STOPPED, ended_at=now)
    over = Import.objects.filter(status__in=[Status.STOPPED, Status.REFUSED])
    deleted = delete_import_lines(over) + delete_import_lines(
        Import.objects.filter(moved_at__lte=now - IMPORT_RETENTION)
    )
    for import_ in over.exclude(file=""):
        delete_import_file(import_)
    _delete_orphaned_files(now)
    return deleted


def delete_import_lines(imports) -> int:
    """Deletes the lines in batches of short statements. Returns how many were deleted."""
    deleted = 0
    while ids := list(ImportLine.objects.filter(of__in=imports).values_list("id", flat=True)[:BATCH]):
        deleted += ImportLine.objects.filter(id__in=ids).delete()[0]
    return deleted


def _delete_orphaned_files(now: datetime) -> None:
    """Deletes files without a row. They remain if a process is killed between storing the file and the row."""
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    used = set(Import.objects.exclude(file="").values_list("file", flat=True))
    for path in (f"{FOLDER}/{name}" for name in names):
        if path not in used and default_storage.get_modified_time(path) <= now - IMPORT_FILE_RETENTION:
            default_storage.delete(path)


def _record_step(action: AuditEntry.Action, import_id: int, actor: User, now: datetime) -> bool:
    _record_audit_entry(action, Import.objects.select_related("statement").get(id=import_id), actor, now)
    return True


def _record_audit_entry(
    action: AuditEntry.Action, import_: Import, actor: User, now: datetime, *, before: str = "", after: str = ""
) -> None:
    description = f"{import_.source} ({import_.name})"
    record_audit_entry(
        action,
        statement=import_.statement,
        actor=actor,
        reason=description,
        now=now,
        before=before,
        after=after,
        about=import_,
    )


def _wake_worker_after_commit() -> None:
    transaction.on_commit(partial(enqueue_task, "signatures.work_on_imports", within=30), robust=True)
