"""Emails that a signer asks for again."""

from datetime import datetime

from django.db import transaction

from signatures.identity import mailbox
from signatures.mail.models.email import Mail, lock_mailbox
from signatures.mail.outbox import post, queue_email_within_caps
from signatures.signing.lock import lock_signature_and_mailbox
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement

State = Signature.State


@transaction.atomic
def resend_last_email(*, statement: Statement, to: mailbox.Mailbox, now: datetime) -> None:
    """Sends again what the mailbox was last sent, if it is its turn. The caller learns nothing."""
    digests = to.digests
    lock_mailbox(digests)
    signature = Signature.objects.of(statement).from_mailbox(to).first()
    turn = Mail.objects.next_allowed_at(digests, now)
    if signature is None or turn > now:
        return
    if signature.state == State.PENDING:
        post(signature, Mail.Kind.CONFIRM, now=now)
    elif signature.state in (State.CONFIRMED, State.HELD):
        post(signature, Mail.Kind.ALREADY_SIGNED, now=now)


@transaction.atomic
def queue_own_page_email(*, signature_id: int, now: datetime) -> None:
    """Mails the link to one's own page, when it is the mailbox's turn. One such mail waits at a time."""
    signature = lock_signature_and_mailbox(signature_id)
    if signature.is_erased or signature.state not in (State.CONFIRMED, State.HELD):
        return
    if not signature.mails.filter(kind=Mail.Kind.OWN_PAGE, status=Mail.Status.QUEUED).exists():
        queue_email_within_caps(signature, Mail.Kind.OWN_PAGE, now=now)
