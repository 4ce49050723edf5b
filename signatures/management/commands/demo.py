"""Fills an empty site with a statement, a letter and invented signatories."""

import time
from importlib.util import find_spec

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from signatures.demo.load import load
from signatures.statements.models.statement import Statement

NEEDS_FAKER = "The demo needs Faker, one of the development requirements (requirements-dev.txt)."


class Command(BaseCommand):
    help = "Loads the demo into a database without statements. Changes nothing if there are any."

    def add_arguments(self, parser):
        parser.add_argument(
            "--signatures", type=int, default=13_500, metavar="N", help="number of signatures (default: 13500)"
        )
        parser.add_argument("--seed", type=int, default=1, help="seed of the random people (default: 1)")

    def handle(self, *args, signatures: int, seed: int, **options):
        if signatures < 0:
            raise CommandError("--signatures is 0 or more.")
        if Statement.objects.exists():
            self.stdout.write("There are statements already: nothing was changed.")
            return
        if not find_spec("faker"):
            raise CommandError(NEEDS_FAKER)
        begin = time.monotonic()
        for summary in load(signatures=signatures, seed=seed, now=timezone.now()):
            self.stdout.write(
                f"/{summary.statement.slug}/  {summary.title}: {summary.confirmed:,} signatures, {summary.held} held, "
                f"in {summary.languages} languages"
            )
        self.stdout.write(f"All signatories are invented. Loaded in {time.monotonic() - begin:.1f} s.")
