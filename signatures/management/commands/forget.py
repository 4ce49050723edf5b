"""What beat does every ten minutes, here and now, until nothing is left."""

from dataclasses import asdict

from django.core.management.base import BaseCommand
from django.utils import timezone

from signatures import actions

WORDS = {
    "pending": "signatures that nobody confirmed",
    "digests_of_mails": "digests of finished mails",
    "answers_to_mails": "answers of mail servers",
    "mailboxes": "mailboxes under delivered statements",
    "not_counted": "withdrawn or rejected signatures under delivered statements",
    "mail_events": "reports of a mail service",
    "cooldowns": "old cool-downs of mail providers",
    "sessions": "logins at the desk that are over",
    "wrong_passwords": "counts of wrong passwords",
}


class Command(BaseCommand):
    help = "Erases whatever its time is over for, as docs/privacy.md says. The worker does the same by itself."

    def handle(self, *args, **options):
        total = dict.fromkeys(WORDS, 0)
        while any((done := asdict(actions.forget(now=timezone.now()))).values()):
            total = {name: total[name] + done[name] for name in WORDS}
        for name, words in WORDS.items():
            self.stdout.write(f"erased {total[name]} {words}")
