"""Reads the processor time and memory of processes from /proc. Returns nothing on systems without /proc.

Processor time is correct on a busy machine too, while the time on a clock depends on other work.
"""

import os
from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """Returns a process and all its descendants."""
    parents = {int(path.name): _stat(path) for path in PROC.glob("[0-9]*")}
    pids = [pid]
    for parent in pids:
        pids += [child for child, stat in parents.items() if stat and int(stat[1]) == parent]
    return pids


def seconds(pids: Iterable[int]) -> float:
    """Returns processor seconds, user and system together, including children that have ended."""
    stats = [_stat(PROC / str(member)) for pid in pids for member in family(pid)]
    return sum(int(ticks) for stat in stats for ticks in stat[11:15]) / TICKS_PER_SECOND


def resident(pid: int) -> dict[int, float]:
    """Returns the resident MB of each process of a family, including shared pages."""
    sizes = {}
    for member in family(pid):
        try:
            lines = (PROC / str(member) / "status").read_text().splitlines()
        except OSError:
            continue
        size = next((line.split()[1] for line in lines if line.startswith("VmRSS:")), "0")
        sizes[member] = int(size) / 1024
    return sizes


def _stat(path: Path) -> list[str]:
    """Returns the fields from the third on. The name before them can contain any character."""
    try:
        return (path / "stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []
