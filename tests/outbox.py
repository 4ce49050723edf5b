"""The outbox as tests wait for it."""

from datetime import timedelta

from django.db.models import F

from signatures.models import Mail, Pace


def is_all_sent() -> bool:
    return not Mail.objects.filter(status=Mail.Status.QUEUED).exists()


def let_time_pass(pause: timedelta) -> None:
    """For the outbox alone: nobody waits out a lease or a rest in a test. Only while no worker is at a batch."""
    Mail.objects.filter(status=Mail.Status.QUEUED).update(next_attempt_at=F("next_attempt_at") - pause)
    Pace.objects.update(reckoned_at=F("reckoned_at") - pause, rests_until=F("rests_until") - pause)
