"""A proxy that can go dead: connections stay open, accept data, and return nothing."""

import socket
import threading
from contextlib import suppress
from typing import Self

from tools.dev import ports


class Proxy:
    def __init__(self, *, to: int):
        self.to = to
        self.listener = socket.create_server((ports.HOST, 0))
        self.port: int = self.listener.getsockname()[1]
        self.is_swallowing = False
        self.ways: list[Way] = []

    def __enter__(self) -> Self:
        self.accepting = threading.Thread(target=self._accept, daemon=True)
        self.accepting.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for the next connection
        self.accepting.join(timeout=10)
        self.listener.close()
        for way in self.ways:
            way.close()

    def go_dead(self) -> None:
        """Makes every connection dead: the present ones for ever, and new ones too."""
        self.is_swallowing = True
        for way in self.ways:
            way.is_dead = True

    def carry_new_ones(self) -> None:
        self.is_swallowing = False

    def _accept(self) -> None:
        with suppress(OSError):  # closed at the end
            while True:
                client, _address = self.listener.accept()
                self._carry_on(client)

    def _carry_on(self, client: socket.socket) -> None:
        """Carries the data of a new connection, or refuses it if the server does not answer."""
        try:
            self.ways.append(Way(client, self.to, is_dead=self.is_swallowing))
        except OSError:
            client.close()


class Way:
    """One connection, with a thread for each direction. Once it is dead, what either side sends is read and
    discarded."""

    def __init__(self, client: socket.socket, to: int, *, is_dead: bool):
        self.is_dead = is_dead
        self.client, self.server = client, socket.create_connection((ports.HOST, to))
        for source, target in ((self.client, self.server), (self.server, self.client)):
            threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def close(self) -> None:
        self.client.close()
        self.server.close()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if not self.is_dead:
                    target.sendall(data)
        with suppress(OSError):  # a dead connection tells neither side anything, not even that the other has closed
            if not self.is_dead:
                target.shutdown(socket.SHUT_WR)
