"""What a mail service reports: first noted, as it came and once, then heeded."""

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
    """`mark` is the same whenever the same event is told again."""

    mark: str
    kind: MailEvent.Kind
    recipient: str


def store_mail_events(*, reports: Iterable[DeliveryReport], now: datetime) -> None:
    MailEvent.objects.bulk_create(filter(None, [_event_row(report, now) for report in reports]), ignore_conflicts=True)


@transaction.atomic
def heed_mail_events(*, now: datetime) -> int:
    """Suppresses the mailboxes that were told of. A batch; how many there were."""
    waiting = MailEvent.objects.filter(heeded_at=None).order_by("id").select_for_update(skip_locked=True)
    events = list(waiting[:BATCH])
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
    heeded = MailEvent.objects.filter(id__in=[event.id for event in events])
    heeded.update(heeded_at=now, mailbox_digest=None, digest_key="")
    return len(events)


def _event_row(report: DeliveryReport, now: datetime) -> MailEvent | None:
    try:
        found = mailbox.parse(report.recipient)
    except mailbox.BadMailbox:
        return None
    mark = hmac.new(settings.DIGEST_KEYS[0].encode(), report.mark.encode(), hashlib.sha256).hexdigest()
    return MailEvent(
        mark=mark, kind=report.kind, mailbox_digest=found.digest, digest_key=found.digest_key, received_at=now
    )
