import pytest
from redis.exceptions import ConnectionError as NoConnection

from signatures.web.circuit_breaker import COOL_DOWN_SECONDS, CircuitBreaker
from tests.clock import Clock


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def breaker(clock):
    return CircuitBreaker("the cache", clock=clock)


def fail():
    raise NoConnection


def test_after_a_failure_the_service_is_not_asked_until_its_rest_is_over(breaker, clock):
    assert breaker.call(fail, fallback="without") == "without"
    clock.move(COOL_DOWN_SECONDS - 0.1)
    assert breaker.call(lambda: "asked", fallback="without") == "without"
    clock.move(0.1)
    assert breaker.call(lambda: "asked", fallback="without") == "asked"


def test_each_failure_begins_a_rest(breaker, clock):
    breaker.call(fail, fallback=None)
    clock.move(COOL_DOWN_SECONDS)
    breaker.call(fail, fallback=None)
    clock.move(COOL_DOWN_SECONDS - 0.1)

    assert breaker.call(lambda: "asked", fallback="without") == "without"


def test_it_says_once_that_the_service_is_away_and_once_that_it_is_back(breaker, clock, caplog):
    for _ in range(3):
        breaker.call(fail, fallback=None)
        clock.move(COOL_DOWN_SECONDS)
    for _ in range(2):
        breaker.call(lambda: None, fallback=None)

    assert [record.getMessage() for record in caplog.records] == [
        "the cache is away, going on without it: ConnectionError",
        "the cache is back",
    ]
