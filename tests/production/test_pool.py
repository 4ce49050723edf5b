"""A real pgbouncer, configured as docker-compose.yml does, between the site and the database: every transaction may get
another connection, and nothing of a session may be left lying in one."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from dev import debian, ports
from dev.places import give, unprivileged_user
from dev.processes import Child
from dev.servers import NAME, Postgres
from signatures import actions, tokens
from signatures.models import Signature
from signatures.tokens import Purpose
from tests.drills.databases import connected_to
from tests.people import make_statement
from tests.production.compose import SIX, docker_compose
from tests.production.edge import changed_text
from tests.site import folder, running

PROGRAM = "/usr/sbin/pgbouncer"


class Pool(Child):
    """pgbouncer before `postgres`, with two connections for everybody."""

    def __init__(self, place: Path, postgres: Postgres):
        self.port = ports.free()
        self.url = postgres.url.replace(f":{postgres.port}/", f":{self.port}/")
        configs = json.loads(docker_compose(SIX, "config", "--format", "json").stdout)["configs"]
        users, ini = place / "users", place / "pgbouncer.ini"
        users.write_text(configs["pgbouncer-users"]["content"].replace(SIX["INTERNAL_PASSWORD"], postgres.password))
        here = {
            "host=postgres port=5432": f"host={ports.HOST} port={postgres.port}",
            "listen_addr = 0.0.0.0": f"listen_addr = {ports.HOST}",
            "listen_port = 6432": f"listen_port = {self.port}",
            "/etc/pgbouncer-users": str(users),
            "default_pool_size = 40": "default_pool_size = 2",
        }
        ini.write_text(changed_text(configs["pgbouncer"]["content"], here))
        for path in (users, ini):
            give(path, unprivileged_user())
        super().__init__("pgbouncer", [program(), ini], log=place / "log" / "pool.log", user=unprivileged_user())

    def start(self) -> None:
        super().start()
        self.wait_until(lambda: ports.is_open(self.port))


def program() -> str:
    """Debian's: there is no wheel of it."""
    found = shutil.which("pgbouncer") or (PROGRAM if Path(PROGRAM).exists() else None)
    if found is None and debian.may_install():
        debian.install("pgbouncer", "pgbouncer")
        found = PROGRAM
    if found is None and os.environ.get("CI"):
        pytest.fail("pgbouncer is missing: apt-get install pgbouncer")
    return found or pytest.skip("pgbouncer is missing: apt-get install pgbouncer")


@pytest.fixture
def pooled(django_db_setup: None, django_db_blocker: DjangoDbBlocker, settings) -> Iterator[None]:
    """This process's Django asks through the pool."""
    settings.ALLOWED_HOSTS = ["testserver"]
    program()
    with folder() as place, running(Postgres(place, "secret", careless=True)) as postgres, django_db_blocker.unblock():
        with connected_to(postgres):
            call_command("migrate", verbosity=0)
            make_statement(now=timezone.now())
        with running(Pool(place, postgres)) as pool, connected_to(pool):  # type: ignore[arg-type]
            yield


def test_a_signer_signs_confirms_and_is_listed_through_a_pool(pooled):
    fields = {"name": "Ilse Varga", "email": "ilse@example.org", "sector": "music"}
    assert Client().post("/letter/sign/", fields).status_code == 303
    signature = Signature.objects.get()
    token = tokens.make(Purpose.CONFIRM, signature_id=signature.id, generation=1, issued_at=signature.created_at)
    reply = Client().post(f"/confirm/{token}/", {"generation": "1"})
    assert reply.status_code == 303
    assert "You are signatory number" in Client().get(reply["Location"]).content.decode()
    actions.fold()
    assert re.search(r"Ilse Varga", Client().get("/letter/signatories/?q=ilsse").content.decode())  # only resembles
    assert actions.recount() == []


def test_its_limits_are_those_of_every_other_connection(pooled):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('timezone')")
        assert cursor.fetchone() == ("5s", "UTC")
    assert connection.settings_dict["USER"] == NAME
