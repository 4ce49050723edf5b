"""Tests that an update is emailed to each subscriber once, in their language, after more urgent emails."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from signatures.audit.models import AuditEntry
from signatures.identity import mailbox
from signatures.mail import update_mailing
from signatures.mail.models.email import Mail, Suppression
from signatures.mail.outbox import build_email, queue_email
from signatures.mail.outbox_health import outbox_health
from signatures.mail.send import send_emails
from signatures.mail.update_mailing import queue_update_emails, request_update_mailing
from signatures.privacy.erase import erase, not_me
from signatures.signing.models.signature import Signature
from signatures.signing.resend import queue_own_page_email
from signatures.signing.withdraw import set_updates, unsubscribe, withdraw
from signatures.statements.edit_text import edit_text
from signatures.statements.models.update import Update
from signatures.statements.publish_update import retract_update
from tests.organisers import logged_in_client, make_organiser, messages_of, move_login_back
from tests.people import NOON, make_signature, make_statement, make_update, sign
from tests.smtp import mail_server
from tests.threads import at_once

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)
Status = Mail.Status


@pytest.fixture
def statement():
    return make_statement()


@pytest.fixture
def organiser():
    return make_organiser()


def wanting(statement, address, **fields):
    return make_signature(statement, address=address, updates=True, **fields)


def ask(update, organiser, now=LATER):
    return request_update_mailing(update_id=update.id, actor=organiser, now=now)


def write(now=LATER):
    return queue_update_emails(clock=lambda: now)


def send(settings, now=LATER):
    with mail_server(settings) as sink:
        send_emails(clock=lambda: now)
    return sink


def written():
    return sorted(mail.signature.address for mail in Mail.objects.filter(kind="update").select_related("signature"))


class TestWho:
    def test_whoever_asked_for_updates_and_confirmed_gets_it(self, settings, statement, organiser):
        wanting(statement, "ilse@example.org")
        make_signature(statement, address="quiet@example.org")
        wanting(make_statement("other"), "elsewhere@example.org")
        ask(make_update(statement), organiser)

        assert write() == 1
        assert send(settings).recipients == ["ilse@example.org"]

    @pytest.mark.parametrize(
        "fields",
        [{"state": state} for state in ("pending", "held", "rejected", "withdrawn")],
        ids=lambda fields: fields["state"],
    )
    def test_who_is_not_counted_gets_none(self, statement, organiser, fields):
        wanting(statement, "ilse@example.org", **fields)
        ask(make_update(statement), organiser)

        assert write() == 0

    @pytest.mark.parametrize("fields", [{"visibility": "anonymous"}, {"hidden_at": NOON}])
    def test_who_is_counted_without_a_name_gets_it_too(self, statement, organiser, fields):
        wanting(statement, "ilse@example.org", **fields)
        ask(make_update(statement), organiser)

        assert write() == 1

    @pytest.mark.parametrize("gone", ["erased", "withdrawn", "not me", "no more mail", "no more updates"])
    @pytest.mark.parametrize("when", ["before it is written", "before it is sent"])
    def test_who_has_gone_gets_none(self, settings, statement, organiser, gone, when):
        signature = wanting(statement, "ilse@example.org")
        leave = {
            "erased": erase,
            "withdrawn": withdraw,
            "not me": not_me,
            "no more mail": unsubscribe,
        }
        ask(make_update(statement), organiser)
        if when == "before it is sent":
            write()
        if gone in leave:
            leave[gone](signature_id=signature.id, now=LATER)
        else:
            set_updates(signature_id=signature.id, updates=False)
        write()

        assert send(settings).recipients == []
        assert Mail.objects.filter(status=Status.QUEUED).count() == 0

    def test_a_mailbox_suppressed_under_an_older_key_gets_none(self, settings, statement, organiser):
        wanting(statement, "ilse@example.org")
        (current,) = settings.DIGEST_KEYS
        settings.DIGEST_KEYS = ["an-older-key-of-which-a-digest-is-left-behind-0123456789"]
        digest = mailbox.parse("ilse@example.org").digest
        Suppression.objects.create(mailbox_digest=digest, reason="no_mail", created_at=NOON)
        settings.DIGEST_KEYS = [current, *settings.DIGEST_KEYS]
        ask(make_update(statement), organiser)
        write()

        assert Mail.objects.get().status == Status.CANCELLED
        assert write() == 0
        assert Update.objects.get().mailing_finished_at == LATER

    def test_who_confirms_once_it_can_be_read_gets_none(self, statement, organiser):
        update = make_update(statement)
        wanting(statement, "early@example.org", confirmed_at=LATER)
        wanting(statement, "late@example.org", confirmed_at=LATER + timedelta(seconds=1))
        ask(update, organiser)
        write(LATER + timedelta(minutes=1))

        assert written() == ["early@example.org"]


class TestOnce:
    def test_the_database_refuses_a_second_mail_of_an_update_to_a_signer(self, statement):
        signature, update = wanting(statement, "ilse@example.org"), make_update(statement)
        first, second = (build_email(signature, Mail.Kind.UPDATE, now=NOON, due_at=NOON, update=update) for _ in "12")
        first.save()
        with pytest.raises(IntegrityError, match="an_update_is_mailed_once"), transaction.atomic():
            second.save()

    @pytest.mark.parametrize(("kind", "has_update"), [("update", False), ("approved", True)])
    def test_the_database_refuses_an_update_of_nothing_and_another_mail_of_one(self, statement, kind, has_update):
        signature, update = wanting(statement, "ilse@example.org"), make_update(statement)
        mail = build_email(signature, Mail.Kind(kind), now=NOON, due_at=NOON, update=update if has_update else None)
        with pytest.raises(IntegrityError, match="an_update_is_mailed_as_one"), transaction.atomic():
            mail.save()

    def test_whoever_asks_again_changes_nothing(self, settings, statement, organiser):
        wanting(statement, "ilse@example.org")
        update = make_update(statement)

        assert [ask(update, organiser), ask(update, organiser)] == [True, False]
        assert [write(), write()] == [1, 0]
        assert len(send(settings).recipients) == 1
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.reason, entry.details) == ("mail_update", "We met", {"signers": 1})
        assert (entry.object_type, entry.object_id) == ("update", update.id)

    def test_a_worker_that_is_killed_goes_on_where_it_stood(self, statement, organiser, monkeypatch):
        monkeypatch.setattr(update_mailing, "BATCH", 2)
        for number in range(5):
            wanting(statement, f"signer-{number}@example.org")
        ask(make_update(statement), organiser)

        real = update_mailing._queue_batch
        batches = []

        def killed_after_the_first(*args):
            if batches:
                raise KeyboardInterrupt
            batches.append(real(*args))
            return batches[0]

        monkeypatch.setattr(update_mailing, "_queue_batch", killed_after_the_first)
        with pytest.raises(KeyboardInterrupt):
            write()
        assert (len(written()), Update.objects.being_mailed().count()) == (2, 1)

        monkeypatch.setattr(update_mailing, "_queue_batch", real)
        assert write() == 3
        assert (len(set(written())), Mail.objects.count(), Update.objects.being_mailed().count()) == (5, 5, 0)

    @pytest.mark.django_db(transaction=True)
    def test_four_workers_at_once_write_one_mail_to_each(self, monkeypatch):
        monkeypatch.setattr(update_mailing, "BATCH", 10)
        statement, organiser = make_statement(), make_organiser()
        for number in range(60):
            wanting(statement, f"signer-{number}@example.org")
        ask(make_update(statement), organiser)
        at_once(4, lambda number: write())
        write()

        assert (len(set(written())), Mail.objects.count()) == (60, 60)
        assert Update.objects.get().mailing_finished_at == LATER

    def test_its_run_ends_in_time_and_the_next_goes_on(self, statement, organiser, monkeypatch):
        monkeypatch.setattr(update_mailing, "BATCH", 1)
        for number in range(3):
            wanting(statement, f"signer-{number}@example.org")
        ask(make_update(statement), organiser)
        clock = iter([LATER] * 4 + [LATER + update_mailing.MAX_RUN_TIME] * 9)

        assert queue_update_emails(clock=lambda: next(clock)) == 1
        assert write() == 2


class TestWhen:
    def test_it_leaves_after_all_other_mail(self, settings, statement, organiser):
        wanting(statement, "wants@example.org")
        ask(make_update(statement), organiser)
        write()
        queue_own_page_email(signature_id=make_signature(statement, address="asks@example.org").id, now=LATER)
        sign(statement, "signs@example.org", now=LATER)

        assert send(settings).recipients == ["signs@example.org", "asks@example.org", "wants@example.org"]

    def test_it_keeps_the_caps_of_a_mailbox(self, settings, statement, organiser):
        signature = wanting(statement, "ilse@example.org")
        queue_own_page_email(signature_id=signature.id, now=LATER)
        ask(make_update(statement), organiser)
        write()
        mail = Mail.objects.get(kind="update")

        assert mail.due_at == LATER + timedelta(minutes=2)

    def test_the_sixth_of_a_day_waits_for_tomorrow(self, statement, organiser):
        wanting(statement, "ilse@example.org")
        for _ in range(6):
            ask(make_update(statement), organiser)
            write()

        due = list(Mail.objects.order_by("due_at").values_list("due_at", flat=True))
        assert due[:5] == [LATER + timedelta(minutes=2 * turn) for turn in range(5)]
        assert due[5] == LATER + timedelta(hours=24)

    def test_one_that_is_scheduled_leaves_when_it_appears(self, statement, organiser):
        wanting(statement, "ilse@example.org")
        tomorrow = LATER + timedelta(days=1)
        assert ask(make_update(statement, at=tomorrow), organiser)

        assert [write(LATER), write(tomorrow - timedelta(seconds=1)), write(tomorrow)] == [0, 0, 1]

    def test_a_draft_is_not_mailed(self, statement, organiser):
        wanting(statement, "ilse@example.org")

        assert not ask(make_update(statement, at=None), organiser)
        assert (write(), AuditEntry.objects.count()) == (0, 0)

    def test_taken_off_the_page_what_has_not_left_stays(self, settings, statement, organiser):
        wanting(statement, "ilse@example.org")
        update = make_update(statement)
        ask(update, organiser)
        write()
        retract_update(update_id=update.id, actor=organiser, now=LATER)

        assert send(settings).recipients == []

    def test_a_mailing_that_goes_on_is_no_sign_of_a_stuck_outbox(self, statement, organiser):
        wanting(statement, "ilse@example.org")
        ask(make_update(statement), organiser)
        write()

        assert not outbox_health(now=LATER + timedelta(hours=3)).is_late(LATER + timedelta(hours=3))


class TestTheMail:
    def test_it_is_in_the_signers_language_else_in_the_statements_own(self, settings, statement, organiser):
        edit_text(statement=statement, language="ar", title="رسالة", text="نص", now=NOON)
        for language in ("en", "ar", "fr"):
            wanting(statement, f"{language}@example.org", language=language)
        ask(make_update(statement, ar="التقينا"), organiser)
        write()
        sink = send(settings)
        message_of = dict(zip(sink.recipients, sink.messages, strict=True))
        frames = {
            address.partition("@")[0]: BeautifulSoup(mail.get_body(("html",)).get_content(), "html.parser")
            for address, mail in message_of.items()
        }

        assert {address.partition("@")[0]: mail["Subject"] for address, mail in message_of.items()} == {
            "en": "We met",
            "ar": "التقينا",
            "fr": "We met",
        }
        assert [
            (frames[language].html["lang"], frames[language].h1.parent["lang"]) for language in ("en", "ar", "fr")
        ] == [
            ("en", "en"),
            ("ar", "ar"),
            ("fr", "en"),
        ]
        assert "/ar/letter/updates/1/" in message_of["ar@example.org"].get_body(("plain",)).get_content()

    def test_it_tells_all_and_has_its_way_out(self, settings, statement, organiser):
        wanting(statement, "ilse@example.org")
        ask(make_update(statement, text="It went *well*.\n\n<script>alert(1)</script>"), organiser)
        write()
        (message,) = send(settings).messages
        text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))

        assert ("<em>well</em>" in html, "<script>" in html, "It went *well*." in text) == (True, False, True)
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        for body in (text, html):
            assert way_out(message) in body
            assert "/letter/updates/1/" in body

    def test_who_passes_it_on_gives_nothing_of_their_own_away(self, settings, statement, organiser):
        wanting(statement, "ilse@example.org", name="Ilse Varga")
        ask(make_update(statement), organiser)
        write()
        (message,) = send(settings).messages

        for body in (message.get_body((kind,)).get_content() for kind in ("plain", "html")):
            assert [words for words in ("/signature/", "/confirm/", "Ilse", "ilse@") if words in body] == []


def way_out(message):
    return message["List-Unsubscribe"].strip(" <>").partition("://")[2].partition("/")[2]


class TestTheWayOut:
    @pytest.fixture
    def path(self, settings, statement, organiser):
        settings.ALLOWED_HOSTS = ["testserver"]
        wanting(statement, "ilse@example.org")
        ask(make_update(statement), organiser)
        write()
        return "/" + way_out(send(settings).messages[0])

    def test_a_look_changes_nothing(self, path):
        assert "No more updates?" in Client().get(path).content.decode()
        assert Signature.objects.get().updates is True

    def test_one_press_from_anywhere_ends_updates_and_no_other_mail(self, path):
        elsewhere = {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}
        response = Client(enforce_csrf_checks=True).post(
            path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded", headers=elsewhere
        )

        assert (response.status_code, Signature.objects.get().updates) == (200, False)
        assert Suppression.objects.count() == 0

    def test_a_second_press_there_ends_all_mail(self, path):
        page = BeautifulSoup(Client().post(path).content, "html.parser")
        fields = {field["name"]: field["value"] for field in page.select("main form [name]")}
        Client().post(path, fields)

        assert Suppression.objects.get().reason == "no_mail"

    def test_a_link_of_another_mail_still_ends_all(self, settings, statement, path):
        signature = Signature.objects.get()
        queue_email(signature, Mail.Kind.APPROVED, now=LATER + timedelta(hours=1))
        other = "/" + way_out(send(settings, LATER + timedelta(hours=1)).messages[0])
        Client().post(other)

        assert Suppression.objects.get().reason == "no_mail"

    def test_on_ones_own_page_updates_are_asked_for_again(self, settings, path):
        signature = Signature.objects.get()
        Client().post(path)
        queue_own_page_email(signature_id=signature.id, now=LATER + timedelta(hours=1))
        message = send(settings, LATER + timedelta(hours=1)).messages[0].get_body(("plain",)).get_content()
        own = next(line for line in message.split() if "/signature/" in line)
        own = "/" + own.partition("://")[2].partition("/")[2]
        response = Client().post(own, {"act": "updates", "updates": "on"})

        assert (response.status_code, Signature.objects.get().updates) == (303, True)
        Client().post(own, {"act": "updates"})
        assert Signature.objects.get().updates is False


class TestTheDesk:
    @pytest.fixture
    def update(self, statement):
        return make_update(statement)

    @pytest.fixture
    def desk(self, organiser):
        return logged_in_client(organiser)

    def page(self, update):
        return reverse("admin:update_mail", args=[update.pk])

    def test_it_says_to_how_many_before_anything_leaves(self, statement, desk, update):
        for number in range(3):
            wanting(statement, f"signer-{number}@example.org")
        wanting(statement, "gone@example.org", state="withdrawn")
        page = BeautifulSoup(desk.get(self.page(update)).content, "html.parser")

        assert page.select_one("form.decide strong").get_text() == "3 signers"
        assert page.select_one("form.decide button").get_text(strip=True) == "Email it to 3 signers"
        assert not Update.objects.filter(mailing_asked_at__isnull=False).exists()

    def test_a_press_asks_the_worker_and_the_page_shows_how_far_it_is(self, settings, statement, desk, update):
        for number in range(3):
            wanting(statement, f"signer-{number}@example.org")
        response = desk.post(self.page(update))
        assert messages_of(response) == ["The emails are being sent. This page shows the progress."]
        now = timezone.now()
        write(now)
        send(settings, now)

        assert "3 of 3 sent" in desk.get(response["Location"]).content.decode()
        assert "An update is emailed only once" in desk.get(self.page(update)).content.decode()
        assert messages_of(desk.post(self.page(update)))[-1].startswith("Nothing changed")

    def test_a_desk_left_open_mails_nothing_without_the_password(self, statement, desk, update):
        wanting(statement, "ilse@example.org")
        move_login_back(desk, timedelta(minutes=20), ["password_at"])
        response = desk.post(self.page(update))

        assert response["Location"].startswith(reverse("admin:again"))
        assert not Update.objects.filter(mailing_asked_at__isnull=False).exists()

    def test_a_draft_cannot_be_mailed(self, statement, desk):
        draft = make_update(statement, at=None)

        assert BeautifulSoup(desk.get(self.page(draft)).content, "html.parser").select("form.decide") == []
        assert messages_of(desk.post(self.page(draft)))[0].startswith("Nothing changed")
        assert Update.objects.get().mailing_asked_at is None
