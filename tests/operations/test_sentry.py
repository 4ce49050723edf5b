"""Tests what a site reports to Sentry. A local server takes the place of Sentry and keeps everything that it
receives."""

import gzip
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.utils import timezone

from petition import env
from signatures.web import tokens
from signatures.web.tokens import Purpose
from tests.operations.test_database_away import ask
from tests.people import make_statement, sign
from tests.site import Site, database_url
from tests.waiting import wait_for

FORM = {
    "name": "Ilse Varga-Holt",
    "email": "very.private@example.org",
    "credit": "harpist of Trondheim",
    "organisation": "The Quiet Choir",
    "sector": "music",
}


class Sink(ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), Keeper)
        self.received = []

    @property
    def dsn(self):
        return f"http://public@127.0.0.1:{self.server_port}/7"

    def events(self):
        """Returns the event of each envelope."""
        items = [json.loads(line) for text in self.received for line in text.splitlines() if line.startswith("{")]
        return [item for item in items if "exception" in item]


UNPACK = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}


class Keeper(BaseHTTPRequestHandler):
    server: Sink

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        body = UNPACK[self.headers.get("Content-Encoding")](body)
        self.server.received.append(f"{self.path}\n{self.headers}\n{body.decode()}")
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def sink():
    server = Sink()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def without(*tables):
    """Removes these tables, so that everything that uses them fails with the user's input in its variables."""
    for table in tables:
        connection.cursor().execute(f"ALTER TABLE {table} RENAME TO gone_{table}")
    try:
        yield
    finally:
        for table in tables:
            connection.cursor().execute(f"ALTER TABLE gone_{table} RENAME TO {table}")


@pytest.mark.django_db(transaction=True)
def test_it_hears_which_line_failed_and_never_of_whom(sink, tmp_path):
    signature = sign(make_statement(), "queued@example.org", name="Nadia Kowalczyk", now=timezone.now())
    token = tokens.make(Purpose.CONFIRM, subject_id=signature.id, generation=1, issued_at=timezone.now())
    web = {"DATABASE_URL": database_url(), "TRUSTED_PROXIES": "1", "SENTRY_DSN": sink.dsn}
    network = {"X-Forwarded-For": "198.51.100.77", "User-Agent": "Lynx of Ilse", "Cookie": "session=oatmeal"}
    with without("signatures_signature"), Site(tmp_path, **web) as site:
        statuses = [
            ask(site, "POST", "/letter/sign/", FORM, **network)[0],
            ask(site, "GET", f"/confirm/{token}/", **network)[0],
            ask(site, "GET", "/letter/signatories/?q=Wiebke", **network)[0],
        ]
        wait_for(lambda: {"deliver", "sign", "confirm", "signatories"} <= {_place(event) for event in sink.events()})

    assert statuses == [500, 500, 500]
    assert {value["type"] for event in sink.events() for value in event["exception"]["values"]} == {
        "ProgrammingError", "UndefinedTable",
    }  # fmt: skip
    received = "\n".join(sink.received)
    secrets = [*FORM.values(), *network.values(), token, token.partition(".")[2], "queued@", "Kowalczyk", "Wiebke"]
    assert [secret for secret in secrets if secret in received and secret != "music"] == []
    assert "sign_action.sign(" in received  # a line of code, which the report is for


def _place(event):
    return event["transaction"].rpartition(".")[2]


def test_a_site_without_it_says_so_by_silence(monkeypatch):
    monkeypatch.delenv("SENTRY_DSN", raising=False)

    assert env.dsn("SENTRY_DSN") is None


def test_an_address_that_is_none_stops_the_start(monkeypatch):
    monkeypatch.setenv("SENTRY_DSN", "sentry.example")

    with pytest.raises(ImproperlyConfigured, match="SENTRY_DSN is none of Sentry's"):
        env.dsn("SENTRY_DSN")
