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


def measure(house: House, options: Options, wanted: Set[str]) -> Iterator[Row]:
    many = max(100, int(TARGET_RATE * options.seconds))
    _deliver(house, 50)  # the first message is the one that the floor sends
    programs = {"ours": lambda turn: _deliver(house, many), "floor": lambda turn: _loop(house, many)}
    found = side_by_side(programs, options.rounds)
    yield comparison_row(
        "mails", "mails delivered by one worker, beside smtplib", 0.5, "mail/s", found["ours"], found["floor"]
    )


def _deliver(house: House, many: int) -> Figure:
    house.inside("outbox", str(many))
    house.inside("tally")
    before = house.cpu_of()
    return _figure(house.inside("deliver"), many, house.cpu_of() - before)


def _loop(house: House, many: int) -> Figure:
    command = [
        sys.executable,
        "-m",
        "tools.bench.floors.smtp_loop",
        str(house.sink_port),
        str(house.var / "message"),
        str(many),
    ]
    done = subprocess.run(command, cwd=ROOT, env=house.env, capture_output=True, text=True, check=True)
    return _figure(json.loads(done.stdout), many, 0)


def _figure(told: dict[str, Any], many: int, servers: float) -> Figure:
    faults = () if told["mails"] == many else (f"{told['mails']} mails of {many} went out",)
    return Figure(told["mails"] / told["seconds"], (told["cpu"] + servers) / max(1, told["mails"]) * 1e6, faults=faults)
