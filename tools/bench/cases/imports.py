"""Measures the time and memory in which the worker reads, checks and imports a file of signatures."""

from collections.abc import Iterator, Set

from tools.bench.measure import Row
from tools.bench.options import Options
from tools.bench.started_site import House

CASES = ("imports",)
LINES, BAD = 100_000, 500
MAX_SECONDS = {"read": 60, "check": 180, "bring": 600}  # seconds
MAX_RESIDENT_MB = 200  # MB; above this, Celery replaces the process


def measure(house: House, options: Options, cases: Set[str]) -> Iterator[Row]:
    """Measures each kind of file in its own process, because a process never returns its memory."""
    for kind in ("csv", "xlsx"):
        file = str(house.var / f"list.{kind}")
        house.inside("a_list", file, str(LINES), str(BAD))
        result = house.inside("imported", file)
        for step, most in MAX_SECONDS.items():
            what = f"import of {LINES:,} lines of {kind.upper()}, {result['bad']} of them bad: {step}, of {most} s"
            row = Row("imports", what, 1, [result[step]], [most], "s", at_most=True)
            row.notes.append(f"{result['brought']:,} brought in, {result[f'{step}_cpu']:.0f} s of a processor")
            yield row
        what = f"the worker's process after it, of {MAX_RESIDENT_MB} MB"
        yield Row("imports", what, 1, [result["resident"]], [MAX_RESIDENT_MB], "MB", at_most=True)
