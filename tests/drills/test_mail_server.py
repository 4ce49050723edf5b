"""The mail server is away, silent, or unwilling: mail waits, and goes out once when it takes it."""

import socket
from contextlib import closing
from datetime import timedelta

import pytest

from dev import ports
from signatures.models import Mail
from tests.drills.crowd import Crowd
from tests.drills.reckoning import reckon
from tests.outbox import is_all_sent, let_time_pass
from tests.smtp import Sink, serving
from tests.waiting import wait_for

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]


def is_told(words):
    """Whether the outbox notes these as the last words of the mail server to somebody."""
    return Mail.objects.filter(status=Mail.Status.QUEUED, last_error__startswith=words).exists()


def test_mail_waits_for_a_mail_server_that_is_away_silent_or_unwilling(start_site, statement):
    port = ports.free()
    site = start_site(EMAIL_URL=f"smtp://{ports.HOST}:{port}")
    crowd = Crowd(site, at_a_time=1)

    crowd.sign(2)
    wait_for(lambda: is_told("ConnectionRefusedError"))

    with closing(socket.create_server((ports.HOST, port))):  # takes the call and says nothing
        let_time_pass(timedelta(hours=1))
        crowd.sign(1)
        wait_for(lambda: is_told("SMTPServerDisconnected"))

    sink = Sink()
    with serving(sink, port):
        for refusal in ("421 too many connections", "451 greylisted, come back"):
            sink.at_rcpt = lambda address: refusal  # noqa: B023
            let_time_pass(timedelta(hours=1))
            crowd.sign(1)
            wait_for(lambda: is_told(refusal))  # noqa: B023

        sink.at_rcpt = lambda address: None
        let_time_pass(timedelta(hours=1))
        crowd.sign(1)
        wait_for(is_all_sent)

    done = reckon(crowd, sink)
    done.tell("the mail server away, silent and unwilling")
    assert (len(done.accepted), set(done.mails), done.doubles) == (6, done.accepted, 0)
