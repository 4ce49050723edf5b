"""Breaks the broker, which has wake-ups and counters for limits: the site works without both.

The longest answers are compared with those of the same signers a moment before, because a busy machine is slow
anyway.
"""

import threading
from statistics import median

import pytest
from celery import current_app
from kombu import Connection
from redis import Redis

from tests.drills.crowd import Crowd
from tests.drills.reckoning import longest, reckon
from tests.outbox import is_all_sent
from tests.smtp import Sink, serving
from tests.waiting import seconds_until, wait_for
from tools.dev import ports

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]


def restart_web(site):
    site.web.stop()
    site.web.start()
    site.wait_until_it_answers()


def typical(answers):
    return median(answer.seconds for answer in answers)


def test_row_05_five_hundred_people_sign_while_the_broker_stops(site, sink, broker, tell):
    crowd = Crowd(site)
    usual = crowd.sign(100)
    with crowd.signing(400):
        wait_for(lambda: len(crowd.answers) >= 120)
        broker.kill()
    stopped = crowd.answers[120:]
    broker.start()
    recovered = seconds_until(is_all_sent)

    done = reckon(crowd, sink)
    tell(
        done,
        longest_before=longest(usual),
        longest_without=longest(stopped),
        recovered=recovered,
    )
    assert (len(done.accepted), done.rows, set(done.mails), done.duplicates) == (500, done.accepted, done.accepted, 0)
    assert longest(stopped) - longest(usual) < 1.5


def test_row_05_a_frozen_broker_costs_the_first_people_a_moment_and_the_others_nothing(site, sink, broker, tell):
    crowd = Crowd(site)
    restart_web(site)
    cold, usual = crowd.sign(12), crowd.sign(28)
    broker.pause()
    first, others = crowd.sign(12), crowd.sign(200)
    restart_web(site)
    fresh = crowd.sign(12)
    broker.resume()
    recovered = seconds_until(is_all_sent)

    done = reckon(crowd, sink)
    tell(
        done,
        longest_before=longest(usual),
        longest_of_the_first=longest(first),
        longest_of_the_others=longest(others),
        longest_after_a_restart=longest(fresh),
        longest_after_one_before=longest(cold),
        recovered=recovered,
    )
    assert (len(done.accepted), done.rows, set(done.mails), done.duplicates) == (264, done.accepted, done.accepted, 0)
    assert longest(first) - longest(usual) < 2
    assert longest(fresh) - longest(cold) < 2
    assert typical(others) < 1


def test_row_04_beat_finds_what_no_hint_announced(site, sink, broker, tell):
    """The wake-ups are only in the broker's memory when it is emptied, and the worker has stopped."""
    site.worker.kill()
    crowd = Crowd(site)
    crowd.sign(50)
    with Redis.from_url(broker.url) as memory:
        assert memory.llen("celery") > 0
        memory.flushall()
    site.worker.start()
    recovered = seconds_until(is_all_sent)

    done = reckon(crowd, sink)
    tell(done, recovered=recovered)
    assert (len(done.accepted), set(done.mails), done.duplicates) == (50, done.accepted, 0)


def test_row_06_a_worker_that_could_acknowledge_nothing_goes_on(start_site, statement, broker, tell):
    """Each of its processes is working when the broker stops, and done before it is back."""
    at_work = []
    broker_is_gone = threading.Event()

    def hold(address):
        at_work.append(address)
        broker_is_gone.wait(30)

    sink = Sink(at_data=hold)
    with serving(sink, ports.free()) as mail:
        site = start_site(EMAIL_URL=mail, processes=("web", "worker"))  # without beat, one wake-up has to be enough
        crowd = Crowd(site)
        for count in (1, 2):
            crowd.sign(1)
            wait_for(lambda: len(at_work) == count)  # noqa: B023
        broker.kill()
        broker_is_gone.set()
        wait_for(lambda: is_all_sent() and "Couldn't ack" in site.log("worker"))
        crowd.sign(1)
        broker.start()
        with Connection(broker.url) as connection:
            current_app.send_task("signatures.deliver", connection=connection)
        wait_for(is_all_sent)

    done = reckon(crowd, sink)
    tell(done)
    assert (len(done.accepted), set(done.mails), done.duplicates) == (3, done.accepted, 0)
