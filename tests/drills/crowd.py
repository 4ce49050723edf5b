"""Signers who come at the same time over plain HTTP, each with their own mailbox, and the answers that they get."""

import http.client
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import count
from typing import Protocol, TypeVar
from urllib.parse import urlencode, urlsplit

from tests.dumps import USED
from tests.smtp import link_in
from tests.waiting import wait_for
from tools.dev import ports

T = TypeVar("T")

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}


class SiteAddress(Protocol):
    port: int


@dataclass(frozen=True)
class Answer:
    address: str  # of a mailbox, or of a page
    status: int  # 0 if the connection ended without an answer
    seconds: float


class Crowd:
    """`signing`, `insisting` and `confirming` run in the background while the body of the `with` breaks something.

    `port`: the port of a proxy before the site, if requests go through one. `network`: returns the address that each
    request comes from, as a proxy would report it.
    """

    def __init__(
        self,
        site: SiteAddress,
        *,
        at_a_time: int = 12,
        port: int | None = None,
        network: Callable[[], str] | None = None,
    ):
        self.port, self.at_a_time, self.network = port or site.port, at_a_time, network
        self.answers: list[Answer] = []
        self.numbers = count(1)

    def sign(self, people_count: int) -> list[Answer]:
        """Returns the answers to `many` more signers, of whom `at_a_time` come together."""
        with ThreadPoolExecutor(self.at_a_time) as people:
            return list(people.map(lambda _: self.sign_once(), range(people_count)))

    def signing(self, people_count: int) -> AbstractContextManager[None]:
        return self.meanwhile(lambda _: self.sign_once(), range(people_count))

    def signing_until_accepted(self, people_count: int) -> AbstractContextManager[None]:
        """Does what `signing` does, but a signer who is refused reads the page and tries again."""
        return self.meanwhile(lambda _: self.insist(), range(people_count))

    def confirming(self, messages: Iterable[EmailMessage]) -> AbstractContextManager[None]:
        return self.meanwhile(self.confirm, messages)

    def signing_all_the_time(self, *, pause: float = 0.1) -> AbstractContextManager[None]:
        return self.all_the_time(self.sign_once, pause=pause)

    @contextmanager
    def reading_all_the_time(self, path: str, reads: list[Answer], *, pause: float = 0.05) -> Iterator[None]:
        """Reads one page after another. {} in `path` becomes a new number each time, so that no cache has the page."""
        numbers = count()

        def read() -> None:
            begin, page = time.monotonic(), path.format(next(numbers))
            status, _ = self.ask("GET", page)
            reads.append(Answer(page, status, time.monotonic() - begin))

        with self.all_the_time(read, pause=pause, people=1):
            yield

    @contextmanager
    def all_the_time(self, do: Callable[[], object], *, pause: float, people: int | None = None) -> Iterator[None]:
        """Runs `at_a_time` signers at once, each followed by another, until the body is done or the count is
        reached."""
        is_over = threading.Event()

        def come(_place: int) -> None:
            while not is_over.wait(pause):
                do()

        with self.meanwhile(come, range(people or self.at_a_time)):
            try:
                yield
            finally:
                is_over.set()

    @contextmanager
    def meanwhile(self, do: Callable[[T], object], items: Iterable[T]) -> Iterator[None]:
        with ThreadPoolExecutor(self.at_a_time) as people:
            futures = [people.submit(do, one) for one in items]
            try:
                yield
            except BaseException:
                people.shutdown(cancel_futures=True)
                raise
            for one in futures:
                one.result()

    def sign_once(self) -> Answer:
        return self.sign_as(self._new_address())

    def insist(self) -> None:
        address = self._new_address()
        wait_for(lambda: self.sign_as(address).status == 303, every=0.25)

    def sign_as(self, address: str, name: str = "Ilse Varga") -> Answer:
        USED.note(address)
        details = {"name": name, "email": address, "sector": "music", "credit": "composer"}
        begin = time.monotonic()
        status, _ = self.ask("POST", "/letter/sign/", details)
        answer = Answer(address, status, time.monotonic() - begin)
        self.answers.append(answer)
        return answer

    def confirm(self, message: EmailMessage) -> int:
        """Opens the link in the email and presses the button. Returns the status of the answer."""
        return self._confirm_by_link(message)[0]

    def confirm_and_go_on(self, message: EmailMessage) -> str:
        """Does what `confirm` does, and opens the page to which the answer redirects."""
        return self.ask("GET", urlsplit(self._confirm_by_link(message)[1]).path)[1]

    @property
    def accepted(self) -> set[str]:
        return {answer.address for answer in self.answers if answer.status == 303}

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
        """Returns status and body, or (0, "") if the connection ended without an answer."""
        status, _location, body = self._exchange(method, path, fields, headers)
        return status, body

    def _confirm_by_link(self, message: EmailMessage) -> tuple[int, str]:
        path = urlsplit(link_in(message, "confirm")).path
        _, page = self.ask("GET", path)
        carried = re.search(r'name="generation" value="(\d+)"', page)
        return self._exchange("POST", path, {"generation": carried[1] if carried else ""}, {})[:2]

    def _exchange(
        self, method: str, path: str, fields: dict[str, str] | None, headers: dict[str, str]
    ) -> tuple[int, str, str]:
        if self.network:
            headers["X-Forwarded-For"] = self.network()
        with closing(http.client.HTTPConnection(ports.HOST, self.port, timeout=30)) as connection:
            try:
                connection.request(method, path, urlencode(fields or {}), {**FORM, **headers})
                response = connection.getresponse()
                return response.status, response.headers.get("Location", ""), response.read().decode()
            except (OSError, http.client.HTTPException):
                return 0, "", ""

    def _new_address(self) -> str:
        return f"signer-{next(self.numbers)}@example.org"
