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
    """The times at which the function was called."""
    return []


@pytest.fixture
def promised():
    """Delay and function of each scheduled call."""
    return []


@pytest.fixture
def wake(clock, given, promised):
    return Debounce(lambda: given.append(clock()), clock=clock, call_later=lambda *call: promised.append(call))


def test_the_first_is_given_at_once(wake, given):
    wake()

    assert len(given) == 1


def test_many_in_one_second_are_two_one_at_its_begin_and_one_at_its_end(wake, clock, given, promised):
    at_once(20, lambda _: [wake() for _time in range(10)])
    [(seconds, give)] = promised
    assert (len(given), seconds) == (1, MIN_INTERVAL_SECONDS)

    clock.move(seconds)
    give()

    assert given[1] - given[0] == MIN_INTERVAL_SECONDS


def test_the_next_second_has_its_own(wake, clock, given, promised):
    wake()
    clock.move(MIN_INTERVAL_SECONDS)
    wake()

    assert (len(given), promised) == (2, [])


def test_after_one_that_was_promised_there_is_a_pause_too(wake, clock, given, promised):
    wake()
    wake()
    clock.move(MIN_INTERVAL_SECONDS)
    promised.pop()[1]()
    wake()

    assert (len(given), [seconds for seconds, _give in promised]) == (2, [MIN_INTERVAL_SECONDS])


def test_a_promise_is_kept_by_a_thread_of_its_own(given):
    moments = iter([0.0, 0.0, MIN_INTERVAL_SECONDS - 0.01, MIN_INTERVAL_SECONDS])
    wake = Debounce(lambda: given.append(os.getpid()), clock=lambda: next(moments))
    wake()
    wake()

    wait_for(lambda: given == [os.getpid()] * 2)


def test_a_child_does_not_wait_for_its_parents_timer():
    """gunicorn and Celery fork their processes, and a forked process does not have the thread of the timer."""
    program = """
import os
from signatures.mail.wake_worker import Debounce
given = []
wake = Debounce(lambda: given.append(os.getpid()))
wake()
wake()
child = os.fork()
if not child:
    wake()
    os._exit(given.count(os.getpid()))
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, cwd=ROOT)

    assert done.stdout == "1\n"
