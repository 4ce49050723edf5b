"""Test servers around the edge: an application with given answers, and a name server."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from signatures.web.decorators import PUBLIC_CACHE_CONTROL as PUBLIC


@dataclass
class Answer:
    body: str = "page"
    status: int = 200
    delay: float = 0
    is_cut_short: bool = False
    is_missing: bool = False  # the request is read, and the connection ends
    headers: dict[str, str] = field(default_factory=lambda: {"Cache-Control": PUBLIC})


@dataclass
class Application:
    """Answers what `answer` says, on a port that it keeps while it is away."""

    port: int
    host: str = "127.0.0.1"
    answer: Answer = field(default_factory=Answer)
    answers: dict[str, Answer] = field(default_factory=dict)  # by path, for exceptions
    seen: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator[None]:
        server = _Server((self.host, self.port), _Handler)
        server.application = self
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    @property
    def paths(self) -> list[str]:
        return [path for _method, path, _headers, _body in self.seen]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    application: Application


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        application = self.server.application
        headers = {name.lower(): value for name, value in self.headers.items()}
        application.seen.append((self.command, self.path, headers, sent))
        answer = application.answers.get(self.path, application.answer)
        time.sleep(answer.delay)
        if answer.is_missing:
            self.close_connection = True
            return
        body = answer.body.encode()
        self.send_response(answer.status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) + answer.is_cut_short))
        self.send_header("Connection", "close")  # so that it is away immediately when it stops
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_POST = do_GET

    def log_message(self, *args: object) -> None:
        pass


class NameServer:
    """Resolves every IPv4 name to `address`, and `others` if there are any."""

    def __init__(self) -> None:
        self.address = "127.0.0.1"
        self.others: list[str] = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]

    @contextmanager
    def running(self) -> Iterator[None]:
        thread = threading.Thread(target=self._serve)
        thread.start()
        try:
            yield
        finally:
            self.socket.sendto(b"", ("127.0.0.1", self.port))
            thread.join()
            self.socket.close()

    def _serve(self) -> None:
        while True:
            question, client = self.socket.recvfrom(512)
            if not question:
                return
            self.socket.sendto(self._answer(question), client)

    def _answer(self, question: bytes) -> bytes:
        query = question[12:]
        name_and_type = query[: query.index(b"\0") + 5]
        addresses = [self.address, *self.others]
        header = question[:2] + b"\x81\x80" + b"\0\1" + len(addresses).to_bytes(2) + b"\0\0" + b"\0\0"
        kind = b"\xc0\x0c" + b"\0\1" + b"\0\1" + b"\0\0\0\1" + b"\0\4"
        return header + name_and_type + b"".join(kind + socket.inet_aton(address) for address in addresses)
