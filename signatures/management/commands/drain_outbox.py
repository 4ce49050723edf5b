"""Sends what is due, here and now, where no broker brings the worker its hints."""

from dataclasses import fields

from django.core.management.base import BaseCommand
from django.utils import timezone

from signatures.mail.models.email import Mail
from signatures.mail.send import DeliveryCounts, send_emails


class Command(BaseCommand):
    help = "Sends every mail that is due, without a broker. Mail that the mail server puts off stays in the outbox."

    def handle(self, *args, **options):
        total = DeliveryCounts()
        while _made_progress(done := send_emails(clock=timezone.now)):
            for field in fields(DeliveryCounts):
                setattr(total, field.name, getattr(total, field.name) + getattr(done, field.name))
            if done.deferred:
                break  # it comes up again within seconds, and a mail server in trouble gains nothing from haste
        self.stdout.write(
            f"sent {total.sent}, failed {total.failed}, put off {total.deferred}, cancelled {total.cancelled}"
        )
        if waiting := Mail.objects.due(timezone.now()).count():
            self.stdout.write(f"{waiting} wait for their provider, or for the budget of a minute: run this again")


def _made_progress(done: DeliveryCounts) -> bool:
    return any(getattr(done, field.name) for field in fields(DeliveryCounts))
