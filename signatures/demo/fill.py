"""Fills a statement with many invented signatures by COPY, to test a large site."""

import os
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import nullcontext
from datetime import datetime, timedelta
from io import BytesIO
from multiprocessing import get_context

import django
from django.db import connection, transaction

from signatures.demo.copy_rows import COLUMNS, CopyPlan, lines
from signatures.demo.load import make_sectors, make_statement
from signatures.demo.source_files import read_source
from signatures.demo.without_indexes import without_indexes
from signatures.mail.models.email import Mail
from signatures.public.fold_tally import fold
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement

TABLE, MAILS = Signature._meta.db_table, Mail._meta.db_table
CHUNK = 20_000  # rows in one COPY: its trigger sums them in memory and appends one tally entry for each sum
CHUNKS_AHEAD = 2  # chunks of each process that may wait for the database
MIN_FOR_PROCESSES = 3 * CHUNK  # for fewer rows, starting processes takes longer than it saves

# One email for each signature. Only those of the last two days still have a digest, as retention leaves it.
SENT_EMAILS_SQL = f"""
    INSERT INTO {MAILS} (signature_id, kind, language, generation, mailbox_digest, provider, priority, status, due_at,
                         next_attempt_at, attempts, refusals, last_error, message_id, created_at, sent_at)
    SELECT id, 'confirm', language, generation, CASE WHEN created_at > %(digests_since)s THEN mailbox_digest END, '', 0,
           'sent', created_at, created_at, 1, 0, '', '<' || id || '.filled@' || %(slug)s || '.example.org>',
           created_at, created_at
    FROM {TABLE} WHERE id > %(last)s ORDER BY id
"""  # noqa: S608


def statement_to_fill(slug: str | None, *, now: datetime) -> Statement:
    """Returns the statement with this slug. Without a slug it returns or creates the one of the demonstration."""
    if slug:
        return Statement.objects.get(slug=slug)
    source = read_source("makers-letter")
    statement = Statement.objects.filter(slug=source["slug"]).first()
    return statement or make_statement(source, {sector.slug: sector for sector in make_sectors()}, now)


@transaction.atomic
def fill(*, statement: Statement, count: int, seed: int, now: datetime, processes: int = 0) -> None:
    """Adds `count` signatures with their emails, and folds the tally. All of it is one transaction."""
    existing = Signature.objects.count()
    plan = _plan(statement, count, seed, now)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
        cursor.execute(
            "SET LOCAL idle_in_transaction_session_timeout = 0"
        )  # the processes that write lines may be slower
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'; SET LOCAL work_mem = '64MB'")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # otherwise every row is remembered until commit
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {TABLE}")  # noqa: S608
        (last,) = cursor.fetchone()
        with without_indexes(TABLE) if count > existing else nullcontext():
            for chunk in _chunks(plan, processes or os.cpu_count() or 1):
                cursor.copy_expert(f"COPY {TABLE} ({', '.join(COLUMNS)}) FROM STDIN", BytesIO(chunk))
        with without_indexes(MAILS) if count > existing else nullcontext():
            cursor.execute(
                SENT_EMAILS_SQL, {"last": last, "slug": statement.slug, "digests_since": now - timedelta(days=2)}
            )
    fold()


def settle() -> None:
    """Vacuums and analyses the tables, as autovacuum would do later, so that query plans are good immediately."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(f"VACUUM (ANALYZE) {TABLE}, {MAILS}, signatures_tally, signatures_tallyentry")


def _plan(statement: Statement, count: int, seed: int, now: datetime) -> CopyPlan:
    shares = {sector["slug"]: sector["share"] for sector in read_source("sectors")["sector"]}
    sectors = {offer.sector.slug: offer.sector_id for offer in statement.offers.select_related("sector")}
    return CopyPlan(
        statement_id=statement.id,
        slug=statement.slug,
        sectors=sectors,
        shares=[shares.get(slug, 1) for slug in sectors],
        versions=dict(statement.translations.values_list("language", "version_id")),
        original=statement.language,
        begins_at=statement.opens_at,
        ends_at=now,
        first=Signature.objects.of(statement).count(),
        count=count,
        seed=seed,
    )


def _chunks(plan: CopyPlan, processes: int) -> Iterator[bytes]:
    ranges = ((skip, min(CHUNK, plan.count - skip)) for skip in range(0, plan.count, CHUNK))
    if plan.count <= MIN_FOR_PROCESSES:
        yield from (lines(plan, *range_) for range_ in ranges)
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=django.setup) as writers:
        pending: list[Future[bytes]] = []
        for range_ in ranges:
            pending.append(writers.submit(lines, plan, *range_))
            if len(pending) == processes * CHUNKS_AHEAD:
                yield pending.pop(0).result()
        yield from (future.result() for future in pending)
