from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

KNOWN = """
    SELECT unnest(setconfig) FROM pg_db_role_setting
    WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND setrole = (SELECT oid FROM pg_roles WHERE rolname = current_user)
"""


class Command(migrate.Command):
    """Django's own, without the time limit for statements: an index on a large table takes longer than any page may.

    The limit on waiting for a lock stays, so that a migration gives up before visitors queue up behind it. Afterwards
    our role has its DATABASE_SESSIONS in this database.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [settings.DATABASE_SESSIONS["lock_timeout"]])
            cursor.execute("SET statement_timeout = 0")
        super().handle(*args, **options)
        if not any(options[only] for only in ("plan", "check_unapplied", "fake")):
            write_down_sessions(connection)


def write_down_sessions(connection: BaseDatabaseWrapper) -> None:
    """Whoever is connected keeps what it has until it connects again."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sessions'))")  # two hosts may migrate at once
        wanted = _loaded(cursor, settings.DATABASE_SESSIONS)
        cursor.execute(KNOWN)
        known = {row[0].lower() for row in cursor.fetchall()}
        new = {name: value for name, value in wanted.items() if f"{name}={value}".lower() not in known}
        cursor.execute("SELECT quote_ident(current_user), quote_ident(current_database())")
        role, database = cursor.fetchone()
        for name, value in new.items():
            cursor.execute(f"ALTER ROLE {role} IN DATABASE {database} SET {name} = %s", [value])
    if new and not connection.in_atomic_block:
        connection.close()


def _loaded(cursor: Any, sessions: dict[str, str]) -> dict[str, str]:
    """An ordinary role may set what belongs to an extension once that is loaded; before it exists, nobody can."""
    cursor.execute("SELECT FROM pg_extension WHERE extname = 'pg_trgm'")
    if cursor.fetchone() is None:
        return {name: value for name, value in sessions.items() if "." not in name}
    cursor.execute("SELECT 'a' <% 'a'")
    return sessions
