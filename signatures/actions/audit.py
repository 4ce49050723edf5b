from datetime import datetime

from django.contrib.auth.models import User

from signatures.models import AuditEntry, Phrase, Rule, Signature, Statement


def write_down(
    action: AuditEntry.Action,
    *,
    statement: Statement | None,
    actor: User | None,
    reason: str,
    now: datetime,
    signature: Signature | None = None,
    phrase: Phrase | None = None,
    rule: Rule | None = None,
    many: int = 1,
    before: str = "",
    after: str = "",
) -> AuditEntry:
    """Every act of an organiser leaves one entry, in the act's own transaction."""
    return AuditEntry.objects.create(
        action=action,
        actor=actor,
        reason=reason,
        signature=signature,
        phrase=phrase,
        rule=rule,
        many=many,
        statement=statement,
        before=before,
        after=after,
        created_at=now,
    )
