from celery import shared_task
from django.utils import timezone

from signatures.privacy import retention


@shared_task(name="signatures.forget")
def forget() -> None:
    retention.apply_retention(now=timezone.now())
