"""Tests the reminders to signers who have not confirmed: at most two, after one day and after four days."""

from datetime import timedelta

import pytest
from django.core import mail as outbox

from signatures.mail.models.email import Mail, Suppression
from signatures.mail.send import send_emails
from signatures.signing.remind import queue_reminders
from signatures.statements.models.switch import Switch
from tests.people import NOON, make_statement, sign

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def statement():
    return make_statement(sends_reminders=True)


def mailed(statement, address="ilse@example.org", **fields):
    signature = sign(statement, address, **fields)
    Mail.objects.filter(signature=signature).update(status="sent", sent_at=NOON)
    return signature


def reminders():
    return Mail.objects.filter(kind="reminder").count()


def test_one_after_a_day_one_after_four_and_no_more(statement):
    mailed(statement)
    counts = []
    for hours in range(0, 240, 6):
        now = NOON + timedelta(hours=hours, minutes=1)
        queue_reminders(now=now)
        counts.append(reminders())

    assert counts == [0] * 4 + [1] * 12 + [2] * 24


def test_it_confirms_in_the_signers_language_and_has_both_ways_out(statement, client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    signature = mailed(statement)
    type(signature).objects.filter(id=signature.id).update(language="fr")
    queue_reminders(now=NOON + DAY)
    send_emails(clock=lambda: NOON + DAY)

    (message,) = outbox.outbox
    assert (message.to, Mail.objects.get(kind="reminder").language) == (["ilse@example.org"], "fr")
    assert "/fr/confirm/" in message.body
    assert "/fr/not-me/" in message.body
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("state", ["confirmed", "held", "withdrawn", "rejected"])
def test_not_to_who_is_no_longer_waiting(statement, state):
    signature = mailed(statement)
    type(signature).objects.filter(id=signature.id).update(state=state, confirmed_at=NOON)

    assert queue_reminders(now=NOON + DAY) == 0


def test_not_to_who_wants_no_mail_or_is_flagged(statement):
    Suppression.objects.suppress(mailed(statement), Suppression.Reason.NO_MAIL, now=NOON)
    mailed(statement, "flagged@example.org", flags=["honeypot"])

    assert queue_reminders(now=NOON + DAY) == 0


def test_not_before_the_mailbox_may_have_one_more(statement):
    mailed(statement)
    sign(make_statement("other"), now=NOON + DAY)

    assert queue_reminders(now=NOON + DAY + timedelta(minutes=1)) == 0
    assert queue_reminders(now=NOON + DAY + timedelta(minutes=2)) == 1


def test_not_where_organisers_did_not_ask_for_it(statement):
    mailed(statement)
    type(statement).objects.update(sends_reminders=False)

    assert queue_reminders(now=NOON + DAY) == 0


@pytest.mark.parametrize("name", ["pause_mail", "pause_signing", "read_only"])
def test_not_while_they_could_do_nothing_with_it(statement, name):
    mailed(statement)
    Switch.objects.create(name=name, turned_at=NOON)

    assert queue_reminders(now=NOON + DAY) == 0


def test_not_once_the_statement_is_closed(statement):
    mailed(statement)
    type(statement).objects.update(state="closed")

    assert queue_reminders(now=NOON + DAY) == 0


def test_what_was_confirmed_meanwhile_is_not_sent(statement):
    signature = mailed(statement)
    queue_reminders(now=NOON + DAY)
    type(signature).objects.filter(id=signature.id).update(state="confirmed", confirmed_at=NOON)
    send_emails(clock=lambda: NOON + DAY)

    assert (outbox.outbox, Mail.objects.get(kind="reminder").status) == ([], "cancelled")


def test_who_signs_again_is_not_reminded_a_third_time(statement):
    signature = mailed(statement)
    for days in (1, 4, 5, 6):
        queue_reminders(now=NOON + days * DAY)
    sign(statement, now=NOON + 7 * DAY)
    queue_reminders(now=NOON + 9 * DAY)

    assert (signature.mails.filter(kind="confirm").count(), reminders()) == (2, 2)
