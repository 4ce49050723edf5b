"""Networks that are past their limit. Until there is room again, this process refuses them before it reads their form,
and without asking the cache."""

import time
from collections.abc import Callable

MOST = 10_000  # networks
TELL_EVERY = 1.0  # seconds


class Flood:
    """`tell` learns how many were refused here: at once of the first, then once a second."""

    def __init__(self, tell: Callable[[int], object]):
        self.tell = tell
        self.until: dict[str, float] = {}
        self.refused, self.told_at = 0, 0.0

    def note(self, network: str, seconds: int) -> None:
        if len(self.until) >= MOST:
            now = time.monotonic()
            self.until = {known: until for known, until in self.until.items() if until > now}
        if len(self.until) < MOST:
            self.until[network] = time.monotonic() + seconds

    def seconds_left(self, network: str) -> int:
        """0 for who is not known to be past the limit."""
        now, until = time.monotonic(), self.until.get(network, 0.0)
        if until <= now:
            self.until.pop(network, None)
            return 0
        self._count(now)
        return int(until - now) + 1

    def _count(self, now: float) -> None:
        self.refused += 1
        if now - self.told_at >= TELL_EVERY:
            many, self.refused, self.told_at = self.refused, 0, now
            self.tell(many)
