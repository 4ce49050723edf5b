"""Helpers for tests that wait for the outbox."""

import time
from datetime import timedelta

from django.db.models import F

from signatures.mail.models.email import Mail
from signatures.mail.models.provider_cooldown import MailServer, ProviderCooldown
from tests.smtp import Sink
from tests.waiting import wait_for


def is_all_sent() -> bool:
    return not Mail.objects.filter(status=Mail.Status.QUEUED).exists()


def seconds_until_all_sent(sink: Sink) -> float:
    """Waits until all emails are sent. Fails only if none arrives for longer than a lease and the start of a worker."""
    begin = time.monotonic()
    while not is_all_sent():
        count = len(sink.messages)
        wait_for(lambda: is_all_sent() or len(sink.messages) > count, patience=240)  # noqa: B023
    return time.monotonic() - begin


def move_clock_of_outbox(pause: timedelta) -> None:
    """Makes leases and cool-downs end earlier by `pause`. Call it only while no worker sends a batch."""
    Mail.objects.filter(status=Mail.Status.QUEUED).update(next_attempt_at=F("next_attempt_at") - pause)
    ProviderCooldown.objects.update(resume_at=F("resume_at") - pause)
    MailServer.objects.update(resume_at=F("resume_at") - pause, allowance_at=F("allowance_at") - pause)
