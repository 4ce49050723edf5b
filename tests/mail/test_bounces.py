"""Tests that the mail service can report bounces and complaints, and that nobody else can."""

import hashlib
import hmac
import json
from base64 import b64encode
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from signatures.identity import mailbox
from signatures.mail.bounces import process_mail_events
from signatures.mail.models.email import Suppression
from signatures.mail.models.mail_event import MailEvent
from signatures.mail.send import send_emails
from signatures.mail.services import SERVICES, anymail_settings
from signatures.privacy.limits import SMTP_REPLY_RETENTION
from signatures.privacy.retention import apply_retention
from tests.people import NOON, make_statement, sign
from tests.smtp import mail_server

pytestmark = pytest.mark.django_db

KEY = "a-signing-key-of-mailgun"
PASSWORD = "postmark:a-password-that-only-they-know"


@pytest.fixture
def mailgun(settings):
    settings.MAIL_EVENTS, settings.ANYMAIL = "mailgun", anymail_settings("mailgun", KEY)


@pytest.fixture
def postmark(settings):
    settings.MAIL_EVENTS, settings.ANYMAIL = "postmark", anymail_settings("postmark", PASSWORD)


def from_mailgun(event="failed", *, token="t-1", key=KEY, **data):
    signature = hmac.new(key.encode(), f"1793707200{token}".encode(), hashlib.sha256).hexdigest()
    body = {
        "signature": {"timestamp": "1793707200", "token": token, "signature": signature},
        "event-data": {"event": event, "recipient": "Ilse@example.org", "timestamp": 1793707200, **data},
    }
    return Client().post("/-/mail-events", json.dumps(body), content_type="application/json")


def hard(**more):
    return from_mailgun(severity="permanent", reason="bounce", **more)


def from_postmark(password=PASSWORD, **data):
    body = {"RecordType": "Bounce", "Type": "HardBounce", "ID": 42, "Email": "ilse@example.org", **data}
    headers = {"Authorization": "Basic " + b64encode(password.encode()).decode()} if password else {}
    return Client().post("/-/mail-events", json.dumps(body), content_type="application/json", headers=headers)


def heed():
    process_mail_events(now=timezone.now())
    return list(Suppression.objects.values_list("reason", flat=True))


def is_suppressed(address):
    return Suppression.objects.cover(mailbox.parse(address).digests)


def test_a_hard_bounce_is_stored_first_and_then_ends_the_mail(mailgun, settings):
    sign(make_statement(), "ilse@example.org")
    assert hard().status_code == 204
    assert (MailEvent.objects.get().heeded_at, Suppression.objects.count()) == (None, 0)

    assert heed() == ["bounced"]
    assert is_suppressed("ilse@example.org")
    with mail_server(settings) as sink:
        send_emails(clock=lambda: NOON)
    assert sink.recipients == []


def test_a_complaint_and_a_wish_to_hear_no_more_end_it_too(mailgun):
    from_mailgun("complained", token="t-1")
    from_mailgun("unsubscribed", token="t-2", recipient="zofia@example.org")

    assert sorted(heed()) == ["complained", "no_mail"]


@pytest.mark.parametrize(
    "event",
    [
        {"event": "failed", "severity": "temporary", "reason": "generic"},
        {
            "event": "failed",
            "severity": "permanent",
            "reason": "generic",
        },  # refuses the message, not the mailbox
        {"event": "delivered"},
        {"event": "opened"},
    ],
)
def test_nothing_else_is_kept(mailgun, event):
    assert from_mailgun(**event).status_code == 204
    assert MailEvent.objects.count() == 0


def test_what_is_told_again_counts_once(mailgun):
    for _time in range(3):
        assert hard().status_code == 204

    assert (MailEvent.objects.count(), heed(), hard().status_code) == (1, ["bounced"], 204)
    assert MailEvent.objects.filter(heeded_at=None).count() == 0


def test_after_it_was_heeded_it_says_of_nobody(mailgun):
    hard()
    digest = mailbox.parse("ilse@example.org").digest
    assert bytes(MailEvent.objects.get().mailbox_digest) == digest
    heed()

    assert (MailEvent.objects.get().mailbox_digest, MailEvent.objects.get().digest_key) == (None, "")


def test_it_is_forgotten_after_thirty_days(mailgun):
    hard()
    heed()
    received = MailEvent.objects.get().received_at

    assert apply_retention(now=received + SMTP_REPLY_RETENTION - timedelta(seconds=1)).mail_events == 0
    assert apply_retention(now=received + SMTP_REPLY_RETENTION).mail_events == 1


class TestStrangers:
    def test_a_forged_signature_is_refused_and_leaves_nothing(self, mailgun):
        assert hard(key="a-key-that-somebody-guessed").status_code == 403
        assert MailEvent.objects.count() == 0

    @pytest.mark.parametrize("body", ["", "{}", "[]", "null", '{"signature": 1}', "\x00", "a=b"])
    def test_what_is_not_a_report_is_refused(self, mailgun, body):
        for kind in ("application/json", "application/x-www-form-urlencoded", "text/plain"):
            assert Client().post("/-/mail-events", body, content_type=kind).status_code in (400, 403)
        assert MailEvent.objects.count() == 0

    def test_what_is_too_long_is_not_read(self, mailgun, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
        assert hard(description="x" * 1000).status_code == 413

    @pytest.mark.parametrize("password", [None, "postmark:wrong", "postmark"])
    def test_without_the_password_nobody_is_the_service(self, postmark, password):
        assert from_postmark(password).status_code == 403
        assert MailEvent.objects.count() == 0

    @pytest.mark.parametrize("data", [{"Email": "not an address"}, {"Email": None}, {"Email": "a@b@c"}])
    def test_an_odd_address_does_no_harm(self, postmark, data):
        assert from_postmark(**data).status_code == 204
        assert MailEvent.objects.count() == 0

    def test_where_no_service_is_set_there_is_no_such_page(self):
        assert hard().status_code == 404
        assert Client().get("/-/mail-events").status_code == 404


class TestPostmark:
    def test_a_hard_bounce(self, postmark):
        assert from_postmark().status_code == 204
        assert heed() == ["bounced"]

    @pytest.mark.parametrize(
        "data", [{"Type": "SoftBounce"}, {"Type": "Transient"}, {"Details": "", "Type": "DnsError"}]
    )
    def test_a_soft_one(self, postmark, data):
        from_postmark(**data)
        assert heed() == []


def test_whoever_asks_whether_anybody_is_there_is_told(mailgun):
    assert Client().head("/-/mail-events").status_code == 200


class TestSettings:
    @pytest.mark.parametrize("service", sorted(SERVICES))
    def test_each_service_can_be_had_and_none_without_its_key(self, settings, service):
        settings.MAIL_EVENTS, settings.ANYMAIL = service, anymail_settings(service, PASSWORD)
        answer = Client().post("/-/mail-events", "{}", content_type="application/json")
        assert answer.status_code == 403

        with pytest.raises(ImproperlyConfigured, match="set MAIL_EVENTS_KEY"):
            anymail_settings(service, None)

    @pytest.mark.parametrize("key", ["just-a-word-that-is-long-enough", "user:short"])
    def test_who_signs_nothing_needs_a_user_and_a_password(self, key):
        with pytest.raises(ImproperlyConfigured, match="user:password of 24 characters"):
            anymail_settings("postmark", key)
