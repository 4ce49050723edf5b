import subprocess
import sys
import time

from dev.processes import ROOT
from signatures.hint import PAUSE, Hint
from tests.threads import at_once
from tests.waiting import wait_for


def counted():
    given = []
    return Hint(lambda: given.append(time.monotonic())), given


def test_the_first_is_given_at_once():
    hint, given = counted()
    hint()

    assert len(given) == 1


def test_many_in_one_second_are_two_one_at_its_begin_and_one_at_its_end():
    hint, given = counted()
    at_once(20, lambda _: [hint() for _time in range(10)])
    wait_for(lambda: len(given) == 2)
    time.sleep(0.2)

    assert len(given) == 2
    assert given[1] - given[0] >= PAUSE * 0.99


def test_the_next_second_has_its_own():
    hint, given = counted()
    hint()
    time.sleep(PAUSE + 0.05)
    hint()

    assert len(given) == 2


def test_a_child_does_not_wait_for_its_parents_timer():
    """As gunicorn and Celery fork: the promise for the end of the second is kept by a thread that no child has."""
    program = """
import os
from signatures.hint import Hint
given = []
hint = Hint(lambda: given.append(os.getpid()))
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
