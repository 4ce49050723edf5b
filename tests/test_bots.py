"""What tells a bot from a person, and how little a person notices of it."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from signatures import tokens
from signatures.models import Mail, Signature
from signatures.tokens import Purpose
from tests.people import make_statement

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
        link = tokens.make(Purpose.CONFIRM, signature_id=signature.id, generation=1, issued_at=issued_at)
        visitor.post(f"/confirm/{link}/", {"generation": 1})

        signature.refresh_from_db()
        assert (signature.state, visitor.get("/letter/count.json").json()["count"]) == (Signature.State.HELD, 0)
