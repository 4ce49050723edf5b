"""Fills an empty site with a statement, a letter and their invented signatories."""

import time
from importlib.util import find_spec

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from signatures.demo.load import load
from signatures.statements.models.statement import Statement

NEEDS_FAKER = "The demonstration needs Faker, which is among the development requirements (requirements-dev.txt)."


class Command(BaseCommand):
    help = "Loads the demonstration into a database without statements; leaves any other as it is."

    def add_arguments(self, parser):
        parser.add_argument("--signatures", type=int, default=13_500, metavar="N", help="how many (13500)")
        parser.add_argument("--seed", type=int, default=1, help="another number, other people (1)")

    def handle(self, *args, signatures: int, seed: int, **options):
        if signatures < 0:
            raise CommandError("--signatures is 0 or more.")
        if Statement.objects.exists():
            self.stdout.write("There are statements already: the demonstration changes nothing.")
            return
        if not find_spec("faker"):
            raise CommandError(NEEDS_FAKER)
        begin = time.monotonic()
        for made in load(signatures=signatures, seed=seed, now=timezone.now()):
            self.stdout.write(
                f"/{made.statement.slug}/  {made.title}: {made.confirmed:,} signatures, {made.held} held, "
                f"in {made.languages} languages"
            )
        self.stdout.write(f"All of them invented, in {time.monotonic() - begin:.1f} s.")
