"""Writes the table for a terminal and for docs/performance.md, and compares it with an earlier one."""

import os
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from tools.bench.measure import Row

HEAD = ("case", "ours", "floor", "ratio", "spread", "CPU ratio", "CPU µs", "must", "")
BEGIN, END = "<!-- bin/bench writes from here -->", "<!-- to here -->"


def cells(row: Row) -> tuple[str, ...]:
    low, high = min(row.ratios), max(row.ratios)
    cpu = row.cpu_ratio
    return (
        row.what,
        f"{_number(median(row.rates))} {row.unit}",
        f"{_number(median(row.floor))}",
        f"{row.ratio:.2f}",
        f"{low:.2f}-{high:.2f}" if len(row.ratios) > 1 else "",
        "" if cpu is None else f"{cpu:.2f}",
        f"{_number(median(row.cpu))}" if row.cpu else "",
        f"{'at most' if row.at_most else 'at least'} {row.must:g}",
        "reached" if row.is_reached else "SHORT",
    )


def text(rows: Sequence[Row]) -> str:
    """Returns columns of even width, with the notes of each row below it."""
    table = [HEAD, *map(cells, rows)]
    widths = [max(len(line[at]) for line in table) for at in range(len(HEAD))]
    lines = [_columns(HEAD, widths)]
    for row in rows:
        lines.append(_columns(cells(row), widths))
        lines += [f"    {note}" for note in row.notes] + [f"    FAULT: {fault}" for fault in row.faults]
    return "\n".join(lines)


def markdown(rows: Sequence[Row], about: Mapping[str, Any]) -> str:
    lines = [f"Measured on {about['machine']}; {about['at'][:10]}, `{about['command']}`.", ""]
    lines += [_cells(HEAD), _cells(["---"] * len(HEAD)), *(_cells(cells(row)) for row in rows), ""]
    notes = [f"- {row.what}: {note}." for row in rows for note in (*row.notes, *row.faults)]
    return "\n".join([*lines, *notes])


def write(path: Path, rows: Sequence[Row], about: Mapping[str, Any]) -> None:
    """Writes the table into its place in `path`."""
    before, begin, rest = path.read_text().partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{path} has no place for the table: it needs the lines\n{BEGIN}\n{END}")
    path.write_text(f"{before}{BEGIN}\n\n{markdown(rows, about)}\n\n{END}{after}")


def compare(rows: Iterable[Row], earlier: Mapping[str, Any]) -> str:
    """Shows the earlier value of each ratio."""
    before = {kept["what"]: Row.from_json(kept) for kept in earlier["rows"]}
    lines = [f"Beside {earlier['about']['at'][:16]}:"]
    for row in rows:
        was = before.get(row.what)
        change = f"{was.ratio:.2f} -> {row.ratio:.2f}  {row.ratio / was.ratio - 1:+.0%}" if was else "is new"
        lines.append(f"  {row.what}: {change}")
    return "\n".join(lines)


def about(command: str) -> dict[str, Any]:
    return {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine(), "command": command}


def machine() -> str:
    memory = re.search(r"MemTotal:\s+(\d+)", _read("/proc/meminfo"))
    model = re.search(r"model name\s+: (.+)", _read("/proc/cpuinfo"))
    parts = [f"{os.cpu_count()} processors"]
    parts += [f"({model[1].strip()})"] if model else []
    parts += [f"{int(memory[1]) / 2**20:.0f} GB"] if memory else []
    return f"{' '.join(parts)}, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def load_of_machine() -> float:
    """Returns the load average of the last minute, divided by the number of processors."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _columns(line: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        cell.ljust(width) if at == 0 else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(line, widths, strict=True))
    )
    return "  ".join([first, *others]).rstrip()


def _cells(line: Iterable[str]) -> str:
    return f"| {' | '.join(line)} |"


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
