"""Puts emails into the outbox. A committed row is the promise to send; waking the worker is best effort."""

from datetime import datetime
from email.utils import make_msgid
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.db import transaction

from signatures.mail.models.addressee import Addressee, Signer
from signatures.mail.models.email import Mail
from signatures.mail.wake_worker import Debounce
from signatures.statements.models.update import Update
from signatures.web.circuit_breaker import CircuitBreaker

broker_breaker = CircuitBreaker("the broker")

PRIORITIES = {
    Mail.Kind.CONFIRM: Mail.Priority.FIRST,
    Mail.Kind.UPDATE: Mail.Priority.LAST,
    Mail.Kind.INVITATION: Mail.Priority.LAST,
}


def queue_email_within_caps(signature: Signer, kind: Mail.Kind, *, now: datetime) -> None:
    """Queues an email that must arrive: past a cap it is due later instead of being dropped. An erased mailbox gets
    nothing."""
    if digests := signature.digests():
        queue_email(signature, kind, now=now, due_at=Mail.objects.next_allowed_at(digests, now))


def queue_email(signature: Signer, kind: Mail.Kind, *, now: datetime, due_at: datetime | None = None) -> None:
    """Stores the email and wakes the worker after commit. The caller holds the mailbox's lock and has checked its
    caps."""
    build_email(signature, kind, now=now, due_at=due_at or now).save()
    transaction.on_commit(wake_mailer, robust=True)


def build_email(
    signature: Signer,
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


def queue_invitation_email(invitation: Addressee, *, generation: int, now: datetime) -> None:
    """Queues an invitation with the lowest priority; past a cap it is due later. The caller holds the mailbox's
    lock."""
    due_at = Mail.objects.next_allowed_at(invitation.digests(), now)
    fields: dict[str, Any] = {"invitation": invitation, "generation": generation}
    _build_email_to(invitation, Mail.Kind.INVITATION, now=now, due_at=due_at, **fields).save()
    transaction.on_commit(wake_mailer, robust=True)


def _build_email_to(
    addressee: Addressee,
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
    broker_breaker.call(lambda: current_app.send_task(task, expires=within), fallback=None)


debounced_wake_up = Debounce(partial(enqueue_task, "signatures.deliver", within=10))
