"""A stranger who types another person's mailbox learns nothing and cannot cause unwanted email."""

import random
import time
from datetime import timedelta
from statistics import median

import pytest
from django.test import Client
from django.utils import timezone

from signatures.mail.send import send_emails
from signatures.privacy.erase import erase, not_me
from signatures.signing.models.signature import Signature
from tests.people import make_signature, make_statement, sign
from tests.smtp import mail_server

pytestmark = pytest.mark.django_db

State = Signature.State
GOOD = {"name": "Ilse Varga", "sector": "music"}


@pytest.fixture
def statement(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return make_statement(now=timezone.now())


def known(statement, standing):
    """Creates a mailbox in the given state and returns its address."""
    address, now = f"{standing.replace(' ', '-')}@example.org", timezone.now()
    if standing == "past its caps":
        for minutes in range(5):
            sign(statement, address, now=now - timedelta(hours=1, minutes=3 * minutes))
    elif standing == "suppressed":
        signature = make_signature(statement, address=address, state=State.PENDING)
        not_me(signature_id=signature.id, now=now)
    elif standing == "erased":
        erase(signature_id=make_signature(statement, address=address).id, now=now)
    elif standing != "unknown":
        make_signature(statement, address=address, state=standing, now=now)
    return address


STANDINGS = ["unknown", *map(str, State.values), "past its caps", "suppressed", "erased"]


@pytest.mark.parametrize("path", ["sign", "check-your-inbox"])
def test_row_16_every_mailbox_gets_the_same_answer(statement, path):
    answers = {}
    for standing in STANDINGS:
        address = known(statement, standing)
        response = Client().post(f"/letter/{path}/", {**GOOD, "email": address})
        page = Client().get(response["Location"])
        headers = {name: value for name, value in response.items() if name != "Date"}
        answers[standing] = (response.status_code, headers, response.content, page.status_code, page.content)

    assert answers["unknown"][0] == 303
    assert [standing for standing in STANDINGS if answers[standing] != answers["unknown"]] == []


NASTY = [
    "\r\nBcc: eve@example.com",
    "\nTo: eve@example.com\n\nhello",
    ", eve@example.com",
    "; eve@example.com",
    "\0",
    "%0aCc:e@e.e",
]
NASTY += [
    " <eve@example.com>",
    "\u2028Bcc: eve@example.com",
    "\x85Bcc: eve@example.com",
    '"',
    "\\",
    "=?utf-8?q?=0aBcc?=",
]


def test_row_19_whatever_is_typed_is_one_recipient_and_no_header(statement, settings):
    """Puts odd characters before, inside and after a valid address and name."""
    settings.LIMIT_FACTOR = 100_000
    typed = [("Ilse Varga", "ilse@example.org")]
    for number, odd in enumerate(NASTY):
        local = f"ilse{number}"
        typed += [("Ilse", f"{local}a@example.org{odd}"), ("Ilse", f"{odd}{local}b@example.org")]
        typed += [("Ilse", f"{local}c{odd}@example.org"), (f"Ilse{odd}", f"{local}d@example.org")]
    statuses = {
        Client().post("/letter/sign/", {**GOOD, "name": name, "email": address}).status_code for name, address in typed
    }
    with mail_server(settings) as sink:
        send_emails(clock=timezone.now)

    assert statuses == {303, 422}
    assert sorted(sink.recipients) == sorted(signature.address for signature in Signature.objects.all())
    assert [to for to in sink.recipients if not to.startswith("ilse") or not to.endswith("@example.org")] == []
    assert {tuple(message.keys()) for message in sink.messages} == {tuple(sink.messages[0].keys())}
    assert [message["To"] for message in sink.messages] == sink.recipients


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("standing", [State.CONFIRMED, State.PENDING, State.REJECTED, "suppressed"])
def test_row_16_the_time_of_the_answer_tells_no_more(statement, standing):
    """Times a known and an unknown mailbox in turn. The work differs a little, because the unknown one is stored. The
    difference is small against the variation of responses, and a stranger has one try for each mailbox: the first
    attempt makes it known."""
    visitor, known, unknown = Client(), [], []
    for number in range(60):
        signature = make_signature(statement, address=f"known-{number}@example.org", state=State.PENDING)
        if standing == "suppressed":
            not_me(signature_id=signature.id, now=timezone.now())
        else:
            moment = timezone.now() if standing == State.CONFIRMED else None
            Signature.objects.filter(id=signature.id).update(state=standing, confirmed_at=moment)
        tries = [(known, f"known-{number}@example.org"), (unknown, f"unknown-{number}@example.org")]
        for times, address in random.sample(tries, 2):
            times.append(seconds(visitor, address))

    assert 0.6 < median(known) / median(unknown) < 1.6
    assert min(unknown) < median(known) < max(unknown)
    assert min(known) < median(unknown) < max(known)


def seconds(visitor, address):
    begin = time.perf_counter()
    assert visitor.post("/letter/sign/", {**GOOD, "email": address}).status_code == 303
    return time.perf_counter() - begin
