"""Reads and confirms a signature. Of several attempts, one conditional UPDATE succeeds."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from signatures.signing.fast_sql.prepared import PreparedStatement
from signatures.signing.models.share import new_code
from signatures.signing.models.signature import Signature

# A counted signature gets its share link in the same statement
WIN = PreparedStatement(
    """
    WITH won AS (
        UPDATE signatures_signature SET state = {state}, confirmed_at = {confirmed_at}, flags = {flags},
            resembles_id = {resembles}
        WHERE id = {id} AND state = 'pending' AND generation = {generation} AND flags = {seen}
        RETURNING id, state
    ), shared AS (
        INSERT INTO signatures_share (signature_id, code, brought)
        SELECT id, {code}, 0 FROM won WHERE state = 'confirmed' ON CONFLICT DO NOTHING
    )
    SELECT EXISTS (SELECT FROM won)
    """,
    {
        "state": "varchar",
        "confirmed_at": "timestamptz",
        "flags": "varchar[]",
        "resembles": "bigint",
        "seen": "varchar[]",
        "id": "bigint",
        "generation": "integer",
        "code": "varchar",
    },
)

# Reads the signature and the switches that are on for its statement
READ_SQL = """
SELECT {columns}, ARRAY(
    SELECT json_build_object('name', name, 'told', told) FROM signatures_switch
    WHERE signatures_switch.statement_id IS NULL OR signatures_switch.statement_id = signature.statement_id
    ORDER BY signatures_switch.statement_id NULLS FIRST
) FROM signatures_signature AS signature WHERE signature.id = {{id}}
"""


def look(signature_id: int) -> Signature | None:
    """Reads the signature with its `switches()`. Prepared, because the ORM takes longer to build it than to run it."""
    row = _look().first_row({"id": signature_id})
    if row is None:
        return None
    signature = Signature.from_db(connection.alias, [field.attname for field in _fields()], row[:-1])
    signature.switches_on = row[-1]  # type: ignore[attr-defined]
    return signature


@lru_cache(maxsize=1)
def _look() -> PreparedStatement:
    columns = ", ".join(f'signature."{field.column}"' for field in _fields())
    return PreparedStatement(READ_SQL.format(columns=columns), {"id": "bigint"})


@lru_cache(maxsize=1)
def _fields() -> Sequence[Any]:
    return Signature._meta.concrete_fields


def win(signature: Signature, *, seen: Sequence[str], state: str, confirmed_at: datetime | None) -> bool:
    """Sets the state if the row is still as the caller read it, with the flags `seen`. Returns whether it did."""
    values: dict[str, Any] = {"state": state, "confirmed_at": confirmed_at, "code": new_code()}
    values |= {"flags": signature.flags, "resembles": signature.resembles_id, "seen": list(seen)}
    row = WIN.first_row({**values, "id": signature.id, "generation": signature.generation})
    return bool(row and row[0])
