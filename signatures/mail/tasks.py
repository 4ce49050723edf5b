from celery import shared_task
from django.utils import timezone

from signatures.mail import bounces, send, update_mailing


@shared_task(name="signatures.deliver")
def deliver() -> None:
    send.send_emails(clock=timezone.now)


@shared_task(name="signatures.mail_updates")
def mail_updates() -> None:
    update_mailing.queue_update_emails(clock=timezone.now)


@shared_task(name="signatures.heed_mail_events")
def heed_mail_events() -> None:
    while bounces.process_mail_events(now=timezone.now()):
        pass
