"""Requests, builds and deletes delivery bundles. If a worker is killed, another one builds the bundle again."""

import hashlib
import logging
from datetime import datetime
from functools import partial
from tempfile import TemporaryFile

from django.contrib.auth.models import User
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_audit_entry
from signatures.mail.outbox import enqueue_task
from signatures.statements.models.statement import Statement
from signatures.transfers.delivery_bundle import archive
from signatures.transfers.limits import DELIVERY_PACK_RETENTION
from signatures.transfers.models.delivery_bundle import MAX_ATTEMPTS, DeliveryPack
from signatures.web.time_boxed import Clock

Status = DeliveryPack.Status
logger = logging.getLogger(__name__)


@transaction.atomic
def request_delivery_pack(*, statement: Statement, actor: User, reason: str, now: datetime) -> DeliveryPack:
    pack = DeliveryPack.objects.create(statement=statement, asked_by=actor, asked_at=now)
    _record_audit_entry(AuditEntry.Action.MAKE_PACK, pack, actor, reason, now)
    transaction.on_commit(partial(enqueue_task, "signatures.make_packs", within=30), robust=True)
    return pack


def record_download(*, pack: DeliveryPack, actor: User, reason: str, now: datetime) -> None:
    """Writes an audit entry. Call it before the file is sent."""
    _record_audit_entry(AuditEntry.Action.DOWNLOAD_PACK, pack, actor, reason, now)


def build_delivery_packs(*, clock: Clock) -> int:
    """Builds the requested bundles. Returns how many were built or given up."""
    done = 0
    while pack := _claim_next(clock()):
        _build(pack, clock)
        done += 1
    return done


def delete_old_packs(now: datetime) -> int:
    """Deletes bundles after their retention period. Their audit entries stay. Returns how many were deleted."""
    old = list(DeliveryPack.objects.filter(asked_at__lte=now - DELIVERY_PACK_RETENTION))
    for pack in old:
        if pack.file:
            default_storage.delete(pack.file)
        pack.delete()
    return len(old)


@transaction.atomic
def _claim_next(now: datetime) -> DeliveryPack | None:
    due = DeliveryPack.objects.due(now).select_for_update(skip_locked=True, of=("self",)).select_related("statement")
    pack = due.order_by("id").first()
    if pack:
        pack.status, pack.begun_at, pack.tries, pack.progress = Status.MAKING, now, pack.tries + 1, 0
        pack.save()
    return pack


def _build(pack: DeliveryPack, clock: Clock) -> None:
    """Builds one bundle. After a failure the next periodic task retries, up to MAX_ATTEMPTS times."""
    rows = DeliveryPack.objects.filter(id=pack.id)
    try:
        with TemporaryFile() as file:
            as_of = archive.write_archive(file, pack.statement, clock, lambda percent: rows.update(progress=percent))
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.seek(0, 2)
            file.seek(0)
            file_name = default_storage.save(f"packs/{pack.statement.slug}-{pack.id}-{digest[:12]}.zip", File(file))
    except Exception:
        logger.exception("a delivery bundle could not be built")
        rows.update(status=Status.FAILED if pack.tries >= MAX_ATTEMPTS else Status.REQUESTED)
        if pack.tries < MAX_ATTEMPTS:
            raise
        return
    rows.update(
        status=Status.READY, as_of=as_of, ready_at=clock(), file=file_name, digest=digest, size=size, progress=100
    )


def _record_audit_entry(action: AuditEntry.Action, pack: DeliveryPack, actor: User, reason: str, now: datetime) -> None:
    record_audit_entry(action, statement=pack.statement, actor=actor, reason=reason, now=now, about=pack)
