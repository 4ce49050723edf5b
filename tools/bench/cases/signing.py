"""Compares signing and confirming with a bare application on the same server that does one INSERT for each POST."""

import re
import subprocess
from collections.abc import Callable, Iterator, Set
from itertools import count
from statistics import median

from tools.bench import load
from tools.bench.measure import Figure, Row, comparison_row, figure, side_by_side
from tools.bench.options import Options
from tools.bench.started_site import House, Web
from tools.dev import ports, postgres_paths

CASES = ("sign", "known", "mistaken", "flooding", "confirm")
CONNECTIONS = 32
NAMES, KNOWN_MAILBOXES = 5000, 10_000
FASTEST = 2000  # confirmations a second for which links are made
MAX_TAIL = 10
WARM_UP_SECONDS = 60  # seconds after which a network is certainly past its limit

PGBENCH = "INSERT INTO bench_floor (body) VALUES (repeat('x', 220));\n"


def measure(house: House, options: Options, cases: Set[str]) -> Iterator[Row]:
    names, known_mailboxes, tokens = (str(house.var / name) for name in ("names", "known", "tokens"))
    house.inside("names", names, str(NAMES))
    _make_floor(house)
    if "known" in cases:
        house.inside("known", known_mailboxes, str(KNOWN_MAILBOXES))
    if "confirm" in cases:
        house.inside("pending", tokens, str(int(FASTEST * options.seconds * (options.rounds + 1))))
    house.inside("tally")
    with house.serving() as web, house.serving("floor", "tools.bench.floors.insert:application") as floor:
        signing = SigningBench(house, web, options.seconds, names)
        programs: dict[str, Callable[[int], Figure]] = {
            "floor": lambda turn: signing.floor(floor),
            "pgbench": lambda turn: pgbench(house, options.seconds),
            "sign": lambda turn: signing.post("303", "new", f"r{next(signing.tags)}x"),
            "known": lambda turn: signing.post("303", "known", known_mailboxes),
            "mistaken": lambda turn: signing.post("422", "mistaken"),
            "flooding": lambda turn: signing.flood(),
            "confirm": lambda turn: signing.confirm(tokens, turn),
        }
        for name in {"sign", *cases}:  # the warm-up: first calls are slow and do not count
            programs[name](options.rounds)
        chosen = {"floor", "pgbench", *cases} | ({"sign"} if cases & {"known", "mistaken", "flooding"} else set())
        figures = side_by_side({name: do for name, do in programs.items() if name in chosen}, options.rounds)
    yield from rows(figures, cases)


class SigningBench:
    def __init__(self, house: House, web: Web, seconds: float, names: str):
        self.house, self.web, self.seconds, self.names = house, web, seconds, names
        self.tags = count()

    def post(self, expected: str, *how: str) -> Figure:
        statement = self.house.statement
        return self._figure(self.web, expected, "sign", statement["slug"], statement["version"], self.names, *how)

    def flood(self) -> Figure:
        """Sends the form from one network far past its limit. The limit starts again every minute."""
        statement = self.house.statement
        flooding = (statement["slug"], statement["version"], self.names, "flooding")
        for _try in range(WARM_UP_SECONDS):
            if set(load.run(f"{self.web.url}/", *flooding, script="sign", seconds=1).statuses) == {"429"}:
                break
        return self._figure_of_refused(self.post("429", "flooding"))

    def confirm(self, tokens: str, turn: int) -> Figure:
        first = str(int(FASTEST * self.seconds) * turn)
        return self._figure(self.web, "303", "confirm", tokens, first, "1")

    def floor(self, web: Web) -> Figure:
        return self._figure(web, "303", "insert")

    def _figure(self, web: Web, expected: str, script: str, *arguments: str) -> Figure:
        return figure(
            lambda: load.run(f"{web.url}/", *arguments, script=script, connections=CONNECTIONS, seconds=self.seconds),
            lambda: self.house.cpu_of(web.child),
            expected,
        )

    def _figure_of_refused(self, measured: Figure) -> Figure:
        """Ignores the requests that the limit accepts at the beginning of each minute."""
        faults = tuple(fault for fault in measured.faults if not fault.endswith("303"))
        return Figure(measured.rate, measured.cpu, measured.p50, measured.p99, faults)


def rows(figures: dict[str, list[Figure]], cases: Set[str]) -> Iterator[Row]:
    floor, unit = figures["floor"], "POST/s"
    if "sign" in cases:
        row = comparison_row(
            "sign", "sign with a new mailbox, compared with one INSERT", 0.25, unit, figures["sign"], floor
        )
        row.notes.append(f"pgbench with the same INSERT: {median(figure.rate for figure in figures['pgbench']):,.0f}/s")
        yield row
        tails, medians = ([getattr(figure, name) * 1000 for figure in figures["sign"]] for name in ("p99", "p50"))
        yield Row("sign", "sign: p99, compared with the median", MAX_TAIL, tails, medians, "ms", at_most=True)
    others = {
        "known": ("sign with a known mailbox, compared with a new one", 1.0),
        "mistaken": ("sign refused by validation, compared with an accepted one", 1.0),
        "flooding": ("sign refused by limits, compared with an accepted one", 2.0),
    }
    for name, (what, must) in others.items():
        if name in cases:
            yield comparison_row(name, what, must, unit, figures[name], figures["sign"])
    if "confirm" in cases:
        yield comparison_row("confirm", "confirm, compared with one INSERT", 0.25, unit, figures["confirm"], floor)


def pgbench(house: House, seconds: float) -> Figure:
    """Measures only the database: PostgreSQL's own program with the same INSERT."""
    script, name = house.var / "insert.sql", str(postgres_paths.postgres_binaries() / "pgbench")
    script.write_text(PGBENCH)
    it = house.postgres
    address = ["-h", ports.HOST, "-p", str(it.port), "-U", "undersigned", "undersigned"]
    command = [name, "-n", "-M", "prepared", "-c", "8", "-j", "1", "-T", str(max(1, round(seconds))), "-f", str(script)]
    before = house.cpu_of()
    done = subprocess.run(
        [*command, *address], env={"PGPASSWORD": it.password}, capture_output=True, text=True, check=True
    )
    count = re.search(r"actually processed: (\d+)", done.stdout)
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    assert count
    assert rate
    return Figure(float(rate[1]), (house.cpu_of() - before) / int(count[1]) * 1e6)


def _make_floor(house: House) -> None:
    import psycopg2

    from tools.bench.floors.insert import TABLE

    connection = psycopg2.connect(house.postgres.url)
    with connection, connection.cursor() as cursor:
        cursor.execute(TABLE)
    connection.close()
