"""This module holds drills. They break the broker, or the connection to it, for longer."""

import time

import pytest

from tests.drills.crowd import Crowd
from tests.drills.proxy import Proxy
from tests.drills.reckoning import longest, reckon
from tests.outbox import is_all_sent
from tests.smtp import serving
from tests.waiting import seconds_until, wait_for
from tools.dev import ports

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]


def test_a_site_that_starts_without_its_broker_takes_signatures_at_once(site, sink, broker, tell):
    """Signing is as fast as with a broker: the first request to a new process is slow in both cases."""
    crowd = Crowd(site)
    usual = crowd.sign(12)
    broker.kill()
    for process in (site.web, site.worker, site.beat):
        process.stop()
        process.start()
    site.wait_until_it_answers()
    first, others = crowd.sign(12), crowd.sign(40)
    broker.start()
    recovered = seconds_until(is_all_sent)

    done = reckon(crowd, sink)
    tell(done, recovered=recovered, longest_of_the_first=longest(first), longest_of_the_others=longest(others))
    assert (len(done.accepted), set(done.mails), done.duplicates) == (64, done.accepted, 0)
    assert longest(first) - longest(usual) < 1.5


def test_a_broker_that_restarts_five_times_is_not_noticed_by_who_signs(site, sink, broker, tell):
    crowd = Crowd(site)
    usual = crowd.sign(50)
    with crowd.signing(550):
        for signed in (100, 200, 300, 400, 500):
            wait_for(lambda: len(crowd.answers) >= signed)  # noqa: B023
            broker.stop()
            time.sleep(0.5)
            broker.start()
    recovered = seconds_until(is_all_sent)

    done = reckon(crowd, sink)
    tell(done, recovered=recovered, longest_before=longest(usual))
    assert (len(done.accepted), done.rows, set(done.mails), done.duplicates) == (600, done.accepted, done.accepted, 0)
    assert longest(done.answers) - longest(usual) < 2


def test_connections_that_swallow_everything_are_given_up(start_site, statement, sink, broker, tell):
    """Old connections stay dead, as when a firewall forgets them; new ones work after twenty seconds. Nothing tells
    the worker: its own time-outs have to find out."""
    with Proxy(to=broker.port) as proxy, serving(sink, ports.free()) as mail:
        site = start_site(EMAIL_URL=mail, REDIS_URL=broker.url.replace(f":{broker.port}", f":{proxy.port}"))
        crowd = Crowd(site)
        usual = crowd.sign(60)
        with crowd.signing(240):
            wait_for(lambda: len(crowd.answers) >= 100)
            proxy.go_dead()
        first, others = crowd.sign(12), crowd.sign(200)
        time.sleep(20)
        proxy.carry_new_ones()
        recovered = seconds_until(is_all_sent, patience=150)
        last = crowd.sign(20)
        again = seconds_until(is_all_sent, patience=150)

    done = reckon(crowd, sink)
    tell(
        done, recovered=recovered, longest_before=longest(usual), longest_of_the_first=longest(first),
        longest_of_the_others=longest(others), last_mail_after=again, longest_at_the_end=longest(last),
    )  # fmt: skip
    assert (len(done.accepted), done.rows, set(done.mails), done.duplicates) == (532, done.accepted, done.accepted, 0)
    assert longest(first) - longest(usual) < 2
    assert recovered < 120
