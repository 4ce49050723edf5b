from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser

from signatures.models import AuditEntry, Signature, Statement


def write_down(
    action: AuditEntry.Action,
    *,
    actor: AbstractBaseUser | None,
    reason: str,
    now: datetime,
    signature: Signature | None = None,
    statement: Statement | None = None,
    before: str = "",
    after: str = "",
) -> AuditEntry:
    """Every act of an organiser leaves one entry, in the act's own transaction."""
    return AuditEntry.objects.create(
        action=action,
        actor=actor,
        reason=reason,
        signature=signature,
        statement=signature.statement if signature else statement,
        before=before,
        after=after,
        created_at=now,
    )
