"""Sends a flood of bad POSTs from its own process: python -m tests.drills.long.flooding PORT COUNT NETWORKS

Prints how often each status was answered, as JSON.
"""

import http.client
import json
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

GOOD = {"name": "Ilse Varga", "email": "flood@example.org", "sector": "music"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
AT_A_TIME = 6

Bad = tuple[str, bytes, dict[str, str]]


def form(path: str = "/letter/sign/", *, headers: dict[str, str] | None = None, **fields: str) -> Bad:
    return path, urlencode({**GOOD, **fields}).encode(), {**FORM, **(headers or {})}


BAD: list[Callable[[int], Bad]] = [
    lambda number: ("/letter/sign/", b"", FORM),
    lambda number: form(email=f"nobody-{number}"),
    lambda number: form(name="\u202eIlse"),
    lambda number: form(name="Ilse\0Varga"),
    lambda number: form(sector="astrology"),
    lambda number: form(version="0" * 64),
    lambda number: form(name="x" * 20_000),
    lambda number: form(headers={"Sec-Fetch-Site": "cross-site"}),
    lambda number: form(headers={"Origin": "https://elsewhere.example"}),
    lambda number: form("/letter/"),
    lambda number: form("/nowhere/sign/"),
    lambda number: form(f"/confirm/WzEsMSwxXQ.{number:043d}/", generation="1"),
    lambda number: form("/letter/check-your-inbox/", email="@@"),
    lambda number: ("/letter/sign/", b"--x\r\n", {"Content-Type": "multipart/form-data; boundary=y"}),
    lambda number: ("/letter/sign/", b"x" * 300_000, FORM) if number % 50 == 0 else form(credit="\x1b[2J"),
]


def flood(port: int, post_count: int, networks: int) -> Counter[int]:
    def pour(lane: int) -> Counter[int]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        seen: Counter[int] = Counter()
        for number in range(lane, post_count, AT_A_TIME):
            path, body, headers = BAD[number % len(BAD)](number)
            network = number % networks
            from_there = {"X-Forwarded-For": f"203.0.{network // 250}.{network % 250 + 1}"}
            seen[_status(connection, path, body, {**headers, **from_there})] += 1
        return seen

    with ThreadPoolExecutor(AT_A_TIME) as lanes:
        return sum(lanes.map(pour, range(AT_A_TIME)), Counter())


def _status(connection: http.client.HTTPConnection, path: str, body: bytes, headers: dict[str, str]) -> int:
    """Sends a request over an open connection, and again over a new one if the server has closed it meanwhile."""
    for _ in range(2):
        try:
            connection.request("POST", path, body, headers)
            with connection.getresponse() as answer:
                answer.read()
                return answer.status
        except (OSError, http.client.HTTPException):
            connection.close()
    return 0


if __name__ == "__main__":
    print(json.dumps(flood(*map(int, sys.argv[1:]))))  # noqa: T201
