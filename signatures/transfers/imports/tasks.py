"""The import task. CELERY_IMPORTS names this module, because signatures/tasks.py may not import forms."""

from celery import shared_task
from django.utils import timezone

from signatures.transfers.imports.run import work_on_imports as work


@shared_task(name="signatures.work_on_imports", soft_time_limit=240, time_limit=260)
def work_on_imports() -> None:
    """Queues itself again while there is more to do. Its time limit is shorter than the broker's visibility timeout."""
    if work(clock=timezone.now):
        work_on_imports.apply_async(expires=60)
