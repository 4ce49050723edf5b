"""Tells whether the worker is alive and whether emails are late."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from signatures.mail.models.email import Mail
from signatures.operations.models import WORKER, Measurement

STUCK_AFTER = timedelta(minutes=3)


@dataclass(frozen=True)
class OutboxHealth:
    heartbeat_at: datetime | None
    oldest_due_at: datetime | None

    def is_worker_alive(self, now: datetime) -> bool:
        return self.heartbeat_at is not None and now - self.heartbeat_at <= STUCK_AFTER

    def is_late(self, now: datetime) -> bool:
        return self.oldest_due_at is not None and now - self.oldest_due_at > STUCK_AFTER


def stamp_heartbeat(*, now: datetime) -> None:
    """A task calls this, so that only a worker that runs tasks and reaches the database counts as alive."""
    Measurement.objects.set_value(WORKER, 1, now=now)


def outbox_health(*, now: datetime) -> OutboxHealth:
    """Returns the last heartbeat of the worker and the due time of the oldest email. Updates may wait and paused emails
    are not late, so both are left out."""
    due = Mail.objects.filter(status=Mail.Status.QUEUED, due_at__lte=now, priority__lt=Mail.Priority.LAST)
    oldest = due.not_paused().aggregate(at=Min("due_at"))["at"]
    return OutboxHealth(Measurement.objects.at(WORKER), oldest)
