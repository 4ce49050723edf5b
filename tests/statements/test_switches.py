"""Tests that each switch takes effect with the next request, and that visitors see a notice."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.conf import settings as django_settings
from django.core import mail as outbox
from django.test import Client
from django.utils import timezone

from signatures.audit.models import AuditEntry
from signatures.mail.models.email import Mail
from signatures.mail.outbox_health import outbox_health
from signatures.mail.send import send_emails
from signatures.signing.models.signature import Signature
from signatures.statements.models.switch import Switch
from signatures.statements.turn_switch import turn_off, turn_on
from signatures.web import tokens
from signatures.web.tokens import Purpose
from tests.organisers import logged_in_client, make_moderator, make_organiser
from tests.people import NOON, make_signature, make_statement, sign

pytestmark = pytest.mark.django_db

FORM = {"name": "Wren Holt", "email": "wren@example.org", "sector": "music", "credit": "painter"}
PAGE = "/admin/signatures/switch/"


@pytest.fixture(autouse=True)
def statement(settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    return make_statement()


def turn(name, statement=None, message="", on=True):
    values = {"name": name, "statement": statement, "actor": None, "reason": "a flood", "now": NOON}
    return turn_on(**values, message=message) if on else turn_off(**values)


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def notices(address):
    return [notice.get_text(" ", strip=True) for notice in soup(Client().get(address)).select(".notices-one p")]


class TestPausedSigning:
    @pytest.mark.parametrize("everywhere", [True, False])
    def test_the_form_is_gone_and_its_post_keeps_what_was_typed(self, statement, everywhere):
        turn("pause_signing", None if everywhere else statement, message="A flood of bots. Back at six.")

        page = Client().get("/letter/")
        answer = Client().post("/letter/sign/", FORM)

        assert not soup(page).select("form.sign")
        assert notices("/letter/") == [
            "Signing is paused. Please come back later.", "The organisers say: A flood of bots. Back at six.",
        ]  # fmt: skip
        assert (answer.status_code, answer["Cache-Control"]) == (409, "no-store")
        assert soup(answer).select_one("[name=name]")["value"] == "Wren Holt"
        assert soup(answer).select_one("[name=email]")["value"] == "wren@example.org"
        assert Signature.objects.count() == 0

    def test_nobody_is_asked_to_be_the_first(self, statement):
        assert "Be the first." in soup(Client().get("/letter/")).main.get_text()
        turn("pause_signing", statement)
        assert "Be the first." not in soup(Client().get("/letter/")).main.get_text()

    def test_a_link_still_confirms(self, statement):
        signature = sign(statement)
        turn("pause_signing")

        assert confirm_by_link(signature).status_code == 303
        assert Signature.objects.get().state == "confirmed"

    def test_another_statement_goes_on(self, statement):
        make_statement("other")
        turn("pause_signing", statement)

        assert Client().post("/other/sign/", FORM).status_code == 303
        assert notices("/other/") == []

    def test_mistakes_in_the_form_are_told_first(self):
        turn("pause_signing")

        assert Client().post("/letter/sign/", {**FORM, "email": "wren"}).status_code == 422

    def test_the_frame_on_other_sites_asks_nobody_to_sign(self):
        turn("pause_signing")

        page = Client().get("/embed/letter/").content.decode()
        assert "Signing is paused." in page
        assert "Read and sign" not in page


class TestReadOnly:
    def test_a_link_says_come_back_and_stays_good(self, statement):
        signature = sign(statement)
        turn("read_only", statement)
        page, answer = Client().get(confirm_url(signature)), confirm_by_link(signature)

        assert (page.status_code, soup(page).select("main form")) == (200, [])
        assert "Come back later: your link stays good." in page.content.decode()
        assert (answer.status_code, Signature.objects.get().state) == (409, "pending")
        turn("read_only", statement, on=False)
        assert confirm_by_link(signature).status_code == 303

    def test_nobody_signs_asks_for_mail_or_changes_their_own(self, statement):
        turn("read_only")
        signature = make_signature(statement)
        own = f"/signature/{link(signature, Purpose.OWN_PAGE)}/"
        before = Signature.objects.values().get()

        posts = [
            Client().post("/letter/sign/", FORM),
            Client().post("/letter/check-your-inbox/", {"email": "wren@example.org"}),
            Client().post(f"/thanks/{link(signature, Purpose.THANKS)}/"),
            Client().post(f"/not-me/{link(signature, Purpose.NOT_ME)}/"),
            *[
                Client().post(own, {"act": act, "visibility": "anonymous"})
                for act in ("visibility", "withdraw", "erase")
            ],
        ]
        corrected = Client().post(own, {"act": "correct", "name": "Ilse Holt", "credit": "poet"})

        assert {answer.status_code for answer in [*posts, corrected]} == {409}
        assert soup(corrected).select_one("[name=name]")["value"] == "Ilse Holt"
        assert (Signature.objects.values().get(), Mail.objects.count()) == (before, 0)

    def test_who_wants_no_more_mail_or_their_data_gets_it(self, statement):
        turn("read_only")
        signature = make_signature(statement)

        assert Client().post(f"/unsubscribe/{link(signature, Purpose.UNSUBSCRIBE)}/").status_code == 200
        taken = Client().post(f"/signature/{link(signature, Purpose.OWN_PAGE)}/", {"act": "data"})
        assert (taken.status_code, taken.json()["name"]) == (200, "Ilse Varga")


class TestHiddenNames:
    PAGES = ["/letter/", "/letter/signatories/", "/letter/signatories/music/", "/letter/signatories/?q=wren",
             "/letter/signatories/?q=wrem", "/api/v1/statements/letter/", "/api/v1/statements/letter/signatories/",
             "/letter/feed/", "/embed/letter/", "/letter/count.json", "/letter/corrections/"]  # fmt: skip

    @pytest.mark.parametrize("everywhere", [True, False])
    def test_no_page_shows_one_and_the_count_stays(self, statement, everywhere):
        make_signature(statement, name="Wren Holt", notable=True)
        make_signature(statement, name="Wren Hart")
        shown = [page for page in self.PAGES if b"Wren" in Client().get(page).content]
        turn("hide_names", None if everywhere else statement, message="Signers are being threatened.")

        assert len(shown) == 7
        assert [page for page in self.PAGES if b"Wren" in Client().get(page).content] == []
        assert Client().get("/letter/count.json").json()["count"] == 2
        numbers = Client().get("/api/v1/statements/letter/").json()
        assert (numbers["count"], numbers["listed"], numbers["unnamed"]) == (2, 0, 2)
        assert "The organisers say: Signers are being threatened." in notices("/letter/signatories/")

    def test_other_statements_show_theirs(self, statement):
        make_signature(make_statement("other"), name="Wren Holt")
        turn("hide_names", statement, message="Threats.")

        assert b"Wren" in Client().get("/other/signatories/").content

    def test_the_page_of_corrections_says_so_for_each_statement(self, statement):
        turn("hide_names", message="Threats.")
        turn("hide_names", on=False)

        lines = [line.get_text(strip=True) for line in soup(Client().get("/letter/corrections/")).select("main li")]
        assert lines == [
            "The names were shown again by the organisers.",
            "All names were hidden by the organisers. Everybody still counts.",
        ]


class TestPausedMail:
    def send_emails(self):
        return send_emails(clock=lambda: NOON + timedelta(minutes=1)).sent

    def test_mail_waits_and_leaves_afterwards(self, statement):
        sign(statement)
        turn("pause_mail")
        assert (self.send_emails(), len(outbox.outbox)) == (0, 0)

        turn("pause_mail", on=False)
        assert (self.send_emails(), len(outbox.outbox)) == (1, 1)

    def test_of_one_statement_alone(self, statement):
        sign(statement)
        sign(make_statement("other"), "other@example.org")
        turn("pause_mail", statement)

        assert self.send_emails() == 1
        assert outbox.outbox[0].to == ["other@example.org"]

    def test_the_page_after_signing_says_that_it_comes_later(self):
        turn("pause_mail")

        assert Client().post("/letter/sign/", FORM).status_code == 303
        assert notices("/letter/check-your-inbox/") == [
            "Our mail is held back for now. If you sign, the link to confirm comes later."
        ]

    def test_what_is_paused_is_not_called_late(self, statement):
        sign(statement)
        later = NOON + timedelta(hours=1)
        assert outbox_health(now=later).is_late(later)

        turn("pause_mail", statement)
        assert not outbox_health(now=later).is_late(later)


class TestEverythingReviewed:
    @pytest.mark.parametrize("everywhere", [True, False])
    def test_a_confirmed_signature_is_held(self, statement, everywhere):
        signature = sign(statement)
        turn("review_everything", None if everywhere else statement)
        confirm_by_link(signature)

        assert Signature.objects.get().state == "held"


class TestTurning:
    def test_each_turn_is_in_the_log_with_its_reason(self, statement):
        assert turn("pause_mail", statement)
        assert not turn("pause_mail", statement)
        assert turn("pause_mail", statement, on=False)
        assert not turn("pause_mail", statement, on=False)

        entries = AuditEntry.objects.order_by("id").values_list(
            "action", "statement__slug", "before", "after", "reason"
        )
        assert list(entries) == [
            ("switch_on", "letter", "pause_mail", "on", "a flood"),
            ("switch_off", "letter", "pause_mail", "off", "a flood"),
        ]

    def test_from_the_desk(self, statement):
        desk = logged_in_client(make_organiser())
        values = {
            "name": "hide_names",
            "statement": statement.id,
            "turn": "on",
            "reason": "threats",
            "told": "Threats.",
        }

        assert desk.post(PAGE, {**values, "told": ""}).status_code == 422
        assert desk.post(PAGE, {**values, "reason": ""}).status_code == 422
        assert not Switch.objects.exists()
        assert desk.post(PAGE, values).status_code == 302
        assert desk.get(PAGE).status_code == 200
        entry = AuditEntry.objects.get()
        assert (entry.actor.username, entry.reason, entry.statement) == ("organiser", "threats", statement)
        assert desk.post(PAGE, {**values, "turn": "off"}).status_code == 302
        assert not Switch.objects.exists()

    def test_a_moderator_reads_and_turns_none(self, statement):
        desk = logged_in_client(make_moderator())

        assert not soup(desk.get(PAGE)).select("#content-main form")
        assert desk.post(PAGE, {"name": "read_only", "turn": "on", "reason": "x"}).status_code == 403
        assert not Switch.objects.exists()

    def test_the_log_shows_what_was_done_to_the_whole_site(self):
        turn("read_only")

        assert (
            "the whole site" in logged_in_client(make_organiser()).get("/admin/signatures/auditentry/").content.decode()
        )

    def test_in_every_language(self):
        turn("read_only")
        for language, _name in django_settings.LANGUAGES:
            prefix = "" if language == "en" else f"/{language}"
            assert len(notices(f"{prefix}/letter/")) == 1


def link(signature, purpose):
    return tokens.make(purpose, subject_id=signature.id, generation=signature.generation, issued_at=NOON)


def confirm_url(signature):
    token = tokens.make(Purpose.CONFIRM, subject_id=signature.id, generation=1, issued_at=timezone.now())
    return f"/confirm/{token}/"


def confirm_by_link(signature):
    return Client().post(confirm_url(signature), {"generation": 1})
