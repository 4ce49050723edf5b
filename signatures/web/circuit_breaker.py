"""A circuit breaker: while a service is unavailable, only one request in a while tries it, not every request."""

import logging
import time
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
T = TypeVar("T")

COOL_DOWN_SECONDS = 15


class CircuitBreaker:
    """Skips a service for COOL_DOWN_SECONDS after a failure, in this process. Logs the failure and the recovery
    once."""

    def __init__(self, service: str, *, clock: Callable[[], float] = time.monotonic):
        self.service, self.clock = service, clock
        self.closed_until = 0.0
        self.is_away = False
        self.lock = Lock()

    def call(self, operation: Callable[[], T], *, fallback: T) -> T:
        if self.clock() < self.closed_until:
            return fallback
        try:
            result = operation()
        except (RedisError, OperationalError, OSError) as error:
            self.closed_until = self.clock() + COOL_DOWN_SECONDS
            if self._turns(is_away=True):
                logger.warning("%s is away, going on without it: %s", self.service, type(error).__name__)
            return fallback
        if self.is_away and self._turns(is_away=False):
            logger.warning("%s is back", self.service)
        return result

    def reset(self) -> None:
        self.closed_until, self.is_away = 0.0, False

    def _turns(self, *, is_away: bool) -> bool:
        """Returns whether the state changed. Many threads may see the same failure: only one of them logs it."""
        with self.lock:
            turned, self.is_away = self.is_away != is_away, is_away
        return turned
