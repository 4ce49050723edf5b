"""Tests that a switch of the desk works behind the real edge within ten seconds, while people read."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from signatures.statements.models.switch import NOTICES, Switch
from signatures.statements.turn_switch import turn_off, turn_on
from tests.people import make_signature, make_statement
from tests.production.application import NameServer
from tests.production.edge import Nginx
from tests.site import Site, database_url, running
from tests.waiting import wait_for
from tools.dev import ports

pytestmark = pytest.mark.django_db(transaction=True)

WITHIN = 10  # seconds
PAGES = ["/letter/", "/letter/signatories/", "/letter/count.json", "/fr/letter/"]


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[Nginx]:
    make_signature(make_statement(now=timezone.now()), name="Ilse Varga")
    names, hosts = NameServer(), f"{ports.HOST},{Nginx.host}"
    with Site(tmp_path, processes=("web",), DATABASE_URL=database_url(), ALLOWED_HOSTS=hosts) as site:
        nginx = Nginx(tmp_path / "nginx", site.port, names.port)
        with names.running(), running(nginx):
            wait_for(lambda: nginx.ask("/letter/").status == 200)
            yield nginx


class Readers(threading.Thread):
    """Reads the same pages all the time, so that the edge has cached each of them."""

    def __init__(self, edge: Nginx):
        super().__init__(daemon=True)
        self.edge, self.over = edge, threading.Event()
        self.failed: list[int] = []

    def run(self) -> None:
        while not self.over.wait(0.05):
            self.failed += [status for page in PAGES if (status := self.edge.ask(page).status) != 200]


@pytest.fixture
def readers(edge: Nginx) -> Iterator[Readers]:
    thread = Readers(edge)
    thread.start()
    yield thread
    thread.over.set()
    thread.join()


def turn(name: str, *, on: bool) -> None:
    act = turn_on if on else turn_off
    act(name=name, statement=None, actor=None, reason="a flood", now=timezone.now())


def seconds_until(holds: Callable[[], bool]) -> float:
    begin = time.monotonic()
    wait_for(holds, patience=WITHIN)
    return time.monotonic() - begin


@pytest.mark.parametrize("name", Switch.Name.values)
def test_it_is_in_force_within_ten_seconds_and_as_soon_out_of_it(edge: Nginx, readers: Readers, name: str):
    def is_told() -> bool:
        return str(NOTICES[name]) in edge.ask("/letter/").body

    assert not is_told()
    turn(name, on=True)
    on = seconds_until(is_told)
    turn(name, on=False)
    off = seconds_until(lambda: not is_told())

    sys.stdout.write(f"\n{name}: told behind the edge after {on:.1f} s, and no longer after {off:.1f} s\n")
    assert readers.failed == []


def test_hidden_names_are_gone_from_each_page_and_stay_gone(edge: Nginx, readers: Readers):
    def is_named() -> bool:
        return "Ilse Varga" in edge.ask("/letter/signatories/").body

    assert is_named()
    turn(Switch.Name.HIDE_NAMES, on=True)
    seconds_until(lambda: not is_named())

    assert not any(is_named() for _again in range(20))
    assert readers.failed == []


def test_while_signing_is_paused_the_edge_hands_the_refusal_through(edge: Nginx, readers: Readers):
    form = "name=Wren+Holt&email=wren%40example.org&sector=music"
    turn(Switch.Name.PAUSE_SIGNING, on=True)

    reply = edge.ask(
        "/letter/sign/", "POST", form, Content_Type="application/x-www-form-urlencoded", Sec_Fetch_Site="same-origin"
    )

    assert reply.status == 409
    assert "Wren Holt" in reply.body
