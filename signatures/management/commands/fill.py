"""Fills a site with very many invented signatures, to test it at a large size."""

import time
from importlib.util import find_spec

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from signatures.demo.fill import fill, settle, statement_to_fill
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement

NEEDS_FAKER = "This command needs Faker, one of the development requirements (requirements-dev.txt)."
NOT_EMPTY = "There are signatures here already. On a test site, use --add to add invented ones."


class Command(BaseCommand):
    help = "Adds invented signatures to a statement by COPY. For tests of a large site; never use it in production."

    def add_arguments(self, parser):
        parser.add_argument("--signatures", type=int, required=True, metavar="N", help="number of signatures")
        parser.add_argument(
            "--statement", metavar="SLUG", help="the statement (default: the one of the demo, created if it is missing)"
        )
        parser.add_argument("--seed", type=int, default=1, help="seed of the random people (default: 1)")
        parser.add_argument("--add", action="store_true", help="add even if there are signatures already")

    def handle(self, *args, signatures: int, statement: str | None, seed: int, add: bool, **options):
        if signatures < 1:
            raise CommandError("--signatures is 1 or more.")
        if not find_spec("faker"):
            raise CommandError(NEEDS_FAKER)
        if Signature.objects.exists() and not add:
            raise CommandError(NOT_EMPTY)
        begin, now = time.monotonic(), timezone.now()
        try:
            target = statement_to_fill(statement, now=now)
        except Statement.DoesNotExist:
            raise CommandError(f"There is no statement at /{statement}/.") from None
        fill(statement=target, count=signatures, seed=seed, now=now)
        settle()
        seconds = time.monotonic() - begin
        self.stdout.write(f"/{target.slug}/  {signatures:,} more signatures, all invented, in {seconds:.1f} s.")
