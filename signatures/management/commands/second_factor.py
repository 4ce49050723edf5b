"""Whether somebody at the desk has a second factor; with --reset, they set up another one at their next login."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from signatures.desk import two_factor


class Command(BaseCommand):
    help = "Tells whether USER has a second factor. --reset takes it away, for who has lost phone and recovery codes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user")
        parser.add_argument("--reset", action="store_true", help="forget it, and end their sessions")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['user']!r}.")
        if options["reset"]:
            had = two_factor.reset_second_factor(user=user)
            then = f"{user} sets up a new one at the next login: make sure that it is they who asked."
            self.stdout.write(f"The second factor is gone. {then}" if had else f"There was none. {then}")
        elif two_factor.is_enrolled(user=user):
            left = two_factor.recovery_codes_left(user=user)
            self.stdout.write(f"{user} has a second factor, and {left} recovery codes.")
        else:
            self.stdout.write(f"{user} has none yet, and sets it up at the next login.")
