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
from signatures.review.models.lease import Lease, Skip
from signatures.signing.invite import forget_mailboxes
from signatures.signing.models.invitation import Invitation
from signatures.signing.models.signature import Signature
from signatures.signing.withdraw import anonymise
from signatures.statements.models.statement import Statement
from signatures.transfers.delivery_bundle.request import forget_packs
from signatures.transfers.imports.manage import forget_imports
from signatures.web.limits import (
    KEEP_ANSWER_TO_MAIL,
    KEEP_COOLDOWN,
    KEEP_DIGEST_OF_MAIL,
    KEEP_NETWORK,
    KEEP_PENDING,
    REST_AFTER_SKIP,
)

BATCH = 500
AT_ONCE = 20_000  # rows of a kind in one run, which then takes seconds; the next one goes on

State = Signature.State


def _rows(words: str) -> int:
    return field(default=0, metadata={"words": words})


@dataclass(frozen=True)
class Forgotten:
    """How many rows lost what was personal in them. `manage.py forget` prints each by its words."""

    pending: int = _rows("signatures that nobody confirmed")
    digests_of_mails: int = _rows("digests of finished mails")
    answers_to_mails: int = _rows("answers of mail servers")
    mailboxes: int = _rows("mailboxes under delivered statements")
    not_counted: int = _rows("withdrawn or rejected signatures under delivered statements")
    mail_events: int = _rows("reports of a mail service")
    cooldowns: int = _rows("old cool-downs of mail providers")
    sessions: int = _rows("logins at the desk that are over")
    wrong_passwords: int = _rows("counts of wrong passwords")
    looks: int = _rows("notes of who looked at or skipped a signature in the review queue")
    networks: int = _rows("networks that signatures came from")
    packs: int = _rows("files of delivery packs")
    imports: int = _rows("lines of imports")
    invitations: int = _rows("mailboxes of invited people")


def forget(*, now: datetime) -> Forgotten:
    return Forgotten(
        pending=_in_batches(_stale_pending(now), lambda due: anonymise(due, now)),
        digests_of_mails=_in_batches(_mails_past_the_caps(now), lambda due: due.forget_where()),
        answers_to_mails=_in_batches(_mails_with_old_answers(now), lambda due: due.update(last_error="")),
        mail_events=_in_batches(_old_mail_events(now), lambda due: due.delete()),
        sessions=_in_batches(Session.objects.filter(expire_date__lte=now), lambda due: due.delete()),
        wrong_passwords=_in_batches(_old_wrong_passwords(now), lambda due: due.delete()),
        cooldowns=_in_batches(ProviderCooldown.objects.ended_by(now - KEEP_COOLDOWN), lambda due: due.delete()),
        looks=_in_batches(_old_leases(now), lambda due: due.delete())
        + _in_batches(_old_skips(now), lambda due: due.delete()),
        networks=_in_batches(_old_networks(now), lambda due: due.update(network="")),
        packs=forget_packs(now),
        imports=forget_imports(now),
        invitations=_in_batches(Invitation.objects.needless(now), forget_mailboxes),
        **_forget_mailboxes(now),
    )


def _stale_pending(now: datetime) -> QuerySet[Signature]:
    """Signing again or asking for the mail again begins the time anew: nobody's link dies before it expires."""
    cutoff = now - KEEP_PENDING
    newer = Mail.objects.filter(signature=OuterRef("pk"), created_at__gt=cutoff)
    return Signature.objects.filter(~Exists(newer), state=State.PENDING, created_at__lte=cutoff).order_by("created_at")


def _mails_past_the_caps(now: datetime) -> QuerySet[Mail]:
    late = Mail.objects.finished().filter(due_at__lte=now - KEEP_DIGEST_OF_MAIL)
    return late.filter(mailbox_digest__isnull=False).order_by("due_at")


def _mails_with_old_answers(now: datetime) -> QuerySet[Mail]:
    late = Mail.objects.finished().filter(due_at__lte=now - KEEP_ANSWER_TO_MAIL)
    return late.exclude(last_error="").order_by("due_at")


def _old_networks(now: datetime) -> QuerySet[Signature]:
    return Signature.objects.exclude(network="").filter(created_at__lte=now - KEEP_NETWORK).order_by("created_at")


def _old_mail_events(now: datetime) -> QuerySet[MailEvent]:
    """No service tells the same again so late."""
    return MailEvent.objects.filter(received_at__lte=now - KEEP_ANSWER_TO_MAIL, heeded_at__isnull=False)


def _old_wrong_passwords(now: datetime) -> QuerySet[AccessAttempt]:
    """axes itself deletes them when the next password is wrong. Some people type theirs where the user name goes."""
    return AccessAttempt.objects.filter(attempt_time__lte=now - settings.AXES_COOLOFF_TIME)


def _old_leases(now: datetime) -> QuerySet[Lease]:
    return Lease.objects.filter(until__lte=now - REST_AFTER_SKIP)


def _old_skips(now: datetime) -> QuerySet[Skip]:
    return Skip.objects.filter(at__lte=now - REST_AFTER_SKIP)


def _forget_mailboxes(now: datetime) -> dict[str, int]:
    """Of every statement that was delivered long enough ago. Who withdrew or was rejected is not needed for the count,
    and is erased whole; who is pending has the 30 days that all have."""
    mailboxes = not_counted = 0
    for statement in Statement.objects.filter(delivered_at__isnull=False):
        until = statement.mailboxes_until()
        if until is None or until > now:
            continue
        _close_for_good(statement, now)
        held = Signature.objects.of(statement).with_mailbox()
        gone = held.filter(state__in=[State.WITHDRAWN, State.REJECTED])
        not_counted += _in_batches(gone, lambda due: anonymise(due, now))
        mailboxes += _in_batches(held.filter(state__in=[State.CONFIRMED, State.HELD]), _drop_mailboxes)
    return {"mailboxes": mailboxes, "not_counted": not_counted}


def _close_for_good(statement: Statement, now: datetime) -> None:
    """Before the first mailbox goes: from then on the database refuses to open it, for everybody could sign twice."""
    Statement.objects.filter(id=statement.id, mailboxes_erased_at__isnull=True).update(mailboxes_erased_at=now)


def _drop_mailboxes(due: Any) -> None:
    due.drop_mailboxes()
    Mail.objects.filter(signature__in=due).let_go()


def _in_batches(due: QuerySet[Any], change: Callable[[Any], object]) -> int:
    """How many rows were changed: `change` gets them locked, some at a time."""
    done, is_more = 0, True
    while is_more and done < AT_ONCE:
        with transaction.atomic():
            locked = list(due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:BATCH])
            # Looked at again: what was committed just before the lock, such as a newer mail, counts
            ids = list(due.filter(pk__in=locked).values_list("pk", flat=True))
            change(due.model._default_manager.filter(pk__in=ids))
        done, is_more = done + len(ids), len(locked) == BATCH
    return done
