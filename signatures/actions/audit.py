from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _

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
    subject: str = "",
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
        subject=subject,
        created_at=now,
    )


@transaction.atomic
def note_act(
    action: AuditEntry.Action,
    *,
    actor: User,
    subject: str,
    now: datetime,
    reason: str = "",
    before: str = "",
    after: str = "",
    statement: Statement | None = None,
    rule: Rule | None = None,
) -> AuditEntry:
    """What somebody does at the desk that is no act on a signature. Texts of whatever length."""
    return write_down(
        action,
        actor=actor,
        statement=statement,
        rule=rule,
        reason=_short(reason, "reason"),
        subject=_short(subject, "subject"),
        before=_short(before, "before"),
        after=_short(after, "after"),
        now=now,
    )


def note_sign_in(*, actor: User, by_code: bool, now: datetime) -> AuditEntry:
    reason = _("by password and code") if by_code else _("by password")
    return note_act(AuditEntry.Action.SIGN_IN, actor=actor, subject=f"{_('user')}: {actor}", reason=reason, now=now)


def _short(text: str, name: str) -> str:
    field: Any = AuditEntry._meta.get_field(name)
    return Truncator(text).chars(field.max_length)
