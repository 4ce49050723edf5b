"""Kills the worker at every step of an import."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import F
from django.utils import timezone

from signatures.mail.models.email import Mail
from signatures.signing.models.signature import Signature
from signatures.transfers.imports.manage import choose_columns, create_import, start_import
from signatures.transfers.models.imports import WORK_LEASE, Import, ImportLine
from tests.drills.reckoning import recount
from tests.outbox import is_all_sent, move_clock_of_outbox
from tests.smtp import Sink
from tests.waiting import wait_for

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

LINES, BAD = 1500, 30
PATIENCE = 240  # seconds: a busy machine is slow, and the worker is not broken
Status = Import.Status


def the_file() -> bytes:
    rows = [f"Person,p{n}@fair.example.org,{'music' if n % (LINES // BAD) else 'cooking'}\n" for n in range(LINES)]
    return ("name,email,sector\n" + "".join(rows)).encode()


def now_it_is(status: str, reached: int = 0) -> bool:
    return Import.objects.filter(status=status, reached__gte=reached).exists()


def kill_and_replace(worker) -> None:
    """Kills the worker and ends its lease, so that the test need not wait for that."""
    worker.kill()
    Import.objects.update(held_until=F("held_until") - WORK_LEASE)
    move_clock_of_outbox(timedelta(minutes=2))
    worker.start()


def test_a_worker_killed_at_every_step_of_an_import_loses_nobody_and_writes_to_nobody_twice(
    site, statement, sink: Sink
):
    organiser = User.objects.create(username="organiser")
    by: dict[str, Any] = {"actor": organiser, "now": timezone.now()}
    imported = create_import(statement=statement, source="a union", name="union.csv", content=the_file(), **by)
    wait_for(lambda: now_it_is(Status.READING, reached=1) or now_it_is(Status.READ), patience=PATIENCE)
    kill_and_replace(site.worker)
    wait_for(lambda: now_it_is(Status.READ), patience=PATIENCE)
    choices: dict[str, Any] = {
        "columns": ["name", "email", "sector"],
        "sector": None,
        "language": "en",
        "visibility": "public",
    }
    choose_columns(import_id=imported.id, **choices, now=timezone.now())
    wait_for(lambda: now_it_is(Status.CHECKING, reached=500) or now_it_is(Status.CHECKED), patience=PATIENCE)
    kill_and_replace(site.worker)
    wait_for(lambda: now_it_is(Status.CHECKED), patience=PATIENCE)
    start_import(import_id=imported.id, pace=100_000, **by)
    for email_count in (200, 500, 900):
        wait_for(lambda: Mail.objects.count() >= email_count, patience=PATIENCE)  # noqa: B023
        kill_and_replace(site.worker)
    wait_for(lambda: now_it_is(Status.DONE), patience=PATIENCE)
    wait_for(is_all_sent, patience=PATIENCE)

    imported.refresh_from_db()
    assert (imported.lines, imported.bad, imported.brought, imported.ready) == (LINES, BAD, LINES - BAD, 0)
    assert ImportLine.objects.people().count() == LINES
    assert Signature.objects.filter(imported=imported, state="pending").count() == LINES - BAD
    assert Mail.objects.count() == LINES - BAD
    assert len({message["Message-ID"] for message in sink.messages}) == LINES - BAD
    assert recount() == "counts agree\n"
