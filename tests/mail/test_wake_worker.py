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
def calls():
    """The times at which the function was called."""
    return []


@pytest.fixture
def scheduled():
    """Delay and function of each scheduled call."""
    return []


@pytest.fixture
def wake(clock, calls, scheduled):
    return Debounce(lambda: calls.append(clock()), clock=clock, call_later=lambda *call: scheduled.append(call))


def test_the_first_is_given_at_once(wake, calls):
    wake()

    assert len(calls) == 1


def test_many_in_one_second_are_two_one_at_its_begin_and_one_at_its_end(wake, clock, calls, scheduled):
    at_once(20, lambda _: [wake() for _time in range(10)])
    [(seconds, give)] = scheduled
    assert (len(calls), seconds) == (1, MIN_INTERVAL_SECONDS)

    clock.move(seconds)
    give()

    assert calls[1] - calls[0] == MIN_INTERVAL_SECONDS


def test_the_next_second_has_its_own(wake, clock, calls, scheduled):
    wake()
    clock.move(MIN_INTERVAL_SECONDS)
    wake()

    assert (len(calls), scheduled) == (2, [])


def test_after_one_that_was_promised_there_is_a_pause_too(wake, clock, calls, scheduled):
    wake()
    wake()
    clock.move(MIN_INTERVAL_SECONDS)
    scheduled.pop()[1]()
    wake()

    assert (len(calls), [seconds for seconds, _function in scheduled]) == (2, [MIN_INTERVAL_SECONDS])


def test_a_promise_is_kept_by_a_thread_of_its_own(calls):
    moments = iter([0.0, 0.0, MIN_INTERVAL_SECONDS - 0.01, MIN_INTERVAL_SECONDS])
    wake = Debounce(lambda: calls.append(os.getpid()), clock=lambda: next(moments))
    wake()
    wake()

    wait_for(lambda: calls == [os.getpid()] * 2)


def test_a_child_does_not_wait_for_its_parents_timer():
    """gunicorn and Celery fork their processes, and a forked process does not have the thread of the timer."""
    program = """
import os
from signatures.mail.wake_worker import Debounce
calls = []
wake = Debounce(lambda: calls.append(os.getpid()))
wake()
wake()
child = os.fork()
if not child:
    wake()
    os._exit(calls.count(os.getpid()))
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, cwd=ROOT)

    assert done.stdout == "1\n"
