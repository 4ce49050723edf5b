"""Lists processes and their children, to check that none is left."""

import os
import subprocess


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def below(pid: int) -> list[int]:
    """Returns the descendants of a process."""
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    parents = [tuple(map(int, line.split())) for line in listing.stdout.splitlines()]
    children = [child for child, parent in parents if parent == pid]
    return [*children, *(deeper for child in children for deeper in below(child))]
