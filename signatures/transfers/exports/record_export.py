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
    """Written before the first row leaves. `details`: the filter, the format, and whether mailboxes are in it."""
    return record_audit_entry(
        AuditEntry.Action.EXPORT,
        statement=statement,
        actor=actor,
        reason=reason,
        now=now,
        details=details,
    )


def record_problem_download(*, found: Import, actor: User, reason: str, now: datetime) -> AuditEntry:
    """Written before the first line of an import that could not be brought in leaves. It has mailboxes where the file
    had them."""
    return record_audit_entry(
        AuditEntry.Action.EXPORT,
        statement=found.statement,
        actor=actor,
        reason=reason,
        now=now,
        subject=f"{found._meta.verbose_name} {found.pk}: {found.name}"[:200],
        about=found,
        details={"lines": found.bad, "format": "csv", "mailboxes": "email" in found.columns},
    )
