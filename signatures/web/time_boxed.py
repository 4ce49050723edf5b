"""Runs work in small steps within a time limit. A kill loses one step at most, and the next run continues."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]


def run_until(step: Callable[[datetime], bool], *, clock: Clock, stop_at: datetime) -> bool:
    """Calls `step` until it returns False or the time is up. Returns whether work is left."""
    while (now := clock()) < stop_at:
        if not step(now):
            return False
    return True
