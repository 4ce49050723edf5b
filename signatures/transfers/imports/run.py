"""Runs the current step of each import, some lines at a time.

The transaction of each batch also stores the progress, so the next worker continues there.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from signatures.transfers.imports.apply import queue_import_emails
from signatures.transfers.imports.check_lines import check_lines
from signatures.transfers.imports.read_file import read_file
from signatures.transfers.models.imports import Import
from signatures.web.time_boxed import Clock

MAX_RUN_TIME = timedelta(seconds=25)  # then the next task continues
MAX_READ_TIME = timedelta(seconds=100)  # longer, since a workbook is read from its beginning each time

Status = Import.Status
STEPS: dict[str, Callable[[Import, Clock, datetime], bool]] = {
    Status.READING: read_file,
    Status.CHECKING: check_lines,
    Status.RUNNING: queue_import_emails,
}


def work_on_imports(*, clock: Clock) -> bool:
    """Returns True if there is more to do now."""
    is_more = False
    for import_ in list(Import.objects.in_progress(clock()).select_related("statement", "sector")):
        if Import.objects.lease(import_, clock()):
            stop_at = clock() + (MAX_READ_TIME if import_.status == Status.READING else MAX_RUN_TIME)
            is_more = STEPS[import_.status](import_, clock, stop_at) or is_more
            Import.objects.filter(id=import_.pk).update(held_until=None)
    return is_more
