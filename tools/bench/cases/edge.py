"""Compares pages and the count from nginx's cache with a file of the same bytes from the same nginx."""

import re
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass

from tools.bench import cpu, load
from tools.bench.ask import ask
from tools.bench.edge import Edge
from tools.bench.measure import Figure, Row, comparison_row, figure, side_by_side
from tools.bench.options import Options
from tools.bench.started_site import House, Web

CASES = ("edge-statement", "edge-list", "edge-count")
LOG_LINE = re.compile(r':(\d\d:\d\d:\d\d) [^"]*"([^"]*)"')


@dataclass(frozen=True)
class EdgeCase:
    what: str
    path: str
    connections: int = 32
    threads: int = 1


ADDRESSES = {
    "edge-statement": EdgeCase("statement page", "/{slug}/"),
    "edge-list": EdgeCase("list page", "/{slug}/signatories/"),
    "edge-count": EdgeCase("count.json for 1,000 connections", "/{slug}/count.json", connections=1000, threads=2),
}


def measure(house: House, options: Options, cases: Set[str]) -> Iterator[Row]:
    with house.serving() as web:
        edge = Edge(house.var / "edge", web.port)
        with house.running(edge):
            for name in CASES:
                if name in cases:
                    yield _compare(house, options, web, edge, name)


def _compare(house: House, options: Options, web: Web, edge: Edge, name: str) -> Row:
    address = ADDRESSES[name]
    path = address.path.format(**house.statement)
    page = ask(edge.port, path)
    (edge.files / name).write_bytes(page.body)

    def get(path: str) -> Figure:
        # A page that nobody has read for three seconds reaches the application with every simultaneous request
        ask(edge.port, path)
        return figure(
            lambda: load.run(
                f"{edge.url}{path}",
                connections=address.connections,
                threads=address.threads,
                seconds=options.seconds,
            ),
            lambda: cpu.seconds([edge.pid]) + house.cpu_of(web.child),
            "ok",
        )

    begin = web.requests_log.stat().st_size
    figures = side_by_side({"ours": lambda turn: get(path), "file": lambda turn: get(f"/files/{name}")}, options.rounds)
    what = f"{address.what} through the edge, compared with a file"
    row = comparison_row(name, what, 0.8, "GET/s", figures["ours"], figures["file"])
    most = _most_in_a_second(web, path, begin)
    row.notes.append(f"the application saw at most {most} a second")
    if most > 1:
        row.faults.append(f"the application saw {most} requests for one address in a second")
    return row


def _most_in_a_second(web: Web, path: str, begin: int) -> int:
    with web.requests_log.open() as log:
        log.seek(begin)
        seen = Counter(match[1] for line in log if (match := LOG_LINE.search(line)) and match[2] == path)
    return max(seen.values(), default=0)
