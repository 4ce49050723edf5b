"""Tests that the log helps operators and shows no mailbox, name or complete network address."""

import json
import logging
import os
import subprocess
import sys

import pytest
from django.db import DatabaseError, connection

import signatures.urls
from signatures.identity import mailbox
from signatures.mail.send import send_emails
from signatures.operations.log_format import JsonFormatter, Line, mask
from signatures.signing.models.signature import Signature
from signatures.web import tokens
from signatures.web.tokens import Purpose
from tests.discretion import EAR, KnownSecrets, leaks_in_logs
from tests.people import NOON, make_statement, sign
from tests.smtp import mail_server
from tools.dev.processes import ROOT


def record(message, *args, error=None):
    return logging.LogRecord("signatures", logging.ERROR, __file__, 1, message, args, error)


def token():
    return tokens.make(Purpose.CONFIRM, subject_id=7, generation=1, issued_at=NOON)


@pytest.mark.parametrize(
    ("message", "written"),
    [
        ("550 <ilse.varga+x@example.org>: unknown", "550 <…>: unknown"),
        ("ilse@xn--strae-oqa.de and o'hara@mail.example.org.", "… and o'…."),
        ("GET /fr/signature/abc.def/ failed", "GET /fr/signature/…/ failed"),
        ("GET /letter/signatories/?q=Ilse%20Varga&after=x", "GET /letter/signatories/?q=…&after=x"),
        ("from 203.0.113.77 at 12:03:44", "from 203.0.113.… at 12:03:44"),
        ("from [2001:db8:1:2::9]:443", "from [2001:0db8:0001:…]:443"),
        ("from ::ffff:203.0.113.77", "from ::ffff:203.0.113.…"),
        ("to 127.0.0.1:5432, 10.0.3.4, 192.168.1.1", "to 127.0.0.1:5432, 10.0.3.4, 192.168.1.1"),
        ("Django 5.2.19, 2026-11-22 07:01:02, values[1:2]", "Django 5.2.19, 2026-11-22 07:01:02, values[1:2]"),
        ("signatures.mail.send.deliver took 3.14159 s", "signatures.mail.send.deliver took 3.14159 s"),
        ("postgres://undersigned:secret@db.internal/x", "postgres://undersigned:…/x"),
        ("redis://:**@127.0.0.1:34749/0", "redis://:**@127.0.0.1:34749/0"),
    ],
)
def test_what_is_masked_and_what_is_not(message, written):
    assert mask(message) == written


def test_every_address_with_a_link_that_works_is_known():
    """nginx masks the same addresses (tests/production/test_edge.py)."""
    routes = [str(route.pattern) for route in signatures.urls.urlpatterns if "<token:" in str(route.pattern)]

    assert len(routes) > 5
    for route in routes:
        assert mask(f"/fr/{route.replace('<token:token>', 'what-ever')}") == f"/fr/{route.partition('<')[0]}…/"


def test_a_token_is_known_wherever_it_stands():
    assert mask(f"relay refused {token()} in the body") == "relay refused … in the body"


def test_a_line_for_people_and_an_object_for_programs():
    assert Line().format(record("mail %s to %s", 7, "ilse@example.org")) == "ERROR signatures: mail 7 to …"

    fields = json.loads(JsonFormatter().format(record("mail %s to %s\nsecond line", 7, "ilse@example.org")))
    assert (fields["level"], fields["logger"], fields["message"]) == ("error", "signatures", "mail 7 to …\nsecond line")
    assert fields["at"].endswith("+00:00")


def test_a_stranger_writes_no_line_of_ours():
    message = 'GET "/x\nERROR root: all is lost\x1b[2J\u202e"'

    written = record(message)

    assert Line().format(written) == r'ERROR signatures: GET "/x\nERROR root: all is lost\x1b[2J\u202e"'
    assert JsonFormatter().format(written).splitlines() == [JsonFormatter().format(written)]


@pytest.mark.django_db
@pytest.mark.parametrize("formatter", [Line(), JsonFormatter()])
def test_what_the_database_quotes_of_a_row_is_not_written(formatter):
    signature = sign(make_statement(), "ilse@example.org", name="Ilse Varga")
    try:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE signatures_signature SET state = 'confirmed' WHERE id = %s", [signature.id])
    except DatabaseError:
        written = formatter.format(record("failed", error=sys.exc_info()))

    assert "confirmed_has_its_moment" in written
    assert "Ilse" not in written


@pytest.mark.django_db
def test_a_statement_that_the_database_cannot_read_is_not_written():
    signer = "Ilse " + "Varga"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FRM x WHERE name = %s", [signer])
    except DatabaseError:
        written = Line().format(record("failed", error=sys.exc_info()))

    assert "syntax error" in written
    assert signer not in written


@pytest.mark.django_db
def test_a_mail_server_that_quotes_whom_and_what_it_refused_is_not_quoted(settings):
    statement = make_statement()
    for address in ("ilse@example.org", "zofia@example.com"):
        sign(statement, address)
    refusal = f"421 4.7.0 ilse@example.org refused: https://letter.example.org/confirm/{token()}/ seen too often"
    with mail_server(settings, at_rcpt=lambda address: refusal):
        send_emails(clock=lambda: NOON)

    written = EAR.recorded_text()
    assert "the mail server gives trouble" in written
    for secret in ("ilse", "letter.example.org", token()):
        assert secret not in written


def test_the_watch_over_all_tests_hears_a_slip():
    secrets = KnownSecrets()
    secrets.note("Ilse Varga", "ilse@example.org", "Li")

    assert secrets.in_text("WARNING signatures: Ilse Varga has signed, with Li") == ["Ilse Varga"]


def test_the_watch_hears_it_on_the_whole_way_from_the_code_to_the_log():
    Signature().rename("Wanda Watched")
    by = mailbox.parse("watched@example.org")
    logging.getLogger("signatures.actions").warning("%s signed, as %s", "Wanda Watched", by.address.encode().hex())
    logging.getLogger("django.request").error("mail goes to %s", by.address)

    assert leaks_in_logs() == ["Wanda Watched"]  # the mailbox is masked


def test_the_watch_is_on():
    assert EAR in logging.getLogger().handlers


@pytest.mark.parametrize("kind", ["plain", "json"])
def test_the_web_servers_own_lines_are_as_discreet(kind):
    """Uses a separate process, because gunicorn's loggers are set up once."""
    program = """
from gunicorn.config import Config
from deploy import gunicorn
logger = gunicorn.DiscreetLogger(Config())
logger.access_log.propagate = False
logger.error_log.warning("Invalid request from ip=203.0.113.77: /confirm/abc.def/")
logger.access_log.info('GET "/x' + chr(10) + 'ERROR root: all is lost" 404')
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "LOG_FORMAT": kind},
    )
    line, *forged = done.stderr.splitlines()

    assert [line for line in forged if line.startswith("ERROR")] == []
    assert "Invalid request from ip=203.0.113.…: /confirm/…/" in line
    assert line.startswith("{") == (kind == "json")
