import time

import pytest
from django.utils import timezone

from signatures.mail.outbox_health import outbox_health
from signatures.public.models.tally import count
from tests.drills.crowd import Crowd
from tests.drills.reckoning import reckon, recount
from tests.outbox import is_all_sent
from tests.waiting import seconds_until, wait_for
from tools.dev import site as parts

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]


def test_two_beats_and_two_workers_send_each_mail_once(site, statement, sink, tell):
    """Afterwards one of the two beats stops, and nothing changes."""
    twins = [parts.beat(site.env, site.logs), parts.worker(site.env, site.logs)]
    for twin in twins:
        site.processes.append(twin)
        twin.start()
    crowd = Crowd(site)
    crowd.sign(150)
    wait_for(is_all_sent)
    time.sleep(25)  # each beat starts the outbox twice and the tally five times
    site.beat.kill()
    crowd.sign(50)
    recovered = seconds_until(is_all_sent)
    with crowd.confirming(sink.messages):
        pass
    wait_for(lambda: count(statement.id).all == 200)

    done = reckon(crowd, sink)
    tell(done, recovered=recovered)
    assert (len(done.accepted), done.rows, set(done.mails), done.duplicates) == (200, done.accepted, done.accepted, 0)
    assert outbox_health(now=timezone.now()).is_worker_alive(timezone.now())
    assert recount() == "counts agree\n"
