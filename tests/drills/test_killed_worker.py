import time

import pytest

from signatures.mail.send import LEASE
from signatures.public.models.tally import count
from signatures.signing.models.signature import Signature
from tests.drills.crowd import Crowd
from tests.drills.reckoning import reckon, recount
from tests.outbox import is_all_sent, move_clock_of_outbox
from tests.smtp import Sink, link_in
from tests.waiting import seconds_until, wait_for

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

AT_ONCE = 2  # emails in flight: the worker has two processes


@pytest.fixture
def sink() -> Sink:
    """Returns a mail server so slow that a kill comes in the middle of a batch."""
    return Sink(at_data=lambda address: time.sleep(0.02))


def kill_and_replace(worker):
    worker.kill()
    move_clock_of_outbox(LEASE)
    worker.start()


def test_row_03_a_worker_killed_in_mid_batch_loses_no_mail_and_no_count(site, statement, sink, tell):
    crowd, kills = Crowd(site), [40, 90, 140, 190]
    with crowd.signing(300):
        for mails in kills:
            wait_for(lambda: len(sink.messages) >= mails)  # noqa: B023
            kill_and_replace(site.worker)
    recovered = seconds_until(is_all_sent)

    with crowd.confirming(sink.messages):
        wait_for(lambda: Signature.objects.counted().count() >= 100)
        kill_and_replace(site.worker)

    done = reckon(crowd, sink)
    tell(done, recovered=recovered)
    assert (len(done.accepted), done.rows, set(done.mails)) == (300, done.accepted, done.accepted)
    assert done.duplicates <= len(kills) * AT_ONCE
    assert len({message["Message-ID"] for message in sink.messages}) == 300
    assert len({link_in(message, "confirm") for message in sink.messages}) == 300
    assert (count(statement.id).all, recount()) == (300, "counts agree\n")
