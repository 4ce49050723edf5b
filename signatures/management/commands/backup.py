"""Writes an encrypted backup of the database, and of stored files if there are any."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from signatures.operations.backup import database, files
from signatures.operations.backup.age_encryption import BackupFailed, write_encrypted

FILE_NAME = "undersigned-{at:%Y%m%dT%H%M%SZ}.{what}.age"
NO_KEY_MESSAGE = (
    "BACKUP_KEY is not set: manage.py backup_key makes one."
    " An unencrypted backup would show names to anyone who finds it."
)


class Command(BaseCommand):
    help = (
        "Writes an encrypted backup into a folder and reads it back. The file name contains the time in UTC. Only the"
        " secret half of BACKUP_KEY can decrypt it."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)
        parser.add_argument("--keep", type=int, metavar="DAYS", help="afterwards, delete older backups in the folder")

    def handle(self, *args, folder: Path, keep: int | None, **options):
        if not settings.BACKUP_KEYS:
            raise CommandError(NO_KEY_MESSAGE)
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.")
        now = timezone.now()
        try:
            self._write(folder / FILE_NAME.format(at=now, what="dump"), database, "tables")
            if any(True for _name in files.stored_files()):
                self._write(folder / FILE_NAME.format(at=now, what="files"), files, "files")
        except (BackupFailed, OSError) as error:
            raise CommandError(str(error)) from None
        if keep is not None:
            self._delete_older(folder, now - timedelta(days=keep))

    def _write(self, path: Path, source, what: str) -> None:
        contents: list[str] = []
        write_encrypted(
            path, settings.BACKUP_KEYS, source.dump(), lambda decrypt: contents.extend(source.verify(decrypt))
        )
        self.stdout.write(f"{path}: {path.stat().st_size} bytes, {len(contents)} {what}, read back")

    def _delete_older(self, folder: Path, cutoff: datetime) -> None:
        for path in sorted(folder.glob("undersigned-*.age*")):
            try:
                at = datetime.strptime(path.name.split(".")[0], "undersigned-%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            except ValueError:
                continue
            if at < cutoff:
                path.unlink()
                self.stdout.write(f"{path}: deleted")
