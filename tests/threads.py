from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

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

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(run, range(many)))
