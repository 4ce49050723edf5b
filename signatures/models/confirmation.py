"""Confirming as the database does it: one statement has one winner."""

from datetime import datetime

from signatures.models.prepared import Prepared
from signatures.models.share import new_code
from signatures.models.signature import Signature

# Who is counted gets a link of their own to pass on, in the same moment
WIN = Prepared(
    """
    WITH won AS (
        UPDATE signatures_signature SET state = {state}, confirmed_at = {confirmed_at}, flags = {flags}
        WHERE id = {id} AND state = 'pending' AND generation = {generation}
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
        "id": "bigint",
        "generation": "integer",
        "code": "varchar",
    },
)


def win(signature: Signature, *, state: str, confirmed_at: datetime | None) -> bool:
    """Whether it was still as the caller has read it, and is now what the caller says."""
    values = {"state": state, "confirmed_at": confirmed_at, "flags": signature.flags, "code": new_code()}
    row = WIN.first_row({**values, "id": signature.id, "generation": signature.generation})
    return bool(row and row[0])
