"""Each service of docker-compose.yml is started by its own command, works, and stops when it is told to."""

import http.client
import secrets
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest
from celery import Celery
from django.conf import settings
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from redis import AuthenticationError, Redis

from deploy import health
from dev import ports
from dev.processes import Child
from tests.production.compose import SIX, lay_out_image
from tests.production.edge import ask
from tests.production.running import Service, Valkey

MINE = {**SIX, "DOMAIN": "localhost", "EMAIL_URL": f"smtp://{ports.HOST}:{ports.free()}"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("host")


@pytest.fixture(scope="module")
def app(folder: Path) -> Path:
    """/app as the image has it."""
    lay_out_image(folder / "app")
    return folder / "app"


@pytest.fixture(scope="module")
def broker(folder: Path) -> Iterator[Valkey]:
    yield from _started(Valkey("broker", folder=folder, six=MINE))


@pytest.fixture(scope="module")
def cache(folder: Path) -> Iterator[Valkey]:
    yield from _started(Valkey("cache", folder=folder, six=MINE))


@pytest.fixture(scope="module")
def here(broker: Valkey, cache: Valkey) -> Iterator[dict[str, str]]:
    """What each address in docker-compose.yml is on this machine."""
    server = settings.DATABASES["default"]
    name = f"compose_{secrets.token_hex(4)}"
    _on_server(f"CREATE DATABASE {name}")
    account = f"{server['USER']}:{server['PASSWORD']}@{server['HOST']}:{server['PORT']}"
    web_port = ports.free()
    yield {
        f"undersigned:{MINE['INTERNAL_PASSWORD']}@postgres:5432/undersigned": f"{account}/{name}",
        "broker:6379": f"{ports.HOST}:{broker.port}",
        "cache:6379": f"{ports.HOST}:{cache.port}",
        "0.0.0.0:8000": f"{ports.HOST}:{web_port}",
        "8000": str(web_port),
    }
    _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass
class Site:
    web: Service
    worker: Service
    beat: Service

    @property
    def all(self) -> list[Service]:
        return [self.web, self.worker, self.beat]


@pytest.fixture(scope="module")
def site(app: Path, here: dict[str, str]) -> Iterator[Site]:
    """Migrated, and the three just started, which on a quiet machine takes them two seconds."""
    done = Service("migrate", app=app, six=MINE, here=here).run()
    assert done.returncode == 0, done.stderr
    assert "Applying signatures.0001_initial... OK" in done.stdout
    site = Site(*(Service(name, app=app, six=MINE, here=here) for name in ("web", "worker", "beat")))
    assert site.web.check().returncode == 1
    assert (site.worker.check().returncode, site.worker.check().stderr) == (1, "no heartbeat\n")
    for service in site.all:
        service.start()
    yield site
    for service in site.all:
        service.kill()


# What the site stands on


def test_the_broker_forgets_nothing_when_it_restarts_and_refuses_when_it_is_full(broker: Valkey):
    assert broker.client.config_get("appendfsync") == {"appendfsync": "everysec"}
    assert broker.client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert int(broker.client.config_get("maxmemory")["maxmemory"]) == 256 * 1024**2
    broker.client.lpush("hints", "one")
    broker.stop(patience=broker.grace)
    broker.start()
    assert broker.client.lrange("hints", 0, -1) == ["one"]


def test_the_cache_forgets_the_oldest_when_it_is_full_and_everything_when_it_restarts(cache: Valkey):
    assert cache.client.config_get("maxmemory-policy") == {"maxmemory-policy": "allkeys-lru"}
    assert int(cache.client.config_get("maxmemory")["maxmemory"]) == 128 * 1024**2
    cache.client.set("page", "rendered")
    cache.stop(patience=cache.grace)
    cache.start()
    assert cache.client.get("page") is None
    assert list(cache.app.iterdir()) == []


def test_neither_answers_who_does_not_know_the_password(broker: Valkey, cache: Valkey):
    for valkey in (broker, cache):
        with pytest.raises(AuthenticationError):
            Redis(ports.HOST, valkey.port, retry=None).ping()


# The site


def test_web_becomes_healthy(site: Site):
    site.web.wait_until(lambda: site.web.check().returncode == 0)


def test_web_writes_down_no_link_that_works_and_no_search(site: Site, here: dict[str, str]):
    connection = http.client.HTTPConnection(here["0.0.0.0:8000"], timeout=20)
    headers = {"Host": "localhost", "X_Forwarded_Proto": "https"}
    reply = ask(connection, "/confirm/abc.SECRET-of-a-link/?q=SECRET-search", headers=headers)
    assert reply.status == 404
    site.web.wait_until(lambda: 'GET "/confirm/…/" 404' in site.web.written)
    assert "SECRET" not in site.web.written


def test_a_worker_takes_a_task_and_is_healthy_for_it(site: Site, broker: Valkey):
    with Celery(broker=f"redis://:{broker.password}@{ports.HOST}:{broker.port}/0") as celery:
        celery.send_task("signatures.beat")
    site.worker.wait_until(lambda: site.worker.check().returncode == 0)
    assert site.beat.check().returncode == 0


def test_beat_tells_the_broker_what_is_due(site: Site, broker: Valkey):
    told = broker.client.info("commandstats")["cmdstat_lpush"]["calls"]
    site.beat.wait_until(lambda: broker.client.info("commandstats")["cmdstat_lpush"]["calls"] > told)


def test_all_of_it_stops_at_once_when_it_is_told_to(site: Site):
    began = time.monotonic()
    for service in site.all:
        service.ask_to_stop()
    assert [service.process and service.process.wait(service.grace) for service in site.all] == [0, 0, 0]
    assert time.monotonic() - began < 10
    assert site.web.check().returncode == 1


def test_no_service_has_written_beside_its_files(app: Path, site: Site):
    """In the container, all else is read-only."""
    known = {"manage.py", "petition", "signatures", "templates", "static", "locale", "deploy", "var"}
    assert {path.name for path in app.iterdir()} == known
    assert {path.name for path in (app / "var").iterdir()} == {"files", "static"}
    assert list(app.rglob("*.pid")) == []


# A worker that no longer works


@pytest.fixture
def stuck(tmp_path: Path) -> Iterator[Child]:
    yield from _started(Child("stuck", ["sleep", "60"], log=tmp_path / "log"))


def test_a_stuck_worker_is_asked_to_stop_so_that_a_new_one_comes(
    stuck: Child, here: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("REDIS_URL", f"redis://:{MINE['INTERNAL_PASSWORD']}@{here['broker:6379']}/0")
    health.end_if_stuck(stuck.pid)
    time.sleep(0.2)
    assert stuck.is_running  # it is younger than the silence
    monkeypatch.setattr(health, "STUCK_AFTER", timedelta(0))
    health.end_if_stuck(stuck.pid)
    stuck.wait_until(lambda: True)
    assert stuck.process
    assert stuck.process.wait(5) == -15


def test_while_the_broker_is_away_a_new_worker_would_be_no_better(stuck: Child, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REDIS_URL", f"redis://{ports.HOST}:{ports.free()}/0")
    monkeypatch.setattr(health, "STUCK_AFTER", timedelta(0))
    health.end_if_stuck(stuck.pid)
    time.sleep(0.2)
    assert stuck.is_running


def _started(child: Child) -> Iterator[Child]:
    child.start()
    yield child
    child.kill()


def _on_server(statement: str) -> None:
    server = settings.DATABASES["default"]
    account = {"user": server["USER"], "password": server["PASSWORD"], "host": server["HOST"], "port": server["PORT"]}
    with closing(psycopg2.connect(dbname="postgres", **account)) as connection:
        connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        connection.cursor().execute(statement)
