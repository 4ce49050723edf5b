"""Tests a mail server with every fault at once, under load and in real time, with the real pauses."""

import time
from collections import Counter

import pytest

from signatures.mail.models.email import Mail, Suppression
from tests.drills.crowd import Crowd
from tests.drills.reckoning import reckon
from tests.outbox import is_all_sent
from tests.smtp import HANG_UP, TAKE_AND_HANG_UP, Sink, serving
from tests.waiting import seconds_until
from tools.dev import ports

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

RCPT = {"f1": "421 4.3.2 closing down", "f2": "451 4.3.0 try later"}
DATA = {"f3": HANG_UP, "f4": TAKE_AND_HANG_UP, "f5": "421 4.3.2 closing down", "f6": "451 4.7.1 try later"}
STALLS, NOBODY, GONE = "f7", "f8", "550 5.1.1 no such mailbox"
FAULTY = [*RCPT, *DATA, NOBODY]
MAILBOXES_PER_PROVIDER = 2  # mailboxes of each faulty provider; the one that stalls has one


class Unwilling:
    """A mail server at which each provider has its own fault, at the first try of each email."""

    def __init__(self) -> None:
        self.tries: Counter[tuple[str, str]] = Counter()

    def at_rcpt(self, address: str) -> str | None:
        if provider_of(address) == NOBODY:
            return GONE
        return RCPT.get(provider_of(address)) if self._is_first("RCPT", address) else None

    def at_data(self, address: str) -> str | None:
        if not self._is_first("DATA", address):
            return None
        if provider_of(address) == STALLS:
            time.sleep(12)  # longer than the worker waits
            return "451 4.4.2 too late"
        return DATA.get(provider_of(address))

    def _is_first(self, verb: str, address: str) -> bool:
        self.tries[verb, address] += 1
        return self.tries[verb, address] == 1


def provider_of(address: str) -> str:
    return address.partition("@")[2].partition(".")[0]


def test_every_fault_of_a_mail_server_costs_a_mail_its_turn_and_no_more(start_site, statement, tell):
    """550 is final, so there is no second try. An email is sent twice if the connection ends after the server has
    accepted it."""
    unwilling = Unwilling()
    sink = Sink(at_rcpt=unwilling.at_rcpt, at_data=unwilling.at_data)
    people = [f"signer-{number}@{fault}.example.org" for fault in FAULTY for number in range(MAILBOXES_PER_PROVIDER)]
    people += [f"signer-0@{STALLS}.example.org", *(f"signer-{number}@example.org" for number in range(200))]
    people.sort(key=lambda address: address.partition("@")[0])
    with serving(sink, ports.free()) as mail:
        crowd = Crowd(start_site(EMAIL_URL=mail))
        with crowd.meanwhile(crowd.sign_as, people):
            pass
        recovered = seconds_until(is_all_sent, patience=270)

    done = reckon(crowd, sink)
    nobody = {address for address in people if provider_of(address) == NOBODY}
    twice = {address for address in people if DATA.get(provider_of(address)) == TAKE_AND_HANG_UP}
    tell(
        done,
        recovered=recovered,
        remark=f"{len(nobody)} mailboxes do not exist (550); {len(twice)} were hung up on after DATA",
    )
    assert (len(done.accepted), done.rows) == (len(people), done.accepted)
    assert set(done.mails) == done.accepted - nobody
    assert {address for address, count in done.mails.items() if count > 1} == twice
    assert done.duplicates == len(twice)
    assert len({message["Message-ID"] for message in sink.messages}) == len(done.mails)
    assert (Mail.objects.filter(status=Mail.Status.FAILED).count(), Suppression.objects.count()) == (
        MAILBOXES_PER_PROVIDER,
        MAILBOXES_PER_PROVIDER,
    )
