"""Kills the workers forty times in real time: no test moves the outbox's clock."""

import time

import pytest

from tests.drills.crowd import Crowd
from tests.drills.reckoning import reckon, recount
from tests.outbox import seconds_until_all_sent
from tests.smtp import Sink, link_in, serving
from tests.waiting import wait_for
from tools.dev import ports
from tools.dev import site as parts

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

PEOPLE, KILLS = 6000, 40
AT_ONCE = 2  # emails in flight at a kill: each worker has two processes


def test_row_03_two_workers_killed_forty_times_over_six_thousand_mails_lose_none(start_site, statement, tell):
    # the mail server is slow, so that kills come in the middle of a batch
    sink = Sink(at_data=lambda address: time.sleep(0.01))
    with serving(sink, ports.free()) as mail:
        site = start_site(EMAIL_URL=mail)
        workers = [site.worker, parts.worker(site.env, site.logs)]
        site.processes.append(workers[1])
        workers[1].start()
        crowd = Crowd(site)
        with crowd.signing(PEOPLE):
            for kill in range(KILLS):
                received_before = len(sink.messages)
                wait_for(lambda: len(sink.messages) > received_before + 20, patience=240)  # noqa: B023
                workers[kill % 2].kill()
                workers[kill % 2].start()
        recovered = seconds_until_all_sent(sink)

    done = reckon(crowd, sink)
    tell(
        done, recovered=recovered, remark="recovered: the leases of those killed last, 90 s, run out in their own time"
    )
    assert (len(done.accepted), done.rows, set(done.mails)) == (PEOPLE, done.accepted, done.accepted)
    assert done.duplicates <= KILLS * AT_ONCE
    assert len({message["Message-ID"] for message in sink.messages}) == PEOPLE
    assert len({link_in(message, "confirm") for message in sink.messages}) == PEOPLE
    assert recount() == "counts agree\n"
