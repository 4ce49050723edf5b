"""Stores the reports of a mail service, each once, and then suppresses the mailboxes that they name."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from signatures.identity import mailbox
from signatures.mail.models.email import Suppression
from signatures.mail.models.mail_event import MailEvent

BATCH = 200

Reason = Suppression.Reason
REASONS = {
    MailEvent.Kind.BOUNCED: Reason.BOUNCED,
    MailEvent.Kind.COMPLAINED: Reason.COMPLAINED,
    MailEvent.Kind.UNSUBSCRIBED: Reason.NO_MAIL,
}


@dataclass(frozen=True)
class DeliveryReport:
    """`event_id` is the same if a service reports the same event again."""

    event_id: str
    kind: MailEvent.Kind
    recipient: str


def store_mail_events(*, reports: Iterable[DeliveryReport], now: datetime) -> None:
    MailEvent.objects.bulk_create(filter(None, [_event_row(report, now) for report in reports]), ignore_conflicts=True)


@transaction.atomic
def process_mail_events(*, now: datetime) -> int:
    """Suppresses the mailboxes in one batch of reports. Returns the number of reports."""
    unprocessed = MailEvent.objects.filter(heeded_at=None).order_by("id").select_for_update(skip_locked=True)
    events = list(unprocessed[:BATCH])
    suppressed = [
        Suppression(
            mailbox_digest=event.mailbox_digest,
            digest_key=event.digest_key,
            reason=REASONS[MailEvent.Kind(event.kind)],
            created_at=now,
        )
        for event in events
    ]
    Suppression.objects.bulk_create(suppressed, ignore_conflicts=True)
    processed = MailEvent.objects.filter(id__in=[event.id for event in events])
    processed.update(heeded_at=now, mailbox_digest=None, digest_key="")
    return len(events)


def _event_row(report: DeliveryReport, now: datetime) -> MailEvent | None:
    try:
        recipient = mailbox.parse(report.recipient)
    except mailbox.BadMailbox:
        return None
    mark = hmac.new(settings.DIGEST_KEYS[0].encode(), report.event_id.encode(), hashlib.sha256).hexdigest()
    return MailEvent(
        mark=mark, kind=report.kind, mailbox_digest=recipient.digest, digest_key=recipient.digest_key, received_at=now
    )
