"""Fills PostgreSQL's disk while people sign. A small tmpfs is a disk that really reports "no space left on device"."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from signatures.statements.models.statement import Statement
from tests.drills.crowd import Crowd
from tests.drills.databases import statement_in
from tests.drills.reckoning import reckon, recount
from tests.outbox import is_all_sent
from tests.site import Site, folder, running
from tests.smtp import Sink, serving
from tests.waiting import seconds_until, wait_for
from tools.dev import ports
from tools.dev.postgres_paths import unprivileged_user
from tools.dev.servers import Postgres, password

pytestmark = pytest.mark.drill

SMALL, LARGE = "112m", "512m"
LEFT = 256 * 1024  # bytes that are free when the disk is nearly full
AT_A_TRY = 2  # emails that were sent and could not be marked: one for each process of the worker and each sweep


@pytest.fixture
def disk() -> Iterator[Path]:
    """Returns the folder of PostgreSQL's cluster."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can mount a tmpfs, on Linux")
    with folder() as place:
        disk = place / "postgres"
        disk.mkdir()
        owner = f"uid={unprivileged_user()},mode=700"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SMALL},{owner}", "tmpfs", disk], capture_output=True, text=True
        )
        if done.returncode:
            pytest.skip(f"this machine lets nobody mount a tmpfs: {done.stderr.strip()}")
        try:
            yield disk
        finally:
            subprocess.run(["umount", "--lazy", disk], check=True)


@pytest.fixture
def postgres(disk: Path) -> Iterator[Postgres]:
    with running(Postgres(disk.parent, password())) as server:
        yield server


@pytest.fixture
def statement(postgres: Postgres, django_db_blocker: DjangoDbBlocker) -> Iterator[Statement]:
    with statement_in(postgres, django_db_blocker) as statement:
        yield statement


@pytest.fixture
def site(statement: Statement, postgres: Postgres, sink: Sink, start_site) -> Iterator[Site]:
    with serving(sink, ports.free()) as mail:
        yield start_site(EMAIL_URL=mail, DATABASE_URL=postgres.url)


def fill(disk: Path) -> None:
    free = os.statvfs(disk)
    with (disk / "ballast").open("wb") as ballast:
        ballast.write(bytes(max(0, free.f_bavail * free.f_frsize - LEFT)))


def test_row_01_a_full_disk_refuses_and_what_was_accepted_is_there_when_it_is_larger(site, sink, postgres, disk, tell):
    crowd = Crowd(site, at_a_time=8)
    crowd.sign(50)
    wait_for(is_all_sent)
    connection.close()
    with crowd.signing_all_the_time():
        fill(disk)
        wait_for(lambda: refused(crowd) >= 200, patience=180)
        accepted_before = len(crowd.accepted)
        has_stopped = not postgres.is_running
        subprocess.run(["mount", "-o", f"remount,size={LARGE}", disk], check=True)
        if has_stopped:  # as a supervisor would
            postgres.start()
        back = seconds_until(lambda: len(crowd.accepted) >= accepted_before + 50, patience=120)
    connection.close()
    recovered = seconds_until(is_all_sent, patience=150)

    done = reckon(crowd, sink)
    is_in_log = "no space left on device" in postgres.log.read_text(errors="replace").lower()
    stopped = "PostgreSQL ended by itself" if has_stopped else "PostgreSQL went on running"
    tell(done, recovered=back, remark=stopped, all_mail_out_after=recovered)
    assert is_in_log
    assert {answer.status for answer in done.answers} <= {303, 503}
    assert done.rows == done.accepted == set(done.mails)
    assert recount() == "counts agree\n"


def refused(crowd: Crowd) -> int:
    return sum(answer.status != 303 for answer in crowd.answers)
