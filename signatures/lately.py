"""What this process has made, kept for a moment for whoever asks meanwhile."""

import time
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Lately(Generic[T]):
    """By name. Where there are more than `most`, those that were made longest ago go: a stranger may make up names."""

    def __init__(self, most: int):
        self.most, self.lock = most, Lock()
        self.made: OrderedDict[Hashable, tuple[T, float]] = OrderedDict()

    def get(self, name: Hashable) -> T | None:
        """None where there is none, or where its time is over."""
        found = self.made.get(name)
        return found[0] if found and time.monotonic() < found[1] else None

    def keep(self, name: Hashable, what: T, *, until: float) -> T:
        """`until`, of time.monotonic."""
        with self.lock:
            self.made[name] = what, until
            self.made.move_to_end(name)
            while len(self.made) > self.most:
                self.made.popitem(last=False)
        return what

    def clear(self) -> None:
        self.made.clear()

    def __len__(self) -> int:
        return len(self.made)
