"""Rate limits: requests counted in fixed windows of time, in the cache; any number of limits in one round trip.

Views call `check`. The numbers stand in limits.py. Without the cache everybody is let through.
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

MOST_DENIED = 10_000  # networks
REPORT_EVERY = 1.0  # seconds

MAILBOX_RATE = (30, 60)  # requests that name it or carry its link, from wherever they come

# Stops at the first count that is past its most: what is refused does not count against what comes after it.
COUNT = """
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
SCRIPT_DIGEST = hashlib.sha1(COUNT.encode(), usedforsecurity=False).hexdigest()  # by which the cache knows a script


@dataclass(frozen=True)
class Limit:
    """At most so many requests of one group from `of`, which must be no address in clear, in so many seconds."""

    group: str
    of: str
    most: int
    seconds: int

    @property
    def key(self) -> str:
        return f"{settings.CACHES['default']['KEY_PREFIX']}:window:{self.group}:{self.seconds}:{self.of}"


@dataclass(frozen=True)
class ExceededLimit:
    limit: Limit
    seconds: int
    """Until there is room again."""


class RateLimitExceeded(Exception):
    """A limit was passed; in `seconds` there is room again."""

    def __init__(self, seconds: int):
        self.seconds = seconds
        super().__init__(f"room again in {seconds} s")


def of_network(request: HttpRequest, group: str, rate: tuple[int, int]) -> Limit:
    many, seconds = rate
    return Limit(group, network_of_today(request), many * settings.LIMIT_FACTOR, seconds)


def of_mailbox(group: str, digest: bytes | None) -> Limit | None:
    """None of a mailbox that is erased, or could not be read. Counts what is asked and never what is known, so that a
    stranger learns nothing from the answer."""
    many, seconds = MAILBOX_RATE
    return Limit(f"{group} of a mailbox", digest.hex(), many * settings.LIMIT_FACTOR, seconds) if digest else None


def check(*limits: Limit | None, usual: Limit | None = None) -> bool:
    """Counts one request against each, in order, up to the first that is passed: TooMany. `usual` is counted last and
    refuses nobody. Returns whether it is passed."""
    passed = cache_breaker.call(lambda: count(*filter(None, (*limits, usual))), otherwise=None)
    if passed is None or passed.limit == usual:
        return passed is not None
    if passed.limit.group == DENIED_EARLY:
        denylist.note(passed.limit.key, passed.seconds)
    raise RateLimitExceeded(passed.seconds)


def refuse_denied(limit: Limit) -> None:
    """Before a form is read: TooMany without a round trip, for a network that this process has refused already."""
    if seconds := denylist.seconds_left(limit.key):
        raise RateLimitExceeded(seconds)


def seconds_to_wait(limit: Limit) -> int:
    """The same as `check`, for pages that answer in their own way: 0 while there is room."""
    try:
        check(limit)
    except RateLimitExceeded as passed:
        return passed.seconds
    return 0


def count(*limits: Limit) -> ExceededLimit | None:
    """Errors are the cache's."""
    keys = [*(limit.key for limit in limits), event_counters.key(event_counters.LIMITED)]
    values = [value for limit in limits for value in (limit.most, limit.seconds, limit.group)]
    number, seconds = _run(keys, values)
    return ExceededLimit(limits[number - 1], max(1, seconds)) if number else None


def _run(keys: list[str], values: list[Any]) -> tuple[int, int]:
    cache = event_counters.cache()
    try:
        return cache.evalsha(SCRIPT_DIGEST, len(keys), *keys, *values)
    except NoScriptError:  # the cache has been started anew
        return cache.eval(COUNT, len(keys), *keys, *values)


class Denylist:
    """Networks that this process refuses without asking the cache, until there is room again.

    `tell` learns how many were refused here: at once of the first, then once a second."""

    def __init__(self, tell: Callable[[int], object]):
        self.tell = tell
        self.until: dict[str, float] = {}
        self.refused, self.told_at = 0, 0.0

    def note(self, network: str, seconds: int) -> None:
        if len(self.until) >= MOST_DENIED:
            now = time.monotonic()
            self.until = {known: until for known, until in self.until.items() if until > now}
        if len(self.until) < MOST_DENIED:
            self.until[network] = time.monotonic() + seconds

    def seconds_left(self, network: str) -> int:
        """0 for a network that is not known to be past its limit."""
        now, until = time.monotonic(), self.until.get(network, 0.0)
        if until <= now:
            self.until.pop(network, None)
            return 0
        self._count_refused(now)
        return int(until - now) + 1

    def _count_refused(self, now: float) -> None:
        self.refused += 1
        if now - self.told_at >= REPORT_EVERY:
            many, self.refused, self.told_at = self.refused, 0, now
            self.tell(many)


DENIED_EARLY = "sign"
"""The group whose networks are denied before their form is read. No nginx of ours counts requests, and a site may have
none, so the process keeps this list itself."""

cache_breaker = CircuitBreaker("the cache behind the limits")
denylist = Denylist(tell=lambda many: event_counters.count(event_counters.LIMITED, DENIED_EARLY, many))
