"""Puts emails into the outbox. A committed row is the promise to send; waking the worker is best effort."""

from datetime import datetime
from email.utils import make_msgid
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.db import transaction

from signatures.identity import mailbox
from signatures.mail.models.email import Mail, lock_mailbox
from signatures.mail.wake_worker import Debounce
from signatures.signing.models.invitation import Invitation
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement
from signatures.statements.models.update import Update
from signatures.web.circuit_breaker import CircuitBreaker

broker_breaker = CircuitBreaker("the broker")

State = Signature.State
PRIORITIES = {
    Mail.Kind.CONFIRM: Mail.Priority.FIRST,
    Mail.Kind.UPDATE: Mail.Priority.LAST,
    Mail.Kind.INVITATION: Mail.Priority.LAST,
}


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


def lock_signature_and_mailbox(signature_id: int) -> Signature:
    """Locks the mailbox, then the row. Signing locks in the same order, which prevents deadlocks."""
    lock_mailbox(Signature.objects.only("mailbox", "mailbox_digest").get(id=signature_id).digests())
    return Signature.objects.select_for_update(of=("self",)).select_related("statement").get(id=signature_id)


def queue_email_within_caps(signature: Signature, kind: Mail.Kind, *, now: datetime) -> None:
    """Queues an email that must arrive: past a cap it is due later instead of being dropped. An erased mailbox gets
    nothing."""
    if digests := signature.digests():
        queue_email(signature, kind, now=now, due_at=Mail.objects.next_allowed_at(digests, now))


def queue_email(signature: Signature, kind: Mail.Kind, *, now: datetime, due_at: datetime | None = None) -> None:
    """Stores the email and wakes the worker after commit. The caller holds the mailbox's lock and has checked its
    caps."""
    build_email(signature, kind, now=now, due_at=due_at or now).save()
    transaction.on_commit(wake_mailer, robust=True)


def build_email(
    signature: Signature,
    kind: Mail.Kind,
    *,
    now: datetime,
    due_at: datetime,
    update: Update | None = None,
    provider: str | None = None,
) -> Mail:
    """Builds the row without saving it. A caller that knows the address passes `provider`, which saves a decryption."""
    fields: dict[str, Any] = {"signature": signature, "update": update, "generation": signature.generation}
    return _build_email_to(signature, kind, now=now, due_at=due_at, provider=provider, **fields)


def queue_invitation_email(invitation: Invitation, *, generation: int, now: datetime) -> None:
    """Queues an invitation with the lowest priority; past a cap it is due later. The caller holds the mailbox's
    lock."""
    due_at = Mail.objects.next_allowed_at(invitation.digests(), now)
    fields: dict[str, Any] = {"invitation": invitation, "generation": generation}
    _build_email_to(invitation, Mail.Kind.INVITATION, now=now, due_at=due_at, **fields).save()
    transaction.on_commit(wake_mailer, robust=True)


def _build_email_to(
    addressee: Signature | Invitation,
    kind: Mail.Kind,
    *,
    now: datetime,
    due_at: datetime,
    provider: str | None = None,
    **more: Any,
) -> Mail:
    return Mail(
        kind=kind,
        language=addressee.language,
        mailbox_digest=addressee.mailbox_digest,
        provider=addressee.provider if provider is None else provider,
        priority=PRIORITIES.get(kind, Mail.Priority.LATER),
        due_at=due_at,
        next_attempt_at=due_at,
        message_id=make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
        created_at=now,
        **more,
    )


def wake_mailer() -> None:
    """Wakes the mail worker. Best effort: the periodic task sends the emails that a lost wake-up missed."""
    debounced_wake_up()


def enqueue_task(task: str, *, within: int) -> None:
    """Queues a task that expires after `within` seconds. Raises nothing: the periodic schedule runs the task anyway."""
    broker_breaker.call(lambda: current_app.send_task(task, expires=within), otherwise=None)


debounced_wake_up = Debounce(partial(enqueue_task, "signatures.deliver", within=10))
