"""Deletes personal data after its retention period, in small batches that skip locked rows. It is safe to interrupt, to
repeat, and to run twice at the same time."""

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
MAX_ROWS_PER_RUN = 20_000  # of one kind, so that a run takes seconds; the next run continues

State = Signature.State


def _rows(description: str) -> int:
    return field(default=0, metadata={"description": description})


@dataclass(frozen=True)
class RetentionCounts:
    """How many rows lost their personal data. `manage.py forget` prints each count with its description."""

    pending: int = _rows("unconfirmed signatures")
    email_digests: int = _rows("digests of finished emails")
    smtp_replies: int = _rows("replies of mail servers")
    mailboxes: int = _rows("mailboxes of delivered statements")
    uncounted_signatures: int = _rows("withdrawn or rejected signatures of delivered statements")
    mail_events: int = _rows("reports of a mail service")
    cooldowns: int = _rows("old cool-downs of mail providers")
    sessions: int = _rows("expired admin sessions")
    failed_logins: int = _rows("counts of wrong passwords")
    leases_and_skips: int = _rows("leases and skips in the review queue")
    networks: int = _rows("networks of signatures")
    packs: int = _rows("files of delivery bundles")
    imports: int = _rows("lines of imports")
    invitations: int = _rows("mailboxes of invited people")


def apply_retention(*, now: datetime) -> RetentionCounts:
    return RetentionCounts(
        pending=_in_batches(_stale_pending(now), lambda due: anonymise(due, now)),
        email_digests=_in_batches(_emails_past_the_caps(now), lambda due: due.clear_recipients()),
        smtp_replies=_in_batches(_emails_with_old_replies(now), lambda due: due.update(last_error="")),
        mail_events=_in_batches(_old_mail_events(now), lambda due: due.delete()),
        sessions=_in_batches(Session.objects.filter(expire_date__lte=now), lambda due: due.delete()),
        failed_logins=_in_batches(_old_failed_logins(now), lambda due: due.delete()),
        cooldowns=_in_batches(ProviderCooldown.objects.ended_by(now - COOLDOWN_RETENTION), lambda due: due.delete()),
        leases_and_skips=_in_batches(_old_leases(now), lambda due: due.delete())
        + _in_batches(_old_skips(now), lambda due: due.delete()),
        networks=_in_batches(_old_networks(now), lambda due: due.update(network="")),
        packs=delete_old_packs(now),
        imports=delete_old_imports(now),
        invitations=_in_batches(Invitation.objects.no_longer_needed(now), erase_invitation_mailboxes),
        **_erase_mailboxes(now),
    )


def _stale_pending(now: datetime) -> QuerySet[Signature]:
    """Signing again, or asking for the email again, starts the period again, so no valid link loses its signature."""
    cutoff = now - PENDING_RETENTION
    newer = Mail.objects.filter(signature=OuterRef("pk"), created_at__gt=cutoff)
    return Signature.objects.filter(~Exists(newer), state=State.PENDING, created_at__lte=cutoff).order_by("created_at")


def _emails_past_the_caps(now: datetime) -> QuerySet[Mail]:
    old = Mail.objects.finished().filter(due_at__lte=now - EMAIL_DIGEST_RETENTION)
    return old.filter(mailbox_digest__isnull=False).order_by("due_at")


def _emails_with_old_replies(now: datetime) -> QuerySet[Mail]:
    old = Mail.objects.finished().filter(due_at__lte=now - SMTP_REPLY_RETENTION)
    return old.exclude(last_error="").order_by("due_at")


def _old_networks(now: datetime) -> QuerySet[Signature]:
    return Signature.objects.exclude(network="").filter(created_at__lte=now - NETWORK_RETENTION).order_by("created_at")


def _old_mail_events(now: datetime) -> QuerySet[MailEvent]:
    """No service repeats a report after such a long time."""
    return MailEvent.objects.filter(received_at__lte=now - SMTP_REPLY_RETENTION, heeded_at__isnull=False)


def _old_failed_logins(now: datetime) -> QuerySet[AccessAttempt]:
    """Old rows must go, because people sometimes type their password as the user name. axes deletes them only after the
    next wrong password."""
    return AccessAttempt.objects.filter(attempt_time__lte=now - settings.AXES_COOLOFF_TIME)


def _old_leases(now: datetime) -> QuerySet[Lease]:
    return Lease.objects.filter(until__lte=now - SKIP_PERIOD)


def _old_skips(now: datetime) -> QuerySet[Skip]:
    return Skip.objects.filter(at__lte=now - SKIP_PERIOD)


def _erase_mailboxes(now: datetime) -> dict[str, int]:
    """Erases mailboxes of statements whose retention period after delivery is over. Withdrawn and rejected signatures
    are not needed for the count and are erased completely; pending ones have the same period as everywhere."""
    mailboxes = uncounted_signatures = 0
    for statement in Statement.objects.filter(delivered_at__isnull=False):
        until = statement.mailboxes_erased_after()
        if until is None or until > now:
            continue
        _close_permanently(statement, now)
        with_mailbox = Signature.objects.of(statement).with_mailbox()
        uncounted = with_mailbox.filter(state__in=[State.WITHDRAWN, State.REJECTED])
        uncounted_signatures += _in_batches(uncounted, lambda due: anonymise(due, now))
        mailboxes += _in_batches(with_mailbox.filter(state__in=[State.CONFIRMED, State.HELD]), _clear_mailboxes)
    return {"mailboxes": mailboxes, "uncounted_signatures": uncounted_signatures}


def _close_permanently(statement: Statement, now: datetime) -> None:
    """Marks the statement before the first mailbox is deleted. From then on the database refuses to open it again,
    because everybody could sign twice."""
    Statement.objects.filter(id=statement.id, mailboxes_erased_at__isnull=True).update(mailboxes_erased_at=now)


def _clear_mailboxes(due: Any) -> None:
    due.drop_mailboxes()
    Mail.objects.filter(signature__in=due).cancel_and_clear()


def _in_batches(due: QuerySet[Any], change: Callable[[Any], object]) -> int:
    """Calls `change` with one locked batch after another. Returns the number of rows."""
    done, is_more = 0, True
    while is_more and done < MAX_ROWS_PER_RUN:
        with transaction.atomic():
            locked = list(due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:BATCH])
            # Query again, so that changes committed just before the lock count, such as a newer email
            ids = list(due.filter(pk__in=locked).values_list("pk", flat=True))
            change(due.model._default_manager.filter(pk__in=ids))
        done, is_more = done + len(ids), len(locked) == BATCH
    return done
