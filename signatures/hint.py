"""A word to the worker that there is something to do: often needless, sometimes lost, never the truth."""

import os
import threading
import time
from collections.abc import Callable

PAUSE = 1  # seconds between two of a process


class Hint:
    """Given once a second at most. Who asks in between is covered by one more at the end of that second, so that the
    last of many is not left to beat's sweep."""

    def __init__(self, give: Callable[[], None]):
        self._give = give
        self._lock = threading.Lock()
        self._next_at, self._is_promised = 0.0, False
        os.register_at_fork(after_in_child=self._forget)  # a child has its parent's promise, and not its timer

    def __call__(self) -> None:
        with self._lock:
            if self._is_promised:
                return
            wait = self._next_at - time.monotonic()
            self._is_promised = wait > 0
            if wait <= 0:
                self._next_at = time.monotonic() + PAUSE
        if wait <= 0:
            self._give()
        else:
            self._give_in(wait)

    def _give_in(self, seconds: float) -> None:
        timer = threading.Timer(seconds, self._keep_promise)
        timer.daemon = True
        timer.start()

    def _keep_promise(self) -> None:
        with self._lock:
            self._is_promised = False
            self._next_at = time.monotonic() + PAUSE
        self._give()

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._next_at, self._is_promised = 0.0, False
