"""Tests that each email leaves once, through a real SMTP server, and stays queued while it cannot leave."""

import re
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from signatures.identity import mailbox
from signatures.mail import send
from signatures.mail.messages import build_message
from signatures.mail.models.email import Mail, Suppression
from signatures.mail.send import LEASE
from signatures.privacy.erase import not_me
from signatures.public.fold_tally import recount
from signatures.public.models.tally import TallyEntry, count
from signatures.signing.resend import queue_own_page_email
from signatures.statements.edit_text import edit_text
from signatures.web.models import Measurement
from tests.people import NOON, make_signature, make_statement, sign
from tests.site import Site, database_url
from tests.smtp import mail_server
from tests.threads import at_once
from tests.waiting import wait_for
from tools.dev import ports

pytestmark = pytest.mark.django_db

Status = Mail.Status


@pytest.fixture
def statement():
    return make_statement()


def at(moment):
    return lambda: moment


def deliver(moment=NOON):
    return send.send_emails(clock=at(moment))


def outbox():
    return list(Mail.objects.order_by("id").values_list("status", flat=True))


def links(message):
    return re.findall(r"https?://\S+", message.get_body(("plain",)).get_content())


def test_a_mail_goes_to_the_signers_mailbox_and_says_whose_it_is(statement, settings):
    sign(statement)
    with mail_server(settings) as sink:
        deliver()

    (message,) = sink.messages
    assert sink.recipients == ["ilse@example.org"]
    assert message["To"] == "ilse@example.org"
    assert message["From"] == settings.DEFAULT_FROM_EMAIL
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == Mail.objects.get().message_id
    assert {part.get_content_type() for part in message.iter_parts()} == {"text/plain", "text/html"}
    assert "Ilse Varga" in message.get_body(("plain",)).get_content()
    assert outbox() == [Status.SENT]


def test_row_17_the_first_mail_holds_no_word_of_the_visitors_but_the_name(statement, settings):
    sign(statement, credit="buy at my shop", organisation="The Shop")
    with mail_server(settings) as sink:
        deliver()

    assert "shop" not in sink.messages[0].as_string().lower()


def test_row_18_the_envelope_has_the_domain_that_was_typed(statement, settings):
    sign(statement, "user@straße.de")
    with mail_server(settings) as sink:
        deliver()

    assert sink.recipients == ["user@xn--strae-oqa.de"]


def test_many_mails_go_over_one_connection(statement, settings):
    for number in range(60):
        sign(statement, f"signer-{number}@example.org")
    with mail_server(settings) as sink:
        done = deliver()

    assert (done.sent, len(sink.recipients), len(set(sink.recipients))) == (60, 60, 60)
    assert len(sink.sessions) == 1


def test_confirmations_go_ahead_of_everything_else(statement, settings):
    queue_own_page_email(signature_id=make_signature(statement, address="first@example.org").id, now=NOON)
    sign(statement, "second@example.org", now=NOON + timedelta(seconds=5))
    with mail_server(settings) as sink:
        deliver(NOON + timedelta(seconds=10))

    assert sink.recipients == ["second@example.org", "first@example.org"]


def test_row_08_a_temporary_refusal_puts_the_mail_off_with_the_same_link_and_message_id(statement, settings):
    sign(statement)
    with mail_server(settings, at_rcpt=lambda address: "450 come back later"):
        done = deliver()
    mail = Mail.objects.get()
    assert (done.deferred, mail.status, mail.last_error) == (1, Status.QUEUED, "450 come back later")
    assert timedelta(seconds=15) <= mail.next_attempt_at - NOON <= timedelta(seconds=45)

    before = build_message(mail)
    with mail_server(settings) as sink:
        deliver(NOON + timedelta(minutes=1))
    assert sink.messages[0]["Message-ID"] == mail.message_id
    assert links(sink.messages[0]) == re.findall(r"https?://\S+", before.body)


def test_row_10_pauses_grow_and_after_two_days_the_mail_has_failed(statement, settings):
    sign(statement)
    pauses, moment = [], NOON
    with mail_server(settings, at_data=lambda address: "451 not now"):
        while Mail.objects.get().status == Status.QUEUED:
            deliver(moment)
            mail = Mail.objects.get()
            pauses.append(mail.next_attempt_at - moment)
            moment = mail.next_attempt_at
    assert max(pauses[:2]) < timedelta(minutes=2)
    assert timedelta(minutes=30) <= pauses[-2] <= timedelta(minutes=90)
    assert timedelta(hours=48) < moment - NOON < timedelta(hours=51)
    assert Mail.objects.get().status == Status.FAILED


def test_a_mailbox_that_does_not_exist_gets_no_second_try(statement, settings):
    signature = sign(statement)
    with mail_server(settings, at_rcpt=lambda address: f"550 <{address}>: no such user here"):
        done = deliver()

    mail = Mail.objects.get()
    assert (done.failed, mail.status) == (1, Status.FAILED)
    assert mail.last_error == "550 no such user here"
    assert Suppression.objects.cover([bytes(signature.mailbox_digest)])


def test_a_message_refused_for_its_content_fails_without_suppressing_the_mailbox(statement, settings):
    sign(statement)
    with mail_server(settings, at_data=lambda address: "554 looks like spam"):
        deliver()

    assert outbox() == [Status.FAILED]
    assert Suppression.objects.count() == 0


def test_one_refused_mail_does_not_hold_up_the_next(statement, settings):
    for name in ("a", "b", "c"):
        sign(statement, f"{name}@example.org")
    with mail_server(settings, at_rcpt=lambda address: "550 no" if address.startswith("b") else None) as sink:
        deliver()

    assert sink.recipients == ["a@example.org", "c@example.org"]
    assert outbox() == [Status.SENT, Status.FAILED, Status.SENT]


def test_421_pauses_the_sender_and_costs_no_mail_its_turn(statement, settings):
    for name in ("a", "b", "c"):
        sign(statement, f"{name}@example.org")
    with mail_server(settings, at_rcpt=lambda address: "421 too many" if address.startswith("b") else None) as sink:
        deliver()
    assert sink.recipients == ["a@example.org"]
    assert outbox() == [Status.SENT, Status.QUEUED, Status.QUEUED]

    with mail_server(settings) as sink:
        deliver(NOON + timedelta(minutes=1))
    assert sorted(sink.recipients) == ["b@example.org", "c@example.org"]


def test_a_mail_server_that_is_away_loses_nothing(statement, settings):
    for name in ("a", "b"):
        sign(statement, f"{name}@example.org")
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", ports.free()
    settings.EMAIL_BACKEND = "signatures.mail.smtp_backend.EmailBackend"
    deliver()
    assert [mail.last_error for mail in Mail.objects.all()] == 2 * ["ConnectionRefusedError"]

    with mail_server(settings) as sink:
        deliver(NOON + timedelta(minutes=1))
    assert sorted(sink.recipients) == ["a@example.org", "b@example.org"]


def test_a_leased_mail_is_nobody_elses_until_the_lease_ends(statement):
    sign(statement)
    (claimed,) = Mail.objects.claim(now=NOON, until=NOON + LEASE, limit=10)

    assert Mail.objects.claim(now=NOON + LEASE - timedelta(seconds=1), until=NOON, limit=10) == []
    (again,) = Mail.objects.claim(now=NOON + LEASE, until=NOON + 2 * LEASE, limit=10)
    assert (claimed.id, claimed.attempts, again.attempts) == (again.id, 1, 2)


@pytest.mark.django_db(transaction=True)
def test_a_sender_whose_lease_ran_out_marks_nothing(settings):
    """It sent the email after its lease had expired. Another sender has claimed the email and records the result."""
    sign(make_statement())

    def claimed_by_another(address):
        Mail.objects.update(attempts=F("attempts") + 1)
        connection.close()

    with mail_server(settings, at_data=claimed_by_another) as sink:
        deliver()
    assert len(sink.recipients) == 1
    assert outbox() == [Status.QUEUED]


def test_what_is_no_longer_true_is_not_sent(statement, settings):
    erased = sign(statement, "erased@example.org")
    sign(statement, "again@example.org", name="Ilse Varga")
    sign(statement, "again@example.org", name="Ilse V.", now=NOON + timedelta(minutes=3))
    not_me(signature_id=erased.id, now=NOON)
    with mail_server(settings) as sink:
        deliver(NOON + timedelta(minutes=5))

    assert sink.recipients == ["again@example.org"]
    assert "Ilse V." in sink.messages[0].get_body(("plain",)).get_content()
    assert outbox() == [Status.CANCELLED, Status.CANCELLED, Status.SENT]


def test_a_mailbox_suppressed_since_gets_nothing(statement, settings):
    sign(statement)
    by = mailbox.parse("ilse@example.org")
    Suppression.objects.create(mailbox_digest=by.digest, reason="not_me", created_at=NOON)
    with mail_server(settings) as sink:
        deliver()

    assert (sink.recipients, outbox()) == ([], [Status.CANCELLED])


def test_a_mail_goes_out_in_its_signers_language(statement, settings):
    edit_text(statement=statement, language="ar", title="رسالة المبدعين", text="ما يصنعه الناس.", now=NOON)
    sign(statement)
    Mail.objects.update(language="ar")
    with mail_server(settings) as sink:
        deliver()

    assert "رسالة المبدعين" in sink.messages[0]["Subject"]
    assert 'dir="rtl"' in sink.messages[0].get_body(("html",)).get_content()
    assert all("/ar/" in link for link in links(sink.messages[0]) if "confirm" in link)


@pytest.mark.django_db(transaction=True)
def test_row_09_four_senders_at_once_send_each_mail_once(settings):
    statement = make_statement()
    for number in range(200):
        sign(statement, f"signer-{number}@example.org")
    with mail_server(settings) as sink:
        at_once(4, lambda _: deliver())

    assert len(sink.recipients) == 200 == len(set(sink.recipients))


@pytest.mark.django_db(transaction=True)
def test_row_09_two_beats_send_no_mail_twice_and_count_nobody_twice(tmp_path, settings):
    """Two schedulers start every task twice on two workers, while an email is queued without a wake-up."""
    statement = make_statement(now=timezone.now())
    for number in range(40):
        sign(statement, f"signer-{number}@example.org", now=timezone.now())
        make_signature(statement, now=timezone.now())
    with mail_server(settings) as sink:
        server = {"EMAIL_URL": f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}", "DATABASE_URL": database_url()}
        (tmp_path / "second").mkdir()
        with (
            Site(tmp_path, processes=("worker", "beat"), schedule="tests.quick_schedule", **server),
            Site(tmp_path / "second", processes=("worker", "beat"), schedule="tests.quick_schedule", **server),
        ):
            wait_for(lambda: Mail.objects.filter(status=Status.SENT).count() == 40)
            wait_for(lambda: not TallyEntry.objects.exists())
            sweeps = Measurement.objects.filter(name="mails").values_list("value", flat=True)
            time.sleep(2.1)  # each scheduler runs twice more

    assert sorted(sink.recipients) == sorted(f"signer-{number}@example.org" for number in range(40))
    assert (sum(sweeps), count(statement.id).all, recount()) == (40, 40, [])
