"""Emails that a signer asks for again."""

from datetime import datetime

from django.db import transaction

from signatures.identity import mailbox
from signatures.mail.models.email import Mail, lock_mailbox
from signatures.mail.outbox import queue_email, queue_email_within_caps
from signatures.signing.lock import lock_signature_and_mailbox
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement

State = Signature.State


@transaction.atomic
def resend_last_email(*, statement: Statement, recipient_mailbox: mailbox.Mailbox, now: datetime) -> None:
    """Sends the last email to a mailbox again if the caps allow it now. Returns nothing, so the caller learns
    nothing."""
    digests = recipient_mailbox.digests
    lock_mailbox(digests)
    signature = Signature.objects.of(statement).from_mailbox(recipient_mailbox).first()
    next_allowed_at = Mail.objects.next_allowed_at(digests, now)
    if signature is None or next_allowed_at > now:
        return
    if signature.state == State.PENDING:
        queue_email(signature, Mail.Kind.CONFIRM, now=now)
    elif signature.state in (State.CONFIRMED, State.HELD):
        queue_email(signature, Mail.Kind.ALREADY_SIGNED, now=now)


@transaction.atomic
def queue_own_page_email(*, signature_id: int, now: datetime) -> None:
    """Emails the link to the signer's own page as soon as the caps allow it. Only one such email is queued at a
    time."""
    signature = lock_signature_and_mailbox(signature_id)
    if signature.is_erased or signature.state not in (State.CONFIRMED, State.HELD):
        return
    if not signature.mails.filter(kind=Mail.Kind.OWN_PAGE, status=Mail.Status.QUEUED).exists():
        queue_email_within_caps(signature, Mail.Kind.OWN_PAGE, now=now)
