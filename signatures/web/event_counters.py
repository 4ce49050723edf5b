"""Counts of what leaves no row: refused requests, limits that were passed. They lie in the cache, which may forget
them; a watcher takes that for a restart."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from redis import Redis

from signatures.web.circuit_breaker import CircuitBreaker

REFUSED, LIMITED = "refused", "limited"

breaker = CircuitBreaker("the cache behind the counters")


def count(name: str, label: str, many: int = 1) -> None:
    breaker.call(lambda: cache().hincrby(key(name), label, many), otherwise=None)


def counted(name: str) -> dict[str, int]:
    nothing: dict[Any, Any] = {}
    found = breaker.call(lambda: cache().hgetall(key(name)), otherwise=nothing)
    return {label: int(many) for label, many in found.items()}


def key(name: str) -> str:
    return f"{settings.CACHES['default']['KEY_PREFIX']}:counted:{name}"


def cache() -> Redis:
    return _client(str(settings.CACHES["default"]["LOCATION"]))


@lru_cache(maxsize=1)
def _client(address: str) -> Redis:
    """Django's cache knows no hashes, and without one every label would have to be listed somewhere."""
    return Redis.from_url(address, socket_timeout=0.25, socket_connect_timeout=0.25, decode_responses=True)
