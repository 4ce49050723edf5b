"""Runs bin/bench: chooses the cases, measures them, and prints and stores the results."""

import argparse
import json
import shlex
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tools.bench import report
from tools.bench.cases import GROUPS, NAMES
from tools.bench.measure import Row
from tools.bench.options import Options
from tools.bench.started_site import House
from tools.dev import debian
from tools.dev.processes import ROOT, Failed, Signals, StopRequested

DEFAULT_OPTIONS = Options()
MAX_IDLE_LOAD = 0.3  # load average for each processor


def arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/bench",
        description="Measures each part of the site and compares it with the least that could do its work. "
        "Exits with 1 if a case is too slow.",
        epilog=f"Cases: {', '.join(NAMES)}. All of them take about half an hour.",
    )
    parser.add_argument("cases", nargs="*", metavar="CASE", help="cases to measure; without a name, all of them")
    parser.add_argument(
        "--rounds",
        type=int,
        default=DEFAULT_OPTIONS.rounds,
        help="rounds of each case, in alternating order (%(default)s)",
    )
    parser.add_argument(
        "--seconds", type=float, default=DEFAULT_OPTIONS.seconds, help="seconds of load in a round (%(default)s)"
    )
    parser.add_argument(
        "--minutes", type=float, default=DEFAULT_OPTIONS.minutes, help="length of the case mixed (%(default)s)"
    )
    sizes = ",".join(map(str, DEFAULT_OPTIONS.sizes))
    parser.add_argument("--sizes", default=sizes, help="signatures in the case growth (%(default)s)")
    parser.add_argument(
        "--without", default="", metavar="CASES", help="leave these cases out; separate them with commas"
    )
    parser.add_argument(
        "--json", type=Path, default=ROOT / "var" / "bench.json", help="file for the figures (%(default)s)"
    )
    parser.add_argument("--add", action="store_true", help="keep the figures of other cases in that file")
    parser.add_argument("--compare", type=Path, metavar="JSON", help="show what changed since an earlier run")
    parser.add_argument(
        "--write", type=Path, metavar="FILE", help="write the table of --json into FILE, without measuring"
    )
    options = parser.parse_args(given)
    for name in (*options.cases, *filter(None, options.without.split(","))):
        if name not in NAMES:
            parser.error(f"there is no case {name!r}. There are: {', '.join(NAMES)}")
    if options.rounds < 1 or not 1 <= options.seconds <= 60 or not 0 < options.minutes <= 60:
        parser.error("use at least one round, 1 to 60 seconds, and at most 60 minutes")
    return options


def main(given: list[str]) -> int:
    arguments_given = arguments(given)
    if arguments_given.write:
        kept = json.loads(arguments_given.json.read_text())
        report.write(arguments_given.write, [Row.from_json(row) for row in kept["rows"]], kept["about"])
        return 0
    if not shutil.which("wrk"):
        debian.install("wrk", "wrk, which makes the load,")
    signals, rows = Signals(), list[Row]()
    try:
        rows.extend(_measure_cases(arguments_given))
    except StopRequested:
        return signals.exit_code
    except Failed as error:
        print(error, file=sys.stderr)
        return 1
    _tell(arguments_given, rows, shlex.join(["bin/bench", *given]))
    return 0 if all(row.is_reached for row in rows) else 1


def _measure_cases(arguments: argparse.Namespace) -> Iterator[Row]:
    options = Options(
        arguments.rounds, arguments.seconds, tuple(map(int, arguments.sizes.split(","))), arguments.minutes
    )
    chosen = [name for name in arguments.cases or NAMES if name not in arguments.without.split(",")]
    print(f"{report.machine()}\n{options.rounds} rounds of {options.seconds:g} s", flush=True)
    if report.load_of_machine() > MAX_IDLE_LOAD:
        print(
            f"This machine is busy (load {report.load_of_machine():.1f} a processor): only the CPU ratio is reliable."
        )
    print("Starting the servers, with invented people ...", flush=True)
    with House() as house:
        for measure, names in GROUPS:
            cases = {name for name in names if name in chosen}
            if not cases:
                continue
            begin = time.monotonic()
            print(f"{', '.join(name for name in names if name in cases)} ...", end="", flush=True)
            rows = list(measure(house, options, cases))
            print(f" {time.monotonic() - begin:.0f} s", flush=True)
            yield from rows


def _tell(arguments: argparse.Namespace, rows: list[Row], command: str) -> None:
    print(f"\n{report.text(rows)}\n")
    if arguments.compare:
        print(report.compare(rows, json.loads(arguments.compare.read_text())))
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    others = _earlier_rows(arguments.json, rows) if arguments.add else []
    kept = {"about": report.about(command), "rows": [row.as_json() for row in _in_case_order([*rows, *others])]}
    arguments.json.write_text(json.dumps(kept, indent=1) + "\n")
    short = [row.what for row in rows if not row.is_reached]
    print(f"{len(rows) - len(short)} of {len(rows)} reached. Figures: {arguments.json}")


def _earlier_rows(path: Path, rows: list[Row]) -> list[Row]:
    kept = json.loads(path.read_text())["rows"] if path.exists() else []
    return [Row.from_json(row) for row in kept if row["case"] not in {row.case for row in rows}]


def _in_case_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: NAMES.index(row.case))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
