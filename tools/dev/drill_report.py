"""Writes the results of the drills as a table for a terminal, and into docs/reliability.md."""

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

from tools.dev.drill_list import DRILLS
from tools.dev.screen import Terminal

FIGURES = ("asked", "accepted", "rows", "mails", "doubles", "5xx", "cut off", "longest", "recovered")
HEAD = ("drill", *FIGURES, "took", "load", "")
ROW = re.compile(r"^(\| ([\w-]+) \|.*)$", re.MULTILINE)
REMARK = re.compile(r"^- ([\w-]+): (.+)$", re.MULTILINE)
BEGIN, END = "<!-- written by bin/drill --write -->", "<!-- until here -->"


@dataclass(frozen=True)
class Outcome:
    name: str
    verdict: str  # passed, FAILED, or "not run"
    took: float  # seconds
    figures: dict[str, str]
    remark: str = ""

    @property
    def row(self) -> list[str]:
        figures = [self.figures.get(name, "–") for name in FIGURES]
        return [self.name, *figures, f"{self.took:.0f} s", self.figures.get("load", "–"), self.verdict]


def read(file: Path, names: Sequence[str]) -> list[Outcome]:
    """Reads pytest's report. A drill that is not in it was not run."""
    report = ElementTree.parse(file)  # noqa: S314  our own pytest wrote it
    cases = {case.get("name", ""): case for case in report.iter("testcase")}
    return [_outcome(name, cases.get(DRILLS[name].test.rpartition("::")[2])) for name in names]


def _outcome(name: str, case: ElementTree.Element | None) -> Outcome:
    if case is None:
        return Outcome(name, "not run", 0, {}, "it was not finished")
    properties = {node.get("name", ""): node.get("value", "") for node in case.iter("property")}
    remark = properties.pop("remark", "")
    took = float(case.get("time", 0))
    if case.find("failure") is not None or case.find("error") is not None:
        return Outcome(name, "FAILED", took, properties, remark)
    if (skipped := case.find("skipped")) is not None:
        return Outcome(name, "not run", took, properties, skipped.get("message", ""))
    return Outcome(name, "passed", took, properties, remark)


def exit_code(of_pytest: int, named: Sequence[Outcome]) -> int:
    """Returns the exit code. A drill that was named and cannot run here counts as a failure."""
    return of_pytest or int(any(outcome.verdict != "passed" for outcome in named))


def listed(screen: Terminal) -> str:
    width = max(map(len, DRILLS))
    lines = [
        f"  {screen.strong(name.ljust(width))}  {'quick' if drill.is_quick else '     '}  {drill.what}"
        for name, drill in DRILLS.items()
    ]
    return "\n".join(["", *lines, ""])


def table(outcomes: Sequence[Outcome], screen: Terminal, minutes: float) -> str:
    rows = [list(HEAD), *(outcome.row for outcome in outcomes)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    head, *body = ("  ".join(_cells(row, widths)).rstrip() for row in rows)
    lines = [
        f"  {screen.strong(line) if outcome.verdict == 'FAILED' else line}"
        for line, outcome in zip(body, outcomes, strict=True)
    ]
    remarks = [f"  {outcome.name}: {outcome.remark}" for outcome in outcomes if outcome.remark]
    verdict = _verdict(outcomes, minutes)
    return "\n".join(
        [
            "",
            f"  {screen.faint(head)}",
            *lines,
            *([""] if remarks else []),
            *map(screen.faint, remarks),
            "",
            verdict,
            "",
        ]
    )


def _cells(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Returns the padded cells. Names and verdicts are on the left of their column, figures on the right."""
    last = len(row) - 1
    aligned = zip(row, widths, strict=True)
    return [text.ljust(width) if at in (0, last) else text.rjust(width) for at, (text, width) in enumerate(aligned)]


def _verdict(outcomes: Sequence[Outcome], minutes: float) -> str:
    failed = [outcome.name for outcome in outcomes if outcome.verdict != "passed"]
    sentence = f"Not passed: {', '.join(failed)}." if failed else "Nothing that was accepted is missing."
    return f"  {sentence} {len(outcomes)} drills, {minutes:.1f} minutes."


def write(page: Path, outcomes: Sequence[Outcome]) -> None:
    """Updates the page's table, in the order of the list. Rows of drills that were not run stay."""
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    old, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{page} has no place for the table, between {BEGIN} and {END}")
    rows = rows_in(page) | {outcome.name: f"| {' | '.join(outcome.row)} |" for outcome in outcomes}
    remarks = dict(REMARK.findall(old)) | {outcome.name: outcome.remark for outcome in outcomes}
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    head = [name or "verdict" for name in HEAD]
    rule = ["---", *["--:"] * (len(HEAD) - 2), "---"]
    lines = [
        f"Last written on {datetime.now(UTC):%d %B %Y}, on {machine}:",
        "",
        *(f"| {' | '.join(row)} |" for row in (head, rule)),
        *(rows[name] for name in DRILLS if name in rows),
        "",
        *(f"- {name}: {remarks[name]}" for name in DRILLS if remarks.get(name)),
    ]
    page.write_text("".join([before, begin, "\n", "\n".join(lines).strip(), "\n\n", end, after]), encoding="utf-8")


def rows_in(page: Path) -> dict[str, str]:
    """Returns the page's rows, by the names of their drills."""
    written = page.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    return {name: row for row, name in ROW.findall(written) if name in DRILLS}
