"""Makes a pair of keys for backups."""

from django.core.management.base import BaseCommand

from signatures.operations.backup.age_encryption import new_key


class Command(BaseCommand):
    help = "Prints a new pair of keys: the public half for BACKUP_KEY, and the secret one to keep elsewhere."
    requires_system_checks = []

    def handle(self, *args, **options):
        public, secret = new_key()
        self.stdout.write("# For the server. It can write backups with it, and read none:")
        self.stdout.write(f"BACKUP_KEY={public}")
        self.stdout.write("# For a safe place that is not the server. Without this line no backup can be read:")
        self.stdout.write(secret)
