"""Records the heartbeat of the worker."""

from datetime import datetime

from signatures.web.models import WORKER, Measurement


def stamp_heartbeat(*, now: datetime) -> None:
    """A task calls this, so that only a worker that runs tasks and reaches the database counts as alive."""
    Measurement.objects.set_value(WORKER, 1, now=now)
