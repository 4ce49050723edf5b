"""Withdraws signatures, stops email to a mailbox, and switches updates on or off."""

from datetime import datetime

from django.db import transaction

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_audit_entry
from signatures.mail.models.email import Suppression
from signatures.signing.lock import lock_signature_and_mailbox
from signatures.signing.models.signature import Signature
from signatures.signing.organisation_logo import delete_logos

State = Signature.State


@transaction.atomic
def withdraw(*, signature_id: int, now: datetime) -> None:
    """Stops counting and showing the signature. The same mailbox may sign again, unless a moderator rejected it."""
    signature = lock_signature_and_mailbox(signature_id)
    if signature.state in (State.REJECTED, State.WITHDRAWN):
        return
    record_departure(signature, AuditEntry.Action.WITHDRAW, now)
    signature.state = State.WITHDRAWN
    signature.clear_identity_check()
    delete_logos([signature.logo])
    signature.via = signature.logo = ""
    signature.clear_proposal()
    signature.save()


@transaction.atomic
def unsubscribe(*, signature_id: int, now: datetime) -> None:
    """Stops email to the mailbox. Its signatures stay."""
    signature = lock_signature_and_mailbox(signature_id)
    if signature.mailbox_digest is not None:
        Signature.objects.filter(id=signature_id).update(updates=False)
        Suppression.objects.suppress(signature, Suppression.Reason.NO_MAIL, now=now)


@transaction.atomic
def set_updates(*, signature_id: int, updates: bool) -> None:
    """Turns email about updates on or off. Other email does not change."""
    signature = lock_signature_and_mailbox(signature_id)
    if signature.mailbox_digest is not None:
        Signature.objects.filter(id=signature_id).update(updates=updates)


def record_departure(signature: Signature, action: AuditEntry.Action, now: datetime) -> None:
    """Records why a count goes down."""
    record_audit_entry(
        action,
        statement=signature.statement,
        signature=signature,
        actor=None,
        reason="",
        now=now,
        before=signature.state,
    )
