"""Turns a web host off while people sign, confirm and read: its cable is cut first, so no other host gets a message.
Then it does the same to the replica. docs/scaling.md describes such a site."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from signatures.signing.models.signature import Signature
from tests import network
from tests.drills.crowd import Answer, Crowd
from tests.drills.long.hosts import Hosts, all_hosts
from tests.drills.reckoning import longest, reckon, recount
from tests.network import Network
from tests.outbox import is_all_sent
from tests.smtp import Sink
from tests.waiting import wait_for

pytestmark = pytest.mark.drill

AT_A_TIME, PAUSE = 8, 0.25  # together 32 a second, the peak of the busiest petition
AT_ONCE = 2  # emails in flight at the kill: a worker has two processes
SEARCH, LIST = "/letter/signatories/?q=ilse+{}", "/letter/signatories/music/"
NAME, HERS = "Wren Holt", "/letter/signatories/?q=wren+holt"


@pytest.fixture
def sink() -> Sink:
    """Returns a mail server so slow that a worker dies in the middle of a batch."""
    return Sink(at_data=lambda address: time.sleep(0.05))


@pytest.fixture
def hosts(tmp_path: Path, sink: Sink, django_db_blocker: DjangoDbBlocker) -> Iterator[Hosts]:
    if reason := network.refusal():
        pytest.skip(reason)
    with Network() as wires, all_hosts(tmp_path, wires, sink, django_db_blocker) as hosts:
        yield hosts


class Confirming:
    """Opens the link of each email and presses the button, and tries again if nobody answers."""

    def __init__(self, crowd: Crowd, sink: Sink):
        self.crowd, self.sink = crowd, sink
        self.read_to = len(sink.messages)

    def go_on(self) -> None:
        if self.read_to < len(self.sink.messages) and self.crowd.confirm(self.sink.messages[self.read_to]) == 303:
            self.read_to += 1


def test_a_web_host_and_then_the_replica_go_dead_and_nobody_who_was_accepted_is_lost(hosts, sink, tell):
    crowd = Crowd(hosts.nginx, at_a_time=AT_A_TIME)
    signs_while_the_replica_lags(crowd, hosts, sink)
    confirming, searches, reads = Confirming(crowd, sink), list[Answer](), list[Answer]()
    asked_before = hosts.replica.times_asked()

    with (
        crowd.all_the_time(crowd.insist, pause=PAUSE),
        crowd.all_the_time(confirming.go_on, pause=0.05, people=1),
        crowd.reading_all_the_time(SEARCH, searches),
        crowd.reading_all_the_time(LIST, reads),
    ):
        wait_for(lambda: len(crowd.accepted) >= 150)
        searched = len(searches)
        hosts.first.die()
        died_at = time.monotonic()
        sign_on(crowd)
        replica_queries = hosts.replica.times_asked() - asked_before
        hosts.replica.die()
        sign_on(crowd)
        wait_for(lambda: hosts.second.has_logged("reading from the primary"))
    confirmed = confirming.read_to
    wait_for(is_all_sent, patience=150)
    recovered = time.monotonic() - died_at
    with crowd.confirming(sink.messages[confirmed:]):
        pass

    done, reads = reckon(crowd, sink), [*searches, *reads]
    shown = sum(read.status == 200 for read in reads)
    remark = f"{confirmed:,} confirmed and {len(reads):,} pages read meanwhile, {len(reads) - shown:,} not shown"
    tell(done, recovered=recovered, remark=remark, longest_read=longest(reads))
    assert (done.rows, set(done.mails)) == (done.accepted, done.accepted)
    assert done.duplicates <= AT_ONCE
    assert done.failed + done.answered(0) <= AT_A_TIME
    assert (Signature.objects.filter(state="pending").count(), shown) == (0, len(reads))
    assert replica_queries >= searched > 0
    assert recount() == "counts agree\n"


def signs_while_the_replica_lags(crowd: Crowd, hosts: Hosts, sink: Sink) -> None:
    """The signer who has just confirmed sees it, read from the primary, while lists come from a replica that lags
    behind."""
    assert crowd.sign_as("wren@example.org", NAME).status == 303
    wait_for(lambda: sink.messages)
    wait_for(hosts.replica.is_just_stamped)
    hosts.replica.ask("SELECT pg_wal_replay_pause()")
    assert "You are signatory number" in crowd.confirm_and_go_on(sink.messages[0])
    status, page = crowd.ask("GET", HERS)
    assert (status, NAME in page) == (200, False)
    hosts.replica.ask("SELECT pg_wal_replay_resume()")
    wait_for(lambda: NAME in crowd.ask("GET", HERS)[1])


def sign_on(crowd: Crowd) -> None:
    accepted_before = len(crowd.accepted)
    wait_for(lambda: len(crowd.accepted) >= accepted_before + 150, patience=120)
