from datetime import datetime

from django.contrib.auth.models import User

from signatures.actions.audit import write_down
from signatures.models import AuditEntry, Statement


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
