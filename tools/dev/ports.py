"""Chooses ports on 127.0.0.1."""

import errno
import fcntl
import functools
import os
import secrets
import socket
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

HOST = "127.0.0.1"
DEFAULT_PORTS = {
    "PORT": (8000, "the site"),
    "MAILBOX_PORT": (1080, "the mailbox"),
    "SMTP_PORT": (1025, "its mail server"),
}

# Below the ports of outgoing connections, so that none of those takes a port before its server starts
CANDIDATES = range(15000, 32000)
GIVEN: set[int] = set()


def free() -> int:
    """Returns an unused port. Until this process ends, no other process of this user gets it from here."""
    while not _reserve(port := secrets.choice(CANDIDATES)):
        pass
    return port


def _reserve(port: int) -> bool:
    """Locks one byte of a file, at the number of the port. The system releases the lock when the process ends."""
    if port in GIVEN:
        return False
    try:
        fcntl.lockf(_reservations(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    GIVEN.add(port)
    return not _refusal(port, "", {})


@functools.cache
def _reservations() -> int:
    """Returns a descriptor that stays open, because closing it would release the locks."""
    path = Path(tempfile.gettempdir()) / f"undersigned-ports-{os.getuid()}"
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def is_open(port: int) -> bool:
    """Tells whether a server answers at the port."""
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex((HOST, port)) == 0


def chosen(environment: Mapping[str, str], names: list[str]) -> dict[str, int]:
    """Returns the ports that a person chose, or the usual ones. SystemExit names those in use and offers others."""
    ports = {name: _number(name, environment.get(name) or str(DEFAULT_PORTS[name][0])) for name in names}
    refused = {name: why for name, port in ports.items() if (why := _refusal(port, name, ports))}
    if refused:
        lines = [f"Port {ports[name]}, for {DEFAULT_PORTS[name][1]}, {why}." for name, why in refused.items()]
        raise SystemExit("\n".join([*lines, f"Choose another, for example: {_offer(ports, refused)} bin/dev"]))
    return ports


def _offer(ports: Mapping[str, int], refused: Iterable[str]) -> str:
    offered: dict[str, int] = {}
    for name in refused:
        offered[name] = _next_free(ports[name], {*ports.values(), *offered.values()})
    return " ".join(f"{name}={port}" for name, port in offered.items())


def _number(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
        raise SystemExit(f"{name} is {value!r}: use a number from 1 to 65535.")
    return int(value)


def _refusal(port: int, name: str, ports: Mapping[str, int]) -> str:
    twins = [other for other in ports if other < name and ports[other] == port]
    if twins:
        return f"is {DEFAULT_PORTS[twins[0]][1]}'s already"
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            return "is taken" if error.errno == errno.EADDRINUSE else f"cannot be had ({error.strerror})"
    return ""


def _next_free(port: int, taken: set[int]) -> int:
    candidates = (p for p in range(max(port, 1024) + 1, 65536) if p not in taken and not _refusal(p, "", {}))
    return next(candidates, 0) or free()
