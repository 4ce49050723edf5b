"""Tests the real site behind the real edge: many people read, a name is hidden, and then the site goes away."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from signatures.review.moderate import hide
from signatures.signing.models.signature import Signature
from tests.drills.databases import connected_to
from tests.people import make_signature, make_statement
from tests.production.application import NameServer
from tests.production.edge import Nginx
from tests.site import Site, folder, running
from tests.waiting import seconds_until
from tools.dev import ports
from tools.dev.servers import Postgres, Valkey, password

pytestmark = pytest.mark.drill

PAGES = ["/letter/", "/fr/letter/", "/letter/signatories/", "/letter/signatories/music/", "/letter/count.json"]
ENCODINGS = ["br", "gzip", "identity"]
TOO_OLD = 4  # seconds after which a page is too old to be shown while web renders a new one
FORM = {"body": "name=Ilse+Varga&email=ilse%40example.org&sector=music", "method": "POST"}


@dataclass
class House:
    """Runs the site with its own database and broker, and nginx in front of it."""

    site: Site
    nginx: Nginx
    postgres: Postgres
    broker: Valkey

    def asked_of_web(self) -> Counter[str]:
        lines = (self.site.logs / "requests.log").read_text().splitlines()
        return Counter(line.split('"')[1] for line in lines if "GET" in line)

    def read(self, *pages: str) -> dict[str, str]:
        """Returns the bodies of pages as nginx caches them from now on."""
        time.sleep(TOO_OLD)
        return {page: self.nginx.ask(page).body for page in pages}

    def send_form(self, path: str):
        return self.nginx.ask(path, **FORM, Content_Type="application/x-www-form-urlencoded")

    @contextmanager
    def without(self, *parts) -> Iterator[None]:
        for server in parts:
            server.kill()
        time.sleep(TOO_OLD)
        try:
            yield
        finally:
            for server in reversed(parts):
                server.start()
            connection.close()  # it was connected to the PostgreSQL before
            self.site.wait_until_it_answers()


@pytest.fixture(scope="module")
def postgres(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Postgres]:
    """Returns a database with a statement and more names than one page shows."""
    unblocked, secret = django_db_blocker.unblock(), password()
    with folder() as place, running(Postgres(place, secret, careless=True)) as server, unblocked, connected_to(server):
        call_command("migrate", verbosity=0)
        statement = make_statement(now=timezone.now())
        for number in range(130):
            make_signature(statement, name=f"Ilse Varga {number}th", now=timezone.now())
        yield server


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[House]:
    names, place = NameServer(), tmp_path_factory.mktemp("house")
    with names.running(), running(Valkey(place, password())) as broker:
        hosts = {"ALLOWED_HOSTS": f"{ports.HOST},{Nginx.host}", "LIMIT_FACTOR": "100"}
        services = {"DATABASE_URL": postgres.url, "REDIS_URL": broker.url}
        site = Site(place, processes=("web", "worker"), **services, **hosts)
        with site, running(Nginx(place / "nginx", site.port, names.port)) as nginx:
            nginx.wait_until(lambda: nginx.ask("/-/alive").status == 200, patience=60)
            yield House(site, nginx, postgres, broker)


def test_a_crowd_costs_the_application_one_request_a_second_for_each_page_and_encoding(house: House):
    until, statuses = time.monotonic() + 5, Counter[int]()

    def read(encoding: str) -> None:
        while time.monotonic() < until:
            for page in PAGES:
                statuses[house.nginx.ask(page, Accept_Encoding=encoding).status] += 1

    before, began = house.asked_of_web(), time.monotonic()
    readers = [threading.Thread(target=read, args=[encoding]) for encoding in ENCODINGS * 2]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    seconds = time.monotonic() - began

    requests = house.asked_of_web() - before
    assert statuses == {200: statuses.total()}
    assert statuses.total() > 2 * requests.total() > 0
    assert {page: requests[page] for page in PAGES if requests[page] > len(ENCODINGS) * (seconds + 1)} == {}


def test_a_hidden_name_is_gone_within_a_minute_for_people_and_programs(house: House):
    signature = Signature.objects.get(name="Ilse Varga 129th")
    pages = ["/letter/", "/letter/signatories/", "/api/v1/statements/letter/signatories/"]
    assert [page for page in pages if signature.name not in house.nginx.ask(page).body] == []

    moderator = get_user_model().objects.create(username="moderator")
    hide(signature_id=signature.id, actor=moderator, reason="asked to", now=timezone.now())
    assert seconds_until(lambda: all(signature.name not in house.nginx.ask(page).body for page in pages)) < 60


def test_with_web_worker_and_database_gone_what_was_read_can_be_read(house: House):
    first = BeautifulSoup(house.nginx.ask("/letter/signatories/").body, "html.parser")
    before = house.read(*PAGES, str(first.select_one("a[rel=next]")["href"]))  # type: ignore[index]
    with house.without(house.site.web, house.site.worker, house.broker, house.postgres):
        for page, body in before.items():
            reply = house.nginx.ask(page)
            assert (page, reply.status, reply.body) == (page, 200, body)
        for path, words in {"/letter/sign/": "Back soon", "/fr/letter/sign/": "De retour bientôt"}.items():
            reply = house.send_form(path)
            assert (reply.status, reply.headers["retry-after"], words in reply.body) == (503, "30", True)


def test_with_the_database_alone_gone_signing_says_so_and_pages_stay(house: House):
    before = house.read("/letter/")
    with house.without(house.postgres):
        reply = house.nginx.ask("/letter/")
        assert (reply.status, reply.body) == (200, before["/letter/"])
        reply = house.send_form("/letter/sign/")
        assert (reply.status, "again" in reply.body) == (503, True)
