"""Confirming as the database does it: one look, and one statement that has one winner."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from signatures.signing.fast_sql.prepared import PreparedStatement
from signatures.signing.models.share import new_code
from signatures.signing.models.signature import Signature

# Who is counted gets a link of their own to pass on, in the same moment
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

# What a press of the button has to know: the signature, and what is switched on for its statement
READ_SQL = """
SELECT {columns}, ARRAY(
    SELECT json_build_object('name', name, 'told', told) FROM signatures_switch
    WHERE signatures_switch.statement_id IS NULL OR signatures_switch.statement_id = signature.statement_id
    ORDER BY signatures_switch.statement_id NULLS FIRST
) FROM signatures_signature AS signature WHERE signature.id = {{id}}
"""


def look(signature_id: int) -> Signature | None:
    """With its `switches()`. By a prepared statement: the ORM takes longer to put this one together than to run it."""
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
    """Whether it was still as the caller has read it, flagged as `seen`, and is now what the caller says."""
    values: dict[str, Any] = {"state": state, "confirmed_at": confirmed_at, "code": new_code()}
    values |= {"flags": signature.flags, "resembles": signature.resembles_id, "seen": list(seen)}
    row = WIN.first_row({**values, "id": signature.id, "generation": signature.generation})
    return bool(row and row[0])
