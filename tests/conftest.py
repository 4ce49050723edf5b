"""Fixtures that every test uses. bin/test starts the servers, and tests/site.py the site if a test needs it."""

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
    """Leaves out long tests that were not asked for, and gives drills more time than pyproject.toml does."""
    for item in items:
        if item.nodeid.startswith("tests/drills/long/"):
            item.add_marker(pytest.mark.long)
        if item.nodeid.startswith("tests/drills/"):
            item.add_marker(pytest.mark.timeout(3600 if item.get_closest_marker("long") else 600))
    if not config.getoption("all") and not any(".py" in argument or "/long" in argument for argument in config.args):
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("long")])
        items[:] = [item for item in items if not item.get_closest_marker("long")]


@pytest.fixture(scope="session", autouse=True)
def static_files(testrun_uid: str) -> None:
    """Collects static files into bin/test's own VAR, in one worker and without compression, because pages name them.
    WhiteNoise looks for a file when a request comes, instead of reading all files for the client of each test."""
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
    """Stops any test that connects to a server of somebody else."""
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
    """Installs the log check again after code that has set up logging."""
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
    """Lets several workers share one migration."""
    if worker_id != "master" and not django_db_keepdb:
        with django_db_blocker.unblock():
            make_template(f"template_{testrun_uid}")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Checks at the end what all tests together leave behind. tests/site.py checks what one test leaves."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        starter_data = StarterData()
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: starter_data.restore())
        yield
        assert leaks_in_dump(database_url()) == []


@pytest.fixture(autouse=True)
def fresh_counters(settings: Settings) -> None:
    """Starts each test with empty counters. A Redis of the developer is not emptied."""
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": f"test-{os.getpid()}-{next(RUNS)}"}}


@pytest.fixture(autouse=True)
def fresh_pages(settings: Settings) -> None:
    """Makes changes visible in the next answer. tests/web/test_page_cache.py tests the second in between."""
    from signatures.public import statement_page
    from signatures.signing.views import invalid_form
    from signatures.web import page_cache

    settings.PAGE_CACHE_SECONDS = 0
    for kept in (page_cache.page_cache, invalid_form.frames, statement_page.page_cache):
        kept.clear()


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """Uses a fast hash: a good one takes a third of a second."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Returns the path of the browser. bin/test looks for it, and fails in CI if there is none."""
    return os.environ.get("CHROMIUM") or pytest.skip("no Chromium: bin/test says how to get one")
