"""Requests counted in windows of time: any number of counts in one round trip to the cache.

For the forms that pass several limits at once; where there is one, django-ratelimit counts it (limits.py).
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from redis.exceptions import NoScriptError

from signatures import counters

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
DIGEST = hashlib.sha1(COUNT.encode(), usedforsecurity=False).hexdigest()  # by which the cache knows a script


@dataclass(frozen=True)
class Window:
    """At most so many of one group from `of`, who must be no address in clear, in so many seconds."""

    group: str
    of: str
    most: int
    seconds: int

    @property
    def key(self) -> str:
        return f"{settings.CACHES['default']['KEY_PREFIX']}:window:{self.group}:{self.seconds}:{self.of}"


@dataclass(frozen=True)
class Passed:
    window: Window
    seconds: int
    """Until there is room again."""


def count(*windows: Window) -> Passed | None:
    """Counts one in each, in order, up to the first that is past its most. Errors are the cache's."""
    keys = [*(window.key for window in windows), counters.key(counters.LIMITED)]
    values = [value for window in windows for value in (window.most, window.seconds, window.group)]
    number, seconds = _run(keys, values)
    return Passed(windows[number - 1], max(1, seconds)) if number else None


def _run(keys: list[str], values: list[Any]) -> tuple[int, int]:
    cache = counters.cache()
    try:
        return cache.evalsha(DIGEST, len(keys), *keys, *values)
    except NoScriptError:  # the cache has been started anew
        return cache.eval(COUNT, len(keys), *keys, *values)
