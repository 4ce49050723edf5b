"""Brings back what `manage.py backup` wrote."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from signatures.operations.backup import database, files
from signatures.operations.backup.age_encryption import BackupFailed, decrypting, read_secrets

NEXT_STEPS = (
    "Restored. Now: manage.py migrate, then manage.py recount; the outbox holds what waited to be sent back then."
)


class Command(BaseCommand):
    help = (
        "Restores a backup into an empty database, in one transaction; a file that ends in .files.age into the storage."
        " Refuses what is not empty, unless --replace is said."
    )
    requires_system_checks = []  # the database is not there yet

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--key", required=True, help="the file with the secret key, or - to read it from the input")
        parser.add_argument("--replace", action="store_true", help="empty the database first, once the backup was read")

    def handle(self, *args, file: Path, key: str, replace: bool, **options):
        part = files if file.name.endswith(".files.age") else database
        try:
            pour = decrypting(
                file, read_secrets(sys.stdin.read() if key == "-" else Path(key).read_text(encoding="utf-8"))
            )
            held = part.check(pour)  # all of it, before anything is touched
            part.restore(pour, replace=replace)
        except (BackupFailed, OSError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{file}: {len(held)} {'files' if part is files else 'tables'}")
        if part is database:
            self.stdout.write(NEXT_STEPS)
