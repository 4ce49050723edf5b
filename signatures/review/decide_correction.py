"""A moderator accepts or refuses a correction that waits."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from signatures.audit.models import AuditEntry
from signatures.audit.record import record_audit_entry
from signatures.mail.models.email import Mail
from signatures.mail.outbox import queue_email_within_caps
from signatures.review.models.canned_reply import Phrase
from signatures.signing.correct import _apply, _discard_proposal
from signatures.signing.lock import lock_signature_and_mailbox
from signatures.signing.models.signature import Signature
from signatures.signing.organisation_uniqueness import unique_organisation


@transaction.atomic
def accept_correction(*, signature_id: int, actor: User, reason: str, now: datetime) -> bool:
    """Returns whether there was a correction to decide, as `refuse_correction` does. Raises
    OrganisationAlreadyCounted if another signature counts at the new domain."""
    signature = lock_signature_and_mailbox(signature_id)
    if signature.proposed_at is None:
        return False
    _apply(signature, signature.with_proposal())
    signature.checked_name = signature.name
    _record_decision(signature, AuditEntry.Action.ACCEPT_CORRECTION, actor, reason, now)
    return True


@transaction.atomic
def refuse_correction(
    *, signature_id: int, actor: User, reason: str, now: datetime, phrase: Phrase | None = None
) -> bool:
    signature = lock_signature_and_mailbox(signature_id)
    if signature.proposed_at is None:
        return False
    _discard_proposal(signature)
    _record_decision(signature, AuditEntry.Action.REFUSE_CORRECTION, actor, reason, now, phrase)
    return True


def _record_decision(
    signature: Signature,
    action: AuditEntry.Action,
    actor: User,
    reason: str,
    now: datetime,
    phrase: Phrase | None = None,
) -> None:
    with unique_organisation(signature):
        signature.save()
    record_audit_entry(
        action, actor=actor, reason=reason, now=now, signature=signature, statement=signature.statement, phrase=phrase
    )
    queue_email_within_caps(signature, Mail.Kind.CORRECTION_DECIDED, now=now)
