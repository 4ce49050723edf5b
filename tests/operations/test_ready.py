"""Tests that frequent requests to /-/ready cost the broker almost nothing and do not wait."""

import time

import pytest
import redis
from django.test import Client

from signatures.operations.health import MAX_CONNECTIONS, WAIT_SECONDS
from tests.site import running
from tests.threads import at_once
from tools.dev.servers import Valkey

pytestmark = pytest.mark.django_db


@pytest.fixture
def broker(tmp_path, settings):
    with running(Valkey(tmp_path, "a-password-of-theirs")) as broker:
        settings.REDIS_URL = broker.url
        yield broker


def degraded() -> list[str]:
    return Client().get("/-/ready").json()["degraded"]


def connections(broker: Valkey) -> int:
    with redis.Redis.from_url(broker.url) as asking:
        return int(asking.info("clients")["connected_clients"]) - 1


def received(broker: Valkey) -> int:
    with redis.Redis.from_url(broker.url) as asking:
        return int(asking.info("stats")["total_connections_received"])


@pytest.mark.django_db(transaction=True)
def test_a_crowd_takes_few_connections_and_leaves_them_open(broker):
    answers = at_once(12, lambda _number: degraded())

    assert ["broker" in answer for answer in answers] == [False] * 12
    assert 1 <= connections(broker) <= MAX_CONNECTIONS
    opened = received(broker)
    for _ in range(5):
        degraded()
    assert received(broker) == opened + 1  # the query itself counts


def test_a_broker_that_came_back_is_found_and_a_frozen_one_is_told_soon(broker):
    assert "broker" not in degraded()
    broker.kill()
    assert "broker" in degraded()
    broker.start()
    assert "broker" not in degraded()

    broker.pause()
    began = time.monotonic()
    assert "broker" in degraded()
    assert time.monotonic() - began < 3 * WAIT_SECONDS
    broker.resume()
    assert "broker" not in degraded()
