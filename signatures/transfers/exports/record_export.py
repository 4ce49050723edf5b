from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_audit_entry
from signatures.statements.models.statement import Statement
from signatures.transfers.models.imports import Import


def record_export(
    *, statement: Statement | None, actor: User, reason: str, details: Mapping[str, Any], now: datetime
) -> AuditEntry:
    """Writes an audit entry. Call it before the first row is sent.

    `details` has the filter, the format, and whether the file contains mailboxes.
    """
    return record_audit_entry(
        AuditEntry.Action.EXPORT,
        statement=statement,
        actor=actor,
        reason=reason,
        now=now,
        details=details,
    )


def record_problem_download(*, import_: Import, actor: User, reason: str, now: datetime) -> AuditEntry:
    """Writes an audit entry. Call it before the first line is sent: lines contain mailboxes if the file does."""
    return record_audit_entry(
        AuditEntry.Action.EXPORT,
        statement=import_.statement,
        actor=actor,
        reason=reason,
        now=now,
        subject=f"{import_._meta.verbose_name} {import_.pk}: {import_.name}"[:200],
        about=import_,
        details={"lines": import_.bad, "format": "csv", "mailboxes": "email" in import_.columns},
    )
