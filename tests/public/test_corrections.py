"""Tests that every fall of the count and every hidden name is explained by a public line."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from signatures.audit.models import AuditEntry
from signatures.privacy.erase import erase, not_me
from signatures.public.corrections import IS_PUBLIC
from signatures.public.models.tally import count
from signatures.review.moderate import hide, reject, show
from signatures.signing.models.signature import Signature
from signatures.signing.withdraw import withdraw
from tests.people import NOON, make_signature, make_statement

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def statement(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return make_statement()


@pytest.fixture
def moderator(django_user_model):
    return django_user_model.objects.create_user("mod")


def lines():
    page = BeautifulSoup(Client().get("/letter/corrections/").content, "html.parser")
    return [line.get_text(" ", strip=True) for line in page.main.select("h2, li")]


def test_a_statement_that_lost_nothing_says_so():
    page = Client().get("/letter/corrections/").content.decode()

    assert "Nothing has been taken away since this statement opened." in page


def test_each_day_has_its_totals_and_the_newest_comes_first(statement, moderator):
    people = [make_signature(statement, name="Wren Holt") for _ in range(6)]
    later = NOON + timedelta(days=1)
    withdraw(signature_id=people[0].id, now=NOON)
    withdraw(signature_id=people[1].id, now=NOON)
    erase(signature_id=people[2].id, now=NOON)
    reject(signature_id=people[3].id, actor=moderator, reason="not Wren Holt", now=later)
    hide(signature_id=people[4].id, actor=moderator, reason="asked by Wren Holt", now=later)
    show(signature_id=people[4].id, actor=moderator, reason="asked again", now=later)

    assert lines() == [
        "4 November 2026",
        "1 name was hidden by the organisers. It still counts.",
        "1 signature was taken out of the count by the organisers.",
        "1 name was shown again by the organisers.",
        "3 November 2026",
        "1 signature was erased by its signer.",
        "2 signatures were withdrawn by their signers.",
    ]
    assert count(statement.id).all == 2
    assert "Wren" not in Client().get("/letter/corrections/").content.decode()


def test_what_never_counted_is_no_correction(statement, moderator):
    pending, held = (make_signature(statement, state=state) for state in ("pending", "held"))
    reject(signature_id=held.id, actor=moderator, reason="a cartoon mouse", now=NOON)
    not_me(signature_id=pending.id, now=NOON)

    assert lines() == []
    assert AuditEntry.objects.count() == 2


def test_leaving_twice_is_one_line(statement):
    signature = make_signature(statement)
    withdraw(signature_id=signature.id, now=NOON)
    withdraw(signature_id=signature.id, now=NOON)
    erase(signature_id=signature.id, now=NOON)

    assert lines() == ["3 November 2026", "1 signature was withdrawn by its signer."]


def test_whatever_happens_the_lines_explain_the_count(statement, moderator):
    """The count equals the confirmed signatures minus those that the lines explain."""
    people = [make_signature(statement) for _ in range(12)]
    for number, signature in enumerate(people):
        if number % 4 == 1:
            withdraw(signature_id=signature.id, now=NOON)
        if number % 4 == 2:
            reject(signature_id=signature.id, actor=moderator, reason="doubted", now=NOON)
        if number % 6 == 3:
            erase(signature_id=signature.id, now=NOON)
    left = AuditEntry.objects.filter(IS_PUBLIC).filter(action__in=["withdraw", "reject", "erase"]).count()

    assert len(people) - left == count(statement.id).all == Signature.objects.counted().count()


def test_the_page_takes_three_queries_however_long_it_is(statement, moderator, django_assert_num_queries):
    for _ in range(3):
        withdraw(signature_id=make_signature(statement).id, now=NOON)
    with django_assert_num_queries(3):
        Client().get("/letter/corrections/")
