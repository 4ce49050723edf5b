"""Fills a site with very many invented signatures, to see how it does when it is large."""

import time
from importlib.util import find_spec

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from signatures.demo.fill import fill, settle, statement_to_fill
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement

NEEDS_FAKER = "Invented people need Faker, which is among the development requirements (requirements-dev.txt)."
NOT_EMPTY = "There are signatures here already. On a site that nobody uses, --add puts invented ones beside them."


class Command(BaseCommand):
    help = "Adds invented signatures to a statement by COPY: for trials with a large site, never on one that is used."

    def add_arguments(self, parser):
        parser.add_argument("--signatures", type=int, required=True, metavar="N", help="how many")
        parser.add_argument("--statement", metavar="SLUG", help="whose (the demonstration's, made where it is missing)")
        parser.add_argument("--seed", type=int, default=1, help="another number, other people (1)")
        parser.add_argument("--add", action="store_true", help="even where there are signatures already")

    def handle(self, *args, signatures: int, statement: str | None, seed: int, add: bool, **options):
        if signatures < 1:
            raise CommandError("--signatures is 1 or more.")
        if not find_spec("faker"):
            raise CommandError(NEEDS_FAKER)
        if Signature.objects.exists() and not add:
            raise CommandError(NOT_EMPTY)
        begin, now = time.monotonic(), timezone.now()
        try:
            found = statement_to_fill(statement, now=now)
        except Statement.DoesNotExist:
            raise CommandError(f"There is no statement at /{statement}/.") from None
        fill(statement=found, count=signatures, seed=seed, now=now)
        settle()
        seconds = time.monotonic() - begin
        self.stdout.write(f"/{found.slug}/  {signatures:,} more signatures, all of them invented, in {seconds:.1f} s.")
