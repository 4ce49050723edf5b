import time

import pytest

from signatures.web.rate_limits import MAX_DENIED_NETWORKS, Denylist


@pytest.fixture
def reported() -> list[int]:
    return []


@pytest.fixture
def denylist(reported) -> Denylist:
    return Denylist(on_refused=reported.append)


def test_a_network_is_refused_until_there_is_room_and_no_other_is(denylist):
    denylist.deny("one network", 1)
    assert 1 <= denylist.seconds_left("one network") <= 2
    assert denylist.seconds_left("another") == 0
    time.sleep(1.1)
    assert denylist.seconds_left("one network") == 0


def test_how_many_were_refused_is_told_at_once_and_then_each_second(denylist, reported):
    denylist.deny("one network", 60)
    for _ in range(5):
        denylist.seconds_left("one network")
    assert reported == [1]
    time.sleep(1.1)
    denylist.seconds_left("one network")
    assert reported == [1, 5]


def test_it_remembers_so_many_and_makes_room_by_forgetting_whose_time_is_over(denylist):
    for number in range(MAX_DENIED_NETWORKS):
        denylist.deny(f"past {number}", 0)
    denylist.deny("one network", 60)
    assert denylist.seconds_left("one network")
    assert len(denylist.until) == 1
    for number in range(2 * MAX_DENIED_NETWORKS):
        denylist.deny(f"now {number}", 60)
    assert len(denylist.until) == MAX_DENIED_NETWORKS
