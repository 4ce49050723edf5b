"""Prints a new key pair for backups."""

from django.core.management.base import BaseCommand

from signatures.operations.backup.age_encryption import new_key


class Command(BaseCommand):
    help = "Prints a new key pair: the public half for BACKUP_KEY, and the secret half to keep elsewhere."
    requires_system_checks = []

    def handle(self, *args, **options):
        public, secret = new_key()
        self.stdout.write("# For the server, which can write backups with it, but not read them:")
        self.stdout.write(f"BACKUP_KEY={public}")
        self.stdout.write("# For a safe place outside the server. Without this line no backup can be read:")
        self.stdout.write(secret)
