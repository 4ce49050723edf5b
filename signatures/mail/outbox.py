"""Putting mail into the outbox. A row here is the promise; the hint to the worker is only a hint."""

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
    """Queues a mail that must arrive; past a cap it waits for its turn instead of being dropped. To a mailbox that is
    erased nothing goes."""
    if digests := signature.digests():
        post(signature, kind, now=now, due_at=Mail.objects.next_allowed_at(digests, now))


def post(signature: Signer, kind: Mail.Kind, *, now: datetime, due_at: datetime | None = None) -> None:
    """Writes the row and, after commit, wakes the mailer. The caller holds the mailbox's lock and minds its caps."""
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
    """Not yet saved. `provider`: where the caller has the address at hand, and nothing need be unsealed for it."""
    theirs: dict[str, Any] = {"signature": signature, "update": update, "generation": signature.generation}
    return _build_email_to(signature, kind, now=now, due_at=due_at, provider=provider, **theirs)


def queue_invitation_email(invitation: Addressee, *, generation: int, now: datetime) -> None:
    """Behind all other mail. The caller holds the mailbox's lock; past a cap it waits for its turn."""
    due_at = Mail.objects.next_allowed_at(invitation.digests(), now)
    theirs: dict[str, Any] = {"invitation": invitation, "generation": generation}
    _build_email_to(invitation, Mail.Kind.INVITATION, now=now, due_at=due_at, **theirs).save()
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
    """May be lost, may be late, may fail: beat's sweep finds the mail all the same."""
    debounced_wake_up()


def enqueue_task(task: str, *, within: int) -> None:
    """For a task, so many seconds at most from now. A hint as well: it raises nothing, and beat asks again."""
    broker_breaker.call(lambda: current_app.send_task(task, expires=within), otherwise=None)


debounced_wake_up = Debounce(partial(enqueue_task, "signatures.deliver", within=10))
