"""A mistaken rejection is taken back with a reason, and the public can read that."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from signatures.audit.models import AuditEntry
from signatures.mail.models.email import Mail
from signatures.privacy.erase import erase
from signatures.public.models.tally import count
from signatures.review import moderate
from signatures.review.moderate import approve, reject
from signatures.signing.models.signature import Signature
from tests.organisers import logged_in_client, messages_of, run_admin_action
from tests.people import NOON, make_signature, make_statement

pytestmark = pytest.mark.django_db

State = Signature.State


@pytest.fixture
def statement(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return make_statement()


def rejected(statement, moderator, **fields):
    signature = make_signature(statement, **fields)
    reject(signature_id=signature.id, actor=moderator, reason="a cartoon mouse", now=NOON)
    return signature


def restore(signature, moderator):
    return moderate.restore(signature_id=signature.id, actor=moderator, reason="his passport", now=NOON)


@pytest.mark.parametrize("state", [State.PENDING, State.HELD, State.CONFIRMED])
def test_it_is_what_it_was_before(statement, moderator, state):
    signature = rejected(statement, moderator, state=state)

    assert restore(signature, moderator) is True
    assert Signature.objects.get().state == state
    entry = AuditEntry.objects.first()
    assert (entry.action, entry.actor, entry.reason) == ("restore", moderator, "his passport")
    assert (entry.before, entry.after) == (State.REJECTED, state)


def test_a_counted_signature_counts_again_at_the_same_place(statement, moderator):
    first = make_signature(statement)
    signature = make_signature(statement, now=NOON + timedelta(minutes=1))
    make_signature(statement, now=NOON + timedelta(minutes=2))
    reject(signature_id=signature.id, actor=moderator, reason="a cartoon mouse", now=NOON)
    assert count(statement.id).all == 2

    restore(signature, moderator)

    assert (count(statement.id).all, count(statement.id).listed) == (3, 3)
    assert Signature.objects.get(id=signature.id).place() == first.place() + 1


def test_of_two_rejections_the_last_one_is_taken_back(statement, moderator):
    signature = rejected(statement, moderator, state=State.HELD)
    restore(signature, moderator)
    approve(signature_id=signature.id, actor=moderator, reason="known", now=NOON)
    reject(signature_id=signature.id, actor=moderator, reason="doubted", now=NOON)

    restore(signature, moderator)

    assert Signature.objects.get().state == State.CONFIRMED


def test_twice_is_once(statement, moderator):
    signature = rejected(statement, moderator)

    assert (restore(signature, moderator), restore(signature, moderator)) == (True, False)
    assert AuditEntry.objects.filter(action="restore").count() == 1


@pytest.mark.parametrize("state", [State.PENDING, State.HELD, State.CONFIRMED, State.WITHDRAWN])
def test_what_is_not_rejected_is_left(statement, moderator, state):
    signature = make_signature(statement, state=state)

    assert restore(signature, moderator) is False
    assert (Signature.objects.get().state, AuditEntry.objects.count()) == (state, 0)


def test_nobody_comes_back_from_an_erasure(statement, moderator):
    signature = rejected(statement, moderator)
    erase(signature_id=signature.id, now=NOON)

    assert restore(signature, moderator) is False
    assert Signature.objects.get().state == State.REJECTED


def test_what_was_hidden_stays_hidden(statement, moderator):
    signature = make_signature(statement, hidden_at=NOON)
    reject(signature_id=signature.id, actor=moderator, reason="doubted", now=NOON)

    restore(signature, moderator)

    assert (count(statement.id).all, count(statement.id).listed) == (1, 0)


def test_no_mail_goes_out_of_it(statement, moderator):
    restore(rejected(statement, moderator), moderator)

    assert Mail.objects.count() == 0


class TestAtTheDesk:
    def test_its_page_offers_it_alone_and_the_press_does_it(self, statement, moderator):
        signature, desk = rejected(statement, moderator), logged_in_client(moderator)
        page = desk.get(reverse("admin:signatures_signature_change", args=[signature.id]))
        buttons = BeautifulSoup(page.content, "html.parser").select(".decide button[name=action]")
        assert "restore" in [button["value"] for button in buttons]
        assert "reject" not in [button["value"] for button in buttons]

        response = run_admin_action(desk, "restore", signature, reason="his passport", one=signature.id)

        assert messages_of(response) == ["Rejection taken back: <bdi>Ilse Varga</bdi>"]
        assert Signature.objects.get().listed is True

    def test_what_is_not_rejected_is_told(self, statement, moderator):
        response = run_admin_action(logged_in_client(moderator), "restore", make_signature(statement))

        assert messages_of(response) == [
            "Left unchanged: <bdi>Ilse Varga</bdi>. It is not rejected, or its signer has erased it."
        ]


def test_the_public_reads_of_it(statement, moderator):
    restore(rejected(statement, moderator), moderator)
    restore(rejected(statement, moderator, state=State.HELD), moderator)

    page = BeautifulSoup(Client().get("/letter/corrections/").content, "html.parser")

    assert [line.get_text(" ", strip=True) for line in page.main.select("h2, li")] == [
        "3 November 2026",
        "1 signature was taken out of the count by the organisers.",
        "1 signature was put back into the count by the organisers.",
    ]
