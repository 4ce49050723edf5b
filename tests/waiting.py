import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_for(what: Callable[[], T], *, patience: float = 60, every: float = 0.02) -> T:
    """Waits until `what` returns a true value, and returns it. The default time is long: a busy machine is not a
    broken site."""
    deadline = time.monotonic() + patience
    while not (value := what()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience:.0f} s in vain; last seen: {value!r}")
        time.sleep(every)
    return value


def seconds_until(what: Callable[[], object], *, patience: float = 60) -> float:
    """Returns how long `wait_for` had to wait."""
    begin = time.monotonic()
    wait_for(what, patience=patience)
    return time.monotonic() - begin
