"""Putting mail into the outbox. A row here is the promise; the hint to the worker is only a hint."""

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


def lock_signature_and_mailbox(signature_id: int) -> Signature:
    """The row, locked after its mailbox: the order that signing takes, so that the two never wait for each other."""
    lock_mailbox(Signature.objects.only("mailbox", "mailbox_digest").get(id=signature_id).digests())
    return Signature.objects.select_for_update(of=("self",)).select_related("statement").get(id=signature_id)


def queue_email_within_caps(signature: Signature, kind: Mail.Kind, *, now: datetime) -> None:
    """Queues a mail that must arrive; past a cap it waits for its turn instead of being dropped. To a mailbox that is
    erased nothing goes."""
    if digests := signature.digests():
        post(signature, kind, now=now, due_at=Mail.objects.next_allowed_at(digests, now))


def post(signature: Signature, kind: Mail.Kind, *, now: datetime, due_at: datetime | None = None) -> None:
    """Writes the row and, after commit, wakes the mailer. The caller holds the mailbox's lock and minds its caps."""
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
    """Not yet saved. `provider`: where the caller has the address at hand, and nothing need be unsealed for it."""
    theirs: dict[str, Any] = {"signature": signature, "update": update, "generation": signature.generation}
    return _build_email_to(signature, kind, now=now, due_at=due_at, provider=provider, **theirs)


def queue_invitation_email(invitation: Invitation, *, generation: int, now: datetime) -> None:
    """Behind all other mail. The caller holds the mailbox's lock; past a cap it waits for its turn."""
    due_at = Mail.objects.next_allowed_at(invitation.digests(), now)
    theirs: dict[str, Any] = {"invitation": invitation, "generation": generation}
    _build_email_to(invitation, Mail.Kind.INVITATION, now=now, due_at=due_at, **theirs).save()
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
    """May be lost, may be late, may fail: beat's sweep finds the mail all the same."""
    debounced_wake_up()


def enqueue_task(task: str, *, within: int) -> None:
    """For a task, so many seconds at most from now. A hint as well: it raises nothing, and beat asks again."""
    broker_breaker.call(lambda: current_app.send_task(task, expires=within), fallback=None)


debounced_wake_up = Debounce(partial(enqueue_task, "signatures.deliver", within=10))
