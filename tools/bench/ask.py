"""Sends one request at a time, with the headers that the edge sets."""

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from tools.bench.load import SITE_HOST
from tools.dev.ports import HOST
from tools.dev.processes import Failed

HEADERS = {"Host": SITE_HOST, "X-Forwarded-Proto": "https"}
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{SITE_HOST}"}


@dataclass(frozen=True)
class HttpAnswer:
    status: int
    headers: dict[str, str]
    body: bytes


class Line:
    """Keeps one connection open. Every request on it claims to come from another network."""

    def __init__(self, port: int):
        self.connection = http.client.HTTPConnection(HOST, port, timeout=60)
        self.request_count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.connection.close()

    def get(self, path: str) -> float:
        """Returns the time of a GET in milliseconds."""
        return self._timed("GET", path, None, 200)

    def post(self, path: str, fields: Mapping[str, str]) -> float:
        return self._timed("POST", path, urlencode(fields), 303)

    def ask(self, method: str, path: str, body: str | None = None) -> HttpAnswer:
        self.request_count += 1
        number = self.request_count
        visitor = {"X-Forwarded-For": f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"}
        self.connection.request(method, path, body, {**HEADERS, **visitor, **(FORM if body else {})})
        answer = self.connection.getresponse()
        return HttpAnswer(answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read())

    def _timed(self, method: str, path: str, body: str | None, expected: int) -> float:
        begin = time.perf_counter()
        answer = self.ask(method, path, body)
        took = time.perf_counter() - begin
        _require_status(path, answer, expected)
        return took * 1000


def ask(port: int, path: str) -> HttpAnswer:
    with Line(port) as line:
        answer = line.ask("GET", path)
    _require_status(path, answer, 200)
    return answer


def _require_status(path: str, answer: HttpAnswer, expected: int) -> None:
    if answer.status != expected:
        raise Failed(f"{path} answers {answer.status}: {answer.body[:300]!r}")
