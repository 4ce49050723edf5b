"""Restores a backup that `manage.py backup` wrote."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from signatures.operations.backup import database, files
from signatures.operations.backup.age_encryption import BackupFailed, decrypting, read_secrets

NEXT_STEPS = (
    "Restored. Now: manage.py migrate, then manage.py recount."
    " The outbox contains the emails that were queued at that time."
)


class Command(BaseCommand):
    help = (
        "Restores a backup into an empty database, in one transaction, or a file that ends in .files.age into the"
        " storage. Refuses if the target is not empty, unless --replace is given."
    )
    requires_system_checks = []  # the database does not exist yet

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--key", required=True, help="the file with the secret key, or - to read it from standard input"
        )
        parser.add_argument(
            "--replace", action="store_true", help="empty the database first, after the backup was read completely"
        )

    def handle(self, *args, file: Path, key: str, replace: bool, **options):
        target = files if file.name.endswith(".files.age") else database
        try:
            decrypt = decrypting(
                file, read_secrets(sys.stdin.read() if key == "-" else Path(key).read_text(encoding="utf-8"))
            )
            contents = target.check(decrypt)  # reads the whole backup before anything is changed
            target.restore(decrypt, replace=replace)
        except (BackupFailed, OSError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{file}: {len(contents)} {'files' if target is files else 'tables'}")
        if target is database:
            self.stdout.write(NEXT_STEPS)
