from collections.abc import Iterator
from datetime import datetime

from django.db import connection, transaction

from signatures.identity.mailbox import encrypt_address
from signatures.signing.models.share import ShareEntry, fold_referrals, missing
from signatures.web.models import REPLICATION_HEARTBEAT, STAMP_HEARTBEAT_SQL, Measurement

Repair = tuple[int, int, str, int, int]
DRIFT_FIGURE = "count_drift"

FOLD_SQL = """
    WITH gone AS (
        DELETE FROM signatures_tallyentry
        WHERE id IN (SELECT id FROM signatures_tallyentry ORDER BY id LIMIT 100000 FOR UPDATE SKIP LOCKED)
        RETURNING statement_id, sector_id, kind, counted, listed
    )
    INSERT INTO signatures_tally AS tally (statement_id, sector_id, kind, counted, listed)
    SELECT statement_id, sector_id, kind, sum(counted), sum(listed)
    FROM gone GROUP BY statement_id, sector_id, kind ORDER BY statement_id, sector_id, kind
    ON CONFLICT (statement_id, sector_id, kind)
    DO UPDATE SET counted = tally.counted + excluded.counted, listed = tally.listed + excluded.listed
"""

DRIFT_SQL = """
    WITH truth AS (
        SELECT statement_id, sector_id, kind,
               count(*) FILTER (WHERE counted) AS counted, count(*) FILTER (WHERE listed) AS listed
        FROM signatures_signature GROUP BY statement_id, sector_id, kind
    ), told AS (
        SELECT statement_id, sector_id, kind, sum(counted) AS counted, sum(listed) AS listed
        FROM (
            SELECT statement_id, sector_id, kind, counted, listed FROM signatures_tally
            UNION ALL
            SELECT statement_id, sector_id, kind, counted, listed FROM signatures_tallyentry
        ) AS every GROUP BY statement_id, sector_id, kind
    ), drift AS (
        SELECT statement_id, sector_id, kind,
               coalesce(truth.counted, 0) - coalesce(told.counted, 0) AS counted,
               coalesce(truth.listed, 0) - coalesce(told.listed, 0) AS listed
        FROM truth FULL JOIN told USING (statement_id, sector_id, kind)
    )
    INSERT INTO signatures_tallyentry (statement_id, sector_id, kind, counted, listed)
    SELECT statement_id, sector_id, kind, counted, listed FROM drift WHERE counted <> 0 OR listed <> 0
    RETURNING statement_id, sector_id, kind, counted, listed
"""


# Two recounts at the same time would repair the same difference twice
BEGIN_RECOUNT_SQL = """
    SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(hashtext('recount'))
"""
MAX_PER_ENTRY = 30_000


def fold() -> None:
    """Sums entries into the tally, in one SQL statement, so that no reader sees an entry twice or misses one.

    Then writes a heartbeat, by which a replica knows its own delay.
    """
    with connection.cursor() as cursor:
        cursor.execute(FOLD_SQL)
        cursor.execute(STAMP_HEARTBEAT_SQL, [REPLICATION_HEARTBEAT])
    fold_referrals()


def check_counts(*, now: datetime) -> tuple[list[Repair], dict[str, int]]:
    """Repairs the counts of statements and of share links, and records the size of the difference for monitoring."""
    repairs, links = recount(), recount_referrals()
    drift = sum(abs(counted) + abs(listed) for *_where, counted, listed in repairs) + sum(map(abs, links.values()))
    Measurement.objects.set_value(DRIFT_FIGURE, drift, now=now)
    return repairs, links


def recount() -> list[Repair]:
    """Counts every signature, and appends each difference from the tally as an entry.

    Returns the repairs as (statement id, sector id, kind, counted, listed); empty if the counts were right. One SQL
    statement reads signatures, tally and entries in one snapshot, so that people can sign at the same time.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BEGIN_RECOUNT_SQL)
        cursor.execute(DRIFT_SQL)
        return cursor.fetchall()


@transaction.atomic
def recount_referrals() -> dict[str, int]:
    """Does the same for the signatures that each share link has brought. Returns the repairs by code."""
    with connection.cursor() as cursor:
        cursor.execute(BEGIN_RECOUNT_SQL)
    repairs = missing()
    ShareEntry.objects.bulk_create(
        (
            ShareEntry(came_by=encrypt_address(code), change=change)
            for code, difference in repairs.items()
            for change in _split_into_entries(difference)
        ),
        batch_size=1000,
    )
    return repairs


def _split_into_entries(difference: int) -> Iterator[int]:
    """Splits a difference into changes that fit into the column of an entry."""
    while difference:
        change = max(-MAX_PER_ENTRY, min(difference, MAX_PER_ENTRY))
        yield change
        difference -= change
