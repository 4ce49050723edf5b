"""Sends due emails in this process, for sites without a broker."""

from dataclasses import fields

from django.core.management.base import BaseCommand
from django.utils import timezone

from signatures.mail.models.email import Mail
from signatures.mail.send import DeliveryCounts, send_emails


class Command(BaseCommand):
    help = "Sends every email that is due, without a broker. Emails that the mail server defers stay in the outbox."

    def handle(self, *args, **options):
        total = DeliveryCounts()
        while _made_progress(done := send_emails(clock=timezone.now)):
            for field in fields(DeliveryCounts):
                setattr(total, field.name, getattr(total, field.name) + getattr(done, field.name))
            if done.deferred:
                break  # they are due again within seconds; a mail server in trouble needs a pause
        self.stdout.write(
            f"sent {total.sent}, failed {total.failed}, put off {total.deferred}, cancelled {total.cancelled}"
        )
        if count := Mail.objects.due(timezone.now()).count():
            self.stdout.write(f"{count} wait for their provider, or for the budget per minute: run this again")


def _made_progress(done: DeliveryCounts) -> bool:
    return any(getattr(done, field.name) for field in fields(DeliveryCounts))
