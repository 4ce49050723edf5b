"""Starts a PostgreSQL that a drill can break."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from environ import Env
from pytest_django import DjangoDbBlocker

from signatures.statements.models.statement import Statement
from tests.people import make_statement
from tools.dev.servers import Postgres


@contextmanager
def statement_in(postgres: Postgres, blocker: DjangoDbBlocker) -> Iterator[Statement]:
    """Migrates the database and returns an open statement in it. Django in this process uses it until the end of the
    block."""
    with blocker.unblock(), connected_to(postgres):
        call_command("migrate", verbosity=0)
        yield make_statement(now=timezone.now())


@contextmanager
def connected_to(postgres: Postgres) -> Iterator[None]:
    before = connection.settings_dict
    connection.close()
    connection.settings_dict = {**before, **Env.db_url_config(postgres.url)}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = before
