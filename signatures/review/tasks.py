from celery import shared_task
from django.utils import timezone

from signatures.review import apply_rule, batches


@shared_task(name="signatures.work_on_rules")
def work_on_rules() -> None:
    """Starts itself again while more is left than one task may do."""
    if apply_rule.work_on_rules(clock=timezone.now):
        work_on_rules.apply_async(expires=60)


@shared_task(name="signatures.work_on_many")
def work_on_many() -> None:
    """Starts itself again while more is left than one task may do."""
    if batches.work_on_bulk_decisions(clock=timezone.now):
        work_on_many.apply_async(expires=60)
