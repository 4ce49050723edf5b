"""Each service of docker-compose.yml is started by its own command, works, and stops when it is told to."""

import http.client
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import psycopg2
import pytest
from aiosmtpd.controller import Controller
from celery import Celery
from django.conf import settings
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from redis import AuthenticationError, Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from deploy import health
from dev import ports
from dev.places import postgres_binaries
from dev.processes import ROOT, Child
from tests.production.application import NameServer
from tests.production.compose import SIX, lay_out_image, path_alone, services
from tests.production.edge import Caddy, Nginx, Reply, ask
from tests.production.running import Service, Valkey
from tests.site import running
from tests.smtp import Sink

pytestmark = pytest.mark.drill
MAIL_PORT = ports.free()
C = TypeVar("C", bound=Child)
MINE = {**SIX, "DOMAIN": "localhost", "EMAIL_URL": f"smtp://{ports.HOST}:{MAIL_PORT}"}


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


@pytest.fixture(scope="module")
def caddy(site: Site, folder: Path, here: dict[str, str]) -> Iterator[Caddy]:
    """Before nginx, before web."""
    names = NameServer()
    with names.running():
        nginx = Nginx(folder / "nginx", int(here["8000"]), names.port)
        front = Caddy(folder / "caddy", nginx_port=nginx.port)
        with running(nginx), running(front):
            front.wait_until(lambda: front.ask("/-/ready").status == 200)
            yield front


@pytest.fixture(scope="module")
def mails() -> Iterator[Sink]:
    """What the mail server of EMAIL_URL has taken."""
    sink = Sink()
    server = Controller(sink, hostname=ports.HOST, port=MAIL_PORT)
    server.start()
    yield sink
    server.stop()


# What the site stands on


def test_the_broker_forgets_nothing_when_it_restarts_and_refuses_when_it_is_full(broker: Valkey):
    assert broker.client.config_get("appendfsync") == {"appendfsync": "everysec"}
    assert broker.client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert broker.client.config_get("maxmemory") == {"maxmemory": str(256 * 1024**2)}
    broker.client.lpush("hints", "one")
    broker.stop(patience=broker.grace)
    broker.start()
    assert broker.client.lrange("hints", 0, -1) == ["one"]


def test_the_cache_forgets_the_oldest_when_it_is_full_and_everything_when_it_restarts(cache: Valkey):
    assert cache.client.config_get("maxmemory-policy") == {"maxmemory-policy": "allkeys-lru"}
    assert cache.client.config_get("maxmemory") == {"maxmemory": str(128 * 1024**2)}
    cache.client.set("page", "rendered")
    cache.stop(patience=cache.grace)
    cache.start()
    assert cache.client.get("page") is None
    assert list(cache.app.iterdir()) == []


def test_neither_answers_who_does_not_know_the_password(broker: Valkey, cache: Valkey):
    for valkey in (broker, cache):
        with pytest.raises(AuthenticationError):
            Redis(ports.HOST, valkey.port, retry=Retry(NoBackoff(), 0)).ping()


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


def test_a_visitor_signs_through_caddy_nginx_and_web(site: Site, caddy: Caddy, mails: Sink):
    site.web.run("python", "manage.py", "demo", "--signatures", "5")
    slug = _slug(caddy)
    form = {"name": "Ilse Varga", "email": "ilse@example.com", "sector": "music", "credit": "composer"}
    sent = _post(caddy, f"/{slug}/sign/", form)
    assert (sent.status, sent.headers["location"]) == (303, f"/{slug}/check-your-inbox/")

    site.worker.wait_until(lambda: bool(mails.messages))
    body = mails.messages[0].get_body(("plain",))
    link = body and re.search(r"https://localhost(/confirm/\S+)", body.get_content())
    assert link
    page = caddy.ask(link[1])
    generation = re.search(r'name="generation" value="(\d+)"', page.body)
    assert generation
    confirmed = _post(caddy, link[1], {"generation": generation[1]})
    assert (confirmed.status, confirmed.headers["location"].partition("/thanks/")[0]) == (303, "")
    site.web.wait_until(lambda: "Ilse Varga" in caddy.ask(f"/{slug}/signatories/").body)

    style = re.search(r'href="(/static/[^"]+\.css)"', page.body)
    assert style
    assert "immutable" in caddy.ask(style[1]).headers["cache-control"]
    token = link[1].split("/")[2]
    assert token not in caddy.written + site.web.written + site.worker.written


def test_the_first_organiser_comes_in_as_running_md_says(site: Site, caddy: Caddy):
    made = site.web.run(
        *("python", "manage.py", "createsuperuser", "--noinput", "--username", "organiser", "--email", "o@localhost"),
        DJANGO_SUPERUSER_PASSWORD="a long word of their own",
    )
    assert made.returncode == 0, made.stderr
    login = caddy.ask("/admin/login/")
    csrf = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', login.body)
    assert csrf
    fields = {"csrfmiddlewaretoken": csrf[1], "username": "organiser", "password": "a long word of their own"}
    cookie = login.headers["set-cookie"].partition(";")[0]
    reply = _post(caddy, "/admin/login/?next=/admin/", fields, Cookie=cookie)
    assert (reply.status, reply.headers["location"]) == (302, "/admin/")
    assert reply.headers["set-cookie"].startswith("__Host-")


def test_the_dump_of_running_md_brings_everything_back(site: Site):
    dump, restore = re.findall(r"exec -T postgres (pg_.+?) [<>]", (ROOT / "docs/running.md").read_text())[-2:]
    dumped = _on_postgres(dump, site)
    names = "SELECT id, name, state FROM signatures_signature ORDER BY id"
    before = _sql(site, names)
    assert "Ilse Varga" in {name for _id, name, _state in before}
    _sql(site, "DELETE FROM signatures_mail; DELETE FROM signatures_signature RETURNING id")
    assert _sql(site, names) == []
    _on_postgres(restore, site, given=dumped)
    assert _sql(site, names) == before
    assert site.web.run("python", "manage.py", "recount").stdout == "counts agree\n"


def test_all_of_it_stops_when_it_is_told_to_and_the_mail_that_is_under_way_still_goes(
    site: Site, caddy: Caddy, mails: Sink
):
    under_way = threading.Event()
    mails.at_data = lambda address: _take_long(under_way)
    form = {"name": "Tomás Novák", "email": "tomas@example.com", "sector": "film"}
    _post(caddy, f"/{_slug(caddy)}/sign/", form)
    assert under_way.wait(20)

    began = time.monotonic()
    for service in site.all:
        service.ask_to_stop()
    assert [service.process and service.process.wait(service.grace) for service in site.all] == [0, 0, 0]
    assert time.monotonic() - began < 20
    assert mails.recipients[-1] == "tomas@example.com"
    assert _sql(site, "SELECT status FROM signatures_mail ORDER BY id DESC LIMIT 1") == [("sent",)]
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
    """What calls itself celery and does nothing."""
    yield from _started(_sleeper(tmp_path, "celery worker"))


@pytest.fixture
def broker_answers(broker: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", f"redis://:{broker.password}@{ports.HOST}:{broker.port}/0")


@pytest.fixture
def long_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "STUCK_AFTER", timedelta(seconds=-1))


def test_a_stuck_worker_is_asked_to_stop_so_that_a_new_one_comes(stuck: Child, broker_answers, long_silence):
    health.end_if_stuck(stuck.pid)
    assert stuck.process
    assert stuck.process.wait(5) == -signal.SIGTERM


def test_a_worker_younger_than_the_silence_is_given_time(stuck: Child, broker_answers):
    health.end_if_stuck(stuck.pid)
    assert _still_runs(stuck)


def test_while_the_broker_is_away_a_new_worker_would_be_no_better(
    stuck: Child, long_silence, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("REDIS_URL", f"redis://{ports.HOST}:{ports.free()}/0")
    health.end_if_stuck(stuck.pid)
    assert _still_runs(stuck)


def test_what_is_no_worker_is_left_alone(tmp_path: Path, broker_answers, long_silence):
    for other in _started(_sleeper(tmp_path, "somebody else's")):
        health.end_if_stuck(other.pid)
        assert _still_runs(other)


def test_the_container_gives_its_own_process_to_the_check():
    test = services()["worker"]["healthcheck"]["test"]
    assert test[test.index("--end-if-stuck") + 1] == "1"
    assert [name for name, s in services().items() if "--end-if-stuck" in s.get("healthcheck", {}).get("test", [])] == [
        "worker"
    ]


def _sleeper(folder: Path, name: str) -> Child:
    return Child("sleeper", [sys.executable, "-c", "import time; time.sleep(60)", name], log=folder / "log")


def _still_runs(child: Child) -> bool:
    time.sleep(0.3)
    return child.is_running


def _take_long(under_way: threading.Event) -> None:
    under_way.set()
    time.sleep(3)


def _slug(caddy: Caddy) -> str:
    """Of the statement on the first page."""
    found = re.search(r"/([a-z-]+)/sign/", caddy.ask("/").body)
    assert found
    return found[1]


def _post(caddy: Caddy, path: str, fields: dict[str, str], **headers: str) -> Reply:
    """As a browser does from the page before."""
    came_from = {"Origin": f"https://localhost:{caddy.port}", "Sec_Fetch_Site": "same-origin"}
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    return caddy.ask(path, "POST", urlencode(fields), **form, **came_from, **headers)


def _started(child: C) -> Iterator[C]:
    child.start()
    yield child
    child.kill()


def _sql(site: Site, statement: str) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(site.web.variables["DATABASE_URL"])) as database, database:
        cursor = database.cursor()
        cursor.execute(statement)
        return cursor.fetchall()


def _on_postgres(command: str, site: Site, given: bytes = b"") -> bytes:
    """As in the container, where the one server needs no name."""
    url = urlsplit(site.web.variables["DATABASE_URL"])
    words = [url.path.strip("/") if word == "undersigned" else word for word in command.split()]
    words[words.index("-U") + 1] = str(url.username)
    where = {"PGHOST": str(url.hostname), "PGPORT": str(url.port), "PGPASSWORD": str(url.password)}
    program = str(postgres_binaries() / words[0])
    return subprocess.run(
        [program, *words[1:]], input=given, env={**path_alone(), **where}, check=True, capture_output=True
    ).stdout


def _on_server(statement: str) -> None:
    server = settings.DATABASES["default"]
    account = {"user": server["USER"], "password": server["PASSWORD"], "host": server["HOST"], "port": server["PORT"]}
    with closing(psycopg2.connect(dbname="postgres", **account)) as connection:
        connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        connection.cursor().execute(statement)
