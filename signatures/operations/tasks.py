from celery import shared_task
from django.utils import timezone

from signatures.operations import heartbeat


@shared_task(name="signatures.beat")
def beat() -> None:
    heartbeat.stamp_heartbeat(now=timezone.now())
