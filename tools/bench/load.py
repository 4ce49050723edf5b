"""Runs wrk for some seconds, with some connections, against an address of this machine."""

import json
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tools.dev.ports import HOST
from tools.dev.processes import Failed

SCRIPTS = Path(__file__).parent / "wrk"
SITE_HOST = "petition.example.org"
MAX_SECONDS = 3600  # seconds


@dataclass(frozen=True)
class Load:
    requests: int
    seconds: float
    p50: float
    """Seconds, as p99 is."""
    p99: float
    statuses: Counter[str]
    broken: int
    """Requests without a whole answer."""

    def rate(self, *statuses: str) -> float:
        """Returns answers a second; if statuses are given, only those."""
        count = sum(self.statuses[status] for status in statuses) if statuses else self.requests
        return count / self.seconds

    def faults(self, *expected: str) -> list[str]:
        """Describes the answers that should not have come back."""
        odd = {status: count for status, count in self.statuses.items() if status not in expected}
        descriptions = [f"{count} times {status}" for status, count in sorted(odd.items())]
        return descriptions + ([f"{self.broken} requests without an answer"] if self.broken else [])


def run(
    url: str,
    *arguments: str,
    script: str = "read",
    connections: int = 32,
    seconds: float,
    threads: int = 1,
    header: str = "",
) -> Load:
    """Runs wrk. `arguments` go to the script. If the script does not count statuses, an answer is "ok" or "refused"."""
    if urlsplit(url).hostname != HOST or not 0 < seconds <= MAX_SECONDS:
        raise ValueError("load goes to this machine alone, for an hour at most")
    headers = [f"Host: {SITE_HOST}", "X-Forwarded-Proto: https", *([header] if header else [])]
    command = [
        "wrk",
        *("-t", str(threads), "-c", str(connections), "-d", f"{max(1, round(seconds))}s", "--timeout", "30s"),
        *(word for header in headers for word in ("-H", header)),
        *("-s", str(SCRIPTS / f"{script}.lua"), url, "--", *arguments),
    ]
    done = subprocess.run(command, cwd=SCRIPTS, capture_output=True, text=True, timeout=seconds + 60, check=False)
    reports = [line for line in done.stdout.splitlines() if line.startswith("BENCH ")]
    if not reports:
        raise Failed(f"wrk ended without a result ({' '.join(command)}):\n{done.stdout}{done.stderr}")
    return _read(json.loads(reports[0].removeprefix("BENCH ")))


def _read(report: dict[str, Any]) -> Load:
    statuses: Counter[str] = Counter()
    for counted in report["statuses"]:
        statuses.update(counted)
    if not report["statuses"]:
        statuses.update({"ok": report["requests"] - report["refused"], "refused": report["refused"]})
    return Load(
        requests=report["requests"],
        seconds=report["microseconds"] / 1e6,
        p50=report["p50"] / 1e6,
        p99=report["p99"] / 1e6,
        statuses=+statuses,
        broken=report["broken"],
    )
