"""Celery finds it by CELERY_IMPORTS: to check a line takes the form, which signatures/tasks.py stands below."""

from celery import shared_task
from django.utils import timezone

from signatures.transfers.imports.run import work_on_imports as work


@shared_task(name="signatures.work_on_imports", soft_time_limit=240, time_limit=260)
def work_on_imports() -> None:
    """Goes on by itself while there is more than one task may take. Ends before the broker would give it to somebody
    else."""
    if work(clock=timezone.now):
        work_on_imports.apply_async(expires=60)
