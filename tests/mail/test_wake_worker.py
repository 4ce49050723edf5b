import os
import subprocess
import sys

import pytest

from signatures.mail.wake_worker import MIN_INTERVAL_SECONDS, Debounce
from tests.clock import Clock
from tests.threads import at_once
from tests.waiting import wait_for
from tools.dev.processes import ROOT


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def given():
    """When each hint was given."""
    return []


@pytest.fixture
def promised():
    """After how many seconds another one is to be given, and what gives it."""
    return []


@pytest.fixture
def hint(clock, given, promised):
    return Debounce(lambda: given.append(clock()), clock=clock, call_later=lambda *each: promised.append(each))


def test_the_first_is_given_at_once(hint, given):
    hint()

    assert len(given) == 1


def test_many_in_one_second_are_two_one_at_its_begin_and_one_at_its_end(hint, clock, given, promised):
    at_once(20, lambda _: [hint() for _time in range(10)])
    [(seconds, give)] = promised
    assert (len(given), seconds) == (1, MIN_INTERVAL_SECONDS)

    clock.move(seconds)
    give()

    assert given[1] - given[0] == MIN_INTERVAL_SECONDS


def test_the_next_second_has_its_own(hint, clock, given, promised):
    hint()
    clock.move(MIN_INTERVAL_SECONDS)
    hint()

    assert (len(given), promised) == (2, [])


def test_after_one_that_was_promised_there_is_a_pause_too(hint, clock, given, promised):
    hint()
    hint()
    clock.move(MIN_INTERVAL_SECONDS)
    promised.pop()[1]()
    hint()

    assert (len(given), [seconds for seconds, _give in promised]) == (2, [MIN_INTERVAL_SECONDS])


def test_a_promise_is_kept_by_a_thread_of_its_own(given):
    moments = iter([0.0, 0.0, MIN_INTERVAL_SECONDS - 0.01, MIN_INTERVAL_SECONDS])
    hint = Debounce(lambda: given.append(os.getpid()), clock=lambda: next(moments))
    hint()
    hint()

    wait_for(lambda: given == [os.getpid()] * 2)


def test_a_child_does_not_wait_for_its_parents_timer():
    """As gunicorn and Celery fork: the promise for the end of the second is kept by a thread that no child has."""
    program = """
import os
from signatures.mail.wake_worker import Debounce
given = []
hint = Debounce(lambda: given.append(os.getpid()))
hint()
hint()
child = os.fork()
if not child:
    hint()
    os._exit(given.count(os.getpid()))
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, cwd=ROOT)

    assert done.stdout == "1\n"
