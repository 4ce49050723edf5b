"""What must not be so on a site that others can reach. `manage.py check` tells it, and the web server and the worker do
not start. Keys that are missing or short, and a missing SITE_URL or TRUSTED_PROXIES, stop petition/env.py before."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register, run_checks
from django.core.exceptions import ImproperlyConfigured

LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
SAFETY = "safety"
KEYS = "SECRET_KEY", "FIELD_KEY", "DIGEST_KEY"
PLACEHOLDER_WORDS = "change", "insecure", "example", "only-to-collect"
SINGLE_PROCESS_CACHES = "locmem", "dummy", "filebased"

Finding = tuple[str, bool, str, str]
"""Its number, whether it is so, what it says, why that matters."""


def is_public() -> bool:
    return urlsplit(settings.SITE_URL).hostname not in LOCAL_HOSTS


def refuse_an_unsafe_start() -> None:
    if found := run_checks(tags=[SAFETY]):
        raise ImproperlyConfigured(" ".join(f"{message.msg} {message.hint}" for message in found))


@register(SAFETY)
def check_public_safety(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if not is_public():
        return []
    return [
        Error(message, hint=hint, id=f"signatures.{number}")
        for number, is_so, message, hint in [*_unsafe_settings(), *_weak_keys()]
        if is_so
    ]


def _unsafe_settings() -> Iterator[Finding]:
    yield "E001", settings.DEBUG, "DEBUG is on.", "Its pages of errors show settings and data to everybody."
    is_plain = not settings.SITE_URL.startswith("https://")
    yield "E002", is_plain, "SITE_URL does not begin with https://.", "Passwords and links would travel in clear."
    yield "E003", not settings.COOKIES_SECURE, "COOKIES_SECURE is off.", "The desk's cookies would travel in clear."
    yield "E004", not settings.SECOND_FACTOR, "SECOND_FACTOR is off.", "A guessed password would open the desk."
    is_alone = any(name in settings.CACHES["default"]["BACKEND"] for name in SINGLE_PROCESS_CACHES)
    yield "E005", is_alone, "The cache is one process's own.", "Each would count its limits for itself: set CACHE_URL."
    is_test = settings.MAILBOX_TEST_DOMAINS
    yield "E006", is_test, "MAILBOX_TEST_DOMAINS is on.", "Anybody could sign with a mailbox that is nobody's."


def _weak_keys() -> Iterator[Finding]:
    lists = [[settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS], settings.FIELD_KEYS, settings.DIGEST_KEYS]
    for name, keys in zip(KEYS, lists, strict=True):
        yield "E007", any(map(_is_guessable, keys)), f"{name} can be guessed.", "bin/new-env writes good ones."
    is_shared = len(set().union(*lists)) < sum(len(set(keys)) for keys in lists)
    yield "E008", is_shared, "One key serves two purposes.", "Who learns it from one has the other: make one for each."


def _is_guessable(key: str) -> bool:
    """Words out of an example, or a few letters over and over. How long it is, env.py has looked at."""
    return any(word in key.lower() for word in PLACEHOLDER_WORDS) or len(set(key)) < 12
