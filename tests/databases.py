"""Prepares test databases: migrated once for all workers of a run, and quick to clean after a test that commits.

A test that commits (`django_db(transaction=True)`) leaves rows behind. Django would then empty all tables, create
content types and permissions again, and lose rows of migrations, such as groups: such tests would have to run last.
`StarterData` restores the rows that the migrations created, so that tests can run in any order.
"""

import fcntl
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Makes the other workers of this run wait."""
    shared = Path(settings.STATIC_ROOT).resolve().parent
    with (shared / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_template(name: str) -> None:
    """Migrates a database of this name, unless another worker has done so. The workers' databases are copies of it."""
    database, own = connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"]
    with one_at_a_time("template"):
        if not _is_there(name):
            connection.settings_dict["TEST"]["NAME"] = name
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            connection.close()
            settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = database
    connection.settings_dict["TEST"] |= {"NAME": own, "TEMPLATE": name}


def drop_template(name: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def _is_there(name: str) -> bool:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


class StarterData:
    """Holds the rows of all tables right after the migrations."""

    def __init__(self) -> None:
        self.tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        with connection.cursor() as cursor:
            self.rows = {table: self._copy_from(cursor, table) for table in self._with_rows(cursor)}

    def restore(self) -> None:
        """Empties only the tables that have rows: each emptied table gets new files, with all its indexes."""
        with transaction.atomic(), connection.cursor() as cursor:
            if written := {*self._with_rows(cursor), *self.rows}:
                cursor.execute(f"TRUNCATE {', '.join(sorted(written))} CASCADE")
            for table, rows in self.rows.items():
                cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO(rows))

    def _with_rows(self, cursor) -> list[str]:
        queries = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in self.tables)
        cursor.execute(" UNION ALL ".join(queries))
        return [table for (table,) in cursor.fetchall()]

    def _copy_from(self, cursor, table: str) -> str:
        rows = io.StringIO()
        cursor.copy_expert(f"COPY {table} TO STDOUT", rows)
        return rows.getvalue()
