"""Work that is done a piece at a time, so that a kill loses one at most and whoever comes next goes on."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]


def run_until(piece: Callable[[datetime], bool], *, clock: Clock, stop_at: datetime) -> bool:
    """Until `piece` says that nothing is left, or the time is up. Whether something is left to do."""
    while (now := clock()) < stop_at:
        if not piece(now):
            return False
    return True
