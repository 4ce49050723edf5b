"""Creates an organiser account on a local site. bin/dev runs it and prints the login."""

import os

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from signatures.operations.system_checks import is_public

USERNAME = "organiser"


class Command(BaseCommand):
    help = "Creates the user 'organiser' with the password in DEMO_PASSWORD. It works on a local site only."

    def handle(self, *args, **options):
        if is_public():
            raise CommandError(f"{settings.SITE_URL} is not on this machine: create users with createsuperuser.")
        password = os.environ.get("DEMO_PASSWORD")
        if not password:
            raise CommandError("DEMO_PASSWORD is not set.")
        if not User.objects.filter(username=USERNAME).exists():
            _make_organiser(password)


@transaction.atomic
def _make_organiser(password: str) -> None:
    user = User.objects.create_user(USERNAME, password=password, is_staff=True)
    user.groups.add(Group.objects.get(name="Organiser"))
