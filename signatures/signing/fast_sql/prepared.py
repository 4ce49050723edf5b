"""Statements that the database plans once for a connection, where to plan them takes longer than to run them."""

import hashlib
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DatabaseError, connection

POOLED_ERROR_CODES = ("26000", "42P05")  # SQLSTATE: there is no prepared statement of that name; there is one already

# A plan that was made while a table was small, by reading all of it, would be kept while the table grows: until the
# next ANALYZE, a minute later, each signer would read thousands of rows.
FORCE_INDEX_SQL = "SET LOCAL enable_seqscan = off;"

prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


class PreparedStatement:
    """`sql` has {name} for each value; `types` names them all, with what the database calls their types.

    Behind a pool that gives each transaction another connection, what was prepared on one is not there on the next, and
    on that another process may have prepared it before: the first such answer makes this process send the whole
    statement from then on. Within the caller's transaction, which such an answer would end, it goes out whole.
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
        """`before` goes first, in the same round trip and the same transaction."""
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
