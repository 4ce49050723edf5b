"""Compares email delivery by one worker process with a loop that sends the same bytes to the same mail server."""

import json
import subprocess
import sys
from collections.abc import Iterator, Set
from typing import Any

from tools.bench.measure import Figure, Row, comparison_row, side_by_side
from tools.bench.options import Options
from tools.bench.started_site import House
from tools.dev.processes import ROOT

CASES = ("mails",)
TARGET_RATE = 400  # emails queued for each second of a round


def measure(house: House, options: Options, cases: Set[str]) -> Iterator[Row]:
    count = max(100, int(TARGET_RATE * options.seconds))
    _deliver(house, 50)  # the first message is the one that the floor sends
    programs = {"ours": lambda turn: _deliver(house, count), "floor": lambda turn: _loop(house, count)}
    figures = side_by_side(programs, options.rounds)
    yield comparison_row(
        "mails",
        "mails delivered by one worker, compared with smtplib",
        0.5,
        "mail/s",
        figures["ours"],
        figures["floor"],
    )


def _deliver(house: House, count: int) -> Figure:
    house.inside("outbox", str(count))
    house.inside("tally")
    before = house.cpu_of()
    return _figure(house.inside("deliver"), count, house.cpu_of() - before)


def _loop(house: House, count: int) -> Figure:
    command = [
        sys.executable,
        "-m",
        "tools.bench.floors.smtp_loop",
        str(house.sink_port),
        str(house.var / "message"),
        str(count),
    ]
    done = subprocess.run(command, cwd=ROOT, env=house.env, capture_output=True, text=True, check=True)
    return _figure(json.loads(done.stdout), count, 0)


def _figure(result: dict[str, Any], count: int, servers: float) -> Figure:
    faults = () if result["mails"] == count else (f"{result['mails']} mails of {count} went out",)
    return Figure(
        result["mails"] / result["seconds"], (result["cpu"] + servers) / max(1, result["mails"]) * 1e6, faults=faults
    )
