from celery import shared_task
from django.utils import timezone

from signatures.mail import bounces, send, update_mailing


@shared_task(name="signatures.deliver")
def deliver() -> None:
    send.deliver(clock=timezone.now)


@shared_task(name="signatures.mail_updates")
def mail_updates() -> None:
    update_mailing.mail_updates(clock=timezone.now)


@shared_task(name="signatures.heed_mail_events")
def heed_mail_events() -> None:
    while bounces.heed_mail_events(now=timezone.now()):
        pass
