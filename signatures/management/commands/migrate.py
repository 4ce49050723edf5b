from typing import Any

from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    """Django's own, without the time limit for statements: an index on a large table takes longer than any page may.

    The limit on waiting for a lock stays, so that a migration gives up before visitors queue up behind it.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        with connections[options["database"]].cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
        super().handle(*args, **options)
