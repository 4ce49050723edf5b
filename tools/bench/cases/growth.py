"""Compares response times of a large site with those of the smallest one."""

import time
from collections.abc import Iterator, Set
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median

import psycopg2

from tools.bench.ask import Line
from tools.bench.measure import Row
from tools.bench.options import Options
from tools.bench.started_site import House

CASES = ("growth",)
MAX_RATIO = 1.5
MAX_FILL_SECONDS_PER_ROW = 5 * 60 / 5_000_000  # seconds for each signature, at most
CACHE_SECONDS = 1.1  # seconds after which a process renders the page again
CONFIRMS = 2000
REPETITIONS = 5  # repetitions in a turn, for answers that no cache keeps
READS = {
    "list": "signatories/",
    "list of the largest sector": "signatories/music/",
    "list of the smallest sector": "signatories/theatre/",
    "search for a common name": "signatories/?q=maria",
    "search for a rare name": "signatories/?q=zulkifli",
    "search for one letter": "signatories/?q=x",
    "search without a match": "signatories/?q=qxqxqxqx",
    "statement": "",
}
DEEP_PAGE = "a page in the depth of the list"


@dataclass
class SizedSite:
    """Holds one database of a given size, and one web process that uses it."""

    size: int
    database: str
    line: Line
    slug: str
    version: str
    tokens: list[str]
    filled_in: float
    """Seconds, all of `manage.py fill`."""
    deep: str = ""
    numbers: Iterator[int] = field(default_factory=count)

    def ask_all(self) -> dict[str, float]:
        """Returns the milliseconds of each request."""
        reads = {
            what: f"/{self.slug}/{rest}"
            for what, rest in {**READS, DEEP_PAGE: f"signatories/?after={self.deep}"}.items()
        }
        took = {what: self.line.get(path) for what, path in reads.items()}
        took["sign"] = median(self.line.post(f"/{self.slug}/sign/", self._form()) for _ in range(REPETITIONS))
        took["confirm"] = median(self._confirm() for _ in range(REPETITIONS))
        return took

    def _form(self) -> dict[str, str]:
        number = next(self.numbers)
        return {
            "name": f"Ilse Varga {'abcdefghij'[number % 10]}",
            "email": f"grown{number}@example.org",
            "sector": "music",
            "credit": "composer",
            "version": self.version,
        }

    def _confirm(self) -> float:
        return self.line.post(f"/confirm/{self.tokens.pop()}/", {"generation": "1"})


def measure(house: House, options: Options, cases: Set[str]) -> Iterator[Row]:
    with ExitStack() as stack:
        sites = [_site(house, stack, size) for size in sorted(options.sizes)]
        for site in sites:
            site.ask_all()
        before = [_scans(site) for site in sites]
        rounds = [_measure_round(sites, turn) for turn in range(2 * options.rounds)]
        scans = [_scans(site) - begin for site, begin in zip(sites, before, strict=True)]
    yield from _rows(sites, rounds)
    largest = sites[-1]
    what = f"manage.py fill with {largest.size:,}"
    yield Row("growth", what, 1, [largest.filled_in], [largest.size * MAX_FILL_SECONDS_PER_ROW], "s", at_most=True)
    for site, scan_count in list(zip(sites, scans, strict=True))[1:]:
        what = f"sequential scans of signatures, with {site.size:,}"
        yield Row("growth", what, 0, [scan_count], [1], "scans", at_most=True)


def _measure_round(sites: list[SizedSite], turn: int) -> list[dict[str, float]]:
    """Measures every site in each turn, in a different order each time."""
    time.sleep(CACHE_SECONDS)
    times = {site.size: site.ask_all() for site in sites[turn % len(sites) :] + sites[: turn % len(sites)]}
    return [times[site.size] for site in sites]


def _rows(sites: list[SizedSite], rounds: list[list[dict[str, float]]]) -> Iterator[Row]:
    for what in rounds[0][0]:
        for at, site in enumerate(sites[1:], start=1):
            times, fewest = ([turn[which][what] for turn in rounds] for which in (at, 0))
            text = f"{what}, with {site.size:,} compared with {sites[0].size:,}"
            yield Row("growth", text, MAX_RATIO, times, fewest, "ms", at_most=True)


def _site(house: House, stack: ExitStack, size: int) -> SizedSite:
    name = f"bench_{size}"
    _sql(house.postgres.url, f"CREATE DATABASE {name}")
    env = {"DATABASE_URL": f"{house.postgres.url.rpartition('/')[0]}/{name}"}
    house.manage("migrate", "--noinput", env=env)
    began = time.monotonic()
    house.manage("fill", "--signatures", str(size), env=env)
    filled_in = time.monotonic() - began
    _sql(env["DATABASE_URL"], "UPDATE signatures_statement SET is_featured = true")
    tokens = house.var / f"{name}-tokens"
    house.inside("pending", str(tokens), str(CONFIRMS), env=env)
    house.inside("tally", env=env)
    web = stack.enter_context(house.serving(name, **env, WEB_PROCESSES="1"))
    statement = house.inside("statement", env=env)
    deep = house.inside("deep", env=env)["cursor"]
    line = stack.enter_context(Line(web.port))
    return SizedSite(size, env["DATABASE_URL"], line, **statement, tokens=_read(tokens), filled_in=filled_in, deep=deep)


def _scans(site: SizedSite) -> int:
    """Returns the number of sequential scans. A backend reports its statistics a second later, or when it ends."""
    time.sleep(1.5)
    (count,) = _sql(site.database, "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'signatures_signature'")
    return int(count)


def _sql(url: str, statement: str) -> tuple[int, ...]:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        cursor = connection.cursor()
        cursor.execute(statement)
        return cursor.fetchone() or () if cursor.description else ()
    finally:
        connection.close()


def _read(path: Path) -> list[str]:
    return path.read_text().split()
