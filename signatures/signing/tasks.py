from celery import shared_task
from django.utils import timezone

from signatures.signing import remind as reminders


@shared_task(name="signatures.remind")
def remind() -> None:
    reminders.queue_reminders(now=timezone.now())
