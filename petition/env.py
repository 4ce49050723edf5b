"""Reads settings from the environment. An invalid value stops the start with one clear line."""

import os
from pathlib import Path
from typing import Any, overload

from django.core.exceptions import ImproperlyConfigured
from environ import Env
from pyrage import RecipientError, x25519
from sentry_sdk.utils import BadDsn, Dsn

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


@overload
def text(name: str, default: str) -> str: ...
@overload
def text(name: str, default: None = None) -> str | None: ...
def text(name, default=None):
    """Returns the value of `name`, or the content of the file named by `name`_FILE. An empty value counts as unset."""
    value, path = os.environ.get(name, ""), os.environ.get(f"{name}_FILE", "")
    if value and path:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: keep one.")
    if path:
        value = _read(name, path)
    return value.strip() or default


def required(name: str) -> str:
    value = text(name)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. docs/configuration.md says what it means.")
    return value


def boolean(name: str, default: bool) -> bool:
    value = (text(name) or str(default)).lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} is {value!r}: use true or false.")
    return value in TRUE


def integer(name: str, default: int | None = None, *, least: int = 0) -> int:
    value = text(name, None if default is None else str(default)) or required(name)
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise ImproperlyConfigured(f"{name} is {value!r}: use a whole number, {least} or more.")
    return int(value)


def one_of(name: str, default: str, *others: str) -> str:
    value = text(name, default).lower()
    if value not in (default, *others):
        raise ImproperlyConfigured(f"{name} is {value!r}: use {' or '.join((default, *others))}.")
    return value


def comma_separated(name: str, default: str | None = None) -> list[str]:
    """Returns values separated by commas, at least one."""
    values = [entry.strip() for entry in (text(name, default) if default else required(name)).split(",")]
    if not all(values):
        raise ImproperlyConfigured(f"{name} has an empty entry.")
    return values


def secrets(name: str) -> list[str]:
    """Returns a list of keys, newest first. Each has at least 32 characters."""
    keys = comma_separated(name)
    if any(len(key) < 32 for key in keys):
        raise ImproperlyConfigured(f"{name}: each key needs at least 32 characters.")
    return keys


def public_keys(name: str) -> list[str]:
    """Returns age public keys, or an empty list if the variable is not set."""
    keys = comma_separated(name) if text(name) else []
    if any(key.startswith("AGE-SECRET-KEY-") for key in keys):
        raise ImproperlyConfigured(f"{name} is a secret key: keep that elsewhere, and put the one with age1 here.")
    for key in keys:
        try:
            x25519.Recipient.from_str(key)
        except RecipientError:
            raise ImproperlyConfigured(f"{name}: {key!r} is no age key. manage.py backup_key makes one.") from None
    return keys


def secret(name: str) -> str | None:
    """Returns one key of at least 32 characters, or None."""
    return secrets(name)[0] if text(name) else None


def url(name: str, *schemes: str, default: str | None = None) -> str:
    value = text(name, default) if default else required(name)
    if value.partition("://")[0] not in schemes:
        raise ImproperlyConfigured(f"{name} must begin with one of: {', '.join(f'{s}://' for s in schemes)}")
    return value


def dsn(name: str) -> str | None:
    """Returns the address of Sentry, or None."""
    value = text(name)
    try:
        return str(Dsn(value)) if value else None
    except BadDsn as error:
        raise ImproperlyConfigured(f"{name} is none of Sentry's: {error}") from None


def database(name: str) -> dict[str, Any]:
    value = url(name, "postgres", "postgresql")
    return dict(Env.db_url_config(value))


def email(name: str) -> dict[str, Any]:
    """Returns Django's EMAIL_* settings from smtp://user:password@host:port, smtp+tls:// (STARTTLS) or smtp+ssl://."""
    value = url(name, "smtp", "smtp+tls", "smtp+ssl")
    return {key: setting for key, setting in Env.email_url_config(value).items() if key.startswith("EMAIL_")}


def _read(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE: {error.strerror}: {path}") from None
