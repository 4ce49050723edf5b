"""Keeps locale/ true to the sources, on a machine without gettext's programs."""

import sys
from pathlib import Path

from babel.messages import Catalog
from django.conf import settings
from django.core.management.base import BaseCommand

from petition.catalogues import files
from petition.catalogues.faults import faults
from petition.catalogues.sources import marked


class Command(BaseCommand):
    help = "Writes every marked string into the catalogues and compiles them."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="change nothing, name what is wrong, exit 1 if any")

    def handle(self, *args, check: bool, **options):
        folder, found = Path(settings.LOCALE_PATHS[0]), marked(settings.BASE_DIR)
        languages = [language for language, _name in settings.LANGUAGES]
        if not check:
            for language in languages:
                _write(folder, language, found)
        wrong = [f"{language}: {fault}" for language in languages for fault in faults(folder, language, found)]
        self.stdout.write("\n".join([*wrong, f"{len(found)} strings, {len(wrong)} faults"]))
        if check and wrong:
            sys.exit(1)


def _write(folder: Path, language: str, found: Catalog) -> None:
    catalogue = files.merged(found, files.read(folder, language), language)
    path = files.po_file(folder, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(files.po(catalogue))
    path.with_suffix(".mo").write_bytes(files.mo(catalogue))
