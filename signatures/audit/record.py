from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from signatures.audit.models import AuditEntry


def record_audit_entry(
    action: AuditEntry.Action,
    *,
    statement: Model | None,
    actor: User | None,
    reason: str,
    now: datetime,
    signature: Model | None = None,
    phrase: Model | None = None,
    rule: Model | None = None,
    count: int = 1,
    before: str = "",
    after: str = "",
    subject: str = "",
    about: Model | None = None,
    details: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Creates the entry of one action, in the action's own transaction. `about` is the row that the action changed, if
    no other argument names it. Empty values in `details` are left out."""
    return AuditEntry.objects.create(
        action=action,
        actor=actor,
        reason=reason,
        signature_id=_id(signature),
        phrase_id=_id(phrase),
        rule_id=_id(rule),
        many=count,
        statement_id=_id(statement),
        before=before,
        after=after,
        subject=subject,
        object_type=str(about._meta.model_name) if about else "",
        object_id=about.pk if about else None,
        details={key: value for key, value in (details or {}).items() if value},
        created_at=now,
    )


@transaction.atomic
def record_desk_action(
    action: AuditEntry.Action,
    *,
    actor: User,
    subject: str,
    now: datetime,
    reason: str = "",
    before: str = "",
    after: str = "",
    statement: Model | None = None,
    rule: Model | None = None,
    about: Model | None = None,
) -> AuditEntry:
    """Records an action in admin that is not about signatures. Texts may have any length; they are truncated."""
    return record_audit_entry(
        action,
        actor=actor,
        statement=statement,
        rule=rule,
        reason=_truncated(reason, "reason"),
        subject=_truncated(subject, "subject"),
        before=_truncated(before, "before"),
        after=_truncated(after, "after"),
        about=about,
        now=now,
    )


def record_sign_in(*, actor: User, by_code: bool, now: datetime) -> AuditEntry:
    reason = _("by password and code") if by_code else _("by password")
    subject = f"{_('user')}: {actor}"
    return record_desk_action(
        AuditEntry.Action.SIGN_IN, actor=actor, subject=subject, about=actor, reason=reason, now=now
    )


def _id(row: Model | None) -> int | None:
    return row.pk if row else None


def _truncated(text: str, name: str) -> str:
    field: Any = AuditEntry._meta.get_field(name)
    return Truncator(text).chars(field.max_length)
