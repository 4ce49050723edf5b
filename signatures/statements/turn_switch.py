from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_audit_entry
from signatures.statements.models.statement import Statement
from signatures.statements.models.switch import Switch


@transaction.atomic
def turn_on(
    *, name: str, statement: Statement | None, actor: User | None, reason: str, message: str = "", now: datetime
) -> bool:
    """Turns a switch on, for the whole site if `statement` is None. If it is already on, replaces its message to
    visitors. Returns False if nothing changes."""
    switch, is_new = Switch.objects.select_for_update().get_or_create(
        name=name, statement=statement, defaults={"told": message, "turned_at": now}
    )
    if not is_new and switch.told == message:
        return False
    if not is_new:
        Switch.objects.filter(id=switch.id).update(told=message)
    record_audit_entry(
        AuditEntry.Action.SWITCH_ON, statement=statement, actor=actor, reason=reason, now=now, before=name, after="on"
    )
    return True


@transaction.atomic
def turn_off(*, name: str, statement: Statement | None, actor: User | None, reason: str, now: datetime) -> bool:
    deleted_count, _by_model = Switch.objects.filter(name=name, statement=statement).delete()
    if deleted_count:
        record_audit_entry(
            AuditEntry.Action.SWITCH_OFF, statement=statement, actor=actor, reason=reason, now=now, before=name,
            after="off",
        )  # fmt: skip
    return bool(deleted_count)
