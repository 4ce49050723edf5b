"""Tests quotations of notables: notables or organisers write them; they are cleaned and reviewed like credits."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from signatures.audit.models import AuditEntry
from signatures.privacy.erase import erase
from signatures.review.decide_correction import accept_correction, refuse_correction
from signatures.review.notable import unmark_notable
from signatures.signing.correct import correct
from signatures.signing.models.signature import Signature
from signatures.statements.models.statement import Statement
from signatures.statements.models.switch import Switch
from signatures.web import tokens
from signatures.web.tokens import Purpose
from tests.organisers import logged_in_client, make_moderator, make_staff
from tests.people import NOON, make_signature, make_statement

pytestmark = pytest.mark.django_db

WORDS = "A machine that has read me owes me a letter."


@pytest.fixture(autouse=True)
def statement(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return make_statement()


@pytest.fixture
def notable(statement):
    return make_signature(statement, notable=True, credit="composer")


def own_page(signature):
    token = tokens.make(Purpose.OWN_PAGE, subject_id=signature.id, generation=signature.generation, issued_at=NOON)
    return f"/signature/{token}/"


def say(signature, words):
    fields = {"act": "correct", "name": signature.name, "credit": signature.credit, "quotation": words}
    return Client().post(own_page(signature), fields)


def front():
    soup = BeautifulSoup(Client().get("/letter/").content, "html.parser")
    return [(figure.blockquote.get_text(strip=True), figure.bdi.get_text()) for figure in soup.select(".quotation")]


def test_what_a_notable_says_stands_below_the_first_names(notable):
    make_signature(Statement.objects.get(), name="Wren Holt", notable=True)

    assert say(notable, WORDS).status_code == 303
    assert front() == [(WORDS, WORDS)]
    signatories = Client().get("/api/v1/statements/letter/signatories/").json()["signatories"]
    assert {signatory["name"]: signatory["quotation"] for signatory in signatories} == {
        "Ilse Varga": WORDS,
        "Wren Holt": "",
    }
    notable.refresh_from_db()
    assert (notable.notable, notable.quotation) == (True, WORDS)


def test_who_is_not_notable_is_not_asked_and_not_quoted(statement):
    signature = make_signature(statement)

    assert b'name="quotation"' not in Client().get(own_page(signature)).content
    say(signature, WORDS)
    assert (Signature.objects.get().quotation, front()) == ("", [])


def test_who_is_no_longer_notable_is_not_quoted(notable):
    say(notable, WORDS)
    unmark_notable(signature_id=notable.id, actor=make_moderator(), reason="a mistake", now=NOON)

    assert front() == []


@pytest.mark.parametrize("hidden", [{"visibility": "anonymous"}, {"hidden_at": NOON}])
def test_who_is_not_shown_is_not_quoted(notable, hidden):
    say(notable, WORDS)
    Signature.objects.update(**hidden)

    assert front() == []


@pytest.mark.parametrize(
    "words", ["Buy at www.shop.example", "Write to me@shop.example", "x" * 281, "=1+1", "a\u202eb"]
)
def test_it_has_the_hygiene_of_a_credit(notable, words):
    response = say(notable, words)

    assert response.status_code == 422
    soup = BeautifulSoup(response.content, "html.parser")
    assert soup.select_one("textarea[name=quotation]").text.strip() == words
    assert soup.select_one("#id_quotation_error") is not None
    assert front() == []


def test_lines_are_run_on(notable):
    say(notable, "First.\r\n\r\nSecond.")

    assert front()[0][0] == "First. Second."


def test_where_all_is_reviewed_it_waits_and_the_old_one_stays(statement, notable):
    say(notable, "Before.")
    Switch.objects.create(name="review_everything", statement=statement, turned_at=NOON)
    say(notable, WORDS)
    assert front()[0][0] == "Before."
    assert WORDS in Client().get(own_page(notable)).content.decode()

    accept_correction(signature_id=notable.id, actor=make_moderator(), reason="ok", now=NOON)
    assert front()[0][0] == WORDS


def test_refused_it_is_gone_and_the_old_one_stays(statement, notable):
    say(notable, "Before.")
    Switch.objects.create(name="review_everything", statement=statement, turned_at=NOON)
    say(notable, WORDS)
    refuse_correction(signature_id=notable.id, actor=make_moderator(), reason="an advertisement", now=NOON)

    notable.refresh_from_db()
    assert (notable.quotation, notable.proposed_quotation) == ("Before.", "")


def test_a_correction_that_says_nothing_of_it_leaves_it(notable):
    say(notable, WORDS)
    correct(signature_id=notable.id, name=notable.name, credit="conductor", now=NOON)

    assert front()[0][0] == WORDS


def test_erased_nothing_is_left_of_it(notable):
    say(notable, WORDS)
    erase(signature_id=notable.id, now=NOON)

    assert (Signature.objects.get().quotation, front()) == ("", [])


class TestTheDesk:
    def page(self, signature):
        return reverse("admin:signature_quotation", args=[signature.pk])

    @pytest.fixture
    def desk(self):
        return logged_in_client(make_moderator())

    def test_an_organiser_writes_it_down_with_a_reason(self, desk, notable):
        assert (
            "Quotation …" in desk.get(reverse("admin:signatures_signature_change", args=[notable.pk])).content.decode()
        )
        desk.post(self.page(notable), {"quotation": WORDS, "reason": "by telephone"})

        assert front()[0][0] == WORDS
        assert list(AuditEntry.objects.values_list("action", "reason")) == [("quote", "by telephone")]

    def test_and_takes_it_off(self, desk, notable):
        say(notable, WORDS)
        desk.post(self.page(notable), {"quotation": "", "reason": "she asked for it"})

        assert front() == []

    @pytest.mark.parametrize(
        "fields", [{"quotation": WORDS}, {"quotation": "www.shop.example", "reason": "by telephone"}]
    )
    def test_without_a_reason_or_with_an_address_it_is_refused(self, desk, notable, fields):
        assert desk.post(self.page(notable), fields).status_code == 422
        assert (front(), AuditEntry.objects.count()) == ([], 0)

    def test_of_who_is_not_notable_nothing_is_written_down(self, desk, statement):
        signature = make_signature(statement)
        desk.post(self.page(signature), {"quotation": WORDS, "reason": "by telephone"})

        assert (Signature.objects.get().quotation, AuditEntry.objects.count()) == ("", 0)

    def test_without_the_right_nobody_does(self, notable):
        desk = logged_in_client(make_staff("guest"))

        assert desk.post(self.page(notable), {"quotation": WORDS, "reason": "mine"}).status_code == 403

    def test_of_nobody_it_is_a_404(self, desk):
        assert desk.get(reverse("admin:signature_quotation", args=[0])).status_code == 404
