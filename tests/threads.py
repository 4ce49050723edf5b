from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.core.cache import cache
from django.db import connection

T = TypeVar("T")


def at_once(thread_count: int, do: Callable[[int], T]) -> list[T]:
    """Runs `do(0)` to `do(many - 1)` in threads that start together, each with its own connection."""
    barrier = Barrier(thread_count)

    def run(number: int) -> T:
        try:
            barrier.wait(timeout=30)
            return do(number)
        finally:
            connection.close()
            _leave_cache()

    with ThreadPoolExecutor(thread_count) as pool:
        return list(pool.map(run, range(thread_count)))


def _leave_cache() -> None:
    """Closes the connections to the cache: Django keeps a pool for each thread, and leaves it to the garbage
    collector."""
    for pool in cache._cache._pools.values():  # type: ignore[attr-defined]
        pool.disconnect()
