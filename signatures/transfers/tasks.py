from celery import shared_task
from django.utils import timezone

from signatures.transfers.delivery_bundle import request
from signatures.transfers.imports import run


@shared_task(name="signatures.make_packs", soft_time_limit=270, time_limit=290)
def make_packs() -> None:
    """Has more time than other tasks, and ends before the broker gives it to another worker."""
    request.build_delivery_packs(clock=timezone.now)


@shared_task(name="signatures.work_on_imports", soft_time_limit=240, time_limit=260)
def work_on_imports() -> None:
    """Starts itself again while more is left than one task may do. Ends before the broker gives it to another
    worker."""
    if run.work_on_imports(clock=timezone.now):
        work_on_imports.apply_async(expires=60)
