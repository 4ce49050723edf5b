"""Tests a real pgbouncer, configured as in docker-compose.yml, between the site and the database. Every transaction
may get another connection, so nothing may stay in a session."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from signatures.public.fold_tally import fold, recount
from signatures.signing.fast_sql.prepared import PreparedStatement
from signatures.signing.models.signature import Signature
from signatures.web import tokens
from signatures.web.tokens import Purpose
from tests.drills.databases import connected_to
from tests.people import make_statement
from tests.production.pool import Pool, program
from tests.site import folder, running
from tools.dev.servers import NAME, Postgres


@pytest.fixture
def pooled(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Django in this process connects through the pool, and has not noticed it yet."""
    settings.ALLOWED_HOSTS = ["testserver"]
    monkeypatch.setattr(PreparedStatement, "is_pooled", False)
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
    token = tokens.make(Purpose.CONFIRM, subject_id=signature.id, generation=1, issued_at=signature.created_at)
    reply = Client().post(f"/confirm/{token}/", {"generation": "1"})
    assert reply.status_code == 303
    assert "You are signatory number" in Client().get(reply["Location"]).content.decode()
    fold()
    assert re.search(r"Ilse Varga", Client().get("/letter/signatories/?q=ilsse").content.decode())  # only resembles
    assert recount() == []


def test_a_connection_on_which_another_process_has_signed_and_confirmed_is_as_good_as_a_new_one(pooled):
    for number in range(4):
        PreparedStatement.is_pooled = False  # as in a new process
        fields = {"name": "Ilse Varga", "email": f"ilse{number}@example.org", "sector": "music"}
        assert Client().post("/letter/sign/", fields).status_code == 303
        signature = Signature.objects.latest("id")
        token = tokens.make(Purpose.CONFIRM, subject_id=signature.id, generation=1, issued_at=signature.created_at)
        assert Client().post(f"/confirm/{token}/", {"generation": "1"}).status_code == 303
        connection.close()
    assert Signature.objects.counted().count() == 4


def test_its_connections_have_the_settings_of_every_other(pooled):
    columns = ", ".join(f"current_setting('{name}')" for name in settings.DATABASE_SESSION_SETTINGS)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}")
        assert cursor.fetchone() == tuple(settings.DATABASE_SESSION_SETTINGS.values())
    assert connection.settings_dict["USER"] == NAME
