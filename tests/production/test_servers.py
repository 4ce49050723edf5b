"""The commands of docker-compose.yml start the broker and the cache, and these tests use them."""

import pytest
from redis import AuthenticationError, Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.production.running import Valkey
from tools.dev import ports

pytestmark = pytest.mark.drill


def test_the_broker_forgets_nothing_when_it_restarts_and_refuses_when_it_is_full(broker: Valkey):
    assert broker.client.config_get("appendfsync") == {"appendfsync": "everysec"}
    assert broker.client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert broker.client.config_get("maxmemory") == {"maxmemory": str(256 * 1024**2)}
    broker.client.lpush("hints", "one")
    broker.stop(patience=broker.grace)
    broker.start()
    assert broker.client.lrange("hints", 0, -1) == ["one"]


def test_the_cache_forgets_the_oldest_when_it_is_full_and_everything_when_it_restarts(cache: Valkey):
    assert cache.client.config_get("maxmemory-policy") == {"maxmemory-policy": "allkeys-lru"}
    assert cache.client.config_get("maxmemory") == {"maxmemory": str(128 * 1024**2)}
    cache.client.set("page", "rendered")
    cache.stop(patience=cache.grace)
    cache.start()
    assert cache.client.get("page") is None
    assert list(cache.app.iterdir()) == []


def test_neither_answers_who_does_not_know_the_password(broker: Valkey, cache: Valkey):
    for valkey in (broker, cache):
        with pytest.raises(AuthenticationError):
            Redis(ports.HOST, valkey.port, retry=Retry(NoBackoff(), 0)).ping()
