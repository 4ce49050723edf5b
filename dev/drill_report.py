"""What the drills came to: as a table for a terminal, and in docs/reliability.md."""

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

from dev.drill_list import DRILLS
from dev.screen import Screen

FIGURES = ("asked", "accepted", "rows", "mails", "doubles", "5xx", "cut off", "longest", "recovered")
HEAD = ("drill", *FIGURES, "took", "")
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
        return [self.name, *figures, f"{self.took:.0f} s", self.verdict]


def read(file: Path, names: Sequence[str]) -> list[Outcome]:
    """From pytest's own report. A drill that is not in it was not reached."""
    report = ElementTree.parse(file)  # noqa: S314  our own pytest wrote it
    cases = {case.get("name", ""): case for case in report.iter("testcase")}
    return [_outcome(name, cases.get(DRILLS[name].test.rpartition("::")[2])) for name in names]


def _outcome(name: str, case: ElementTree.Element | None) -> Outcome:
    if case is None:
        return Outcome(name, "not run", 0, {}, "it was not reached")
    told = {each.get("name", ""): each.get("value", "") for each in case.iter("property")}
    remark = told.pop("remark", "")
    took = float(case.get("time", 0))
    if case.find("failure") is not None or case.find("error") is not None:
        return Outcome(name, "FAILED", took, told, remark)
    if (skipped := case.find("skipped")) is not None:
        return Outcome(name, "not run", took, told, skipped.get("message", ""))
    return Outcome(name, "passed", took, told, remark)


def listed(screen: Screen) -> str:
    width = max(map(len, DRILLS))
    lines = [
        f"  {screen.strong(name.ljust(width))}  {'quick' if drill.is_quick else '     '}  {drill.what}"
        for name, drill in DRILLS.items()
    ]
    return "\n".join(["", *lines, ""])


def table(outcomes: Sequence[Outcome], screen: Screen, minutes: float) -> str:
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
    """Names and verdicts stand at the left of their column, figures at the right."""
    last = len(row) - 1
    aligned = zip(row, widths, strict=True)
    return [text.ljust(width) if at in (0, last) else text.rjust(width) for at, (text, width) in enumerate(aligned)]


def _verdict(outcomes: Sequence[Outcome], minutes: float) -> str:
    failed = [outcome.name for outcome in outcomes if outcome.verdict != "passed"]
    said = f"Not passed: {', '.join(failed)}." if failed else "Nothing that was accepted is missing."
    return f"  {said} {len(outcomes)} drills, {minutes:.1f} minutes."


def write(page: Path, outcomes: Sequence[Outcome], minutes: float) -> None:
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{page} has no place for the table, between {BEGIN} and {END}")
    load = os.getloadavg()[0]
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    when = f"{datetime.now(UTC):%d %B %Y}, {machine}, load {load:.1f} at the end, {minutes:.1f} minutes in all:"
    new = "\n".join(["", when, "", *_markdown(outcomes), "", *_remarks(outcomes), ""])
    page.write_text(f"{before}{begin}\n{new.strip()}\n\n{end}{after}", encoding="utf-8")


def _markdown(outcomes: Sequence[Outcome]) -> list[str]:
    head = [name or "verdict" for name in HEAD]
    rule = ["---", *["--:"] * (len(HEAD) - 2), "---"]
    return [f"| {' | '.join(row)} |" for row in (head, rule, *(outcome.row for outcome in outcomes))]


def _remarks(outcomes: Sequence[Outcome]) -> list[str]:
    return [f"- {outcome.name}: {outcome.remark}" for outcome in outcomes if outcome.remark]


def told_in(page: Path) -> list[str]:
    """The drills that the page has figures of."""
    written = page.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    return re.findall(r"^\| ([a-z][a-z0-9-]+) \|", written, re.MULTILINE)[1:]
