"""Tests that emails that the recipient did not just request have an unsubscribe link in body and header."""

from datetime import timedelta

import pytest
from django.test import Client

from signatures.mail.models.email import Mail, Suppression
from signatures.mail.outbox import queue_email
from signatures.mail.send import send_emails
from signatures.privacy.erase import erase
from signatures.review.models.canned_reply import Phrase
from signatures.review.queue import request_proof
from signatures.signing.models.signature import Signature
from signatures.signing.resend import queue_own_page_email
from tests.organisers import make_moderator
from tests.people import NOON, make_signature, make_statement, sign
from tests.smtp import mail_server

pytestmark = pytest.mark.django_db

Kind = Mail.Kind


@pytest.fixture
def statement():
    return make_statement()


@pytest.fixture
def signer(statement):
    return make_signature(statement, address="ilse@example.org", updates=True)


def mailed(settings, signature, kind):
    if kind == Kind.PROOF_ASKED:
        ask(signature)
    queue_email(signature, kind, now=NOON)
    with mail_server(settings) as sink:
        send_emails(clock=lambda: NOON)
    return sink.messages[0]


def ask(signature):
    """Requests proof as a moderator does while a correction is open. The test itself queues the email."""
    Signature.objects.filter(id=signature.id).update(proposed_at=NOON)
    request = {"actor": make_moderator(), "reason": "who is it", "phrase": Phrase.objects.earliest("id")}
    request_proof(signature_id=signature.id, now=NOON, **request)
    Mail.objects.all().delete()
    signature.refresh_from_db()


def way_out(message):
    """Returns the path of the link in the header."""
    return message["List-Unsubscribe"].strip(" <>").partition("://")[2].partition("/")[2]


@pytest.mark.parametrize("kind", [Kind.ALREADY_SIGNED, Kind.APPROVED, Kind.CORRECTION_DECIDED, Kind.PROOF_ASKED])
def test_a_notice_has_a_way_out_in_its_header_and_in_both_its_bodies(settings, signer, kind):
    message = mailed(settings, signer, kind)

    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].strip().startswith(f"<{settings.SITE_URL}/unsubscribe/")
    for body in message.iter_parts():
        assert way_out(message) in body.get_content()


def test_a_confirmation_has_none_but_says_not_me(settings, statement):
    sign(statement, "zofia@example.org")
    with mail_server(settings) as sink:
        send_emails(clock=lambda: NOON)

    assert (sink.messages[0]["List-Unsubscribe"], sink.messages[0]["Auto-Submitted"]) == (None, "auto-generated")
    assert "/not-me/" in sink.messages[0].get_body(("plain",)).get_content()


def test_the_link_that_somebody_asked_for_has_none(settings, signer):
    assert mailed(settings, signer, Kind.OWN_PAGE)["List-Unsubscribe"] is None


def test_looking_at_the_page_changes_nothing(settings, signer):
    path = way_out(mailed(settings, signer, Kind.APPROVED))
    assert Client().get(f"/{path}").status_code == 200
    assert Client().head(f"/{path}").status_code == 200

    assert (Suppression.objects.count(), Signature.objects.get().updates) == (0, True)


def test_a_mail_program_ends_it_from_elsewhere_without_cookie_or_redirect(settings, signer):
    path = way_out(mailed(settings, signer, Kind.APPROVED))
    elsewhere = {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}
    response = Client(enforce_csrf_checks=True).post(
        f"/{path}", "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded", headers=elsewhere
    )

    assert (response.status_code, dict(response.cookies)) == (200, {})
    assert Suppression.objects.get().reason == "no_mail"


def test_the_signature_stays_the_mail_ends(settings, signer, statement):
    path = way_out(mailed(settings, signer, Kind.APPROVED))
    Client().post(f"/{path}")
    Client().post(f"/{path}")

    row = Signature.objects.get()
    assert (row.state, row.name, row.updates, row.listed) == ("confirmed", "Ilse Varga", False, True)
    later = NOON + timedelta(days=1)
    queue_own_page_email(signature_id=signer.id, now=later)
    with mail_server(settings) as sink:
        send_emails(clock=lambda: later)
    assert sink.recipients == []


def test_after_an_erasure_there_is_nothing_to_end(settings, signer):
    path = way_out(mailed(settings, signer, Kind.APPROVED))
    erase(signature_id=signer.id, now=NOON)

    assert Client().post(f"/{path}").status_code == 200
    assert Suppression.objects.count() == 0
