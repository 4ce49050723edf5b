"""Runs the real site for tests that need it: gunicorn, a Celery worker and beat, on free ports.

    with Site(tmp_path, DATABASE_URL=database_url()) as site:
        page.goto(site.url)                 # http://127.0.0.1:<port>, without a slash at the end
        site.worker.kill()                  # as kill -9, its pool too; site.worker.start() begins a new one
        site.web.stop()                     # as TERM
        site.log("worker")                  # what it has written so far

Any setting can be given by its name in the environment; `processes` chooses among "web", "worker" and "beat";
`schedule="tests.quick_schedule"` makes beat ten times as quick.
Each of them is a tools.dev.processes.Child. `database_url()` is the test database that pytest-django made: use it with
`django_db(transaction=True)`, since other processes see nothing of an open transaction.

Servers to break are made in the same way, and belong to the test alone:

    with running(Valkey(tmp_path, "password")) as broker:      # from tools.dev.servers, with .url
        broker.pause(); broker.resume(); broker.kill(); broker.start()

`folder()` makes a place for them where PostgreSQL can go too when root runs the tests; tmp_path is closed to it.
Start all of this from the test's own thread: a process dies with the thread that started it.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self, TypeVar

from django.conf import settings
from django.db import connection

from tests import discretion, dumps
from tools.dev import ports
from tools.dev import site as parts
from tools.dev.postgres_paths import remove_postgres_home
from tools.dev.processes import Child, stop

C = TypeVar("C", bound=Child)


class Site:
    has_database = True

    def __init__(
        self,
        folder: Path,
        *,
        processes: Sequence[str] = ("web", "worker", "beat"),
        schedule: str = "petition",
        **environment: str,
    ):
        self.port = ports.free()
        self.url = f"http://{ports.HOST}:{self.port}"
        self.env = {**os.environ, "SITE_URL": self.url, "VAR": str(settings.VAR), **environment}
        self.logs = folder / "log"
        self.logs.mkdir(exist_ok=True)
        self.web = parts.web(self.env, self.logs, self.port)
        self.worker = parts.worker(self.env, self.logs)
        self.beat = parts.beat(self.env, self.logs, application=schedule)
        self.processes: list[Child] = [getattr(self, name) for name in processes]

    def __enter__(self) -> Self:
        try:
            for process in self.processes:
                process.start()
            if self.web in self.processes:
                self.wait_until_it_answers()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        if error[0] is None:
            assert [leak for log in self.logs.iterdir() for leak in discretion.leaks_in(log)] == []
            if self.has_database:
                assert dumps.leaks_in_dump(self.env["DATABASE_URL"]) == []

    def wait_until_it_answers(self) -> None:
        self.web.wait_until(lambda: parts.answers(f"{self.url}/-/alive", self.env), patience=90)

    def stop(self) -> None:
        stop(self.processes)

    def log(self, name: str) -> str:
        return (self.logs / f"{name}.log").read_text(encoding="utf-8", errors="replace")


@contextlib.contextmanager
def running(server: C) -> Iterator[C]:
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Creates a temporary folder that PostgreSQL can reach, also if the tests run as root."""
    path = Path(tempfile.mkdtemp(prefix="undersigned-test-"))
    path.chmod(0o711)
    try:
        yield path
    finally:
        remove_postgres_home(path)
        shutil.rmtree(path, ignore_errors=True)


def database_url() -> str:
    """Returns the URL of this run's test database, for other processes."""
    it = connection.settings_dict
    return f"postgres://{it['USER']}:{it['PASSWORD']}@{it['HOST']}:{it['PORT']}/{it['NAME']}"
