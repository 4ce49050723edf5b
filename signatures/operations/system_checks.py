"""Checks for unsafe settings of a public site. `manage.py check` reports them, and web server and worker refuse to
start.

petition/env.py has already checked for missing and short keys and for a missing SITE_URL or TRUSTED_PROXIES.
"""

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
"""Holds the number, whether the problem exists, the message, and the explanation (the hint of Django's check)."""


def is_public() -> bool:
    return urlsplit(settings.SITE_URL).hostname not in LOCAL_HOSTS


def refuse_unsafe_start() -> None:
    if errors := run_checks(tags=[SAFETY]):
        raise ImproperlyConfigured(" ".join(f"{message.msg} {message.hint}" for message in errors))


@register(SAFETY)
def check_public_safety(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if not is_public():
        return []
    return [
        Error(message, hint=explanation, id=f"signatures.{number}")
        for number, is_so, message, explanation in [*_unsafe_settings(), *_weak_keys()]
        if is_so
    ]


def _unsafe_settings() -> Iterator[Finding]:
    yield "E001", settings.DEBUG, "DEBUG is on.", "Error pages would show settings and data to everybody."
    is_plain = not settings.SITE_URL.startswith("https://")
    yield "E002", is_plain, "SITE_URL does not begin with https://.", "Passwords and links would be sent unencrypted."
    yield (
        "E003",
        not settings.COOKIES_SECURE,
        "COOKIES_SECURE is off.",
        "The admin's cookies would be sent unencrypted.",
    )
    yield "E004", not settings.SECOND_FACTOR, "SECOND_FACTOR is off.", "A guessed password would give access to admin."
    is_single_process = any(name in settings.CACHES["default"]["BACKEND"] for name in SINGLE_PROCESS_CACHES)
    yield "E005", is_single_process, "The cache is not shared.", "Each process would count limits alone: set CACHE_URL."
    is_test = settings.MAILBOX_TEST_DOMAINS
    yield "E006", is_test, "MAILBOX_TEST_DOMAINS is on.", "Anybody could sign with a mailbox that does not exist."


def _weak_keys() -> Iterator[Finding]:
    lists = [[settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS], settings.FIELD_KEYS, settings.DIGEST_KEYS]
    for name, keys in zip(KEYS, lists, strict=True):
        yield "E007", any(map(_is_guessable, keys)), f"{name} can be guessed.", "bin/new-env writes good ones."
    is_shared = len(set().union(*lists)) < sum(len(set(keys)) for keys in lists)
    yield (
        "E008",
        is_shared,
        "One key serves two purposes.",
        "A leak of one would reveal both: make a key for each purpose.",
    )


def _is_guessable(key: str) -> bool:
    """Tells whether the key contains a placeholder word or fewer than 12 different characters.

    env.py has checked its length.
    """
    return any(word in key.lower() for word in PLACEHOLDER_WORDS) or len(set(key)) < 12
