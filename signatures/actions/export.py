from datetime import datetime

from django.contrib.auth.models import User

from signatures.actions.audit import write_down
from signatures.models import AuditEntry, Import, Statement


def note_export(
    *, statement: Statement | None, actor: User, reason: str, of_whom: str, what: str, now: datetime
) -> AuditEntry:
    """Written before the first row leaves. `of_whom`: the filter in a few words; `what`: the format, and whether
    mailboxes are in it."""
    return write_down(
        AuditEntry.Action.EXPORT,
        statement=statement,
        actor=actor,
        reason=reason,
        now=now,
        before=of_whom[:40],
        after=what[:40],
    )


def note_problems(*, found: Import, actor: User, reason: str, now: datetime) -> AuditEntry:
    """Written before the first line of an import that could not be brought in leaves. It has mailboxes where the file
    had them."""
    return write_down(
        AuditEntry.Action.EXPORT,
        statement=found.statement,
        actor=actor,
        reason=reason,
        now=now,
        many=found.bad,
        subject=f"{found._meta.verbose_name} {found.pk}: {found.name}"[:200],
        after="csv, mailboxes" if "email" in found.columns else "csv",
    )
