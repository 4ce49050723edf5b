"""A word to the worker that there is something to do: often needless, sometimes lost, never the truth."""

import os
import threading
import time
from collections.abc import Callable

PAUSE = 1  # seconds between two of a process


def _call_later(seconds: float, do: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, do)
    timer.daemon = True
    timer.start()


class Debounce:
    """Given once a second at most. Who asks in between is covered by one more at the end of that second, so that the
    last of many is not left to beat's sweep."""

    def __init__(
        self,
        give: Callable[[], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        call_later: Callable[[float, Callable[[], None]], None] = _call_later,
    ):
        self._give, self._clock, self._call_later = give, clock, call_later
        self._lock = threading.Lock()
        self._next_at, self._is_promised = 0.0, False
        os.register_at_fork(after_in_child=self._reset)  # a child has its parent's promise, and not its timer

    def __call__(self) -> None:
        with self._lock:
            if self._is_promised:
                return
            wait = self._next_at - self._clock()
            self._is_promised = wait > 0
            if wait <= 0:
                self._next_at = self._clock() + PAUSE
        if wait <= 0:
            self._give()
        else:
            self._call_later(wait, self._call_now)

    def _call_now(self) -> None:
        with self._lock:
            self._is_promised = False
            self._next_at = self._clock() + PAUSE
        self._give()

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._next_at, self._is_promised = 0.0, False
