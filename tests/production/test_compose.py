"""Starts each service of docker-compose.yml by its own command, uses it, and stops it."""

import http.client
import re
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg2
import pytest
from celery import Celery

from tests.production.edge import Caddy, Reply, ask
from tests.production.running import Site, Valkey
from tests.smtp import Sink
from tools.dev import ports

pytestmark = pytest.mark.drill


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
    calls_before = broker.client.info("commandstats")["cmdstat_lpush"]["calls"]
    site.beat.wait_until(lambda: broker.client.info("commandstats")["cmdstat_lpush"]["calls"] > calls_before)


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
    assert (reply.status, reply.headers["location"]) == (302, "/admin/second-factor/?next=%2Fadmin%2F")
    assert reply.headers["set-cookie"].startswith("__Host-")


def test_row_11_all_of_it_stops_when_it_is_told_to_and_the_mail_that_is_under_way_still_goes(
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
    """In the container, all other places are read-only."""
    expected = {"manage.py", "petition", "signatures", "templates", "static", "locale", "deploy", "sql", "var"}
    assert {path.name for path in app.iterdir()} == expected
    assert {path.name for path in (app / "var").iterdir()} == {"files", "static"}
    assert list(app.rglob("*.pid")) == []


def _take_long(under_way: threading.Event) -> None:
    under_way.set()
    time.sleep(3)


def _slug(caddy: Caddy) -> str:
    """Returns the slug of the statement on the first page."""
    match = re.search(r"/([a-z-]+)/sign/", caddy.ask("/").body)
    assert match
    return match[1]


def _post(caddy: Caddy, path: str, fields: dict[str, str], **headers: str) -> Reply:
    """Posts as a browser does from the page before."""
    came_from = {"Origin": f"https://localhost:{caddy.port}", "Sec_Fetch_Site": "same-origin"}
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    return caddy.ask(path, "POST", urlencode(fields), **form, **came_from, **headers)


def _sql(site: Site, statement: str) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(site.web.variables["DATABASE_URL"])) as database, database:
        cursor = database.cursor()
        cursor.execute(statement)
        return cursor.fetchall()
