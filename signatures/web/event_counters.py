"""Counts events that leave no row: refused requests, exceeded limits. The cache may lose the counts; monitoring treats
that as a restart."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from redis import Redis

from signatures.web.circuit_breaker import CircuitBreaker

REFUSED, LIMITED = "refused", "limited"

counter_breaker = CircuitBreaker("the cache behind the counters")


def increment_counter(name: str, label: str, by: int = 1) -> None:
    counter_breaker.call(lambda: cache().hincrby(cache_key(name), label, by), fallback=None)


def read_counts(name: str) -> dict[str, int]:
    nothing: dict[Any, Any] = {}
    counts = counter_breaker.call(lambda: cache().hgetall(cache_key(name)), fallback=nothing)
    return {label: int(count) for label, count in counts.items()}


def cache_key(name: str) -> str:
    return f"{settings.CACHES['default']['KEY_PREFIX']}:counted:{name}"


def cache() -> Redis:
    return _client(str(settings.CACHES["default"]["LOCATION"]))


@lru_cache(maxsize=1)
def _client(address: str) -> Redis:
    """Returns a Redis client: Django's cache has no hashes, and without one every label would have to be listed."""
    return Redis.from_url(address, socket_timeout=0.25, socket_connect_timeout=0.25, decode_responses=True)
