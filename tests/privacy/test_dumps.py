"""Tests that the search in database dumps finds mailboxes and tokens."""

import pytest
from django.utils import timezone

from signatures.mail.models.email import Mail
from signatures.mail.send import send_emails
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement
from signatures.web import tokens
from tests.dumps import USED, dump_database, leaks_in_dump
from tests.people import make_statement, sign
from tests.site import database_url
from tests.smtp import link_in, mail_server

pytestmark = pytest.mark.django_db(transaction=True)


def test_row_15_who_signs_and_what_they_are_mailed_is_in_no_dump(settings):
    with mail_server(settings) as sink:
        signature = sign(make_statement(), "Dump.Reader+tag@gmail.com", now=timezone.now())
        send_emails(clock=timezone.now)
    token = link_in(sink.messages[0], "confirm").rstrip("/").rpartition("/")[2]

    assert "dump.reader+tag@gmail.com" in USED.mailboxes
    assert token.rpartition(".")[2] in USED.tokens
    assert signature.name in dump_database(database_url())
    assert leaks_in_dump(database_url()) == []


def test_a_mailbox_in_clear_is_found_wherever_it_stands():
    statement = make_statement()
    sign(statement, "dump.reader@example.org", now=timezone.now())
    Statement.objects.update(organiser="ask Dump.Reader@example.org.")

    assert leaks_in_dump(database_url()) == ["dump.reader@example.org"]
    Statement.objects.update(organiser="")
    Signature.objects.update(mailbox=b"to:dump.reader@example.org")

    assert leaks_in_dump(database_url()) == ["dump.reader@example.org"]
    Signature.objects.update(mailbox=b"")


def test_a_token_that_works_is_found_wherever_it_stands():
    signature = sign(make_statement(), "dump.reader@example.org", now=timezone.now())
    token = tokens.make(tokens.Purpose.CONFIRM, subject_id=signature.id, generation=1, issued_at=timezone.now())
    seal = token.rpartition(".")[2]
    Mail.objects.update(last_error=f"said {token}")

    assert leaks_in_dump(database_url()) == [seal]
    Mail.objects.update(last_error=f"http://localhost/confirm/{token}/")

    assert leaks_in_dump(database_url()) == [seal]
    Mail.objects.update(last_error="")
