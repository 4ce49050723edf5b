"""What every test stands on. bin/test starts the servers, tests/site.py the site where a test needs it."""

import itertools
import logging
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker, Settings

from tests import discretion, network
from tests.databases import StarterData, make_template, one_at_a_time
from tests.dumps import leaks_in_dump
from tests.site import database_url

RUNS = itertools.count()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="the long drills too, and every combination in the browser")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests run where they are asked for. Drills may take longer than the limit of pyproject.toml."""
    for item in items:
        if item.nodeid.startswith("tests/drills/long/"):
            item.add_marker(pytest.mark.long)
        if item.nodeid.startswith("tests/drills/"):
            item.add_marker(pytest.mark.timeout(3600 if item.get_closest_marker("long") else 600))
    if not config.getoption("all") and not any(".py" in each or "/long" in each for each in config.args):
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("long")])
        items[:] = [item for item in items if not item.get_closest_marker("long")]


@pytest.fixture(scope="session", autouse=True)
def static_files(testrun_uid: str) -> None:
    """Pages name their static files by what bin/test's own VAR holds; one worker collects them, without compression.
    WhiteNoise looks for a file when it is asked for it, instead of reading them all for the client of each test."""
    django_settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["css", "js", "md", "svg", "txt"]
    django_settings.WHITENOISE_AUTOREFRESH = True
    with one_at_a_time("static"):
        collected = django_settings.VAR / "static" / f".collected-{testrun_uid}"
        if not collected.exists():
            call_command("collectstatic", interactive=False, verbosity=0)
            collected.touch()
    storage: Any = staticfiles_storage
    storage.hashed_files, _hash = storage.load_manifest()  # another worker may have written it meanwhile


@pytest.fixture(scope="session", autouse=True)
def stay_on_this_machine() -> Iterator[None]:
    """No test talks to anybody else's server."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: object) -> None:
        host = str(address[0]) if isinstance(address, tuple) else "localhost"
        if host not in ("localhost", "::1") and not host.startswith(("127.", network.RANGE)):
            raise AssertionError(f"a test wanted to connect to {address}")
        connect(self, address)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here)
        yield


@pytest.fixture(scope="session", autouse=True)
def noted_secrets() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        discretion.note_secrets(patch)
        yield


@pytest.fixture(autouse=True)
def discreet_logs(noted_secrets: None) -> Iterator[None]:
    """Whatever set up the logs anew meanwhile."""
    logging.getLogger().addHandler(discretion.EAR)
    yield
    assert discretion.leaks_in_logs() == []


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None,
    django_db_keepdb: bool,
    django_db_blocker: DjangoDbBlocker,
    worker_id: str,
    testrun_uid: str,
) -> None:
    """Several workers migrate once for all of them."""
    if worker_id != "master" and not django_db_keepdb:
        with django_db_blocker.unblock():
            make_template(f"template_{testrun_uid}")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """In the end: what all tests together leave behind. What one leaves, tests/site.py looks at before it is gone."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        starter_data = StarterData()
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: starter_data.restore())
        yield
        assert leaks_in_dump(database_url()) == []


@pytest.fixture(autouse=True)
def fresh_counters(settings: Settings) -> None:
    """Each test counts from nought; a Redis that a person lent us is not emptied for it."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": f"test-{os.getpid()}-{next(RUNS)}"}}


@pytest.fixture(autouse=True)
def fresh_pages(settings: Settings) -> None:
    """What a test changes shows in the next answer. tests/web/test_page_cache.py tries the second."""
    from signatures.public import statement_page
    from signatures.signing.views import invalid_form
    from signatures.web import page_cache

    settings.PAGES_KEPT_FOR = 0
    for kept in (page_cache.page_cache, invalid_form.frames, statement_page.read):
        kept.clear()


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """A good hash takes a third of a second."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser. bin/test looks for it, and in CI does without none."""
    return os.environ.get("CHROMIUM") or pytest.skip("no Chromium: bin/test says how to get one")
