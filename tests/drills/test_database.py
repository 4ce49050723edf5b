"""Crashes PostgreSQL while people sign: every signature answered with 303 has its row, and the site recovers by
itself."""

import os
import signal
import time
from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from signatures.mail.send import LEASE
from signatures.statements.models.statement import Statement
from tests.drills.crowd import Crowd
from tests.drills.databases import statement_in
from tests.drills.reckoning import reckon, recount
from tests.outbox import is_all_sent, move_clock_of_outbox
from tests.site import Site, folder, running
from tests.smtp import serving
from tests.waiting import wait_for
from tools.dev import ports
from tools.dev.servers import Postgres, password

pytestmark = [pytest.mark.drill, pytest.mark.long]


AT_ONCE = 2  # emails in flight at a crash and at the kill: the worker has two processes


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """Returns a PostgreSQL that waits for the disk at every commit, as in production. The one of the tests does not."""
    with folder() as place, running(Postgres(place, password())) as server:
        yield server


@pytest.fixture
def statement(postgres: Postgres, django_db_blocker: DjangoDbBlocker) -> Iterator[Statement]:
    with statement_in(postgres, django_db_blocker) as statement:
        yield statement


@pytest.fixture
def site(statement, postgres, sink, start_site) -> Iterator[Site]:
    with serving(sink, ports.free()) as mail:
        yield start_site(EMAIL_URL=mail, DATABASE_URL=postgres.url)


def crash(postgres: Postgres) -> None:
    """Crashes the server as pg_ctl stop -m immediate does: nothing more is written, and the next start has to
    recover."""
    os.kill(postgres.pid, signal.SIGQUIT)
    wait_for(lambda: not postgres.is_running)


def test_row_01_what_was_accepted_outlives_a_crash_of_the_database(site, statement, sink, postgres, tell):
    crowd, outages = Crowd(site), []
    with crowd.signing_until_accepted(300):
        for accepted in (50, 150):
            wait_for(lambda: len(crowd.accepted) >= accepted)  # noqa: B023
            crash(postgres)
            accepted_before, crashed_at = len(crowd.accepted), time.monotonic()
            postgres.start()
            wait_for(lambda: len(crowd.accepted) > accepted_before)  # noqa: B023
            outages.append(time.monotonic() - crashed_at)
    connection.close()
    site.worker.kill()  # its batch at the moment of the crash waits for the end of its lease
    move_clock_of_outbox(LEASE)
    site.worker.start()
    wait_for(is_all_sent)

    done = reckon(crowd, sink)
    tell(done, recovered=max(outages))
    assert len(done.accepted) == 300
    assert done.rows == done.accepted == set(done.mails)
    assert done.duplicates <= 3 * AT_ONCE
    assert recount() == "counts agree\n"
