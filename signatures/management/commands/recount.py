"""Compares the tally with a full count of the signatures, and repairs differences."""

import sys

from django.core.management.base import BaseCommand
from django.utils import timezone

from signatures.public.fold_tally import check_counts
from signatures.statements.models.sector import Sector
from signatures.statements.models.statement import Statement


class Command(BaseCommand):
    help = "Compares the stored counts with a full count and repairs them. Exits with 1 if it repaired something."

    def handle(self, *args, **options):
        repairs, links = check_counts(now=timezone.now())
        if not repairs and not links:
            self.stdout.write("counts agree")
            return
        statements, sectors = (dict(model.objects.values_list("id", "slug")) for model in (Statement, Sector))
        for statement, sector, kind, counted, listed in repairs:
            place = f"{statements[statement]}, {sectors[sector]}, {kind}"
            self.stdout.write(f"repaired {place}: counted {counted:+d}, listed {listed:+d}")
        if links:
            wrong = sum(map(abs, links.values()))
            self.stdout.write(f"repaired the referral counts of {len(links)} links, wrong by {wrong} in total")
        sys.exit(1)
