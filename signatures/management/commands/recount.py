"""Counts every signature anew, and mends what the tally says where it differs."""

import sys

from django.core.management.base import BaseCommand
from django.utils import timezone

from signatures.public.fold_tally import check_counts
from signatures.statements.models.sector import Sector
from signatures.statements.models.statement import Statement


class Command(BaseCommand):
    help = "Compares the counts with a true count and repairs them. Exits 1 where there was something to repair."

    def handle(self, *args, **options):
        repairs, links = check_counts(now=timezone.now())
        if not repairs and not links:
            self.stdout.write("counts agree")
            return
        statements, sectors = (dict(model.objects.values_list("id", "slug")) for model in (Statement, Sector))
        for statement, sector, kind, counted, listed in repairs:
            where = f"{statements[statement]}, {sectors[sector]}, {kind}"
            self.stdout.write(f"repaired {where}: counted {counted:+d}, listed {listed:+d}")
        if links:
            wrong = sum(map(abs, links.values()))
            self.stdout.write(f"repaired what {len(links)} links have brought, wrong by {wrong} in all")
        sys.exit(1)
