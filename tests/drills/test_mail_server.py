"""Tests a mail server that is away, silent or refuses: email waits, and is sent once when the server accepts it."""

import socket
from contextlib import closing
from datetime import timedelta

import pytest

from signatures.mail.models.email import Mail, Suppression
from tests.drills.crowd import Crowd
from tests.drills.reckoning import reckon
from tests.outbox import is_all_sent, move_clock_of_outbox
from tests.smtp import HANG_UP, TAKE_AND_HANG_UP, Sink, serving
from tests.waiting import seconds_until, wait_for
from tools.dev import ports

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]


def is_told(words):
    """Tells whether the outbox has this as the mail server's last answer to an email."""
    return Mail.objects.filter(status=Mail.Status.QUEUED, last_error__startswith=words).exists()


def test_row_10_mail_waits_for_a_mail_server_that_is_away_silent_or_unwilling(start_site, statement, tell):
    port = ports.free()
    site = start_site(EMAIL_URL=f"smtp://{ports.HOST}:{port}")
    crowd = Crowd(site, at_a_time=1)

    crowd.sign(2)
    wait_for(lambda: is_told("ConnectionRefusedError"))

    with closing(socket.create_server((ports.HOST, port))):  # accepts the connection and says nothing
        move_clock_of_outbox(timedelta(hours=1))
        crowd.sign(1)
        wait_for(lambda: is_told("SMTPServerDisconnected"))

    sink = Sink()
    with serving(sink, port):
        for refusal in ("421 too many connections", "451 greylisted, come back"):
            sink.at_rcpt = lambda address: refusal  # noqa: B023
            sign_and_wait_for(crowd, refusal)
        sink.at_rcpt = lambda address: None
        for refusal, last_answer in {"451 come back": "451 come back", HANG_UP: "SMTPServerDisconnected"}.items():
            sink.at_data = lambda address: refusal  # noqa: B023
            sign_and_wait_for(crowd, last_answer)
        sink.at_data = lambda address: TAKE_AND_HANG_UP
        sign_and_wait_for(crowd, "SMTPServerDisconnected")
        twice = set(sink.recipients)
        sink.at_data = lambda address: None
        sink.at_rcpt = lambda address: "550 no such mailbox" if address == "signer-9@example.org" else None
        move_clock_of_outbox(timedelta(hours=1))
        crowd.sign(1)
        recovered = seconds_until(is_all_sent)

    done = reckon(crowd, sink)
    tell(
        done, recovered=recovered, remark="one mailbox does not exist (550); who was hung up on after DATA has it twice"
    )
    assert len(done.accepted) == 9
    assert set(done.mails) == done.accepted - {"signer-9@example.org"}
    assert {address for address, count in done.mails.items() if count > 1} == twice
    assert len({message["Message-ID"] for message in sink.messages}) == len(done.mails)
    assert (failed(), Suppression.objects.get().reason) == (["550 no such mailbox"], Suppression.Reason.REFUSED)


def sign_and_wait_for(crowd, words):
    """Ends the pauses of earlier faults, lets one more person sign, and waits for this fault."""
    move_clock_of_outbox(timedelta(hours=1))
    Mail.objects.update(last_error="")
    crowd.sign(1)
    wait_for(lambda: is_told(words))


def failed():
    return list(Mail.objects.filter(status=Mail.Status.FAILED).values_list("last_error", flat=True))
