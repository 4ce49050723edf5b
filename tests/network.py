"""Several hosts on this machine: each is a network namespace with a cable to a switch, which is one too.

It needs root on Linux, and iproute2.

    with Network() as network:
        host = network.host("a")
        Child(..., within=host.within)     # reaches network.address, which is this machine, and the other hosts
        host.die()                         # as if somebody had pulled all its plugs

`Host.die` cuts the cable before it kills, so that no other host is told: no FIN, no RST, no "port unreachable".
"""

import contextlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tools.dev import debian

RANGE = "198.18."  # from 198.18.0.0/15, which is for tests between own devices (RFC 2544), so nobody else uses it
PREFIX = "undersigned-"


def refusal() -> str:
    """Returns why there can be no network here, or ""."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root can make network namespaces, on Linux"
    if not shutil.which("ip"):
        if not debian.may_install():
            return "iproute2 is missing: apt-get install iproute2"
        debian.install("iproute2", "ip, of iproute2,")
    trial = f"{PREFIX}{os.getpid()}-trial"
    if (done := _try("netns", "add", trial)).returncode:
        return f"this machine lets nobody make a network namespace: {done.stderr.strip()}"
    _ip("netns", "del", trial)
    return ""


@dataclass(frozen=True)
class Host:
    name: str
    address: str
    namespace: str
    switch: str

    @property
    def within(self) -> list[str]:
        """Returns the beginning of a command that runs on the host."""
        return ["ip", "netns", "exec", self.namespace]

    def die(self) -> None:
        _ip("-n", self.switch, "link", "set", "dev", self.name, "down")
        _kill_processes_in(self.namespace)


class Network:
    def __init__(self) -> None:
        self.hosts: list[Host] = []
        self.prefix = f"{PREFIX}{os.getpid()}-"
        self.switch, self.wire = f"{self.prefix}switch", f"us-{os.getpid()}"
        self.range = _free_range()
        self.address = f"{self.range}.1"
        self.mask = f"{self.range}.0/24"

    def __enter__(self) -> Self:
        _remove_leftovers()
        try:
            _ip("netns", "add", self.switch)
            _ip("-n", self.switch, "link", "add", "bridge", "type", "bridge")
            _ip("-n", self.switch, "link", "set", "bridge", "up")
            self._plug_in("outside", self.wire, self.address)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        _remove(self.prefix)
        _try("link", "del", self.wire)  # usually removed with the switch

    def host(self, name: str) -> Host:
        host = Host(name, f"{self.range}.{len(self.hosts) + 11}", f"{self.prefix}{name}", self.switch)
        self.hosts.append(host)
        _ip("netns", "add", host.namespace)
        _ip("-n", host.namespace, "link", "set", "lo", "up")
        self._plug_in(name, "eth0", host.address, "-n", host.namespace)
        return host

    def _plug_in(self, port: str, wire: str, address: str, *there: str) -> None:
        _ip(*there, "link", "add", wire, "type", "veth", "peer", "name", port, "netns", self.switch)
        _ip("-n", self.switch, "link", "set", "dev", port, "master", "bridge", "up")
        _ip(*there, "address", "add", f"{address}/24", "dev", wire)
        _ip(*there, "link", "set", wire, "up")


def namespaces() -> list[str]:
    return re.findall(rf"^{PREFIX}\S+", _ip("netns", "list"), re.MULTILINE)


def _free_range() -> str:
    routes = _ip("-4", "route", "show", "table", "all")
    free = [number for number in range(256) if f"{RANGE}{number}." not in routes]
    return f"{RANGE}{secrets.choice(free)}"


def _remove_leftovers() -> None:
    """Removes what a killed run has left."""
    for pid in set(re.findall(rf"^{PREFIX}(\d+)-", _ip("netns", "list"), re.MULTILINE)):
        if not Path(f"/proc/{pid}").exists():
            _remove(f"{PREFIX}{pid}-")


def _remove(prefix: str) -> None:
    for name in namespaces():
        if name.startswith(prefix):
            _kill_processes_in(name)
            _try("netns", "del", name)


def _kill_processes_in(namespace: str) -> None:
    for pid in _try("netns", "pids", namespace).stdout.split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)


def _ip(*words: str) -> str:
    done = _try(*words)
    if done.returncode:
        raise OSError(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def _try(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
