"""Tests the signals that tell a bot from a person, and that people hardly notice them."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.utils import timezone

from signatures.mail.models.email import Mail
from signatures.signing.models.signature import Signature
from signatures.signing.proof_wanted import requires_proof_of_work
from signatures.web import tokens
from signatures.web.tokens import Purpose
from tests.people import NOON, make_signature, make_statement
from tests.proving import EASY_PROOFS, solve

pytestmark = pytest.mark.django_db

FORM = {"name": "Ilse Varga", "email": "ilse@example.org", "sector": "music"}


@pytest.fixture
def statement():
    return make_statement()


@pytest.fixture
def visitor(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return Client()


def flags():
    return Signature.objects.get().flags


class TestTheTrap:
    def field(self, visitor, path="/letter/"):
        return BeautifulSoup(visitor.get(path).content, "html.parser").select_one("form.sign input[name=further]")

    def test_is_out_of_the_way_of_people(self, visitor, statement):
        field = self.field(visitor)
        shown = {name: value for name, value in field.attrs.items() if name not in ("id", "name")}

        assert shown == {"autocomplete": "off", "tabindex": "-1"}
        assert field.find_parent(attrs={"aria-hidden": "true"})["class"] == ["unseen"]
        assert field.find_previous("label")["for"] == field["id"]

    def test_tells_whoever_finds_it_to_leave_it_alone(self, visitor, statement):
        assert self.field(visitor).find_previous("label").text == "Leave this empty"

    def test_left_alone_says_nothing(self, visitor, statement):
        visitor.post("/letter/sign/", {**FORM, "further": ""})

        assert flags() == []

    @pytest.mark.parametrize("filled", ["https://shop.example.org", " ", "\x00", "x" * 50_000])
    def test_filled_flags_the_signature_and_looks_as_always(self, visitor, statement, filled):
        caught = visitor.post("/letter/sign/", {**FORM, "further": filled})
        assert flags() == ["honeypot"]

        free = visitor.post("/letter/sign/", {**FORM, "email": "eva@example.org"})
        assert (caught.status_code, caught.content, caught.headers) == (free.status_code, free.content, free.headers)
        assert list(Mail.objects.values_list("kind", "status")) == 2 * [("confirm", "queued")]

    def test_holds_what_is_confirmed(self, visitor, statement):
        visitor.post("/letter/sign/", {**FORM, "further": "x"})
        signature = Signature.objects.get()
        issued_at = signature.mails.get().created_at
        link = tokens.make(Purpose.CONFIRM, subject_id=signature.id, generation=1, issued_at=issued_at)
        visitor.post(f"/confirm/{link}/", {"generation": 1})

        signature.refresh_from_db()
        assert (signature.state, visitor.get("/letter/count.json").json()["count"]) == (Signature.State.HELD, 0)


def add_signatures(statement, count, *, now=None):
    for _ in range(count):
        make_signature(statement, now=now or timezone.now())


class TestPressure:
    """Compares the number of signatures in the last minute with the organisers' limit."""

    @pytest.mark.parametrize(
        ("level", "count", "asks"), [(None, 3, False), (0, 0, True), (2, 2, False), (2, 3, True), (2, 9, True)]
    )
    def test_asks_above_the_level(self, statement, level, count, asks):
        statement.proof_above = level
        add_signatures(statement, count, now=NOON)

        assert requires_proof_of_work(statement, NOON + timedelta(seconds=59)) is asks

    def test_goes_with_the_minute_and_is_each_statements_own(self, statement):
        statement.proof_above = 2
        add_signatures(statement, 3, now=NOON)
        add_signatures(make_statement("other"), 3, now=NOON + timedelta(seconds=50))

        assert requires_proof_of_work(statement, NOON + timedelta(seconds=61)) is False

    @pytest.mark.parametrize("first", ["SELECT 1", "ANALYZE signatures_signature"], ids=["new", "known"])
    def test_is_measured_by_index_and_no_further_than_the_level(self, statement, django_assert_num_queries, first):
        statement.proof_above = 2
        add_signatures(statement, 9, now=NOON)
        add_signatures(statement, 300, now=NOON - timedelta(days=1))
        with django_assert_num_queries(1) as queries:
            requires_proof_of_work(statement, NOON)
        assert "LIMIT 3" in queries[0]["sql"]

        with connection.cursor() as cursor:
            cursor.execute("ANALYZE signatures_signature")
            cursor.execute(first)
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("EXPLAIN " + queries[0]["sql"])
            assert "signed_lately" in str(cursor.fetchall())

    def test_is_not_measured_where_none_is_set(self, statement, django_assert_num_queries):
        with django_assert_num_queries(0):
            requires_proof_of_work(statement, NOON)


class TestAskingForOne:
    PATH = "/letter/challenge/"

    @pytest.fixture
    def pressed(self, statement, monkeypatch):
        for name, value in EASY_PROOFS.items():
            monkeypatch.setattr(name, value)
        statement.proof_above = 2
        statement.save()
        add_signatures(statement, 3)
        return statement

    def test_nothing_is_asked_without_pressure(self, visitor, statement):
        answer = visitor.get(self.PATH)

        assert (answer.status_code, answer.content, answer["Cache-Control"]) == (204, b"", "no-store")

    def test_each_visitor_is_asked_something_else_and_no_cache_keeps_it(self, visitor, pressed):
        answers = [visitor.get(self.PATH) for _ in range(3)]

        assert {(answer.status_code, answer["Cache-Control"], not answer.cookies) for answer in answers} == {
            (200, "no-store", True)
        }
        assert len({answer.json()["parameters"]["nonce"] for answer in answers}) == 3
        assert answers[0].json()["parameters"]["data"] == {"act": "sign", "statement": "letter"}

    @pytest.mark.parametrize("state", ["draft", "closed"])
    def test_where_nobody_can_sign_nothing_is_asked(self, visitor, pressed, state):
        pressed.state = state
        pressed.save()

        assert visitor.get(self.PATH).status_code == (404 if state == "draft" else 204)

    def test_the_page_is_the_same_with_and_without_pressure(self, visitor, statement):
        statement.proof_above = 2
        statement.save()
        before = visitor.get("/letter/").content
        for _ in range(3):
            visitor.post("/letter/sign/", {**FORM, "email": f"s{Signature.objects.count()}@example.org"})

        assert visitor.get(self.PATH).status_code == 200
        assert visitor.get("/letter/").content == before

    def test_the_page_names_no_proof_where_none_is_ever_asked(self, visitor, statement):
        page = BeautifulSoup(visitor.get("/letter/").content, "html.parser")

        assert page.select("[data-challenge], .proof, noscript, script[src*=proof]") == []

    def test_whoever_has_no_scripts_is_told_what_that_means(self, visitor, pressed):
        note = BeautifulSoup(visitor.get("/letter/").content, "html.parser").select_one("form.sign noscript")

        assert note.text.strip() == (
            "While very many sign at once, we look at signatures sent without JavaScript before we count them."
        )

    def test_with_a_proof_nothing_is_flagged(self, visitor, pressed):
        sent = solve(visitor.get(self.PATH).json())
        assert visitor.post("/letter/sign/", {**FORM, "proof": sent}).status_code == 303

        assert Signature.objects.get(state="pending").flags == []

    @pytest.mark.parametrize("sent", [None, "", "nonsense", "\x00", "x" * 100_000])
    def test_without_one_the_signature_is_taken_and_flagged(self, visitor, pressed, sent):
        answer = visitor.post("/letter/sign/", FORM if sent is None else {**FORM, "proof": sent})

        assert (answer.status_code, answer["Location"]) == (303, "/letter/check-your-inbox/")
        assert Signature.objects.get(state="pending").flags == ["no_proof"]
        assert Mail.objects.filter(kind="confirm").count() == 1

    def test_a_proof_outlives_a_form_that_has_to_be_corrected(self, visitor, pressed):
        sent = solve(visitor.get(self.PATH).json())
        assert visitor.post("/letter/sign/", {**FORM, "name": "", "proof": sent}).status_code == 422
        visitor.post("/letter/sign/", {**FORM, "proof": sent})

        assert Signature.objects.get(state="pending").flags == []
