"""Shows whether an admin user has a second factor. With --reset, the user sets up another one at the next login."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from signatures.desk import two_factor


class Command(BaseCommand):
    help = "Shows whether USER has a second factor. --reset removes it if the phone and the recovery codes are lost."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user")
        parser.add_argument("--reset", action="store_true", help="remove it and end the sessions of the user")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['user']!r}.")
        if options["reset"]:
            had_factor = two_factor.reset_second_factor(user=user)
            next_step = f"{user} sets up a new one at the next login. Make sure that the request came from this person."
            result = "The second factor is removed." if had_factor else "There was no second factor."
            self.stdout.write(f"{result} {next_step}")
        elif two_factor.is_enrolled(user=user):
            codes_left = two_factor.recovery_codes_left(user=user)
            self.stdout.write(f"{user} has a second factor and {codes_left} recovery codes.")
        else:
            self.stdout.write(f"{user} has no second factor yet and sets it up at the next login.")
