"""The mail server is away, silent, or unwilling: mail waits, and goes out once when it takes it."""

import socket
from contextlib import closing
from datetime import timedelta

import pytest

from dev import ports
from signatures.models import Mail, Pace
from tests.drills.crowd import Crowd
from tests.drills.reckoning import reckon
from tests.outbox import is_all_sent, let_time_pass
from tests.smtp import Sink, serving
from tests.waiting import wait_for

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

REFUSALS = {
    "signer-1@example.org": "451 greylisted, come back",
    "signer-2@example.org": "450 mailbox busy",
    "signer-3@example.org": "421 too many connections",
}


def last_words():
    return set(Mail.objects.filter(status=Mail.Status.QUEUED).values_list("last_error", flat=True))


def nobody_rests():
    """All are of one provider, which rests for longer each time that it refuses; nobody waits that out in a test."""
    return Pace.objects.update(rests_until=None, allowance=100) >= 0


def test_mail_waits_for_a_mail_server_that_is_away_silent_or_unwilling(start_site, statement):
    port = ports.free()
    site = start_site(EMAIL_URL=f"smtp://{ports.HOST}:{port}")
    crowd = Crowd(site, at_a_time=1)

    crowd.sign(2)
    wait_for(lambda: last_words() == {"ConnectionRefusedError"})

    with closing(socket.create_server((ports.HOST, port))):  # takes the call and says nothing
        let_time_pass(timedelta(hours=1))
        crowd.sign(1)
        wait_for(lambda: last_words() == {"SMTPServerDisconnected"})

    sink = Sink(at_rcpt=REFUSALS.get)
    with serving(sink, port):
        let_time_pass(timedelta(hours=1))
        crowd.sign(1)
        wait_for(lambda: nobody_rests() and {word[:3] for word in last_words()} <= {"421", "450", "451"})

        sink.at_rcpt = lambda address: None
        let_time_pass(timedelta(hours=1))
        crowd.sign(1)
        wait_for(lambda: nobody_rests() and is_all_sent())

    done = reckon(crowd, sink)
    done.tell("the mail server away, silent and unwilling")
    assert (len(done.accepted), set(done.mails), done.doubles) == (5, done.accepted, 0)
