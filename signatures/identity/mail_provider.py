"""Identifies the provider of a mailbox: one of the large providers, or the domain itself.

The key is a short keyed hash, so that a database dump does not show anyone's own domain. The keys of large providers
can be computed again and recognised.
"""

import hashlib
import hmac
import tomllib
from functools import lru_cache

from django.conf import settings

from signatures.data import DATA

PROVIDERS_FILE = DATA / "mail_providers.toml"
KEY_LENGTH = 12  # hexadecimal digits


def provider_key(address: str) -> str:
    domain = address.lower().rpartition("@")[2]
    return _key(_by_domain().get(domain, domain), settings.DIGEST_KEYS[0])


def provider_name(key: str) -> str | None:
    """Returns the name of a large provider, None for all others."""
    return _by_key(tuple(settings.DIGEST_KEYS)).get(key)


def is_large(domain: str) -> bool:
    return domain in _by_domain()


def large_domains() -> frozenset[str]:
    return frozenset(_by_domain())


def large_names() -> list[str]:
    return sorted(set(_by_domain().values()))


def provider_keys(name: str) -> list[str]:
    """Returns the keys of a large provider under every listed secret."""
    return [key for key, provider in _by_key(tuple(settings.DIGEST_KEYS)).items() if provider == name]


def large_provider_keys() -> list[str]:
    return list(_by_key(tuple(settings.DIGEST_KEYS)))


def _key(provider: str, secret: str) -> str:
    digest = hmac.new(secret.encode(), b"mail provider " + provider.encode(), hashlib.sha256)
    return digest.hexdigest()[:KEY_LENGTH]


@lru_cache(maxsize=8)
def _by_key(secrets: tuple[str, ...]) -> dict[str, str]:
    """Covers every listed secret, because emails that were queued before a rotation still have the older keys."""
    return {_key(name, secret): name for secret in secrets for name in set(_by_domain().values())}


@lru_cache(maxsize=1)
def _by_domain() -> dict[str, str]:
    with PROVIDERS_FILE.open("rb") as file:
        return {domain: name for name, domains in tomllib.load(file).items() for domain in domains}
