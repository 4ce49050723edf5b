"""Compares pages of the application with an empty Django view that sends the same bytes from the same server."""

from collections.abc import Iterator, Set
from contextlib import ExitStack
from functools import partial
from statistics import median

from tools.bench import load
from tools.bench.ask import ask
from tools.bench.measure import Figure, Row, comparison_row, figure, side_by_side
from tools.bench.options import Options
from tools.bench.started_site import House, Web

CASES = ("statement", "list")
PATHS = {"statement": "/{slug}/", "list": "/{slug}/signatories/"}
CONNECTIONS = 32


def measure(house: House, options: Options, cases: Set[str]) -> Iterator[Row]:
    with house.serving() as web:
        for name in CASES:
            if name in cases:
                yield _compare(house, options, web, name, PATHS[name].format(**house.statement))


def _compare(house: House, options: Options, web: Web, name: str, path: str) -> Row:
    page = house.var / f"{name}.html"
    page.write_bytes(ask(web.port, path).body)
    with ExitStack() as stack:
        floors = {
            floor: stack.enter_context(
                house.serving(floor, f"tools.bench.floors.{floor}:application", BENCH_PAGE=str(page))
            )
            for floor in ("empty_view", "constant")
        }

        def get(web: Web, turn: int) -> Figure:
            return figure(
                lambda: load.run(f"{web.url}{path}", connections=CONNECTIONS, seconds=options.seconds),
                lambda: house.cpu_of(web.child),
                "ok",
            )

        programs = {name: partial(get, at) for name, at in {"ours": web, **floors}.items()}
        figures = side_by_side(programs, options.rounds)
    what = f"{name} page at the application, compared with an empty view"
    row = comparison_row(name, what, 0.6, "GET/s", figures["ours"], figures["empty_view"])
    bare = median(bare_figure.rate for bare_figure in figures["constant"])
    row.notes.append(f"a bare WSGI application with the same page: {bare:,.0f}/s")
    return row
