"""What goes by itself when its time is over. In small batches, past whatever somebody is working on: safe to interrupt,
to repeat and to run twice at once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from signatures.mail.models.email import Mail
from signatures.mail.models.mail_event import MailEvent
from signatures.mail.models.provider_cooldown import ProviderCooldown
from signatures.privacy.erase import anonymise
from signatures.privacy.limits import (
    COOLDOWN_RETENTION,
    EMAIL_DIGEST_RETENTION,
    NETWORK_RETENTION,
    PENDING_RETENTION,
    SMTP_REPLY_RETENTION,
)
from signatures.review.limits import SKIP_PERIOD
from signatures.review.models.lease import Lease, Skip
from signatures.signing.invite import erase_invitation_mailboxes
from signatures.signing.models.invitation import Invitation
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement
from signatures.transfers.delivery_bundle.request import delete_old_packs
from signatures.transfers.imports.manage import delete_old_imports

BATCH = 500
MAX_ROWS_PER_RUN = 20_000  # rows of a kind in one run, which then takes seconds; the next one goes on

State = Signature.State


def _rows(words: str) -> int:
    return field(default=0, metadata={"words": words})


@dataclass(frozen=True)
class RetentionCounts:
    """How many rows lost what was personal in them. `manage.py forget` prints each by its words."""

    pending: int = _rows("signatures that nobody confirmed")
    email_digests: int = _rows("digests of finished mails")
    answers_to_mails: int = _rows("answers of mail servers")
    mailboxes: int = _rows("mailboxes under delivered statements")
    not_counted: int = _rows("withdrawn or rejected signatures under delivered statements")
    mail_events: int = _rows("reports of a mail service")
    cooldowns: int = _rows("old cool-downs of mail providers")
    sessions: int = _rows("logins at the desk that are over")
    failed_logins: int = _rows("counts of wrong passwords")
    looks: int = _rows("notes of who looked at or skipped a signature in the review queue")
    networks: int = _rows("networks that signatures came from")
    packs: int = _rows("files of delivery bundles")
    imports: int = _rows("lines of imports")
    invitations: int = _rows("mailboxes of invited people")


def forget(*, now: datetime) -> RetentionCounts:
    return RetentionCounts(
        pending=_in_batches(_stale_pending(now), lambda due: anonymise(due, now)),
        email_digests=_in_batches(_emails_past_the_caps(now), lambda due: due.clear_recipients()),
        answers_to_mails=_in_batches(_emails_with_old_replies(now), lambda due: due.update(last_error="")),
        mail_events=_in_batches(_old_mail_events(now), lambda due: due.delete()),
        sessions=_in_batches(Session.objects.filter(expire_date__lte=now), lambda due: due.delete()),
        failed_logins=_in_batches(_old_failed_logins(now), lambda due: due.delete()),
        cooldowns=_in_batches(ProviderCooldown.objects.ended_by(now - COOLDOWN_RETENTION), lambda due: due.delete()),
        looks=_in_batches(_old_leases(now), lambda due: due.delete())
        + _in_batches(_old_skips(now), lambda due: due.delete()),
        networks=_in_batches(_old_networks(now), lambda due: due.update(network="")),
        packs=delete_old_packs(now),
        imports=delete_old_imports(now),
        invitations=_in_batches(Invitation.objects.no_longer_needed(now), erase_invitation_mailboxes),
        **_erase_mailboxes(now),
    )


def _stale_pending(now: datetime) -> QuerySet[Signature]:
    """Signing again or asking for the mail again begins the time anew: nobody's link dies before it expires."""
    cutoff = now - PENDING_RETENTION
    newer = Mail.objects.filter(signature=OuterRef("pk"), created_at__gt=cutoff)
    return Signature.objects.filter(~Exists(newer), state=State.PENDING, created_at__lte=cutoff).order_by("created_at")


def _emails_past_the_caps(now: datetime) -> QuerySet[Mail]:
    late = Mail.objects.finished().filter(due_at__lte=now - EMAIL_DIGEST_RETENTION)
    return late.filter(mailbox_digest__isnull=False).order_by("due_at")


def _emails_with_old_replies(now: datetime) -> QuerySet[Mail]:
    late = Mail.objects.finished().filter(due_at__lte=now - SMTP_REPLY_RETENTION)
    return late.exclude(last_error="").order_by("due_at")


def _old_networks(now: datetime) -> QuerySet[Signature]:
    return Signature.objects.exclude(network="").filter(created_at__lte=now - NETWORK_RETENTION).order_by("created_at")


def _old_mail_events(now: datetime) -> QuerySet[MailEvent]:
    """No service tells the same again so late."""
    return MailEvent.objects.filter(received_at__lte=now - SMTP_REPLY_RETENTION, heeded_at__isnull=False)


def _old_failed_logins(now: datetime) -> QuerySet[AccessAttempt]:
    """axes itself deletes them when the next password is wrong. Some people type theirs where the user name goes."""
    return AccessAttempt.objects.filter(attempt_time__lte=now - settings.AXES_COOLOFF_TIME)


def _old_leases(now: datetime) -> QuerySet[Lease]:
    return Lease.objects.filter(until__lte=now - SKIP_PERIOD)


def _old_skips(now: datetime) -> QuerySet[Skip]:
    return Skip.objects.filter(at__lte=now - SKIP_PERIOD)


def _erase_mailboxes(now: datetime) -> dict[str, int]:
    """Of every statement that was delivered long enough ago. Who withdrew or was rejected is not needed for the count,
    and is erased whole; who is pending has the 30 days that all have."""
    mailboxes = not_counted = 0
    for statement in Statement.objects.filter(delivered_at__isnull=False):
        until = statement.mailboxes_erased_after()
        if until is None or until > now:
            continue
        _close_permanently(statement, now)
        held = Signature.objects.of(statement).with_mailbox()
        gone = held.filter(state__in=[State.WITHDRAWN, State.REJECTED])
        not_counted += _in_batches(gone, lambda due: anonymise(due, now))
        mailboxes += _in_batches(held.filter(state__in=[State.CONFIRMED, State.HELD]), _clear_mailboxes)
    return {"mailboxes": mailboxes, "not_counted": not_counted}


def _close_permanently(statement: Statement, now: datetime) -> None:
    """Before the first mailbox goes: from then on the database refuses to open it, for everybody could sign twice."""
    Statement.objects.filter(id=statement.id, mailboxes_erased_at__isnull=True).update(mailboxes_erased_at=now)


def _clear_mailboxes(due: Any) -> None:
    due.drop_mailboxes()
    Mail.objects.filter(signature__in=due).let_go()


def _in_batches(due: QuerySet[Any], change: Callable[[Any], object]) -> int:
    """How many rows were changed: `change` gets them locked, some at a time."""
    done, is_more = 0, True
    while is_more and done < MAX_ROWS_PER_RUN:
        with transaction.atomic():
            locked = list(due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:BATCH])
            # Looked at again: what was committed just before the lock, such as a newer mail, counts
            ids = list(due.filter(pk__in=locked).values_list("pk", flat=True))
            change(due.model._default_manager.filter(pk__in=ids))
        done, is_more = done + len(ids), len(locked) == BATCH
    return done
