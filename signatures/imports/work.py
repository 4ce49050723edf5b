"""What the worker does with files, some lines at a time. Every batch says how far it came, in the transaction that
stores it: whoever comes next goes on there."""

from collections.abc import Callable
from datetime import datetime, timedelta

from signatures.imports.bring import bring
from signatures.imports.check import check
from signatures.imports.read import read
from signatures.models import Import

RUN = timedelta(seconds=100)  # then the next task goes on; what is asked in between waits for so long

Clock = Callable[[], datetime]
Status = Import.Status
STEPS: dict[str, Callable[[Import, Clock, datetime], bool]] = {
    Status.READING: read,
    Status.CHECKING: check,
    Status.RUNNING: bring,
}


def work_on_imports(*, clock: Clock) -> bool:
    """Whether there is more to do at once."""
    stop_at, is_more = clock() + RUN, False
    for found in list(Import.objects.at_work(clock()).select_related("statement", "sector")):
        if Import.objects.hold(found, clock()):
            is_more = STEPS[found.status](found, clock, stop_at) or is_more
            Import.objects.filter(id=found.pk).update(held_until=None)
    return is_more
