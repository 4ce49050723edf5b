"""Tests that the hosts of tests/network.py reach each other, and that nothing is left of them."""

import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests import network
from tests.network import Host, Network
from tools.dev.processes import ROOT

SERVER = """
import socket, sys
listener = socket.create_server((sys.argv[1], 8000))
print(1, flush=True)
while True:
    listener.accept()
"""
CLIENT = "import socket, sys; socket.create_connection((sys.argv[1], 8000), timeout=5)"
SLEEPER = "import time; print(1, flush=True); time.sleep(60)"
KILLED = "import os; from tests.network import Network; Network().__enter__().host('first'); os.kill(os.getpid(), 9)"


@pytest.fixture(autouse=True)
def allowed() -> None:
    if reason := network.refusal():
        pytest.skip(reason)


def started(host: Host, program: str) -> "subprocess.Popen[str]":
    """Waits until it has printed something."""
    command = [*host.within, sys.executable, "-c", program, host.address]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout
    assert process.stdout.readline() == "1\n"
    return process


def test_hosts_reach_each_other_and_are_reached_until_they_die():
    with Network() as wires:
        first, second = wires.host("first"), wires.host("second")
        with started(first, SERVER) as server:
            socket.create_connection((first.address, 8000), timeout=5).close()
            client = subprocess.run([*second.within, sys.executable, "-c", CLIENT, first.address], check=False)
            assert client.returncode == 0
            first.die()
            assert server.wait(30) == -9
        with pytest.raises(TimeoutError):  # a dead host does not even refuse the connection
            socket.create_connection((first.address, 8000), timeout=1)


def test_nothing_is_left_where_something_failed():
    with suppress(RuntimeError), Network() as wires:
        sleeper = started(wires.host("first"), SLEEPER)
        raise RuntimeError
    with sleeper:
        assert sleeper.wait(30) == -9
    assert [name for name in network.namespaces() if name.startswith(wires.prefix)] == []
    assert not Path("/sys/class/net", wires.wire).exists()


def test_the_next_one_removes_what_a_killed_one_left():
    with subprocess.Popen([sys.executable, "-c", KILLED], cwd=ROOT) as killed:
        assert killed.wait(60) == -9
    left = f"{network.PREFIX}{killed.pid}-first"
    assert left in network.namespaces()
    with Network():
        assert left not in network.namespaces()
