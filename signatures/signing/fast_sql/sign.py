"""Implements the table of mailboxes (design.md) as two statements: for a mailbox without a signature and for others.

Each is one round trip and one transaction, whether or not the caller has one. Both do the same look-ups, so that their
timing tells a stranger nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models

from signatures.mail.limits import DAY, MAX_EMAILS_PER_DAY, MIN_TIME_BETWEEN_EMAILS
from signatures.mail.models.email import Mail, Suppression, lock_number
from signatures.signing.fast_sql.prepared import PreparedStatement
from signatures.signing.models.signature import Signature

OVERWRITTEN_FIELDS = (
    "name", "search_key", "sort_key", "credit", "organisation", "website", "website_domain", "officer", "officer_post",
    "sector", "version", "kind", "visibility", "updates", "language", "network", "invitation", "imported",
)  # fmt: skip
"""Every attempt to sign overwrites these columns."""

# The lock is a separate statement: a statement sees the data as of its start, and a transaction that waited for the
# lock must see what was changed under it.
LOCK = "SELECT pg_advisory_xact_lock({number});"

STANDING = """
WITH standing AS (
    SELECT id, state FROM {signatures}
    WHERE statement_id = {{s_statement}} AND mailbox_digest = ANY ({{digests}}) LIMIT 1
), suppressed AS (
    SELECT id FROM {suppressions} WHERE mailbox_digest = ANY ({{digests}}) LIMIT 1
), lately AS (
    SELECT due_at FROM {mails} WHERE mailbox_digest = ANY ({{digests}}) ORDER BY due_at DESC LIMIT {most}
), turn AS (
    SELECT greatest(
        {{now}}, max(due_at) + interval '{gap}', CASE WHEN count(*) = {most} THEN min(due_at) + interval '{day}' END
    ) AS at FROM lately
)"""

INSERT_SQL = (
    STANDING
    + """, entered AS (
    INSERT INTO {signatures} ({signature_columns}) SELECT {signature_values}
    WHERE NOT EXISTS (SELECT FROM standing) AND NOT EXISTS (SELECT FROM suppressed)
    RETURNING id
), mailed AS (
    INSERT INTO {mails} (signature_id, due_at, next_attempt_at, {mail_columns})
    SELECT entered.id, turn.at, turn.at, {mail_values} FROM entered, turn
    RETURNING id
)
SELECT EXISTS (SELECT FROM mailed),
       (SELECT state FROM standing WHERE NOT EXISTS (SELECT FROM suppressed)),
       (SELECT at <= {{now}} FROM turn)
"""
)

# A pending row takes the newest details, a withdrawn one becomes pending again. A moderator's settings and the flags
# stay, so that a second attempt cannot remove them. `via` is cleared if the row was confirmed before, because its
# referral is recorded. The row's digest is compared again: a signature that is erased while this waits has none and
# stays erased.
SIGN_AGAIN_SQL = (
    STANDING
    + """, again AS (
    UPDATE {signatures} AS signature
    SET ({overwritten_columns}) = ROW({overwritten_values}),
        state = 'pending', generation = generation + 1, notable = false,
        via = CASE WHEN confirmed_at IS NULL THEN {{s_via}} ELSE '' END,
        flags = flags || ARRAY(SELECT flag FROM unnest({{s_flags}}) AS flag WHERE flag <> ALL (flags))
    FROM turn
    WHERE signature.id = (SELECT id FROM standing) AND NOT EXISTS (SELECT FROM suppressed)
      AND signature.mailbox_digest = ANY ({{digests}})
      AND (state = 'withdrawn' OR (state = 'pending' AND turn.at <= {{now}}))
    RETURNING signature.id, generation, language, mailbox_digest
), told AS (
    SELECT id, generation, language, mailbox_digest FROM {signatures}, turn
    WHERE id = (SELECT id FROM standing) AND NOT EXISTS (SELECT FROM suppressed)
      AND state IN ('confirmed', 'held') AND turn.at <= {{now}}
), mailed AS (
    INSERT INTO {mails} (signature_id, kind, priority, generation, language, mailbox_digest, due_at, next_attempt_at,
                         {known_mail_columns})
    SELECT id, kind, priority, generation, language, mailbox_digest, turn.at, turn.at, {known_mail_values}
    FROM (
        SELECT *, 'confirm' AS kind, {first} AS priority FROM again
        UNION ALL SELECT *, 'already_signed', {later} FROM told
    ) AS whom, turn
    RETURNING id
)
SELECT EXISTS (SELECT FROM mailed)
"""
)


@dataclass(frozen=True)
class SignResult:
    """`state` is that of the earlier signature; None if there was none or the mailbox is suppressed."""

    is_email_queued: bool
    state: str | None
    may_be_emailed: bool


def enter(signature: Signature, mail: Mail, digests: Sequence[bytes], now: datetime) -> SignResult:
    """Inserts both if the mailbox has no signature on the statement and is not suppressed. Sets the email's signature
    and its due time, which follows the caps."""
    row = _enter().first_row(_values(signature, mail, digests, now), before=_lock(digests))
    return SignResult(*row)  # type: ignore[misc]


def go_on(signature: Signature, mail: Mail, digests: Sequence[bytes], now: datetime) -> bool:
    """Handles a mailbox with a signature. Returns whether an email is queued. Arguments are as for `enter`."""
    row = _go_on().first_row(_values(signature, mail, digests, now), before=_lock(digests))
    return bool(row and row[0])


def _lock(digests: Sequence[bytes]) -> str:
    """Locks in order, so that two transactions cannot deadlock during key rotation."""
    return "".join(LOCK.format(number=lock_number(digest)) for digest in sorted(digests))


def _values(signature: Signature, mail: Mail, digests: Sequence[bytes], now: datetime) -> dict[str, Any]:
    signature_values = {f"s_{field.name}": getattr(signature, field.attname) for field in _fields(Signature)}
    email_values = {f"m_{field.name}": getattr(mail, field.attname) for field in _fields(Mail)}
    return {**signature_values, **email_values, "digests": list(digests), "now": now}


@lru_cache(maxsize=1)
def _enter() -> PreparedStatement:
    return _prepared(INSERT_SQL)


@lru_cache(maxsize=1)
def _go_on() -> PreparedStatement:
    return _prepared(SIGN_AGAIN_SQL)


def _prepared(template: str) -> PreparedStatement:
    of_mail = [field for field in _fields(Mail) if field.name not in EMAIL_COLUMNS_FROM_ROW]
    overwritten = [Signature._meta.get_field(name) for name in OVERWRITTEN_FIELDS]
    sql = template.format(
        signatures=Signature._meta.db_table,
        suppressions=Suppression._meta.db_table,
        mails=Mail._meta.db_table,
        most=MAX_EMAILS_PER_DAY,
        gap=f"{MIN_TIME_BETWEEN_EMAILS.total_seconds():.0f} seconds",
        day=f"{DAY.total_seconds():.0f} seconds",
        first=Mail.Priority.FIRST.value,
        later=Mail.Priority.LATER.value,
        signature_columns=_columns(_fields(Signature)),
        signature_values=_places("s", _fields(Signature)),
        mail_columns=_columns(_fields(Mail)),
        mail_values=_places("m", _fields(Mail)),
        known_mail_columns=_columns(of_mail),
        known_mail_values=_places("m", of_mail),
        overwritten_columns=_columns(overwritten),
        overwritten_values=_places("s", overwritten),
    )
    kinds = {f"s_{field.name}": _kind(field) for field in _fields(Signature)}
    kinds |= {f"m_{field.name}": _kind(field) for field in _fields(Mail)}
    kinds |= {"digests": "bytea[]", "now": "timestamptz"}
    return PreparedStatement(sql, {name: kind for name, kind in kinds.items() if f"{{{name}}}" in sql})


EMAIL_COLUMNS_FROM_ROW = {"kind", "priority", "generation", "language", "mailbox_digest"}
FIELDS_SET_BY_SQL = {(Mail, "signature"), (Mail, "due_at"), (Mail, "next_attempt_at"), (Signature, "logo")}


@lru_cache
def _fields(model: type[models.Model]) -> tuple[Any, ...]:
    """Returns the columns of a new row that the statement does not set itself."""
    return tuple(
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and not field.generated and (model, field.name) not in FIELDS_SET_BY_SQL
    )


def _columns(fields: Sequence[Any]) -> str:
    return ", ".join(f'"{field.column}"' for field in fields)


def _places(prefix: str, fields: Sequence[Any]) -> str:
    return ", ".join(f"{{{prefix}_{field.name}}}" for field in fields)


def _kind(field: Any) -> str:
    """Returns the type without its length: a cast would cut a long text that the column should refuse."""
    return re.sub(r"\(\d+\)| COLLATE.*", "", str(field.db_type(connection)))
