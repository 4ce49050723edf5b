"""Tests a real streaming replica, made by pg_basebackup: lists and searches read it while it is near."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from signatures.public.fold_tally import fold
from signatures.statements.models.statement import Statement
from signatures.web import tokens
from signatures.web.replica.monitor import replica_monitor
from signatures.web.replica.router import REPLICA
from signatures.web.tokens import Purpose
from tests.drills.databases import connected_to
from tests.people import make_signature, make_statement
from tests.production.replica import Replica
from tests.site import folder, running
from tests.waiting import wait_for
from tools.dev.servers import Postgres

SEARCH = "/letter/signatories/?q=ilse"


@pytest.fixture
def primary(django_db_setup: None, django_db_blocker: DjangoDbBlocker, settings) -> Iterator[Postgres]:
    settings.ALLOWED_HOSTS = ["testserver"]
    unblocked = django_db_blocker.unblock()
    with (
        folder() as place,
        running(Postgres(place, "secret", careless=True)) as server,
        unblocked,
        connected_to(server),
    ):
        call_command("migrate", verbosity=0)
        make_signature(make_statement(now=timezone.now()), name="Ilse Varga", now=timezone.now())
        fold()
        yield server


@pytest.fixture
def replica(primary: Postgres, settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Replica]:
    with folder() as place, running(Replica(place, primary)) as server:
        settings_of_replica = {**connection.settings_dict, "PORT": server.port}
        monkeypatch.setitem(connections.settings, REPLICA, settings_of_replica)
        monkeypatch.setitem(settings.DATABASES, REPLICA, settings_of_replica)
        look_again()
        yield server
        connections[REPLICA].close()
        del connections[REPLICA]
        replica_monitor.is_good = False


def look_again() -> None:
    """Lets the process check its replica, which it does once a second."""
    replica_monitor.next_check_at = 0.0


def asked_of_the_primary(address: str) -> tuple[int, str]:
    with CaptureQueriesContext(connection) as queries:
        page = Client().get(address).content.decode()
    return len(queries), page


def has_come_over(replica: Replica) -> bool:
    """Tells whether the replica has the heartbeat that the worker writes every five seconds."""
    fold()
    return is_asked()


def is_asked() -> bool:
    look_again()
    return replica_monitor.may_be_read()


def test_lists_and_searches_cost_the_primary_nothing(replica):
    wait_for(lambda: has_come_over(replica))
    for address in ("/letter/signatories/", SEARCH, "/api/v1/statements/letter/signatories/?q=ilse"):
        query_count, page = asked_of_the_primary(address)
        assert (query_count, "Ilse Varga" in page) == (0, True)


def test_what_is_signed_comes_over_and_signers_read_what_they_wrote(replica):
    wait_for(lambda: has_come_over(replica))
    signature = make_signature(Statement.objects.get(), name="Wren Holt", now=timezone.now())
    token = tokens.make(Purpose.THANKS, subject_id=signature.id, generation=1, issued_at=timezone.now())
    query_count, page = asked_of_the_primary(f"/thanks/{token}/")
    assert query_count > 0
    assert "signatory number <br><b>2</b>" in page
    wait_for(lambda: "Wren Holt" in asked_of_the_primary("/letter/signatories/?q=wren")[1])


def test_without_it_the_primary_answers_and_with_it_again_the_replica(replica):
    wait_for(lambda: has_come_over(replica))
    replica.kill()
    query_count, page = asked_of_the_primary(SEARCH)
    assert (query_count > 0, "Ilse Varga" in page) == (True, True)
    replica.start()
    wait_for(lambda: has_come_over(replica))
    assert asked_of_the_primary(SEARCH)[0] == 0


def test_one_that_hears_nothing_for_fifteen_seconds_is_not_asked(replica):
    wait_for(lambda: has_come_over(replica))
    with connection.cursor() as cursor:  # as if nothing had been replicated since the last fold
        cursor.execute("UPDATE signatures_measurement SET at = now() - interval '16 seconds' WHERE name = 'pulse'")
    wait_for(lambda: not is_asked())
    assert asked_of_the_primary(SEARCH)[0] > 0
    wait_for(lambda: has_come_over(replica))
