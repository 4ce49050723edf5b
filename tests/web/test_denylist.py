import time

import pytest

from signatures.web.rate_limits import MAX_DENIED_NETWORKS, Denylist


@pytest.fixture
def told() -> list[int]:
    return []


@pytest.fixture
def flood(told) -> Denylist:
    return Denylist(on_refused=told.append)


def test_a_network_is_refused_until_there_is_room_and_no_other_is(flood):
    flood.deny("theirs", 1)
    assert 1 <= flood.seconds_left("theirs") <= 2
    assert flood.seconds_left("another") == 0
    time.sleep(1.1)
    assert flood.seconds_left("theirs") == 0


def test_how_many_were_refused_is_told_at_once_and_then_each_second(flood, told):
    flood.deny("theirs", 60)
    for _ in range(5):
        flood.seconds_left("theirs")
    assert told == [1]
    time.sleep(1.1)
    flood.seconds_left("theirs")
    assert told == [1, 5]


def test_it_remembers_so_many_and_makes_room_by_forgetting_whose_time_is_over(flood):
    for number in range(MAX_DENIED_NETWORKS):
        flood.deny(f"past {number}", 0)
    flood.deny("theirs", 60)
    assert flood.seconds_left("theirs")
    assert len(flood.until) == 1
    for number in range(2 * MAX_DENIED_NETWORKS):
        flood.deny(f"now {number}", 60)
    assert len(flood.until) == MAX_DENIED_NETWORKS
