"""Counts requests in fixed windows of time, in the cache; any number of limits takes one round trip.

Views call `check`. The numbers are in limits.py. Without the cache, every request is allowed.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from redis.exceptions import NoScriptError

from signatures.web import event_counters
from signatures.web.circuit_breaker import CircuitBreaker
from signatures.web.client_network import network_of_today

MAX_DENIED_NETWORKS = 10_000  # networks
REPORT_EVERY = 1.0  # seconds

MAILBOX_RATE = (30, 60)  # requests that name it or carry its link, from any network

# Stops at the first exceeded limit: a refused request does not count against the limits after it.
COUNT_SCRIPT = """
for number = 1, #KEYS - 1 do
    local key, most, seconds, group = KEYS[number], ARGV[number * 3 - 2], ARGV[number * 3 - 1], ARGV[number * 3]
    local many = redis.call('INCR', key)
    if many == 1 then redis.call('EXPIRE', key, seconds) end
    if many > tonumber(most) then
        redis.call('HINCRBY', KEYS[#KEYS], group, 1)
        return {number, redis.call('TTL', key)}
    end
end
return {0, 0}
"""
SCRIPT_DIGEST = hashlib.sha1(
    COUNT_SCRIPT.encode(), usedforsecurity=False
).hexdigest()  # the cache identifies a script by this


@dataclass(frozen=True)
class Limit:
    """Allows `maximum` requests of one group from `subject` in `seconds`. `subject` must not be an address in clear."""

    group: str
    subject: str
    maximum: int
    seconds: int

    @property
    def key(self) -> str:
        return f"{settings.CACHES['default']['KEY_PREFIX']}:window:{self.group}:{self.seconds}:{self.subject}"


@dataclass(frozen=True)
class ExceededLimit:
    limit: Limit
    seconds: int
    """Seconds until the next request is allowed."""


class RateLimitExceeded(Exception):
    """Raised if a limit is exceeded; in `seconds` the next request is allowed."""

    def __init__(self, seconds: int):
        self.seconds = seconds
        super().__init__(f"room again in {seconds} s")


def of_network(request: HttpRequest, group: str, rate: tuple[int, int]) -> Limit:
    count, seconds = rate
    return Limit(group, network_of_today(request), count * settings.LIMIT_FACTOR, seconds)


def of_mailbox(group: str, digest: bytes | None) -> Limit | None:
    """Returns None without a digest: the mailbox is erased or could not be read. Unknown mailboxes are counted like
    known ones, so that the answer tells a stranger nothing."""
    count, seconds = MAILBOX_RATE
    return Limit(f"{group} of a mailbox", digest.hex(), count * settings.LIMIT_FACTOR, seconds) if digest else None


def check(*limits: Limit | None, usual: Limit | None = None) -> bool:
    """Counts one request against each limit, in order. Raises RateLimitExceeded at the first that is exceeded. `usual`
    is counted last and refuses nobody. Returns whether it is exceeded."""
    exceeded = cache_breaker.call(lambda: count_requests(*filter(None, (*limits, usual))), fallback=None)
    if exceeded is None or exceeded.limit == usual:
        return exceeded is not None
    if exceeded.limit.group == DENIED_EARLY:
        denylist.deny(exceeded.limit.key, exceeded.seconds)
    raise RateLimitExceeded(exceeded.seconds)


def refuse_denied(limit: Limit) -> None:
    """Raises RateLimitExceeded without a round trip for a network that this process has refused already."""
    if seconds := denylist.seconds_left(limit.key):
        raise RateLimitExceeded(seconds)


def seconds_to_wait(limit: Limit) -> int:
    """Does the same as `check` for pages with their own answer: returns 0 while requests are allowed."""
    try:
        check(limit)
    except RateLimitExceeded as error:
        return error.seconds
    return 0


def count_requests(*limits: Limit) -> ExceededLimit | None:
    """Raises the errors of the cache."""
    keys = [*(limit.key for limit in limits), event_counters.cache_key(event_counters.LIMITED)]
    values = [value for limit in limits for value in (limit.maximum, limit.seconds, limit.group)]
    number, seconds = _run(keys, values)
    return ExceededLimit(limits[number - 1], max(1, seconds)) if number else None


def _run(keys: list[str], values: list[Any]) -> tuple[int, int]:
    cache = event_counters.cache()
    try:
        return cache.evalsha(SCRIPT_DIGEST, len(keys), *keys, *values)
    except NoScriptError:  # the cache was restarted
        return cache.eval(COUNT_SCRIPT, len(keys), *keys, *values)


class Denylist:
    """Holds networks that this process refuses without asking the cache, until they are allowed again.

    `on_refused` gets the number of refused requests: immediately for the first, then once a second."""

    def __init__(self, on_refused: Callable[[int], object]):
        self.on_refused = on_refused
        self.until: dict[str, float] = {}
        self.refused, self.told_at = 0, 0.0

    def deny(self, network: str, seconds: int) -> None:
        if len(self.until) >= MAX_DENIED_NETWORKS:
            now = time.monotonic()
            self.until = {name: until for name, until in self.until.items() if until > now}
        if len(self.until) < MAX_DENIED_NETWORKS:
            self.until[network] = time.monotonic() + seconds

    def seconds_left(self, network: str) -> int:
        """Returns 0 for a network that is not on the list."""
        now, until = time.monotonic(), self.until.get(network, 0.0)
        if until <= now:
            self.until.pop(network, None)
            return 0
        self._count_refused(now)
        return int(until - now) + 1

    def _count_refused(self, now: float) -> None:
        self.refused += 1
        if now - self.told_at >= REPORT_EVERY:
            count, self.refused, self.told_at = self.refused, 0, now
            self.on_refused(count)


DENIED_EARLY = "sign"
"""The group whose networks are refused before their form is read. The site's nginx does not count requests, and a site
may run without one, so the process keeps this list itself."""

cache_breaker = CircuitBreaker("the cache behind the limits")
denylist = Denylist(
    on_refused=lambda count: event_counters.increment_counter(event_counters.LIMITED, DENIED_EARLY, count)
)
