"""Deletes data whose retention period is over, as the periodic task does, until nothing is left."""

from dataclasses import asdict, fields

from django.core.management.base import BaseCommand
from django.utils import timezone

from signatures.privacy.retention import RetentionCounts, apply_retention


class Command(BaseCommand):
    help = "Deletes the data whose retention period is over (docs/privacy.md). The worker also does this periodically."

    def handle(self, *args, **options):
        total = asdict(RetentionCounts())
        while any((done := asdict(apply_retention(now=timezone.now()))).values()):
            total = {name: total[name] + done[name] for name in total}
        for field in fields(RetentionCounts):
            self.stdout.write(f"erased {total[field.name]} {field.metadata['description']}")
