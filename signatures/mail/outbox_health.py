"""Tells whether the worker is alive and the outbox moves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from signatures.mail.models.email import Mail
from signatures.web.models import WORKER, Measurement

STUCK_AFTER = timedelta(minutes=3)


@dataclass(frozen=True)
class OutboxHealth:
    heartbeat_at: datetime | None
    oldest_due_at: datetime | None

    def is_worker_alive(self, now: datetime) -> bool:
        return self.heartbeat_at is not None and now - self.heartbeat_at <= STUCK_AFTER

    def is_late(self, now: datetime) -> bool:
        return self.oldest_due_at is not None and now - self.oldest_due_at > STUCK_AFTER


def outbox_health(*, now: datetime) -> OutboxHealth:
    """When the worker was last seen, and since when the oldest mail that may go out has waited. Updates may wait, and
    what organisers pause is not late."""
    waiting = Mail.objects.filter(status=Mail.Status.QUEUED, due_at__lte=now, priority__lt=Mail.Priority.LAST)
    waiting = waiting.not_paused()
    oldest = waiting.aggregate(at=Min("due_at"))["at"]
    return OutboxHealth(Measurement.objects.at(WORKER), oldest)
