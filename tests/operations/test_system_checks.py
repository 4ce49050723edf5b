"""Tests that a public site does not start with an unsafe setting (row 31 of docs/security.md)."""

import subprocess
import sys

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from signatures.operations import system_checks
from tools.dev.check import PRODUCTION
from tools.dev.processes import ROOT

GOOD = "a-good-key-of-many-different-letters-0123456789"


@pytest.fixture
def public(settings):
    """Returns the settings of a public site without problems."""
    settings.SITE_URL, settings.COOKIES_SECURE, settings.SECOND_FACTOR = "https://statement.test", True, True
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = GOOD, []
    settings.FIELD_KEYS, settings.DIGEST_KEYS = [f"{GOOD}-f"], [f"{GOOD}-d", f"{GOOD}-before"]
    settings.MAILBOX_TEST_DOMAINS = settings.DEBUG = False
    return settings


def error_ids():
    return [message.id for message in run_checks(tags=[system_checks.SAFETY])]


def test_row_31_a_good_one_is_let_through(public):
    assert error_ids() == []
    system_checks.refuse_unsafe_start()


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("DEBUG", True, "E001"),
        ("SITE_URL", "http://statement.test", "E002"),
        ("COOKIES_SECURE", False, "E003"),
        ("SECOND_FACTOR", False, "E004"),
        ("CACHES", {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}, "E005"),
        ("MAILBOX_TEST_DOMAINS", True, "E006"),
        ("SECRET_KEY", "x" * 50, "E007"),
        ("SECRET_KEY_FALLBACKS", ["django-insecure-0123456789abcdefghijklmnop"], "E007"),
        ("FIELD_KEYS", [GOOD + "-f", "please-change-me-0123456789-abcdefghijklmn"], "E007"),
        ("DIGEST_KEYS", ["only-to-collect-the-static-files-0000"], "E007"),
        ("DIGEST_KEYS", [GOOD], "E008"),
    ],
)
def test_row_31_each_unsafe_setting_stops_the_start(public, name, value, number):
    setattr(public, name, value)

    assert error_ids() == [f"signatures.{number}"]
    with pytest.raises(ImproperlyConfigured):
        system_checks.refuse_unsafe_start()


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:8000", "https://[::1]"])
def test_on_ones_own_machine_one_may(public, url):
    public.SITE_URL, public.SECOND_FACTOR, public.DEBUG = url, False, True

    assert error_ids() == []


def start(program, **changed):
    """Starts a process with production settings and the given changes. Returns its result."""
    env = {**PRODUCTION, "VAR": "/nowhere", **changed}
    command = [sys.executable, "-W", "ignore", "-c", program]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


WEB = "import petition.wsgi"
WORKER = "import petition.celery as c; c.app.Worker()"


@pytest.mark.parametrize("program", [WEB, WORKER], ids=["web", "worker"])
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"SECOND_FACTOR": "false"}, "SECOND_FACTOR is off."),
        ({"DEBUG": "true"}, "DEBUG is on."),
        ({"SECRET_KEY": "too short"}, "SECRET_KEY: each key needs at least 32 characters."),
        ({"SITE_URL": ""}, "SITE_URL is not set."),
        ({"TRUSTED_PROXIES": ""}, "TRUSTED_PROXIES is not set."),
    ],
)
def test_row_31_neither_web_nor_worker_starts(program, changed, message):
    ended = start(program, **changed)

    assert ended.returncode != 0
    assert message in ended.stderr.splitlines()[-1]


@pytest.mark.parametrize("program", [WEB, WORKER], ids=["web", "worker"])
def test_with_good_settings_both_do(program):
    assert start(program).stderr == ""


def test_row_31_djangos_own_checks_have_nothing_to_say():
    command = [sys.executable, "-W", "ignore", "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    env = {**PRODUCTION, "VAR": "/nowhere"}

    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stderr) == (0, "")
