"""A service that is away costs one request a moment, not every request."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
T = TypeVar("T")

REST = 15  # seconds


class Breaker:
    """After a failure, this process does without the service for `REST` seconds, and says so once."""

    def __init__(self, service: str):
        self.service = service
        self.closed_until = 0.0

    def call(self, do: Callable[[], T], *, otherwise: T) -> T:
        if time.monotonic() < self.closed_until:
            return otherwise
        try:
            return do()
        except (RedisError, OperationalError, OSError) as error:
            self.closed_until = time.monotonic() + REST
            logger.warning("%s is away, going on without it: %s", self.service, type(error).__name__)
            return otherwise

    def reset(self) -> None:
        self.closed_until = 0.0
