import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from signatures import counters, limits
from signatures.flood import MOST, Flood
from tests.people import make_statement


@pytest.fixture
def told() -> list[int]:
    return []


@pytest.fixture
def flood(told) -> Flood:
    return Flood(tell=told.append)


def test_a_network_is_refused_until_there_is_room_and_no_other_is(flood):
    flood.note("theirs", 1)
    assert 1 <= flood.seconds_left("theirs") <= 2
    assert flood.seconds_left("another") == 0
    time.sleep(1.1)
    assert flood.seconds_left("theirs") == 0


def test_how_many_were_refused_is_told_at_once_and_then_each_second(flood, told):
    flood.note("theirs", 60)
    for _ in range(5):
        flood.seconds_left("theirs")
    assert told == [1]
    time.sleep(1.1)
    flood.seconds_left("theirs")
    assert told == [1, 5]


def test_it_remembers_so_many_and_makes_room_by_forgetting_whose_time_is_over(flood):
    for number in range(MOST):
        flood.note(f"past {number}", 0)
    flood.note("theirs", 60)
    assert flood.seconds_left("theirs")
    assert len(flood.until) == 1
    for number in range(2 * MOST):
        flood.note(f"now {number}", 60)
    assert len(flood.until) == MOST


@pytest.mark.django_db
def test_who_floods_the_form_is_refused_before_it_is_read(settings):
    settings.ALLOWED_HOSTS, settings.LIMIT_FACTOR = ["testserver"], 1
    make_statement()
    many, _seconds = limits.SIGN
    for _ in range(many):
        Client().post("/letter/sign/", {"name": ""})
    assert Client().post("/letter/sign/", {"name": ""}).status_code == 429
    with CaptureQueriesContext(connection) as queries:
        refused = Client().post("/letter/sign/", {"name": ""})
    assert (refused.status_code, len(queries)) == (429, 0)
    assert 0 < int(refused["Retry-After"]) <= 61
    assert counters.counted(counters.LIMITED)["sign"] >= 2
    assert Client(REMOTE_ADDR="192.0.2.7").post("/letter/sign/", {"name": ""}).status_code == 422
