"""Runs the whole site for minutes, with worker and beat: 90 % reads, 8 % signs, 2 % confirms through the edge."""

import threading
import time
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any

from tools.bench import cpu, load
from tools.bench.edge import Edge
from tools.bench.load import Load
from tools.bench.measure import Row
from tools.bench.options import Options
from tools.bench.started_site import House, Web
from tools.dev import site

CASES = ("mixed",)
CONNECTIONS = 32
NAMES = 5000
CONFIRMS = 200  # confirmations a second for which links are made
MAX_GROWTH = 1.05
EXPECTED = ("200", "signed", "confirmed")


def measure(house: House, options: Options, cases: Set[str]) -> Iterator[Row]:
    seconds = options.minutes * 60
    names, tokens = str(house.var / "names"), str(house.var / "mixed-tokens")
    house.inside("names", names, str(NAMES))
    house.inside("pending", tokens, str(int(CONFIRMS * seconds)))
    house.inside("tally")
    before = house.inside("counts")
    sunk = _lines(house.var / "recipients")
    with house.serving(TRUSTED_PROXIES="2") as web:  # the edge adds one proxy
        edge = Edge(house.var / "mixed-edge", web.port)
        with house.running(site.worker(house.env, house.logs), site.beat(house.env, house.logs), edge):
            done, sizes = _under_load(house, web, edge, seconds, names, tokens)
            _wait_for_the_last(house)
    after = house.inside("counts")
    yield _row(done, sizes, before, after, _lines(house.var / "recipients") - sunk)


def _under_load(
    house: House, web: Web, edge: Edge, seconds: float, names: str, tokens: str
) -> tuple[Load, list[float]]:
    """Returns the result of the load, and the MB of all web processes at each measurement."""
    sizes: list[float] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(seconds / 120):
            sizes.append(sum(cpu.resident(web.child.pid).values()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    statement = house.statement
    arguments = (statement["slug"], statement["version"], names, tokens, f"{time.time_ns():x}", "1")
    try:
        done = load.run(f"{edge.url}/", *arguments, script="mixed", connections=CONNECTIONS, seconds=seconds)
    finally:
        over.set()
        watcher.join()
    return done, sizes


def _wait_for_the_last(house: House) -> None:
    """Waits for the last requests: wrk ends on time, while they are still being answered."""
    held = None
    while held != (held := house.inside("counts")["signed"]):
        time.sleep(1)


def _row(done: Load, sizes: list[float], before: dict[str, Any], after: dict[str, Any], received: int) -> Row:
    increase = {name: after[name] - before[name] for name in ("signed", "confirmed", "mails", "sent")}
    second, last = _size_in_minute(sizes, 1), _size_in_minute(sizes, -1)
    row = Row(
        "mixed", "memory of the last minute, compared with the second", MAX_GROWTH, [last], [second], "MB", at_most=True
    )
    row.faults += done.faults(*EXPECTED)
    for name, least in (("signed", "signed"), ("confirmed", "confirmed"), ("mails", "signed")):
        if increase[name] < done.statuses[least]:
            row.faults.append(f"{done.statuses[least]} were answered {least}, and {increase[name]} are there ({name})")
    if abs(received - increase["sent"]) > 0:
        row.faults.append(f"{increase['sent']} mails are marked as sent, and {received} arrived")
    if after["drift"]:
        row.faults.append("recount found a drift")
    row.notes.append(
        f"{done.requests:,} requests in {done.seconds / 60:.1f} min: {done.requests / done.seconds:,.0f}/s, of them "
        f"{done.statuses['signed'] / done.seconds:,.0f} signed and {done.statuses['confirmed'] / done.seconds:,.0f} "
        f"confirmed; nothing lost" + ("" if not row.faults else " is not true")
    )
    row.notes.append(f"{increase['sent']:,} mails went out meanwhile, p99 of all requests {done.p99 * 1000:,.0f} ms")
    return row


def _size_in_minute(sizes: list[float], which: int) -> float:
    """Returns the average size in one minute. 120 sizes are measured in the run, whatever its length."""
    minutes = [sizes[begin : begin + 12] for begin in range(0, max(12, len(sizes) - 11), 12)]
    chosen = minutes[min(which, len(minutes) - 1)]
    return sum(chosen) / len(chosen)


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0
