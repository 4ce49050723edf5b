"""Drops the indexes of a table during a bulk insert: building an index once costs a tenth.

All of it is one transaction, so other sessions never see the table without indexes, and a killed process changes
nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = %s::regclass AND NOT indisprimary
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid)
    ORDER BY 1
"""
CONSTRAINTS = """
    SELECT quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = %s::regclass AND contype IN ('f', 'u') ORDER BY 1
"""


@contextmanager
def without_indexes(table: str) -> Iterator[None]:
    """Drops indexes, unique constraints and foreign keys, then restores and checks them. Needs a transaction."""
    constraints, indexes = _definitions(CONSTRAINTS, table), _definitions(INDEXES, table)
    _execute_all(f"ALTER TABLE {table} DROP CONSTRAINT {name}" for name, _ in constraints)
    _execute_all(f"DROP INDEX {name}" for name, _ in indexes)
    yield
    _execute_all(definition for _, definition in indexes)
    _execute_all(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" for name, definition in constraints)


def _definitions(query: str, table: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [table])
        return cursor.fetchall()


def _execute_all(statements: Iterator[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
