"""Measures how soon a web server is ready, and the memory of its processes after many requests."""

import time
from collections.abc import Iterator, Set

from tools.bench import cpu, load
from tools.bench.measure import Row
from tools.bench.options import Options
from tools.bench.started_site import House

CASES = ("start",)
READY_WITHIN = 2  # seconds
MAX_RESIDENT_MB = 120  # MB
REQUESTS = 100_000
LOAD_SECONDS = 10  # seconds
MAX_LOADS = 30


def measure(house: House, options: Options, cases: Set[str]) -> Iterator[Row]:
    took = [_start(house) for _ in range(options.rounds)]
    yield Row("start", "web ready, of 2 s", 1, took, [READY_WITHIN] * len(took), unit="s", at_most=True)
    sizes, request_count = _after_requests(house)
    what = f"the largest web process after {request_count:,} requests, of 120 MB"
    row = Row("start", what, 1, [max(sizes)], [MAX_RESIDENT_MB], unit="MB", at_most=True)
    row.notes.append("MB of each process: " + ", ".join(f"{size:.0f}" for size in sizes))
    yield row


def _start(house: House) -> float:
    begin = time.monotonic()
    with house.serving():
        return time.monotonic() - begin


def _after_requests(house: House) -> tuple[list[float], int]:
    request_count = 0
    with house.serving() as web:
        for turn in range(MAX_LOADS):
            path = "/signatories/" if turn % 2 else "/"
            request_count += load.run(f"{web.url}/{house.statement['slug']}{path}", seconds=LOAD_SECONDS).requests
            if request_count >= REQUESTS:
                break
        return sorted(cpu.resident(web.child.pid).values()), request_count
