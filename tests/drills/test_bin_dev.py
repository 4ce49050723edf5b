"""Tests bin/dev as a newcomer sees it: everything runs, everything stops, and the data stays."""

import os
import re
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from itertools import takewhile

import pytest

from tests.family import below, is_alive
from tests.site import folder
from tests.waiting import wait_for
from tools.dev import ports
from tools.dev.processes import ROOT

pytestmark = pytest.mark.drill

# Runs bin/dev so that HUP ends it: under nohup the tests ignore HUP, and their children inherit that
HANGS_UP = "import os, signal; signal.signal(signal.SIGHUP, signal.SIG_DFL); os.execv('bin/dev', ['bin/dev'])"


def test_it_runs_twice_on_the_same_data_and_leaves_no_process():
    with folder() as place:
        choices = {name: str(ports.free()) for name in ports.DEFAULT_PORTS} | {"VAR": str(place / "var")}
        with bin_dev(choices, stop_with=signal.SIGTERM) as output:
            assert "13,500 signatures" in output
            assert_all_answer(output)
        with bin_dev(choices, stop_with=signal.SIGHUP) as again:
            assert login(again) == login(output)
            assert_all_answer(again)


@contextmanager
def bin_dev(choices: dict[str, str], *, stop_with: signal.Signals) -> Iterator[str]:
    """Returns the output until bin/dev is quiet. At the end, no process that it started remains."""
    start = [sys.executable, "-c", HANGS_UP]
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with subprocess.Popen(start, cwd=ROOT, env=bare | choices, stdout=subprocess.PIPE, text=True) as dev:
        try:
            assert dev.stdout
            yield "".join(takewhile(lambda line: "Ctrl-C stops" not in line, dev.stdout))
            family = below(dev.pid)
            assert len(family) > 6
        finally:
            dev.send_signal(stop_with)
    assert dev.returncode == 128 + stop_with
    wait_for(
        lambda: not any(is_alive(pid) for pid in family), patience=10
    )  # the killed process, until the system has removed it


def assert_all_answer(output: str) -> None:
    addresses = dict(re.findall(r"^  (Site|Admin|Mailbox|Health) +(http://\S+)", output, re.MULTILINE))
    assert list(addresses) == ["Site", "Admin", "Mailbox", "Health"]
    for address in addresses.values():
        with urllib.request.urlopen(address) as answer:
            assert answer.status == 200
    assert_may_enter(addresses["Admin"], *login(output))


def login(output: str) -> tuple[str, str]:
    match = re.search(r"Admin +\S+ +(\S+) +(\S+)", output)
    assert match
    return match[1], match[2]


def assert_may_enter(admin: str, name: str, password: str) -> None:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    form = browser.open(admin).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert token
    filled = {"username": name, "password": password, "csrfmiddlewaretoken": token[1], "next": "/admin/"}
    inside = browser.open(f"{admin}login/", urllib.parse.urlencode(filled).encode())
    assert inside.url == admin
    assert 'name="password"' not in inside.read().decode()
