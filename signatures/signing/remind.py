"""Queues reminders to signers who have not confirmed, at most one after each of REMINDER_DELAYS."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Q

from signatures.mail.models.email import Mail, Suppression
from signatures.mail.outbox import queue_email
from signatures.signing.lock import lock_signature_and_mailbox
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement
from signatures.statements.models.switch import Switches

REMINDER_DELAYS = timedelta(days=1), timedelta(days=4)
STOP_REMINDING_AFTER = timedelta(days=10)
MAX_PER_RUN = 500  # the next run continues

State, Kind, Status = Signature.State, Mail.Kind, Mail.Status


def queue_reminders(*, now: datetime) -> int:
    """Queues the reminders that are due, and returns how many. A new signature starts the delays again."""
    statements = Statement.objects.open(now).filter(sends_reminders=True)
    statement_ids = [statement.id for statement in statements if Switches.of(statement.id).sends_reminders]
    return sum(_remind_one(signature_id, now) for signature_id in _due_ids(statement_ids, now))


def _due_ids(statement_ids: list[int], now: datetime) -> list[int]:
    """Leaves out flagged signatures, which bots may have made, and imported ones, whose first email was already
    unrequested."""
    sent = Q(mails__kind=Kind.CONFIRM, mails__status=Status.SENT)
    confirmation_sent_at = Max("mails__sent_at", filter=sent)
    reminders = Count("mails", filter=Q(mails__kind=Kind.REMINDER))
    pending = Signature.objects.filter(
        state=State.PENDING, statement__in=statement_ids, flags=[], imported=None,
        created_at__lte=now - REMINDER_DELAYS[0], created_at__gt=now - STOP_REMINDING_AFTER,
    )  # fmt: skip
    first, second = (
        Q(reminders=number, confirmation_sent_at__lte=now - delay) for number, delay in enumerate(REMINDER_DELAYS)
    )
    due = pending.annotate(confirmation_sent_at=confirmation_sent_at, reminders=reminders).filter(first | second)
    return list(due.order_by("id").values_list("id", flat=True)[:MAX_PER_RUN])


@transaction.atomic
def _remind_one(signature_id: int, now: datetime) -> int:
    """Checks the signature again under the mailbox's lock, and its caps."""
    signature = lock_signature_and_mailbox(signature_id)
    digests = signature.digests()
    if signature.state != State.PENDING or not digests or Suppression.objects.cover(digests):
        return 0
    if Mail.objects.next_allowed_at(digests, now) > now:
        return 0
    if signature.mails.filter(kind=Kind.REMINDER).count() >= len(REMINDER_DELAYS):
        return 0
    queue_email(signature, Kind.REMINDER, now=now)
    return 1
