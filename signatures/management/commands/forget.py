"""What beat does every ten minutes, here and now, until nothing is left."""

from dataclasses import asdict, fields

from django.core.management.base import BaseCommand
from django.utils import timezone

from signatures.privacy.retention import RetentionCounts, forget


class Command(BaseCommand):
    help = "Erases whatever its time is over for, as docs/privacy.md says. The worker does the same by itself."

    def handle(self, *args, **options):
        total = asdict(RetentionCounts())
        while any((done := asdict(forget(now=timezone.now()))).values()):
            total = {name: total[name] + done[name] for name in total}
        for each in fields(RetentionCounts):
            self.stdout.write(f"erased {total[each.name]} {each.metadata['words']}")
