"""Prepared statements, which the database plans once for a connection, because planning takes longer than running."""

import hashlib
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DatabaseError, connection

POOLED_ERROR_CODES = ("26000", "42P05")  # SQLSTATE: there is no prepared statement of that name; there is one already

# The database would keep a sequential scan that it planned for a small table while the table grows. Until the next
# ANALYZE, a minute later, each signature would read thousands of rows.
FORCE_INDEX_SQL = "SET LOCAL enable_seqscan = off;"

prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


class PreparedStatement:
    """`sql` has {name} for each value; `types` maps each name to its database type.

    A pool may give each transaction another connection, where the statement is missing or another process has prepared
    it. After the first such error this process sends the whole statement. Within the caller's transaction, which such
    an error would end, it always sends the whole statement.
    """

    is_pooled = False

    def __init__(self, sql: str, types: Mapping[str, str]):
        self.names = list(types)
        numbered = {name: f"${number}" for number, name in enumerate(types, start=1)}
        self.whole = sql.format(**{name: f"%({name})s::{kind}" for name, kind in types.items()})
        sql = sql.format(**numbered)
        self.key = f"undersigned_{hashlib.sha256(sql.encode()).hexdigest()[:16]}"
        self.make = f"PREPARE {self.key} ({', '.join(types.values())}) AS {sql}"
        self.execute = f"{FORCE_INDEX_SQL} EXECUTE {self.key} ({', '.join(f'%({name})s' for name in types)})"

    def first_row(self, values: Mapping[str, Any], *, before: str = "") -> tuple[Any, ...] | None:
        """Runs `before` first, in the same round trip and transaction."""
        with connection.cursor() as cursor:
            try:
                cursor.execute(before + self._statement(), values)
            except DatabaseError as error:
                if getattr(error.__cause__, "pgcode", None) not in POOLED_ERROR_CODES:
                    raise
                PreparedStatement.is_pooled = True
                cursor.execute(before + self.whole, values)
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row

    def _statement(self) -> str:
        if self.is_pooled or connection.in_atomic_block:
            return self.whole
        there = prepared.setdefault(connection.connection, set())
        if self.key not in there:
            with connection.cursor() as cursor:
                cursor.execute(self.make)
            there.add(self.key)
        return self.execute
