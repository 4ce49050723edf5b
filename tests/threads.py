from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.core.cache import cache
from django.db import connection

T = TypeVar("T")


def at_once(many: int, do: Callable[[int], T]) -> list[T]:
    """Runs `do(0)` to `do(many - 1)` in as many threads that all start together, each on a connection of its own."""
    barrier = Barrier(many)

    def run(number: int) -> T:
        try:
            barrier.wait(timeout=30)
            return do(number)
        finally:
            connection.close()
            _leave_cache()

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(run, range(many)))


def _leave_cache() -> None:
    """Django keeps a pool of connections per thread, and leaves it to the garbage collector."""
    for pool in cache._cache._pools.values():  # type: ignore[attr-defined]
        pool.disconnect()
