"""The decisions of a moderator about one signature. Each is safe to repeat, writes an audit entry if it changed
something, and returns whether it did."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_audit_entry
from signatures.mail.models.email import Mail
from signatures.mail.outbox import queue_email_within_caps
from signatures.review.models.canned_reply import Phrase
from signatures.review.models.rule import Rule
from signatures.signing.lock import lock_signature_and_mailbox
from signatures.signing.models.signature import Signature
from signatures.signing.organisation_uniqueness import unique_organisation
from signatures.signing.referrals import create_share_link

Action, State = AuditEntry.Action, Signature.State


@transaction.atomic
def approve(*, signature_id: int, actor: User, reason: str, now: datetime) -> bool:
    """Counts a held signature from now on, and emails its signer. Raises OrganisationAlreadyCounted if another
    signature counts for the same organisation."""
    signature = lock_signature_and_mailbox(signature_id)
    if signature.state != State.HELD or signature.is_erased:
        return False
    signature.state, signature.confirmed_at, signature.flags = State.CONFIRMED, now, []
    signature.checked_name, signature.asked_at = signature.name, None
    with unique_organisation(signature):
        signature.save(update_fields=["state", "confirmed_at", "flags", "checked_name", "asked_at"])
    create_share_link(signature)
    record_audit_entry(
        Action.APPROVE, actor=actor, reason=reason, now=now, signature=signature, statement=signature.statement,
        before=State.HELD, after=State.CONFIRMED,
    )  # fmt: skip
    queue_email_within_caps(signature, Mail.Kind.APPROVED, now=now)
    return True


@transaction.atomic
def reject(*, signature_id: int, actor: User, reason: str, now: datetime, phrase: Phrase | None = None) -> bool:
    """Takes the signature out of the count and the list. Nothing that its mailbox sends changes that. The signer reads
    `phrase`."""
    signature = lock_signature_and_mailbox(signature_id)
    before = signature.state
    if before in (State.REJECTED, State.WITHDRAWN):
        return False
    signature.state = State.REJECTED
    signature.clear_proposal()
    signature.save(
        update_fields=[
            "state", "proposed_name", "proposed_credit", "proposed_quotation", "proposed_website", "proposed_at",
            "asked_at",
        ]
    )  # fmt: skip
    record_audit_entry(
        Action.REJECT,
        actor=actor,
        reason=reason,
        now=now,
        signature=signature,
        phrase=phrase,
        statement=signature.statement,
        before=before,
        after=State.REJECTED,
    )
    return True


@transaction.atomic
def restore(*, signature_id: int, actor: User, reason: str, now: datetime) -> bool:
    """Takes back a rejection: the signature has its former state and place, unless its signer is erased. Raises
    OrganisationAlreadyCounted if another signature counts for the same organisation now."""
    signature = lock_signature_and_mailbox(signature_id)
    if signature.state != State.REJECTED or signature.is_erased:
        return False
    rule = signature.rule_marks.filter(rule__act=Rule.Act.REJECT, is_restored=None).select_related("rule").last()
    if rule is not None and rule.rule.flag in signature.flags:
        before = rule.state
        signature.flags.remove(rule.rule.flag)
    else:
        before = signature.audit.filter(action=Action.REJECT).latest("id").before
    signature.state = before
    with unique_organisation(signature):
        signature.save(update_fields=["state", "flags"])
    record_audit_entry(
        Action.RESTORE, actor=actor, reason=reason, now=now, signature=signature, statement=signature.statement,
        before=State.REJECTED, after=before,
    )  # fmt: skip
    return True


@transaction.atomic
def hide(*, signature_id: int, actor: User, reason: str, now: datetime) -> bool:
    """Takes the signature out of the list, not out of the count. The signer cannot undo this."""
    return _set_hidden(
        signature_id, Action.HIDE, actor, reason, now, hidden_at=now, unless=lambda s: s.hidden_at is not None
    )


@transaction.atomic
def show(*, signature_id: int, actor: User, reason: str, now: datetime) -> bool:
    return _set_hidden(
        signature_id, Action.SHOW, actor, reason, now, hidden_at=None, unless=lambda s: s.hidden_at is None
    )


@transaction.atomic
def resend_link(*, signature_id: int, actor: User, reason: str, now: datetime) -> bool:
    """Sends the link to confirm, or the link to the signer's own page after that. The caps on email still apply."""
    signature = lock_signature_and_mailbox(signature_id)
    if signature.mailbox is None:
        return False
    if signature.state == State.PENDING:
        kind = Mail.Kind.CONFIRM
    elif signature.state in (State.CONFIRMED, State.HELD):
        kind = Mail.Kind.OWN_PAGE
    else:
        return False
    record_audit_entry(
        Action.RESEND, actor=actor, reason=reason, now=now, signature=signature, statement=signature.statement
    )
    queue_email_within_caps(signature, kind, now=now)
    return True


def _set_hidden(signature_id, action, actor, reason, now, *, unless, **values) -> bool:
    signature = lock_signature_and_mailbox(signature_id)
    if signature.is_erased or unless(signature):
        return False
    for field, value in values.items():
        setattr(signature, field, value)
    signature.save(update_fields=list(values))
    record_audit_entry(action, actor=actor, reason=reason, now=now, signature=signature, statement=signature.statement)
    return True
