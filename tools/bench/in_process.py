"""Runs the site's own code for a measurement: python -m tools.bench.in_process WHAT ...

Each function prints one line of JSON. The process has the settings of the measured site.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote_plus

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.db import OperationalError, connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from signatures.demo.fake_people import FakePeople  # noqa: E402
from signatures.identity import mailbox  # noqa: E402
from signatures.mail import send  # noqa: E402
from signatures.mail.models.email import Mail  # noqa: E402
from signatures.public.cursor import Cursor  # noqa: E402
from signatures.public.fold_tally import fold, recount, recount_referrals  # noqa: E402
from signatures.signing.models.signature import Signature  # noqa: E402
from signatures.statements.models.sector import Sector  # noqa: E402
from signatures.statements.models.statement import Statement  # noqa: E402
from signatures.transfers.exports.csv_file import csv_file  # noqa: E402
from signatures.transfers.exports.xlsx_file import xlsx_file  # noqa: E402
from signatures.transfers.imports.manage import choose_columns, create_import, start_import  # noqa: E402
from signatures.transfers.imports.run import work_on_imports  # noqa: E402
from signatures.transfers.limits import MAX_IMPORT_RATE  # noqa: E402
from signatures.transfers.models.imports import WORKING_STATUSES, Import  # noqa: E402
from signatures.web import tokens  # noqa: E402
from signatures.web.tokens import Purpose  # noqa: E402

CHUNK = 2000


def statement() -> dict[str, Any]:
    featured = Statement.objects.get(is_featured=True)
    version = featured.translation_for("en").version
    return {"slug": featured.slug, "version": version.digest}


def names(file: str, count: str) -> dict[str, Any]:
    """Writes invented names, form-encoded, one on each line."""
    people = FakePeople(Random(7))
    Path(file).write_text("".join(f"{quote_plus(people.next().name)}\n" for _ in range(int(count))))
    return {}


def pending(file: str, count: str) -> dict[str, Any]:
    """Adds pending signatures, and writes the tokens of their links, one on each line."""
    now = timezone.now()
    rows = _signatures("pending", int(count), Signature.State.PENDING, now)
    with Path(file).open("w") as tokens_file:
        for row in rows:
            token = tokens.make(Purpose.CONFIRM, subject_id=row.id, generation=1, issued_at=now)
            tokens_file.write(f"{token}\n")
    return {}


def known(file: str, count: str) -> dict[str, Any]:
    """Adds mailboxes in the states that a signer can meet: half are pending and capped, half are confirmed."""
    now, half = timezone.now(), int(count) // 2
    pending_rows = list(_signatures("waiting", half, Signature.State.PENDING, now))
    Mail.objects.bulk_create([_mail(row, now, Mail.Status.SENT) for row in pending_rows], batch_size=CHUNK)
    confirmed = list(_signatures("confirmed", half, Signature.State.CONFIRMED, now))
    addresses = [row.address for row in (*pending_rows, *confirmed)]
    Path(file).write_text("\n".join(map(quote_plus, addresses)) + "\n")
    return {}


def outbox(count: str) -> dict[str, Any]:
    """Adds confirmation emails that are due."""
    now = timezone.now()
    rows = list(_signatures("outbox", int(count), Signature.State.PENDING, now))
    Mail.objects.bulk_create([_mail(row, now, Mail.Status.QUEUED) for row in rows], batch_size=CHUNK)
    return {}


def deliver() -> dict[str, Any]:
    """Sends emails as one worker process does, until none is due."""
    sent, begin, used = 0, time.monotonic(), _cpu()
    while done := send.send_emails(clock=timezone.now).sent:
        sent += done
    return {"mails": sent, "seconds": time.monotonic() - begin, "cpu": _cpu() - used}


def import_file(file: str, count: str, bad: str) -> dict[str, Any]:
    """Writes a file of people who signed elsewhere, some without an address, as CSV or XLSX by the file's name."""
    people, stamp, every = FakePeople(Random(7)), f"{time.time_ns():x}", int(count) // int(bad)
    rows = [
        [people.next().name, f"{stamp}-{at}@example{at % 50}.org" if at % every else "nobody", "music", "poet"]
        for at in range(int(count))
    ]
    write = xlsx_file if file.endswith(".xlsx") else csv_file
    Path(file).write_bytes(b"".join(write(["name", "email", "sector", "credit"], [rows])))
    return {}


def imported(file: str) -> dict[str, Any]:
    """Reads, checks and imports a file as fast as one worker process can. Returns the seconds of each step, and MB."""
    details: dict[str, Any] = {"statement": Statement.objects.get(is_featured=True), "source": "a union"}
    author, _ = User.objects.get_or_create(username="bench")
    imported_file = create_import(
        **details, name=Path(file).name, content=Path(file).read_bytes(), actor=author, now=timezone.now()
    )
    times: dict[str, Any] = _timed("read", timezone.now)
    imported_file.refresh_from_db()
    columns: dict[str, Any] = {
        "columns": imported_file.columns,
        "sector": None,
        "language": "en",
        "visibility": "public",
    }
    choose_columns(import_id=imported_file.pk, **columns, now=timezone.now())
    times |= _timed("check", timezone.now)
    start_import(import_id=imported_file.pk, pace=MAX_IMPORT_RATE, actor=author, now=timezone.now())
    begin, calls = timezone.now(), count()
    # so that the speed limit of the import delays nothing
    times |= _timed("bring", lambda: begin + 2 * next(calls) * timedelta(seconds=1))
    imported_file.refresh_from_db()
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**times, "bad": imported_file.bad, "brought": imported_file.brought, "resident": resident}


def _timed(step: str, clock: Callable[[], datetime]) -> dict[str, float]:
    begin, used = time.monotonic(), _cpu()
    while Import.objects.filter(status__in=WORKING_STATUSES).exists():
        with suppress(OperationalError):  # a statement timed out on a busy machine; the next turn continues
            work_on_imports(clock=clock)
        Import.objects.update(held_until=None)
    return {step: time.monotonic() - begin, f"{step}_cpu": _cpu() - used}


def counts() -> dict[str, Any]:
    """Returns the counts of the database, and whether the tally agrees with them."""
    mails = Mail.objects.filter(kind=Mail.Kind.CONFIRM)
    return {
        "signed": Signature.objects.filter(mailbox_digest__isnull=False).count(),
        "confirmed": Signature.objects.filter(state__in=["confirmed", "held"]).count(),
        "mails": mails.count(),
        "sent": Mail.objects.filter(status=Mail.Status.SENT).count(),
        "drift": len(recount()) + len(recount_referrals()),
    }


def tally() -> dict[str, Any]:
    """Does what autovacuum and the worker would do within minutes after many new rows."""
    fold()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")
    return {}


def deep() -> dict[str, Any]:
    """Returns a cursor into the middle of the list, as of a visitor who has turned many pages."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    listed = Signature.objects.listed().filter(statement__is_featured=True).notables_first()
    middle = listed.count() // 2
    return {"cursor": str(Cursor.of(listed[middle]))}


def _signatures(tag: str, count: int, state: str, now: datetime) -> Iterator[Signature]:
    featured = Statement.objects.get(is_featured=True)
    shared = {
        "statement": featured,
        "version": featured.translation_for("en").version,
        "language": "en",
        "state": state,
    }
    sectors = list(Sector.objects.filter(offers__statement=featured).values_list("id", flat=True))
    people, stamp = FakePeople(Random(7)), f"{tag}-{time.time_ns():x}"
    for begin in range(0, count, CHUNK):
        chunk = [
            Signature(
                **shared,
                **_sealed(f"{stamp}-{number}@example.org"),
                sector_id=sectors[number % len(sectors)],
                credit="composer and arranger",
                created_at=now,
                confirmed_at=now - timedelta(seconds=number % 600) if state == Signature.State.CONFIRMED else None,
            )
            for number in range(begin, min(begin + CHUNK, count))
        ]
        for row in chunk:
            row.rename(people.next().name)
        yield from Signature.objects.bulk_create(chunk)


def _sealed(address: str) -> dict[str, Any]:
    by = mailbox.parse(address)
    key, digest = by.digest_key, by.digest
    return {"mailbox": mailbox.encrypt_address(by.address), "mailbox_digest": digest, "digest_key": key}


def _mail(row: Signature, now: datetime, status: str) -> Mail:
    return Mail(
        signature=row,
        kind=Mail.Kind.CONFIRM,
        language=row.language,
        generation=row.generation,
        mailbox_digest=row.mailbox_digest,
        provider=row.provider,
        priority=Mail.Priority.FIRST,
        status=status,
        due_at=now,
        next_attempt_at=now,
        message_id=f"<bench.{row.id}@petition.example.org>",
        created_at=now,
        sent_at=now if status == Mail.Status.SENT else None,
    )


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


ANSWERS = {
    function.__name__: function
    for function in (statement, names, pending, known, outbox, deliver, import_file, imported, counts, tally, deep)
}

if __name__ == "__main__":
    print(json.dumps(ANSWERS[sys.argv[1]](*sys.argv[2:])))
