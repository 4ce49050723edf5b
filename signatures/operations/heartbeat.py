from datetime import datetime

from signatures.web.models import WORKER, Measurement


def beat(*, now: datetime) -> None:
    """Stamped by a task, so that only a worker that takes tasks and reaches the database is seen alive."""
    Measurement.objects.note(WORKER, 1, now=now)
