"""The outbox as tests wait for it."""

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
    """However many there are: it fails only where no mail comes for longer than a lease lasts and a worker starts."""
    begin = time.monotonic()
    while not is_all_sent():
        known = len(sink.messages)
        wait_for(lambda: is_all_sent() or len(sink.messages) > known, patience=240)  # noqa: B023
    return time.monotonic() - begin


def move_clock_of_outbox(pause: timedelta) -> None:
    """For the outbox alone: no test waits out a lease or a cool-down. Only while no worker is at a batch."""
    Mail.objects.filter(status=Mail.Status.QUEUED).update(next_attempt_at=F("next_attempt_at") - pause)
    ProviderCooldown.objects.update(resume_at=F("resume_at") - pause)
    MailServer.objects.update(resume_at=F("resume_at") - pause, allowance_at=F("allowance_at") - pause)
