"""Two more mails at most to who has not confirmed, a day and four days after the first."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Q

from signatures.mail.models.email import Mail, Suppression
from signatures.mail.outbox import post
from signatures.signing.lock import lock_signature_and_mailbox
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement
from signatures.statements.models.switch import Switches

REMINDER_DELAYS = timedelta(days=1), timedelta(days=4)
STOP_REMINDING_AFTER = timedelta(days=10)
MAX_PER_RUN = 500  # in one run; the next one goes on

State, Kind, Status = Signature.State, Mail.Kind, Mail.Status


def remind(*, now: datetime) -> int:
    """How many mails were queued. Of the same generation all: who signs again begins anew."""
    statements = Statement.objects.open(now).filter(sends_reminders=True)
    ours = [statement.id for statement in statements if Switches.of(statement.id).sends_reminders]
    return sum(_remind_one(signature_id, now) for signature_id in _due_ids(ours, now))


def _due_ids(statements: list[int], now: datetime) -> list[int]:
    """Nobody who is flagged, and nobody who was imported: a mail that nobody asked for must not go out for a machine,
    and the first one to those is such a mail already."""
    sent = Q(mails__kind=Kind.CONFIRM, mails__status=Status.SENT)
    since = Max("mails__sent_at", filter=sent)
    reminders = Count("mails", filter=Q(mails__kind=Kind.REMINDER))
    pending = Signature.objects.filter(
        state=State.PENDING, statement__in=statements, flags=[], imported=None, created_at__lte=now - REMINDER_DELAYS[0],
        created_at__gt=now - STOP_REMINDING_AFTER,
    )  # fmt: skip
    first, second = (Q(reminders=number, since__lte=now - pause) for number, pause in enumerate(REMINDER_DELAYS))
    found = pending.annotate(since=since, reminders=reminders).filter(first | second)
    return list(found.order_by("id").values_list("id", flat=True)[:MAX_PER_RUN])


@transaction.atomic
def _remind_one(signature_id: int, now: datetime) -> int:
    """Looked at again under the mailbox's lock, and under its caps."""
    signature = lock_signature_and_mailbox(signature_id)
    digests = signature.digests()
    if signature.state != State.PENDING or not digests or Suppression.objects.cover(digests):
        return 0
    if Mail.objects.next_allowed_at(digests, now) > now:
        return 0
    if signature.mails.filter(kind=Kind.REMINDER).count() >= len(REMINDER_DELAYS):
        return 0
    post(signature, Kind.REMINDER, now=now)
    return 1
