"""Limits how often a web process wakes the mail worker. Best effort: the periodic task sends what a lost wake-up
missed."""

import os
import threading
import time
from collections.abc import Callable

MIN_INTERVAL_SECONDS = 1  # between two calls in one process


def _call_later(seconds: float, function: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, function)
    timer.daemon = True
    timer.start()


class Debounce:
    """Calls a function once a second at most. Requests in between are answered by one more call at the end of that
    second, so that the last one does not have to wait for the periodic task."""

    def __init__(
        self,
        function: Callable[[], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        call_later: Callable[[float, Callable[[], None]], None] = _call_later,
    ):
        self._function, self._clock, self._call_later = function, clock, call_later
        self._lock = threading.Lock()
        self._next_at, self._is_scheduled = 0.0, False
        os.register_at_fork(after_in_child=self._reset)  # a child process inherits the flag, but not the timer

    def __call__(self) -> None:
        with self._lock:
            if self._is_scheduled:
                return
            wait = self._next_at - self._clock()
            self._is_scheduled = wait > 0
            if wait <= 0:
                self._next_at = self._clock() + MIN_INTERVAL_SECONDS
        if wait <= 0:
            self._function()
        else:
            self._call_later(wait, self._call_now)

    def _call_now(self) -> None:
        with self._lock:
            self._is_scheduled = False
            self._next_at = self._clock() + MIN_INTERVAL_SECONDS
        self._function()

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._next_at, self._is_scheduled = 0.0, False
