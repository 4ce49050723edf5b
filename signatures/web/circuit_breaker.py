"""A service that is away costs one request a moment, not every request."""

import logging
import time
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
T = TypeVar("T")

COOL_DOWN_SECONDS = 15  # seconds


class CircuitBreaker:
    """After a failure, this process does without the service for `REST` seconds, and says so once until it is back."""

    def __init__(self, service: str, *, clock: Callable[[], float] = time.monotonic):
        self.service, self.clock = service, clock
        self.closed_until = 0.0
        self.is_away = False
        self.lock = Lock()

    def call(self, do: Callable[[], T], *, otherwise: T) -> T:
        if self.clock() < self.closed_until:
            return otherwise
        try:
            answer = do()
        except (RedisError, OperationalError, OSError) as error:
            self.closed_until = self.clock() + COOL_DOWN_SECONDS
            if self._turns(is_away=True):
                logger.warning("%s is away, going on without it: %s", self.service, type(error).__name__)
            return otherwise
        if self.is_away and self._turns(is_away=False):
            logger.warning("%s is back", self.service)
        return answer

    def reset(self) -> None:
        self.closed_until, self.is_away = 0.0, False

    def _turns(self, *, is_away: bool) -> bool:
        """Many threads may see the same failure: one of them tells it."""
        with self.lock:
            turned, self.is_away = self.is_away != is_away, is_away
        return turned
